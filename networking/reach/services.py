"""Protocols and ports in words."""

from collections import defaultdict
from collections.abc import Iterable

from networking.intent import PortRange, Protocol, merged
from networking.reach.cut import LAST_PORT, Piece

_PROTOCOLS = (Protocol.TCP, Protocol.UDP, Protocol.ICMP)


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
