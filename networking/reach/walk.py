"""A packet's way from one end to another, once no VIP stands between."""

from dataclasses import dataclass

from networking.intent import Network, Protocol, RuleAction, Site
from networking.reach import say
from networking.reach.area import Area
from networking.reach.ends import End
from networking.reach.probe import Decision, Hop, HopKind
from networking.reach.tables import Ip


@dataclass(frozen=True, slots=True)
class Packet:
    """A first packet. `seen_as` is the source's address as the destination's port sees it."""

    source: End
    protocol: Protocol
    port: int
    seen_as: Ip

    @property
    def version(self) -> int:
        """The address family."""
        return self.seen_as.version


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it arrives and is answered, what decided, and how far it came."""

    allowed: bool
    decision: Decision
    hops: tuple[Hop, ...]

    def after(self, hops: tuple[Hop, ...]) -> "Outcome":
        """The same, with what stood on the way before."""
        return Outcome(self.allowed, self.decision, (*hops, *self.hops))


def deliver(packet: Packet, destination: End) -> Outcome:
    """From a machine or a site to an address that is no VIP's."""
    if packet.source.inside:
        return _from_machine(packet, destination)
    return _from_site(packet, destination)


def judge(packet: Packet, area: Area, network: Network, destination: Ip) -> Outcome:
    """What the tenant's list says, or else the default of the network whose port judges."""
    rule = area.rules.first(packet.seen_as, destination, packet.protocol, packet.port)
    if rule is not None:
        return Outcome(rule.action is RuleAction.ALLOW, say.by_rule(rule), ())
    return Outcome(not network.default_deny, say.by_default(network), ())


def enters(packet: Packet, area: Area, address: Ip) -> Outcome | None:
    """Why a site's packet does not come in to an address of the fabric, or no reply comes out;
    None where both do."""
    site = packet.source.site
    assert site is not None
    came: tuple[Hop, ...] = (packet.source.hop,)
    if not area.learns(site, address):
        return Outcome(False, say.not_learned(site, address), came)
    came = (*came, _router(area))
    if not area.routed(address):
        return Outcome(False, say.not_routed(address), came)
    if not area.leads_out(address.version):
        return Outcome(False, say.no_way_out(None, address.version), came)
    return None


def inwards(area: Area, site: End) -> tuple[Hop, ...]:
    """From a site to the tenant's gateway."""
    return (site.hop, _router(area), _transit(area), _gateway(area))


def _from_machine(packet: Packet, destination: End) -> Outcome:
    source, inside = packet.source, packet.source.inside
    assert inside is not None
    assert source.area is not None
    begun = (source.hop, _network(inside.network))
    if destination.inside is None:
        return _leaves(packet, source.area, inside.network, destination).after(begun)
    if destination.area is not source.area:
        return _crosses(packet, source.area, destination).after(begun)
    if destination.inside.network == inside.network:
        return _arrives(packet, destination, ()).after(begun)
    way = (_gateway(source.area), _network(destination.inside.network))
    return _arrives(packet, destination, way).after(begun)


def _arrives(packet: Packet, destination: End, way: tuple[Hop, ...]) -> Outcome:
    """At a network of the tenant's: judged at the destination's port."""
    area, inside = destination.area, destination.inside
    assert area is not None
    assert inside is not None
    if inside.gateway:
        answers = packet.protocol is Protocol.ICMP
        return Outcome(answers, say.gateway(destination, answers=answers), way)
    if inside.port is None:
        return Outcome(False, say.nobody_has(destination), way)
    judged = judge(packet, area, inside.network, destination.address)
    arrived = (*way, destination.hop) if judged.allowed else way
    return Outcome(judged.allowed, judged.decision, arrived)


def _leaves(packet: Packet, area: Area, network: Network, destination: End) -> Outcome:
    """To outside the tenant's networks: judged at the source's port, then routed."""
    judged = judge(packet, area, network, destination.address)
    if not judged.allowed:
        return judged
    way: tuple[Hop, ...] = (_gateway(area),)
    if area.for_vips(destination.address):
        return Outcome(False, say.no_vip_has(destination.address), way)
    if not area.leads_out(packet.version):
        return Outcome(False, say.no_way_out(network, packet.version), way)
    way = (*way, _transit(area), _router(area))
    if destination.site is None:
        return Outcome(False, say.no_site_has(destination.address), way)
    back = packet.source.address
    if not area.routed(back):
        return Outcome(False, say.not_routed(back), way)
    way = (*way, destination.hop)
    if not area.learns(destination.site, back):
        return Outcome(False, say.not_learned(destination.site, back), way)
    return Outcome(True, judged.decision, way)


def _crosses(packet: Packet, area: Area, destination: End) -> Outcome:
    """To a network on another fabric: where the routers lead to each other."""
    other, inside = destination.area, destination.inside
    assert other is not None
    assert inside is not None
    way: tuple[Hop, ...] = (_gateway(area),)
    for one in (area, other):
        if not one.leads_out(packet.version):
            return Outcome(False, say.no_way_out(None, packet.version), way)
    way = (*way, _transit(area), _router(area))
    for one, address in ((area, destination.address), (other, packet.source.address)):
        if not one.routed(address):
            return Outcome(False, say.not_routed(address), way)
    if _router(other) != way[-1]:
        way = (*way, _router(other))
    way = (*way, _transit(other), _gateway(other), _network(inside.network))
    return _arrives(packet, destination, way)


def _from_site(packet: Packet, destination: End) -> Outcome:
    source = packet.source
    assert source.area is not None
    assert source.site is not None
    area = source.area
    if destination.inside is None:
        if area.for_vips(destination.address):
            return Outcome(False, say.no_vip_has(destination.address), (source.hop,))
        return _between_sites(packet, area, source.site, destination)
    # The site's router must have the route, so the fabric is its own.
    refused = enters(packet, area, destination.address)
    if refused:
        return refused
    assert destination.area is not None
    way = (*inwards(destination.area, source), _network(destination.inside.network))
    return _arrives(packet, destination, way)


def _between_sites(packet: Packet, area: Area, site: Site, destination: End) -> Outcome:
    """No port of the tenant's is on the way: routes alone decide."""
    way = (packet.source.hop, _router(area))
    other = area.site_at(destination.address)
    if other is None:
        return Outcome(False, say.no_site_has(destination.address), way)
    if not area.learns(site, destination.address):
        return Outcome(False, say.not_learned(site, destination.address), way[:1])
    arrived = (*way, destination.hop) if other != site else way[:1]
    if not area.learns(other, packet.source.address):
        return Outcome(False, say.not_learned(other, packet.source.address), arrived)
    return Outcome(True, say.sites_learn(site, other), arrived)


def _network(network: Network) -> Hop:
    return Hop(HopKind.NETWORK, network.id, network.name)


def _gateway(area: Area) -> Hop:
    return Hop(HopKind.GATEWAY, area.fabric.tenant.id, "gateway")


def _transit(area: Area) -> Hop:
    transit = area.fabric.transit
    assert transit is not None
    return Hop(HopKind.TRANSIT, transit.id, transit.name)


def _router(area: Area) -> Hop:
    name = area.router.vrf if area.router else ""
    return Hop(HopKind.ROUTER, name, name)
