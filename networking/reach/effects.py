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
from networking.reach.gather import Effect, Moved, gather
from networking.reach.kinds import Census, Home, Kind, prefixes_of
from networking.reach.lists import Lists, Pair
from networking.reach.naming import Naming, key_of, terms_of
from networking.reach.rules import RuleIndex
from networking.reach.services import Piece, concerns, pieces
from networking.reach.why import Seen, why_nothing

LIMIT = 50_000
"""Steps at most, half a second's work among thousands of rules: a pair costs as many as rules are
about it, and one for each question. A change that needs more is told in part."""

PREFIXES = 1_000
"""Prefixes of changed rules, and of groups, that are looked at even if nobody is in them."""


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
    for pair, piece in compared.questions():
        was, will = compared.answers(*pair, piece)
        if was != will:
            moved.setdefault((will, *pair), []).append(piece)
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
        self._after = RuleIndex(after.rules, naming=will)
        areas = Area(View(before)), Area(View(after))
        census = Census(areas, (was, will), spoken(self._lists.changed, before, after))
        prefixes = sorted(_prefixes(self._lists.changed))
        held = prefixes_of((before, after))
        self.kinds = census.kinds(islice(chain(prefixes[:PREFIXES], held), 2 * PREFIXES))
        self.seen = Seen(tuple(self._lists.changed))
        self.complete = len(prefixes) <= PREFIXES

    def questions(self) -> Iterator[tuple[tuple[Kind, Kind], Piece]]:
        """Whatever the change may have a say in, each once, as far as there is time."""
        pairs = self._lists.pairs(self.kinds)
        self.complete = self.complete and self._lists.complete
        steps = 0
        for pair, rules in pairs.items():
            deciding = self._deciding(pair)
            steps += len(deciding)
            for piece in pieces((*deciding, *(rules or ()))):
                if rules is None or any(concerns(rule, piece) for rule in rules):
                    steps += 1
                    if steps > LIMIT:
                        self.complete = False
                        return
                    yield pair, piece

    def answers(self, source: Kind, destination: Kind, piece: Piece) -> tuple[bool, bool]:
        """Whether such a packet passed before, and passes after."""
        ends = (source.address, destination.address, piece[0], piece[1])
        was, will = self._before.first(*ends), self._after.first(*ends)
        self.seen.note(was, will)
        return (
            _passes(was, destination.before or source.before),
            _passes(will, destination.after or source.after),
        )

    def _deciding(self, pair: Pair) -> Sequence[Rule]:
        """The rules that are about the two, before or after."""
        source, destination = (kind.address for kind in pair)
        was = self._before.matching(source, destination)
        will = self._after.matching(source, destination)
        return was if was == will else (*was, *will)


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
