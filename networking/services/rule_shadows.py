"""Which rules of a whole list can never match, found for thousands at once.

A rule is a bit. For each term the earlier rules are known whose side has all of its addresses;
their intersection over a rule's terms is all that may stand in its way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from itertools import islice
from operator import and_
from uuid import UUID

from networking.intent import Protocol
from networking.models import Rule
from networking.planning.addresses import Prefix
from networking.services.rule_fields import Sides
from networking.services.rule_terms import Meant, Side
from networking.services.rule_warnings import LOOKED_AT, covers

TOLD = 20
"""Rules that are named at most."""

Listed = Sequence[tuple[Rule, Sides]]


def shadowed(listed: Listed, about: Collection[UUID]) -> tuple[str, ...]:
    """Why some of the rules in `about` can never match, in sentences. `listed` is the whole list
    in its order; of many only the first are named."""
    found = list(_shadowed([pair for pair in listed if pair[0].enabled], about))
    told = [
        f"Rule {rule.name} can never match: rule {earlier.name}, which is matched before it, "
        "decides everything that it would."
        for rule, earlier in found[:TOLD]
    ]
    if len(found) > TOLD:
        told.append(f"And {len(found) - TOLD} more rules can never match.")
    return tuple(told)


def _shadowed(listed: Listed, about: Collection[UUID]) -> Iterator[tuple[Rule, Rule]]:
    sources = _Terms(sides.source for _, sides in listed)
    destinations = _Terms(sides.destination for _, sides in listed)
    protocols: dict[str, int] = defaultdict(int)
    for place, (rule, sides) in enumerate(listed):
        if rule.id in about:
            fits = protocols[Protocol.ANY] | protocols[rule.protocol]
            fits &= sources.covering(sides.source) & destinations.covering(sides.destination)
            candidates = (listed[at][0] for at in islice(_places(fits), LOOKED_AT))
            earlier = next((one for one in candidates if covers(one, rule, sides)), None)
            if earlier is not None:
                yield rule, earlier
        protocols[rule.protocol] |= 1 << place


class _Terms:
    """One side of all rules: which of them have a term's addresses."""

    def __init__(self, sides: Iterable[Side]) -> None:
        self._every = 0
        self._prefixes: dict[Prefix, int] = defaultdict(int)
        self._lengths: set[tuple[int, int]] = set()
        self._named: dict[tuple[UUID | None, UUID | None, str], int] = defaultdict(int)
        for place, side in enumerate(sides):
            if not side:
                self._every |= 1 << place
            for meant in side:
                if meant.prefix is None:
                    self._named[meant.key] |= 1 << place
                else:
                    self._prefixes[meant.prefix] |= 1 << place
                    self._lengths.add((meant.prefix.version, meant.prefix.prefixlen))

    def covering(self, side: Side) -> int:
        """The rules whose side has all addresses of this one."""
        if not side:
            return self._every
        return reduce(and_, (self._every | self._having(meant) for meant in side))

    def _having(self, meant: Meant) -> int:
        if meant.prefix is None:
            return self._named.get(meant.key, 0)
        found, prefix = 0, meant.prefix
        for version, length in self._lengths:
            if version == prefix.version and length <= prefix.prefixlen:
                found |= self._prefixes.get(prefix.supernet(new_prefix=length), 0)
        return found


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
