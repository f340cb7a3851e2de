"""What one tenant wants of each of its scopes."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from networking import intent
from networking.compiler.focus import EVERYTHING, Focus
from networking.compiler.rows import Rows, Ways
from networking.models import (
    AllowedPrefix,
    Attachment,
    Fabric,
    Generation,
    Host,
    Network,
    NetworkSite,
    Router,
    Scope,
    Site,
)
from networking.planning.addresses import Prefix

Intent = intent.FabricIntent | intent.RouterIntent


def compile_scope(scope: Scope, focus: Focus = EVERYTHING) -> Intent:
    """What the scope's tenant wants of the scope's device now; as `compile_scopes`."""
    return compile_scopes([scope], focus)[0]


def compile_scopes(scopes: Sequence[Scope], focus: Focus = EVERYTHING) -> list[Intent]:
    """What one tenant wants of the devices of these scopes now, in their order.

    The generation is read before the rows: rows that a later change writes meanwhile may be in the
    intent already, which never claims less than the truth. Load the scopes with their tenant,
    fabric and router.
    """
    if not scopes:
        return []
    tenant_id = scopes[0].tenant_id
    numbers = Generation.objects.filter(tenant_id=tenant_id).values_list("number", flat=True)
    return compile_rows(scopes, Rows(Ways(tenant_id), focus, numbers.first() or 0))


def compile_rows(scopes: Sequence[Scope], rows: Rows) -> list[Intent]:
    """As `compile_scopes`, of these rows."""
    return [_intent(scope, rows) for scope in scopes]


def _intent(scope: Scope, rows: Rows) -> Intent:
    tenant = intent.TenantRef(id=str(scope.tenant_id), slug=scope.tenant.slug)
    if scope.fabric is not None:
        return _fabric_intent(tenant, scope.fabric, rows)
    assert scope.router is not None
    return _router_intent(tenant, scope.router, scope.vrf, rows)


def _fabric_intent(tenant: intent.TenantRef, fabric: Fabric, rows: Rows) -> intent.FabricIntent:
    generation, networks = rows.generation, rows.networks(fabric)
    ports, way_out = rows.ports(networks), rows.focus.way_out
    return intent.FabricIntent(
        tenant=tenant,
        generation=generation,
        networks=tuple(_network(network, ports[network.id]) for network in networks),
        transit=_transit(fabric, rows) if way_out else None,
        groups=rows.groups,
        rules=rows.rules,
        vips=rows.vips(fabric),
        sites=rows.sites,
        elsewhere=rows.elsewhere(fabric),
        vip_prefixes=tuple(str(row.prefix) for row in rows.vip_prefixes(fabric)),
    )


def _network(network: Network, ports: Sequence[intent.Port]) -> intent.Network:
    return intent.Network(
        id=str(network.id),
        name=network.name,
        ipv4_prefix=str(network.ipv4_prefix),
        ipv4_gateway=str(network.ipv4_gateway),
        mtu=network.mtu,
        dhcp=network.dhcp,
        ipv6_prefix=str(network.ipv6_prefix or ""),
        ipv6_gateway=str(network.ipv6_gateway or ""),
        ports=tuple(ports),
        default_deny=network.default_deny,
        probe_ipv4=str(network.probe_ipv4 or ""),
        probe_ipv6=str(network.probe_ipv6 or "") if network.probe_ipv4 else "",
    )


def _transit(fabric: Fabric, rows: Rows) -> intent.Transit | None:
    attachment = next((one for one in rows.ways.attachments if one.fabric_id == fabric.id), None)
    if attachment is None:
        return None
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
        hosts=_gateway_hosts(fabric),
    )


def _gateway_hosts(fabric: Fabric) -> tuple[str, ...]:
    """The hosts that may carry gateways, the preferred first.

    A silent one is left out: with two hosts the other one cannot tell a dead host from its own
    broken link, and does not take over by itself. When all are silent nothing better is known.
    """
    rows = Host.objects.filter(fabric=fabric, gateway_priority__gt=0)
    known = list(rows.order_by("-gateway_priority", "name").values_list("name", "silent_since"))
    live = [name for name, silent_since in known if silent_since is None]
    return tuple(live or (name for name, _ in known))


def _router_intent(
    tenant: intent.TenantRef, router: Router, vrf: str, rows: Rows
) -> intent.RouterIntent:
    """A scope whose attachment was released wants nothing in its VRF."""
    generation = rows.generation
    here = (one for one in rows.ways.attachments if (one.router_id, one.vrf) == (router.id, vrf))
    attachment = next(here, None)
    routes: tuple[intent.Route, ...] = ()
    sites: tuple[intent.Site, ...] = ()
    if attachment is not None:
        networks = rows.networks(attachment.fabric)
        vips = rows.vip_prefixes(attachment.fabric)
        routes = (
            *(route for network in networks for route in _routes(network, attachment)),
            *_vip_routes(vips, attachment),
        )
        sites = _sites(attachment, networks, [row.prefix for row in vips])
    return intent.RouterIntent(
        tenant=tenant, generation=generation, vrf=vrf, asn=router.asn, routes=routes, sites=sites
    )


def _routes(network: Network, attachment: Attachment) -> list[intent.Route]:
    found = (_route(prefix, attachment, network.id, network.name) for prefix in network.prefixes)
    return [route for route in found if route]


def _vip_routes(prefixes: Sequence[AllowedPrefix], attachment: Attachment) -> list[intent.Route]:
    found = (_route(row.prefix, attachment, row.id, f"VIPs {row.prefix}") for row in prefixes)
    return [route for route in found if route]


def _route(prefix: Prefix, attachment: Attachment, noun: UUID, name: str) -> intent.Route | None:
    """By way of the fabric's gateway; none when it has no address of the family."""
    next_hop = attachment.gateway_ipv4 if prefix.version == 4 else attachment.gateway_ipv6
    if not next_hop:
        return None
    return intent.Route(str(prefix), str(next_hop), str(noun), name)


def _sites(
    attachment: Attachment, networks: Sequence[Network], vips: Sequence[Prefix]
) -> tuple[intent.Site, ...]:
    chosen = set(
        NetworkSite.objects.filter(network__in=networks).values_list("network_id", "site_id")
    )
    sites = Site.objects.filter(attachment=attachment, retiring_at=None).order_by("name")
    return tuple(_site(site, [*_learned(site, networks, chosen), *vips]) for site in sites)


def _learned(
    site: Site, networks: Sequence[Network], chosen: set[tuple[UUID, UUID]]
) -> Iterator[Prefix]:
    for network in networks:
        if network.learned_by == Network.LearnedBy.ALL or (
            network.learned_by == Network.LearnedBy.SOME and (network.id, site.id) in chosen
        ):
            yield from network.prefixes


def _site(site: Site, learned: Sequence[Prefix]) -> intent.Site:
    neighbours = tuple(str(one) for one in (site.neighbour_ipv4, site.neighbour_ipv6) if one)
    families = {4} | ({6} if site.neighbour_ipv6 else set())
    return intent.Site(
        id=str(site.id),
        name=site.name,
        asn=site.asn,
        neighbours=neighbours,
        accepted=tuple(sorted(str(prefix) for prefix in site.accepted_prefixes)),
        advertised=tuple(sorted(str(one) for one in learned if one.version in families)),
        max_prefixes=site.max_prefixes,
    )
