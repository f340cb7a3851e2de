"""Answers probes: finds the ends, follows the packet, and a VIP's to each of its members."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from networking.intent import Protocol, Vip, VipPort
from networking.reach import say
from networking.reach.area import Area, View, of_version
from networking.reach.ends import End, NoSuchEndError, find, locate, version_of
from networking.reach.probe import Hop, HopKind, Probe, ToVip, Verdict
from networking.reach.tables import Ip
from networking.reach.walk import Outcome, Packet, deliver, enters, inwards, judge


def reach(views: View | Sequence[View], probe: Probe) -> Verdict:
    """The answer to one question; for many about the same intents, keep an `Evaluator`.

    Raises LookupError for an id that none of the intents holds.
    """
    return Evaluator(views).reach(probe)


class Evaluator:
    """All fabrics and routers of one tenant, indexed once."""

    def __init__(self, views: View | Sequence[View]) -> None:
        held = (views,) if isinstance(views, View) else views
        self._areas = [Area(view) for view in held]

    def reach(self, probe: Probe) -> Verdict:
        """Whether the packet arrives and is answered.

        Raises LookupError for an id that none of the intents holds, and ValueError for a source
        that is a VIP and for an address that is none.
        """
        if isinstance(probe.source, ToVip):
            raise ValueError("a VIP opens no connections")
        version = version_of(probe)
        source = None
        try:
            source = find(self._areas, probe.source, version)
            destination = find(self._areas, probe.destination, version)
        except NoSuchEndError as error:
            came = (source.hop,) if source else ()
            return Verdict(False, came, error.decision, str(source.address) if source else "", "")
        packet = Packet(source, probe.protocol, probe.port, source.address)
        outcome, member = self._follow(packet, destination)
        tried = (str(source.address), str(destination.address))
        return Verdict(outcome.allowed, outcome.hops, outcome.decision, *tried, member)

    def _follow(self, packet: Packet, destination: End) -> tuple[Outcome, str]:
        """The outcome, and the member that it speaks of."""
        source = packet.source
        if source.inside and source.inside.port is None:
            return Outcome(False, say.nobody_has(source), (source.hop,)), ""
        if not (source.inside or source.site) or source.area is None:
            return Outcome(False, say.no_site_has(source.address), (source.hop,)), ""
        vip = destination.area.vip_at(destination.address) if destination.area else None
        if vip is None:
            return deliver(packet, destination), ""
        if destination.area is not source.area:
            return Outcome(False, say.elsewhere(destination.address), (source.hop,)), ""
        return self._balanced(packet, source.area, vip, destination.address)

    def _balanced(self, packet: Packet, area: Area, vip: Vip, address: Ip) -> tuple[Outcome, str]:
        """To each member in turn: the first that is not reached decides."""
        refused = enters(packet, area, address) if packet.source.site else None
        if refused:
            return refused, ""
        before = _towards(packet, area, vip)
        port = _served(vip, packet)
        if port is None:
            # Not balanced, so for the rules an address outside; then dropped by the gateway.
            return _unserved(packet, area, vip, address).after(before[:-1]), ""
        members = [
            (member.port_id, text)
            for member in vip.members
            for text in (member.ipv4, member.ipv6)
            if text and of_version(text, packet.version)
        ]
        if not members:
            return Outcome(False, say.no_member(vip, packet.version), before), ""
        outcomes = []
        for port_id, text in members:
            outcome = self._to_member(packet, ip_address(text), port, address)
            outcomes.append((outcome.after(before), port_id))
        return next((one for one in outcomes if not one[0].allowed), outcomes[0])

    def _to_member(self, packet: Packet, member: Ip, port: VipPort, address: Ip) -> Outcome:
        """Judged on the member's address; one that reaches itself comes from the VIP's."""
        destination = locate(self._areas, member)
        itself = packet.source.address == member
        balanced = replace(
            packet, port=port.member_port, seen_as=address if itself else packet.seen_as
        )
        area, inside = packet.source.area, destination.inside
        assert area is not None
        if destination.area is area and inside is not None and inside.port is not None:
            judged = judge(balanced, area, inside.network, member)
            network = Hop(HopKind.NETWORK, inside.network.id, inside.network.name)
            arrived = (network, destination.hop) if judged.allowed else (network,)
            return judged.after(arrived)
        return deliver(balanced, destination)


def _towards(packet: Packet, area: Area, vip: Vip) -> tuple[Hop, ...]:
    """The way until the packet is balanced: at a machine's own switch, or at the gateway."""
    balanced = Hop(HopKind.VIP, vip.id, vip.name)
    source = packet.source
    if source.inside is None:
        return (*inwards(area, source), balanced)
    network = source.inside.network
    return (source.hop, Hop(HopKind.NETWORK, network.id, network.name), balanced)


def _served(vip: Vip, packet: Packet) -> VipPort | None:
    return next(
        (p for p in vip.ports if (p.protocol, p.port) == (packet.protocol, packet.port)), None
    )


def _unserved(packet: Packet, area: Area, vip: Vip, address: Ip) -> Outcome:
    if packet.source.inside:
        judged = judge(packet, area, packet.source.inside.network, address)
        if not judged.allowed:
            return judged
    what = (
        "pings" if packet.protocol is Protocol.ICMP else f"{packet.protocol.upper()} {packet.port}"
    )
    return Outcome(False, say.not_served(vip, what), ())
