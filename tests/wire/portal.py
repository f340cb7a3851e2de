"""Customers of the portal on the running lab: everything by the services, as people would."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from lab import Lab
from lab.topology import Attachment
from lab.topology import Site as SitePlan
from networking import collector
from networking.engine import drift
from networking.models import Change, Port, Scope, Site, Verdict
from networking.services import infrastructure, networks, onboarding, ports, sites
from networking.services.attachment_fields import AttachmentInput, LinkInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as acting_as_role
from tenants.access import Actor, acting_as
from tests.networking.engine.deliver import deliver
from tests.world import World

WITHIN = 30.0  # seconds for a delivery; a new BGP session takes some


@dataclass(frozen=True)
class Provider:
    """The lab, registered."""

    lab: Lab
    world: World
    region: str
    fabric_id: UUID
    router_id: UUID
    attachments: dict[str, UUID]

    def collect(self) -> None:
        """Write down how hosts, ports and sessions are."""
        collector.collect_fabric(self.fabric_id)
        collector.collect_router(self.router_id)

    def session(self, name: str) -> str:
        """The BGP state of a site as it was just collected."""
        self.collect()
        with acting_as_role(DatabaseRole.WORKER):
            return str(Site.objects.get(name=name).session_state)


@dataclass(frozen=True)
class Customer:
    """A customer that was onboarded."""

    provider: Provider
    actor: Actor

    @property
    def slug(self) -> str:
        """What the lab puts before the names of its machines."""
        assert self.actor.tenant is not None
        return self.actor.tenant.slug

    def act(self, service: Callable[..., Change], *args: object) -> Change:
        """One act of the customer's network engineer."""
        with acting_as(self.actor):
            return service(self.actor, *args)

    def add_network(self, name: str, ipv4: str, ipv6: str = "", **fields: object) -> Change:
        """A new network in the lab's region."""
        wanted = networks.NetworkInput(
            region=self.provider.region, name=name, ipv4_prefix=ipv4, ipv6_prefix=ipv6, **fields
        )
        return self.act(networks.create, wanted)

    def add_port(self, network: UUID, name: str, address: str = "") -> Change:
        """A new port; the lab plugs a machine of this name into it."""
        return self.act(ports.create, ports.PortInput(network, name, ipv4_address=address))

    def port(self, name: str) -> Port:
        """The port's row as the collector last saw it."""
        with acting_as_role(DatabaseRole.WORKER):
            rows = Port.objects.select_related("host").filter(tenant=self.actor.tenant.id)
            return rows.get(name=name)

    def site_id(self, name: str) -> UUID:
        """The id of a site of the customer."""
        with acting_as_role(DatabaseRole.WORKER):
            return Site.objects.get(tenant=self.actor.tenant.id, name=name).pk

    def scope(self, device: str) -> Scope:
        """The customer's scope on the fabric or router of that name."""
        with acting_as_role(DatabaseRole.WORKER):
            rows = Scope.objects.filter(tenant=self.actor.tenant.id)
            return next(
                row for row in rows.select_related("fabric", "router") if row.name == device
            )

    def check_drift(self, device: str) -> None:
        """What the sweep does once a minute."""
        drift.check(self.scope(device).pk)


def register(lab: Lab, world: World) -> Provider:
    """Tell the portal of the lab's region, fabric, hosts, router and attachments."""
    staff, plan, central, ssh = (
        world.staff_actor("operator"),
        lab.plan,
        lab.central,
        lab.router.ssh,
    )
    ovn = {
        "northbound": central.northbound,
        "southbound": central.southbound,
        "hosts": [[host.name, host.switch.ovsdb] for host in lab.hosts],
    }
    frr = {
        "host": "127.0.0.1",
        "port": ssh.port,
        "username": "root",
        "private_key_file": str(ssh.client_key),
        "host_key": ssh.host_key,
    }
    with acting_as(staff):
        region = infrastructure.register_region(staff, plan.region_code, plan.region_name)
        fabric = infrastructure.register_fabric(
            staff, region, infrastructure.FabricInput(plan.fabric, "ovn", ovn)
        )
        for place, host in enumerate(lab.hosts):
            infrastructure.register_host(staff, fabric, host.name, 20 - 10 * place)
        router = infrastructure.register_router(
            staff, region, infrastructure.RouterInput(plan.router.name, "frr", plan.router.asn, frr)
        )
        attachments = {
            one.name: infrastructure.register_attachment(staff, router, fabric, _provisioned(one))
            for one in plan.attachments
        }
    ids = {name: row.pk for name, row in attachments.items()}
    return Provider(lab, world, region.code, fabric.pk, router.pk, ids)


def _provisioned(one: Attachment) -> AttachmentInput:
    def link(router, gateway):
        return LinkInput(str(router.network), str(router.ip), str(gateway.ip))

    lines = (net for circuit in one.circuits for net in (circuit.router_v4, circuit.router_v6))
    return AttachmentInput(
        name=one.name,
        vrf=one.vrf,
        vlan=one.vlan,
        interface=one.interface,
        bridge_mapping="wan",
        ipv4=link(one.router_v4, one.gateway_v4),
        ipv6=link(one.router_v6, one.gateway_v6),
        access_prefixes=tuple(str(line.network) for line in lines),
    )


def onboard(provider: Provider, slug: str, attachment: str) -> Customer:
    """Give a tenant of the world address space, its attachment and the sites behind it."""
    staff = provider.world.staff_actor("operator")
    tenant = provider.world.tenant(slug).pk
    with acting_as(staff):
        for prefix in ("10.0.0.0/8", "fd10::/16"):
            onboarding.allow_prefix(staff, tenant, prefix)
        onboarding.claim_attachment(staff, tenant, provider.attachments[attachment])
        for plan in provider.lab.plan.sites:
            if plan.attachment == attachment:
                sites.create(staff, tenant, _site(provider, plan))
    return Customer(provider, provider.world.actor(slug, "network"))


def _site(provider: Provider, plan: SitePlan) -> sites.SiteInput:
    circuit = provider.lab.plan.circuit(plan)
    return sites.SiteInput(
        name=plan.name,
        attachment=provider.attachments[plan.attachment],
        asn=plan.asn,
        neighbour_ipv4=str(circuit.site_v4.ip),
        neighbour_ipv6=str(circuit.site_v6.ip),
        accepted_prefixes=(str(plan.lan_v4), str(plan.lan_v6)),
    )


def settle() -> None:
    """Deliver everything that was accepted; nothing may be left waiting."""
    deliver(within=WITHIN)
    with acting_as_role(DatabaseRole.WORKER):
        open_ones = Change.objects.exclude(state__in=("done", "superseded"))
        left = [(row.summary, row.state, row.reason) for row in open_ones]
    assert not left, left


def said(change: Change) -> dict[str, Verdict]:
    """The change's verdicts by the name of who gave them."""
    with acting_as_role(DatabaseRole.WORKER):
        return {row.subject_name: row for row in Verdict.objects.filter(change=change)}
