"""What a change of policy opens and closes, between whom.

Machines that the same terms name fare alike, so one of each kind is asked about, in each piece of
the services within which rules make no difference. Routes are left aside: this is what rules,
groups and default deny do.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from networking.intent import FabricIntent, Rule, RuleAction, TermKind
from networking.reach.area import Area, View
from networking.reach.cut import Cut, Piece
from networking.reach.gather import Effect, Moved, gather
from networking.reach.kinds import Census, Home, Kind, prefixes_of
from networking.reach.lists import Lists, Pair
from networking.reach.naming import Naming, key_of, terms_of
from networking.reach.rules import RuleIndex
from networking.reach.why import Seen, why_nothing

LIMIT = 200_000
"""Steps at most: a pair costs as many as rules are about it, and one for each piece of the services
that is asked about. A change that needs more is told in part."""

PREFIXES = 1_000
"""Prefixes of changed rules, and of groups, that are looked at even if nobody is in them."""


_Rules = tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects, openings first; `complete` is False where there was too much to ask. Where
    nothing is opened and nothing closed, `nothing` says why in a sentence, or is empty."""

    found: tuple[Effect, ...]
    complete: bool = True
    nothing: str = ""


def effects(before: FabricIntent, after: FabricIntent) -> Effects:
    """What the step from one intent of a fabric to a later one opens and closes. Name all sites:
    default deny cuts those that no rule names, too."""
    compared = Comparison(before, after)
    moved: Moved = {}
    for pair, piece, opens in compared.moved():
        moved.setdefault((opens, *pair), []).append(piece)
    found = gather(moved, compared.kinds)
    nothing = "" if found or not compared.complete else why_nothing(before, after, compared.seen)
    return Effects(found, compared.complete, nothing)


class Comparison:
    """Two intents side by side: of whom to ask, and what the answers are."""

    def __init__(self, before: FabricIntent, after: FabricIntent) -> None:
        self._lists = Lists(before.rules, after.rules)
        terms = {key_of(term) for term in terms_of((*before.rules, *after.rules))}
        # Groups that no rule names still are what people call their machines.
        terms |= {(str(TermKind.GROUP), one.id) for one in (*before.groups, *after.groups)}
        was = Naming(terms, before.groups, before.sites)
        same = before.groups == after.groups and before.sites == after.sites
        will = was if same else Naming(terms, after.groups, after.sites)
        self._before = RuleIndex(before.rules, naming=was)
        alike = after.rules == before.rules
        self._after = self._before.named_by(will) if alike else RuleIndex(after.rules, naming=will)
        areas = Area(View(before)), Area(View(after))
        census = Census(areas, (was, will), spoken(self._lists.changed, before, after))
        prefixes = sorted(_prefixes(self._lists.changed))
        held = prefixes_of((before, after))
        self.kinds = census.kinds(islice(chain(prefixes[:PREFIXES], held), 2 * PREFIXES))
        self.seen = Seen(tuple(self._lists.changed))
        self.complete = len(prefixes) <= PREFIXES

    def moved(self) -> Iterator[tuple[tuple[Kind, Kind], Piece, bool]]:
        """What passed before and does not after (False), or the other way round (True), as far as
        there is time. Asked once."""
        pairs = self._lists.pairs(self.kinds)
        self.complete = self.complete and self._lists.complete
        steps = 0
        for pair, rules in pairs.items():
            was, will = self._deciding(pair)
            cut = Cut(chain(was, () if will is was else will, rules or ()))
            asked = range(len(cut.pieces)) if rules is None else cut.concerned(rules)
            steps += len(was) + len(asked)
            if steps > LIMIT:
                self.complete = False
                return
            for piece, opens in self._differing(pair, cut, asked, (was, will)):
                yield pair, piece, opens

    def _differing(
        self, pair: Pair, cut: Cut, asked: Sequence[int], deciding: tuple[_Rules, _Rules]
    ) -> Iterator[tuple[Piece, bool]]:
        """The pieces of which the answers differ, with the later one."""
        source, destination = pair
        judging = destination.before or source.before, destination.after or source.after
        was = cut.deciders(deciding[0])
        will = was if deciding[0] is deciding[1] else cut.deciders(deciding[1])
        for place in asked:
            self.seen.note(was[place], will[place])
            passed, passes = _passes(was[place], judging[0]), _passes(will[place], judging[1])
            if passed != passes:
                yield cut.pieces[place], passes

    def _deciding(self, pair: Pair) -> tuple[_Rules, _Rules]:
        """The rules that are about the two, before and after."""
        source, destination = (kind.address for kind in pair)
        was = self._before.matching(source, destination)
        will = self._after.matching(source, destination)
        return (was, was) if was == will else (was, will)


def _prefixes(changed: Iterable[Rule]) -> set[str]:
    """Those that the rules name."""
    return {term.value for term in terms_of(changed) if term.kind is TermKind.PREFIX}


def spoken(changed: Iterable[Rule], before: FabricIntent, after: FabricIntent) -> set[str]:
    """The ids of the groups that the change is about."""
    named = {term.value for term in terms_of(changed) if term.kind is TermKind.GROUP}
    was, will = ({group.id: group for group in one.groups} for one in (before, after))
    moved = (key for key in was.keys() & will.keys() if was[key] is not will[key])
    return named | {key for key in moved if set(was[key].addresses) != set(will[key].addresses)}


def _passes(rule: Rule | None, judging: Home | None) -> bool:
    if rule is not None:
        return rule.action is RuleAction.ALLOW
    return not (judging and judging.default_deny)
