"""Rows of the networking app as people make them: by the real services, with their changes."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from networking.models import (
    Attachment,
    Change,
    Fabric,
    Group,
    Host,
    Network,
    Port,
    Region,
    Router,
    Rule,
    Site,
    Vip,
)
from networking.services import (
    groups,
    infrastructure,
    networks,
    onboarding,
    ports,
    rules,
    sites,
    vips,
)
from networking.services.attachment_fields import LinkInput
from networking.services.infrastructure import AttachmentInput, FabricInput, RouterInput
from portal.lib.db import DatabaseRole, acting_as
from tenants import access
from tenants.access import SYSTEM, Actor
from tenants.models import Tenant
from tests.factories.tenants import ref

_numbers = count(1)


@dataclass(frozen=True)
class Frankfurt:
    """One region with a simulated fabric, a simulated router and attachments c01, c02, …

    Fabric and router share the simulated network `config["path"]`, in memory of this process.
    """

    region: Region
    fabric: Fabric
    hosts: tuple[Host, ...]
    router: Router
    attachments: tuple[Attachment, ...]
    config: dict[str, Any]


def register_provider(
    code: str = "fra", name: str = "Frankfurt", *, attachments: int = 4
) -> Frankfurt:
    """A provider's region, as the demo has it."""
    config = {"path": f"memory:{code}-{next(_numbers)}", "hosts": ["h1", "h2"]}
    router = RouterInput(f"pe-{code}", "simulator", 65000, {"path": config["path"]})
    with acting_as(DatabaseRole.STAFF):
        region = infrastructure.register_region(SYSTEM, code, name)
        fabric = infrastructure.register_fabric(
            SYSTEM, region, FabricInput(f"{code}-sim", "simulator", config)
        )
        hosts = tuple(
            infrastructure.register_host(SYSTEM, fabric, host, priority)
            for host, priority in (("h1", 20), ("h2", 10))
        )
        edge = infrastructure.register_router(SYSTEM, region, router)
        spare = tuple(
            infrastructure.register_attachment(SYSTEM, edge, fabric, attachment_input(number))
            for number in range(1, attachments + 1)
        )
    return Frankfurt(region, fabric, hosts, edge, spare, config)


def attachment_input(number: int) -> AttachmentInput:
    """The attachment `c01`, `c02`, … with two access lines."""
    return AttachmentInput(
        name=f"c{number:02}",
        vrf=f"c{number:02}",
        vlan=100 + number,
        interface=f"c{number:02}-core",
        bridge_mapping="wan",
        ipv4=LinkInput(f"100.64.{number}.0/29", f"100.64.{number}.1", f"100.64.{number}.2"),
        ipv6=LinkInput(f"fd00:64:{number}::/64", f"fd00:64:{number}::1", f"fd00:64:{number}::2"),
        access_prefixes=(
            f"172.31.{number}.0/30",
            f"172.31.{number}.4/30",
            f"fd00:31:{number}:1::/64",
            f"fd00:31:{number}:2::/64",
        ),
    )


def system_for(tenant: Tenant) -> Actor:
    """The system at work for one tenant."""
    return Actor("system", None, "Tests", ref(tenant))


def attach(tenant: Tenant, attachment: Attachment, *prefixes: str) -> None:
    """Give a tenant its way out and the prefixes that it may use."""
    with acting_as(DatabaseRole.STAFF):
        onboarding.claim_attachment(SYSTEM, tenant.id, attachment.id)
        attachment.refresh_from_db()
        for prefix in prefixes or ("10.1.0.0/16", "fd10:1::/48"):
            onboarding.allow_prefix(SYSTEM, tenant.id, prefix)


def add_site(
    tenant: Tenant,
    attachment: Attachment,
    name: str,
    *,
    line: int = 0,
    accepted: tuple[str, ...] = ("10.200.1.0/24",),
    **fields: Any,
) -> Site:
    """A site on one of the attachment's two access lines."""
    number = attachment.vlan - 100
    wanted = sites.SiteInput(
        name=name,
        attachment=attachment.id,
        asn=65101 + line,
        neighbour_ipv4=f"172.31.{number}.{4 * line + 2}",
        accepted_prefixes=accepted,
        **fields,
    )
    with acting_as(DatabaseRole.STAFF):
        change = sites.create(SYSTEM, tenant.id, wanted)
        return Site.objects.get(id=change.subject_id)


def add_network(
    tenant: Tenant, name: str = "web", prefix: str = "10.1.0.0/24", **fields: Any
) -> Network:
    """A network in Frankfurt unless `region` says otherwise."""
    actor = system_for(tenant)
    region = fields.pop("region", "fra")
    wanted = networks.NetworkInput(name=name, region=region, ipv4_prefix=prefix, **fields)
    with access.acting_as(actor):
        change = networks.create(actor, wanted)
        return Network.objects.select_related("region").get(id=change.subject_id)


def add_port(tenant: Tenant, network: Network, name: str = "web-1", **fields: Any) -> Port:
    """A machine in the network."""
    actor = system_for(tenant)
    with access.acting_as(actor):
        change = ports.create(actor, ports.PortInput(network=network.id, name=name, **fields))
        return Port.objects.select_related("network").get(id=change.subject_id)


def add_group(tenant: Tenant, name: str = "shop", **fields: Any) -> Group:
    """A group of the tenant; say at least one of `labels`, `networks`, `prefixes`."""
    actor = system_for(tenant)
    with access.acting_as(actor):
        change = groups.create(actor, groups.GroupInput(name=name, **fields))
        return Group.objects.get(id=change.subject_id)


def add_rule(tenant: Tenant, name: str = "all", **fields: Any) -> Rule:
    """A rule behind all others, unless `before` or `after` say otherwise."""
    actor = system_for(tenant)
    place = {side: fields.pop(side) for side in ("before", "after") if side in fields}
    with access.acting_as(actor):
        change = rules.create(actor, rules.RuleInput(name=name, **fields), **place)
        return Rule.objects.get(id=change.subject_id)


def add_vip(tenant: Tenant, name: str = "shop", **fields: Any) -> Vip:
    """A VIP in Frankfurt on TCP 443, unless `region` or `ports` say otherwise; say who serves it
    by `members` or `group`."""
    actor = system_for(tenant)
    fields = {"region": "fra", "ports": (vips.VipPortInput("tcp", 443),), **fields}
    with access.acting_as(actor):
        change = vips.create(actor, vips.VipInput(name=name, **fields))
        return Vip.objects.select_related("region").get(id=change.subject_id)


def allow_vips(tenant: Tenant, *prefixes: str) -> None:
    """Prefixes from which the tenant may take addresses for VIPs."""
    with acting_as(DatabaseRole.STAFF):
        for prefix in prefixes or ("10.99.0.0/28", "fd10:99::/64"):
            onboarding.allow_prefix(SYSTEM, tenant.id, prefix, "vips")


def newest_change(tenant: Tenant) -> Change:
    """The change that the tenant made last."""
    with acting_as(DatabaseRole.WORKER):
        return Change.objects.filter(tenant=tenant).latest("generation")
