"""From rows to intent: what one tenant wants of its fabrics and routers.

Runs under any database role that sees the tenant's rows, in the caller's transaction, and takes a
constant number of queries. Rows that retire are left out: the devices are to lose them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Func, TextField
from django.db.models.functions import Cast

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

Intent = intent.FabricIntent | intent.RouterIntent


@dataclass(frozen=True, slots=True)
class Focus:
    """Which networks and ports to compile; None for all. What a plan says of one of them does not
    need the others."""

    networks: frozenset[UUID] | None = None
    ports: frozenset[UUID] | None = None


EVERYTHING = Focus()


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
    rows = _Rows(scopes[0].tenant_id, focus)
    return [_intent(scope, rows) for scope in scopes]


def fabric_of(tenant_id: UUID, region_id: UUID) -> Fabric | None:
    """The fabric that carries the tenant's networks in a region; none when the region has none.

    It is the one that the tenant's attachment there leads to. Without an attachment it is the
    region's first by name, so that networks can be made before their way out.
    """
    return _Rows(tenant_id).fabric_of(region_id)


def attachments_of(tenant_id: UUID) -> list[Attachment]:
    """The tenant's attachments by name, with fabric and router."""
    return _Rows(tenant_id).attachments


class _Rows:
    """A tenant's rows, each table read once for all its scopes."""

    def __init__(self, tenant_id: UUID, focus: Focus = EVERYTHING) -> None:
        self.tenant_id = tenant_id
        self.focus = focus
        self._networks: dict[UUID, list[Network]] = {}

    @cached_property
    def generation(self) -> int:
        """The tenant's newest."""
        rows = Generation.objects.filter(tenant_id=self.tenant_id)
        return rows.values_list("number", flat=True).first() or 0

    @cached_property
    def attachments(self) -> list[Attachment]:
        """By name."""
        rows = Attachment.objects.filter(tenant_id=self.tenant_id)
        return list(rows.select_related("fabric", "router").order_by("name"))

    def fabric_of(self, region_id: UUID) -> Fabric | None:
        """See the function of this name."""
        for attachment in self.attachments:
            if attachment.fabric.region_id == region_id:
                return attachment.fabric
        return Fabric.objects.filter(region_id=region_id).order_by("name").first()

    def networks(self, fabric: Fabric) -> list[Network]:
        """Those on this fabric by name, none when another fabric carries the region's."""
        if fabric.id not in self._networks:
            self._networks[fabric.id] = self._read_networks(fabric)
        return self._networks[fabric.id]

    def _read_networks(self, fabric: Fabric) -> list[Network]:
        if self.fabric_of(fabric.region_id) != fabric:
            return []
        rows = Network.objects.filter(tenant_id=self.tenant_id, region_id=fabric.region_id)
        if self.focus.networks is not None:
            rows = rows.filter(id__in=self.focus.networks)
        return list(rows.filter(retiring_at=None).order_by("name"))

    def ports(self, networks: Sequence[Network]) -> Mapping[UUID, list[intent.Port]]:
        """The ports of these networks, by network. A tenant may have very many: the database
        writes their addresses as text, so that they are not parsed only to be printed."""
        found: dict[UUID, list[intent.Port]] = defaultdict(list)
        if self.focus.ports is not None and not self.focus.ports:
            return found
        rows = Port.objects.filter(network__in=networks, retiring_at=None)
        if self.focus.ports is not None:
            rows = rows.filter(id__in=self.focus.ports)
        texts = rows.order_by("name").values_list(
            "network_id", "id", "name", Cast("mac", TextField()), _host("ipv4"), _host("ipv6")
        )
        for network_id, port_id, name, mac, ipv4, ipv6 in texts:
            found[network_id].append(intent.Port(str(port_id), name, mac, ipv4, ipv6 or ""))
        return found


def _host(family: str) -> Func:
    """The address without a length (PostgreSQL manual, network address functions)."""
    return Func(f"{family}_address", function="host", output_field=TextField())


def _intent(scope: Scope, rows: _Rows) -> Intent:
    tenant = intent.TenantRef(id=str(scope.tenant_id), slug=scope.tenant.slug)
    if scope.fabric is not None:
        return _fabric_intent(tenant, scope.fabric, rows)
    assert scope.router is not None
    return _router_intent(tenant, scope.router, scope.vrf, rows)


def _fabric_intent(tenant: intent.TenantRef, fabric: Fabric, rows: _Rows) -> intent.FabricIntent:
    generation, networks = rows.generation, rows.networks(fabric)
    ports = rows.ports(networks)
    return intent.FabricIntent(
        tenant=tenant,
        generation=generation,
        networks=tuple(_network(network, ports[network.id]) for network in networks),
        transit=_transit(fabric, rows),
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
    )


def _transit(fabric: Fabric, rows: _Rows) -> intent.Transit | None:
    attachment = next((one for one in rows.attachments if one.fabric_id == fabric.id), None)
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
    tenant: intent.TenantRef, router: Router, vrf: str, rows: _Rows
) -> intent.RouterIntent:
    """A scope whose attachment was released wants nothing in its VRF."""
    generation = rows.generation
    here = (one for one in rows.attachments if (one.router_id, one.vrf) == (router.id, vrf))
    attachment = next(here, None)
    routes: tuple[intent.Route, ...] = ()
    sites: tuple[intent.Site, ...] = ()
    if attachment is not None:
        networks = rows.networks(attachment.fabric)
        routes = tuple(route for network in networks for route in _routes(network, attachment))
        sites = _sites(attachment, networks)
    return intent.RouterIntent(
        tenant=tenant, generation=generation, vrf=vrf, asn=router.asn, routes=routes, sites=sites
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
