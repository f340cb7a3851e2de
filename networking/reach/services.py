"""Protocols and ports in pieces within which rules make no difference."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from networking.intent import PortRange, Protocol, Rule, merged

LAST_PORT = 65535
Piece = tuple[Protocol, int, int]
"""A protocol, the first and the last port; ICMP has 0 and 0."""

WHOLE = {
    (Protocol.TCP, 1, LAST_PORT),
    (Protocol.UDP, 1, LAST_PORT),
    (Protocol.ICMP, 0, 0),
}


def pieces(rules: Iterable[Rule]) -> tuple[Piece, ...]:
    """All services, cut wherever the ports of one of the rules begin or end."""
    cuts: dict[Protocol, set[int]] = {p: {1, LAST_PORT + 1} for p in (Protocol.TCP, Protocol.UDP)}
    for rule in rules:
        for one in rule.ports:
            cuts[rule.protocol] |= {one.first, one.last + 1}
    found: list[Piece] = [(Protocol.ICMP, 0, 0)]
    for protocol, places in cuts.items():
        found += [(protocol, first, after - 1) for first, after in pairwise(sorted(places))]
    return tuple(found)


def concerns(rule: Rule, piece: Piece) -> bool:
    """Whether the rule matches the piece, if addresses do."""
    protocol, first, _ = piece
    if rule.protocol not in (Protocol.ANY, protocol):
        return False
    return not rule.ports or any(one.first <= first <= one.last for one in rule.ports)


def text_of(held: Iterable[Piece]) -> str:
    """The pieces in the fewest words: `everything`, or `tcp 443, 8000-8100; icmp`."""
    by_protocol: dict[Protocol, list[PortRange]] = defaultdict(list)
    icmp = False
    for protocol, first, last in held:
        if protocol is Protocol.ICMP:
            icmp = True
        else:
            by_protocol[protocol].append(PortRange(first, last))
    joined = {p: merged(tuple(ranges)) for p, ranges in by_protocol.items()}
    whole = {(p, one.first, one.last) for p, ranges in joined.items() for one in ranges}
    if icmp and whole | {(Protocol.ICMP, 0, 0)} == WHOLE:
        return "everything"
    words = [f"{p}{_ports(joined[p])}" for p in (Protocol.TCP, Protocol.UDP) if p in joined]
    return "; ".join(words + (["icmp"] if icmp else []))


def _ports(ranges: tuple[PortRange, ...]) -> str:
    if ranges == (PortRange(1, LAST_PORT),):
        return ""
    texts = (str(r.first) if r.first == r.last else f"{r.first}-{r.last}" for r in ranges)
    return " " + ", ".join(texts)
