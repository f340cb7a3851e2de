"""From rows to intent: what one tenant wants of one fabric or router.

Runs under any database role that sees the tenant's rows, in the caller's transaction, and takes a
constant number of queries. Rows that retire are left out: the devices are to lose them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, prefetch_related_objects

from networking import intent
from networking.models import (
    Attachment,
    Fabric,
    Generation,
    Host,
    Network,
    NetworkSite,
    Port,
    Router,
    Scope,
    Site,
)


@dataclass(frozen=True, slots=True)
class Focus:
    """Which networks and ports to compile; None for all. What a plan says of one of them does not
    need the others."""

    networks: frozenset[UUID] | None = None
    ports: frozenset[UUID] | None = None


EVERYTHING = Focus()


def compile_scope(
    scope: Scope, focus: Focus = EVERYTHING
) -> intent.FabricIntent | intent.RouterIntent:
    """What the scope's tenant wants of the scope's device now.

    The generation is read before the rows: rows that a later change writes meanwhile may be in the
    intent already, which never claims less than the truth. Load the scope with its tenant, fabric
    and router.
    """
    number = _generation(scope.tenant_id)
    if scope.fabric is not None:
        return _fabric_intent(scope, scope.fabric, number, focus)
    assert scope.router is not None
    return _router_intent(scope, scope.router, number, focus)


def fabric_of(tenant_id: UUID, region_id: UUID) -> Fabric | None:
    """The fabric that carries the tenant's networks in a region; none when the region has none.

    It is the one that the tenant's attachment there leads to. Without an attachment it is the
    region's first by name, so that networks can be made before their way out.
    """
    attachment = (
        Attachment.objects.filter(tenant_id=tenant_id, fabric__region_id=region_id)
        .select_related("fabric")
        .order_by("name")
        .first()
    )
    if attachment is not None:
        return attachment.fabric
    return Fabric.objects.filter(region_id=region_id).order_by("name").first()


def _generation(tenant_id: UUID) -> int:
    number = Generation.objects.filter(tenant_id=tenant_id).values_list("number", flat=True)
    return number.first() or 0


def _tenant(scope: Scope) -> intent.TenantRef:
    return intent.TenantRef(id=str(scope.tenant_id), slug=scope.tenant.slug)


def _networks(tenant_id: UUID, fabric: Fabric, focus: Focus) -> list[Network]:
    """The tenant's networks on this fabric, none when another fabric carries the region's."""
    if fabric_of(tenant_id, fabric.region_id) != fabric:
        return []
    networks = Network.objects.filter(tenant_id=tenant_id, region_id=fabric.region_id)
    if focus.networks is not None:
        networks = networks.filter(id__in=focus.networks)
    return list(networks.filter(retiring_at=None).order_by("name"))


def _fabric_intent(scope: Scope, fabric: Fabric, number: int, focus: Focus) -> intent.FabricIntent:
    networks = _networks(scope.tenant_id, fabric, focus)
    live = Port.objects.filter(retiring_at=None).order_by("name")
    if focus.ports is not None:
        live = live.filter(id__in=focus.ports)
    prefetch_related_objects(networks, Prefetch("ports", live))
    return intent.FabricIntent(
        tenant=_tenant(scope),
        generation=number,
        networks=tuple(_network(network) for network in networks),
        transit=_transit(scope.tenant_id, fabric),
    )


def _network(network: Network) -> intent.Network:
    return intent.Network(
        id=str(network.id),
        name=network.name,
        ipv4_prefix=str(network.ipv4_prefix),
        ipv4_gateway=str(network.ipv4_gateway),
        mtu=network.mtu,
        dhcp=network.dhcp,
        ipv6_prefix=str(network.ipv6_prefix or ""),
        ipv6_gateway=str(network.ipv6_gateway or ""),
        ports=tuple(_port(port) for port in network.ports.all()),
    )


def _port(port: Port) -> intent.Port:
    return intent.Port(
        id=str(port.id),
        name=port.name,
        mac=str(port.mac),
        ipv4=str(port.ipv4_address),
        ipv6=str(port.ipv6_address or ""),
    )


def _transit(tenant_id: UUID, fabric: Fabric) -> intent.Transit | None:
    attachment = (
        Attachment.objects.filter(tenant_id=tenant_id, fabric=fabric).order_by("name").first()
    )
    if attachment is None:
        return None
    hosts = Host.objects.filter(fabric=fabric, gateway_priority__gt=0)
    return intent.Transit(
        id=str(attachment.id),
        name=attachment.name,
        bridge_mapping=attachment.bridge_mapping,
        vlan=attachment.vlan,
        gateway_ipv4=f"{attachment.gateway_ipv4}/{attachment.transit_ipv4.prefixlen}",
        router_ipv4=str(attachment.router_ipv4),
        gateway_ipv6=(
            f"{attachment.gateway_ipv6}/{attachment.transit_ipv6.prefixlen}"
            if attachment.transit_ipv6
            else ""
        ),
        router_ipv6=str(attachment.router_ipv6 or ""),
        hosts=tuple(hosts.order_by("-gateway_priority", "name").values_list("name", flat=True)),
    )


def _router_intent(scope: Scope, router: Router, number: int, focus: Focus) -> intent.RouterIntent:
    """A scope whose attachment was released wants nothing in its VRF."""
    attachment = (
        Attachment.objects.filter(tenant_id=scope.tenant_id, router=router, vrf=scope.vrf)
        .select_related("fabric")
        .first()
    )
    routes: tuple[intent.Route, ...] = ()
    sites: tuple[intent.Site, ...] = ()
    if attachment is not None:
        networks = _networks(scope.tenant_id, attachment.fabric, focus)
        routes = tuple(route for network in networks for route in _routes(network, attachment))
        sites = _sites(attachment, networks)
    return intent.RouterIntent(
        tenant=_tenant(scope),
        generation=number,
        vrf=scope.vrf,
        asn=router.asn,
        routes=routes,
        sites=sites,
    )


def _routes(network: Network, attachment: Attachment) -> list[intent.Route]:
    next_hops = {4: attachment.gateway_ipv4, 6: attachment.gateway_ipv6}
    return [
        intent.Route(
            prefix=str(prefix),
            next_hop=str(next_hops[prefix.version]),
            network_id=str(network.id),
            network_name=network.name,
        )
        for prefix in network.prefixes
        if next_hops[prefix.version]
    ]


def _sites(attachment: Attachment, networks: Sequence[Network]) -> tuple[intent.Site, ...]:
    chosen = set(
        NetworkSite.objects.filter(network__in=networks).values_list("network_id", "site_id")
    )
    sites = Site.objects.filter(attachment=attachment, retiring_at=None).order_by("name")
    return tuple(_site(site, networks, chosen) for site in sites)


def _site(site: Site, networks: Sequence[Network], chosen: set[tuple[UUID, UUID]]) -> intent.Site:
    learned = (
        network
        for network in networks
        if network.learned_by == Network.LearnedBy.ALL
        or (network.learned_by == Network.LearnedBy.SOME and (network.id, site.id) in chosen)
    )
    neighbours = tuple(str(one) for one in (site.neighbour_ipv4, site.neighbour_ipv6) if one)
    families = {4} | ({6} if site.neighbour_ipv6 else set())
    return intent.Site(
        id=str(site.id),
        name=site.name,
        asn=site.asn,
        neighbours=neighbours,
        accepted=tuple(sorted(str(prefix) for prefix in site.accepted_prefixes)),
        advertised=tuple(
            sorted(
                str(prefix)
                for network in learned
                for prefix in network.prefixes
                if prefix.version in families
            )
        ),
        max_prefixes=site.max_prefixes,
    )
