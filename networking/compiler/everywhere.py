"""A tenant's policy in all its regions at once.

Its list of rules and its groups are the same on each fabric, and what is inside on one is inside
on all. So whom the list lets speak with whom is judged on this one intent, which no device gets.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from networking import intent
from networking.compiler import policy
from networking.compiler.focus import EVERYTHING
from networking.models import Group, Network, Port, Site
from networking.models.members import Candidates, Machine, Membership, machines, memberships


def compile_policy(
    tenant: intent.TenantRef, generation: int, groups: Sequence[Membership] | None = None
) -> intent.FabricIntent:
    """Networks, machines, groups, rules and all sites of the tenant; no VIPs and no way out. It
    takes a constant number of queries. Who has read what its groups are made of says so."""
    tenant_id = UUID(tenant.id)
    if groups is None:
        groups = memberships(Group.objects.filter(tenant_id=tenant_id, retiring_at=None))
    own = machines(Port.objects.filter(tenant_id=tenant_id))
    return intent.FabricIntent(
        tenant=tenant,
        generation=generation,
        networks=_networks(tenant_id, own),
        groups=policy.groups(groups, Candidates(own)),
        rules=policy.rules(tenant_id, EVERYTHING),
        sites=_sites(tenant_id),
    )


def _networks(tenant_id: UUID, own: Iterable[Machine]) -> tuple[intent.Network, ...]:
    ports: dict[UUID, list[intent.Port]] = defaultdict(list)
    for one in own:
        ports[one.network_id].append(intent.Port(str(one.id), one.name, "", one.ipv4, one.ipv6))
    return tuple(
        _network(network, tuple(ports[network.id]))
        for network in Network.objects.filter(tenant_id=tenant_id, retiring_at=None)
    )


def _network(network: Network, ports: tuple[intent.Port, ...]) -> intent.Network:
    return intent.Network(
        id=str(network.id),
        name=network.name,
        ipv4_prefix=str(network.ipv4_prefix),
        ipv4_gateway="",
        mtu=network.mtu,
        ipv6_prefix=str(network.ipv6_prefix or ""),
        ports=ports,
        default_deny=network.default_deny,
    )


def _sites(tenant_id: UUID) -> tuple[intent.SitePrefixes, ...]:
    rows = Site.objects.filter(tenant_id=tenant_id, retiring_at=None).order_by("name")
    return tuple(
        intent.SitePrefixes(
            str(row.id), row.name, tuple(sorted(str(prefix) for prefix in row.accepted_prefixes))
        )
        for row in rows
    )
