"""Protocols and ports in pieces within which rules make no difference."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from networking.intent import PortRange, Protocol, Rule, merged

LAST_PORT = 65535
Piece = tuple[Protocol, int, int]
"""A protocol, the first and the last port; ICMP has 0 and 0."""

_PROTOCOLS = (Protocol.TCP, Protocol.UDP, Protocol.ICMP)


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
    """The pieces in the fewest words: `everything`, `TCP 443, 8000-8100; ICMP`, or
    `everything but UDP 53`."""
    there = _joined(held)
    missing = _joined(_without(there))
    if not missing:
        return "everything"
    if len(there) == len(_PROTOCOLS) and len(_listed(missing)) < len(_listed(there)):
        return f"everything but {_listed(missing)}"
    return _listed(there)


_Joined = dict[Protocol, tuple[PortRange, ...]]


def _joined(held: Iterable[Piece]) -> _Joined:
    """By protocol, in the fewest ranges; ICMP has none."""
    found: dict[Protocol, list[PortRange]] = defaultdict(list)
    for protocol, first, last in held:
        found[protocol] += [PortRange(first, last)] if first else []
    return {protocol: merged(tuple(ranges)) for protocol, ranges in found.items()}


def _without(there: _Joined) -> Iterable[Piece]:
    """All services that are not there."""
    if Protocol.ICMP not in there:
        yield Protocol.ICMP, 0, 0
    for protocol in (Protocol.TCP, Protocol.UDP):
        first = 1
        for one in there.get(protocol, ()):
            if first < one.first:
                yield protocol, first, one.first - 1
            first = one.last + 1
        if first <= LAST_PORT:
            yield protocol, first, LAST_PORT


def _listed(there: _Joined) -> str:
    words = (protocol.upper() + _ports(there[protocol]) for protocol in _PROTOCOLS
             if protocol in there)  # fmt: skip
    return "; ".join(words)


def _ports(ranges: tuple[PortRange, ...]) -> str:
    if ranges in ((), (PortRange(1, LAST_PORT),)):
        return ""
    texts = (str(r.first) if r.first == r.last else f"{r.first}-{r.last}" for r in ranges)
    return " " + ", ".join(texts)
