"""Two states of a tenant's list: which rules make the difference, and about whom they are."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from networking.intent import Rule, Term, TermKind
from networking.reach.kinds import Home, Kind
from networking.reach.naming import Key, key_of

PAIRS = 10_000
"""Pairs of kinds that are looked at, at most."""

Pair = tuple[Kind, Kind]
Pairs = dict[Pair, list[Rule] | None]
"""By source and destination the rules that may make a difference between them; None for all."""


class Lists:
    """The list before and after. `changed` are the enabled rules that say another thing, or stand
    at another place among the others; `complete` is False once there were too many pairs."""

    def __init__(self, before: Iterable[Rule], after: Iterable[Rule]) -> None:
        self._before, self._after = _enabled(before), _enabled(after)
        self.changed = _changed(self._before, self._after)
        self.complete = True
        self._named: defaultdict[Key, list[Kind]] = defaultdict(list)

    def pairs(self, kinds: Sequence[Kind]) -> Pairs:
        """Whom the change may be about. Asked once."""
        for kind in kinds:
            for key in kind.named:
                self._named[key].append(kind)
        found: Pairs = {}
        for source, destination, rule in self._matters(kinds):
            pair = (source, destination)
            if not _meet(source, destination):
                continue
            if pair not in found and len(found) >= PAIRS:
                self.complete = False
                break
            rules = found.setdefault(pair, [])
            if rule is None:
                found[pair] = None
            elif rules is not None:
                rules.append(rule)
        return found

    def _matters(self, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, Kind, Rule | None]]:
        for rule in self.changed:
            sources = self._named_by(rule.source, kinds)
            for pair in product(sources, self._named_by(rule.destination, kinds)):
                yield *pair, rule
        for kind in kinds:
            if _denied(kind.before) != _denied(kind.after):
                yield from ((other, kind, None) for other in kinds)
                outside = (other for other in kinds if not (other.before or other.after))
                yield from ((kind, other, None) for other in outside)
        yield from self._by_members(kinds)

    def _by_members(self, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, Kind, Rule]]:
        """Those who came under a term or left it, and whom rules with this term are about."""
        moved: defaultdict[Key, list[Kind]] = defaultdict(list)
        for kind in kinds:
            for key in kind.moved:
                moved[key].append(kind)
        for rule in dict.fromkeys((*self._before, *self._after)) if moved else ():
            for term in rule.source:
                if movers := moved.get(key_of(term)):
                    others = self._named_by(rule.destination, kinds)
                    yield from ((*pair, rule) for pair in product(movers, others))
            for term in rule.destination:
                if movers := moved.get(key_of(term)):
                    others = self._named_by(rule.source, kinds)
                    yield from ((*pair, rule) for pair in product(others, movers))

    def _named_by(self, terms: tuple[Term, ...], kinds: Sequence[Kind]) -> Sequence[Kind]:
        if any(term.kind is TermKind.ANY for term in terms):
            return kinds
        found = (kind for term in terms for kind in self._named.get(key_of(term), ()))
        return tuple(dict.fromkeys(found))


def _enabled(rules: Iterable[Rule]) -> list[Rule]:
    return sorted((rule for rule in rules if rule.enabled), key=lambda one: one.rank)


def differing(before: Iterable[Rule], after: Iterable[Rule]) -> bool:
    """Whether two parts of lists may differ in what they do: names and logging make no difference,
    nor do disabled rules."""
    was, will = _enabled(before), _enabled(after)
    return len(was) != len(will) or any(
        one.rank != other.rank or one.id != other.id or not _alike(one, other)
        for one, other in zip(was, will, strict=True)
    )


def _changed(before: Sequence[Rule], after: Sequence[Rule]) -> list[Rule]:
    """What is in one list alone, and as few of the others as have moved."""
    places = {rule.id: place for place, rule in enumerate(before)}
    common = [rule for rule in after if rule.id in places and _alike(before[places[rule.id]], rule)]
    stayed = _ascending([places[rule.id] for rule in common])
    kept = {rule.id for rule in common}
    return [
        *(rule for number, rule in enumerate(common) if number not in stayed),
        *(rule for rule in before if rule.id not in kept),
        *(rule for rule in after if rule.id not in kept),
    ]


def _alike(one: Rule, other: Rule) -> bool:
    return one is other or replace(one, name="", log=False, rank=0) == replace(
        other, name="", log=False, rank=0
    )


def _ascending(numbers: Sequence[int]) -> set[int]:
    """Where the members of a longest ascending subsequence stand."""
    lowest: list[int] = []  # by length, the lowest number that ends a subsequence of that length
    ends: list[int] = []  # and where it stands
    before: dict[int, int] = {}
    for place, number in enumerate(numbers):
        length = bisect_left(lowest, number)
        if length:
            before[place] = ends[length - 1]
        lowest[length : length + 1] = [number]
        ends[length : length + 1] = [place]
    found: set[int] = set()
    place = ends[-1] if ends else -1
    while place >= 0:
        found.add(place)
        place = before.get(place, -1)
    return found


def _denied(home: Home | None) -> bool:
    return home is not None and home.default_deny


def _meet(source: Kind, destination: Kind) -> bool:
    """Whether there are packets from one to the other that the tenant's list has a say in."""
    inside = any((source.before, source.after, destination.before, destination.after))
    others = source is not destination or source.several
    return inside and others and source.address.version == destination.address.version
