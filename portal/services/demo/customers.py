"""The demo's customers. Acme and Globex have the same addresses on purpose: no packet crosses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from networking import selectors
from networking.services import networks, onboarding, ports, sites
from networking.services.networks import NetworkInput
from networking.services.ports import PortInput
from networking.services.sites import SiteInput
from portal.lib import db
from portal.lib.db import DatabaseRole
from portal.services.demo.inventory import Inventory
from tenants.access import SYSTEM, Actor, TenantRef, acting_as
from tenants.selectors import customer_row, customers
from tenants.services import tenants

ALLOWED = ("10.1.0.0/16", "fd10:1::/48")
VIPS = "10.9.0.0/28"


@dataclass(frozen=True, slots=True)
class DemoNetwork:
    """A network; its machines by name, with the last octet of their address and their labels."""

    name: str
    ipv4_prefix: str
    machines: Mapping[str, tuple[int, Mapping[str, str]]]
    ipv6_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, and the attachment that the inventory's sites of it are behind."""

    slug: str
    name: str
    attachment: str
    networks: tuple[DemoNetwork, ...]


CUSTOMERS = (
    Customer(
        "acme",
        "Acme",
        "c01",
        (
            DemoNetwork(
                "web",
                "10.1.0.0/24",
                {
                    "web-1": (11, {"app": "shop", "tier": "web"}),
                    "web-2": (12, {"app": "shop", "tier": "web"}),
                },
                "fd10:1::/64",
            ),
            DemoNetwork("db", "10.1.1.0/24", {"db-1": (11, {"app": "shop", "tier": "db"})}),
        ),
    ),
    Customer(
        "globex",
        "Globex",
        "c02",
        (DemoNetwork("office", "10.1.0.0/24", {"app-1": (11, {"app": "crm"})}),),
    ),
)


def onboard_all(inventory: Inventory | None) -> dict[str, TenantRef]:
    """Every customer, whole or not at all, by slug. Without an inventory they have no network."""
    return {customer.slug: _onboard(customer, inventory) for customer in CUSTOMERS}


def _onboard(customer: Customer, inventory: Inventory | None) -> TenantRef:
    with db.acting_as(DatabaseRole.STAFF):
        rows = map(customer_row, customers(SYSTEM, q=customer.slug))
        known = {row.ref.slug: row.ref for row in rows}
        tenant = known.get(customer.slug)
        if tenant is None:
            tenant = tenants.create(SYSTEM, slug=customer.slug, name=customer.name)
            for prefix in ALLOWED:
                onboarding.allow_prefix(SYSTEM, tenant.id, prefix)
            onboarding.allow_prefix(SYSTEM, tenant.id, VIPS, "vips")
        if inventory is not None:
            _connect(customer, tenant, inventory)
    return tenant


def _connect(customer: Customer, tenant: TenantRef, inventory: Inventory) -> None:
    """Once in a customer's life: what its people remove later stays away."""
    actor = Actor("system", None, "Demo", tenant)
    with acting_as(actor):
        if selectors.changes(actor).exists():
            return
    attachment = _claim(customer, tenant)
    for data in inventory.sites_of(customer.slug):
        sites.create(SYSTEM, tenant.id, _site(data, attachment, customer))
    region = inventory.data["region"]["code"]
    with acting_as(actor):
        for network in customer.networks:
            wanted = NetworkInput(
                network.name, region, network.ipv4_prefix, ipv6_prefix=network.ipv6_prefix
            )
            made = networks.create(actor, wanted)
            for machine in _machines(network, made.subject_id):
                ports.create(actor, machine)


def _claim(customer: Customer, tenant: TenantRef) -> UUID:
    spare = {row.name: row.id for row in selectors.spare_attachments(SYSTEM)}
    onboarding.claim_attachment(SYSTEM, tenant.id, spare[customer.attachment])
    return spare[customer.attachment]


def _site(data: Mapping[str, Any], attachment: UUID, customer: Customer) -> SiteInput:
    return SiteInput(
        name=data["name"].removeprefix(f"{customer.slug}-").title(),
        attachment=attachment,
        asn=data["asn"],
        neighbour_ipv4=data["neighbour_v4"],
        neighbour_ipv6=data["neighbour_v6"],
        accepted_prefixes=(data["lan_v4"], data["lan_v6"]),
    )


def _machines(network: DemoNetwork, network_id: UUID) -> Iterator[PortInput]:
    base = network.ipv4_prefix.rpartition(".")[0]
    for name, (octet, labels) in network.machines.items():
        yield PortInput(network_id, name, ipv4_address=f"{base}.{octet}", labels=labels)
