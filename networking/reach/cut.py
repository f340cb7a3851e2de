"""All services, cut into pieces within which rules make no difference, and who decides about each.

What a list of rules says of two addresses is found in one walk over the rules, however many pieces
there are: each rule takes of its pieces those that none before it took.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from networking.intent import Protocol, Rule

LAST_PORT = 65535
Piece = tuple[Protocol, int, int]
"""A protocol, the first and the last port; ICMP has 0 and 0."""

_WITH_PORTS = (Protocol.TCP, Protocol.UDP)


class Cut:
    """All services, cut wherever the ports of one of the rules begin or end. Ask about these rules
    alone. A piece is spoken of by its place in `pieces`."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        cuts = {protocol: {1, LAST_PORT + 1} for protocol in _WITH_PORTS}
        for rule in rules:
            for one in rule.ports:
                cuts[rule.protocol] |= {one.first, one.last + 1}
        self.pieces: list[Piece] = [(Protocol.ICMP, 0, 0)]
        self._places: dict[Protocol, dict[int, int]] = {}
        self._whole = {Protocol.ICMP: range(1)}
        for protocol, ports in cuts.items():
            began, ordered = len(self.pieces), sorted(ports)
            self.pieces += [(protocol, first, after - 1) for first, after in pairwise(ordered)]
            self._places[protocol] = {port: began + n for n, port in enumerate(ordered)}
            self._whole[protocol] = range(began, len(self.pieces))
        self._whole[Protocol.ANY] = range(len(self.pieces))

    def deciders(self, rules: Sequence[Rule]) -> list[Rule | None]:
        """By place, the first of the rules that matches; None where none does."""
        found: list[Rule | None] = [None] * len(self.pieces)
        # From each place on, the next one that is nobody's yet: chains that get shorter with use.
        free = list(range(len(self.pieces) + 1))
        for rule in rules:
            for places in self._matched(rule):
                place = _first_free(free, places.start)
                while place < places.stop:
                    found[place] = rule
                    free[place] = place + 1
                    place = _first_free(free, place + 1)
        return found

    def concerned(self, rules: Iterable[Rule]) -> list[int]:
        """The places, in order, that one of the rules matches."""
        found: set[int] = set()
        for rule in rules:
            for places in self._matched(rule):
                found.update(places)
        return sorted(found)

    def _matched(self, rule: Rule) -> Iterator[range]:
        if not rule.ports:
            yield self._whole[rule.protocol]
            return
        places = self._places[rule.protocol]
        for one in rule.ports:
            yield range(places[one.first], places[one.last + 1])


def _first_free(free: list[int], place: int) -> int:
    while free[place] != place:
        free[place] = free[free[place]]
        place = free[place]
    return place
