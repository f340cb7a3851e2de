"""What a change of policy opens and closes, between whom.

Machines that the same terms name fare alike, so one of each kind is asked about, in each piece of
the services within which rules make no difference. Routes are left aside: this is what rules,
groups and default deny do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from itertools import product

from networking.intent import FabricIntent, Network, Rule, RuleAction, Term, TermKind
from networking.reach.area import Area, View, first_host
from networking.reach.services import Piece, concerns, pieces, text_of
from networking.reach.tables import Ip

LIMIT = 20_000
"""Questions at most, a second's work among thousands of rules. A change that needs more is told in
part."""


_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Effect:
    """Packets of `services` from `source` to `destination` pass that did not (`opens`), or the
    other way round. Both are names: of the groups that an address is in, or else of its network
    or site."""

    opens: bool
    source: str
    destination: str
    services: str


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects, openings first; `complete` is False where there was too much to ask."""

    found: tuple[Effect, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Kind:
    """Addresses that fare alike: one of them, what they are called, and where they are. `named`
    are the terms that name them before or after, `moved` those of them that do so at one time
    alone; `several` tells of other addresses."""

    address: Ip
    label: str
    before: Network | None
    after: Network | None
    named: frozenset[_Key]
    moved: frozenset[_Key]
    several: bool = False


def effects(before: FabricIntent, after: FabricIntent) -> Effects:
    """What the step from one intent of a fabric to a later one opens and closes."""
    compared = _Comparison(before, after)
    moved: dict[tuple[bool, str, str], set[Piece]] = defaultdict(set)
    complete = True
    for asked, (source, destination, piece) in enumerate(compared.questions()):
        if asked >= LIMIT:
            complete = False
            break
        was, will = compared.answers(source, destination, piece)
        if was != will:
            moved[will, source.label, destination.label].add(piece)
    found = (Effect(*key, text_of(held)) for key, held in moved.items())
    order = sorted(found, key=lambda one: (not one.opens, one.source, one.destination))
    return Effects(tuple(order), complete)


_Question = tuple[_Kind, _Kind, Piece]


class _Comparison:
    def __init__(self, before: FabricIntent, after: FabricIntent) -> None:
        self._before, self._after = Area(View(before)), Area(View(after))
        self._fabrics = (before, after)
        lists = [_meanings(fabric.rules) for fabric in self._fabrics]
        self._changed = list(lists[0] ^ lists[1])
        self._pieces = pieces(rule for fabric in self._fabrics for rule in fabric.rules)
        self._kinds = self._sorted_out()

    def questions(self) -> Iterator[_Question]:
        """Whatever the change may have a say in, each once."""
        seen: set[tuple[int, int, Piece]] = set()
        for sources, destinations, services in self._matters():
            for source, destination in product(sources, destinations):
                if not _meet(source, destination):
                    continue
                for piece in services:
                    mark = (id(source), id(destination), piece)
                    if mark not in seen:
                        seen.add(mark)
                        yield source, destination, piece

    def _matters(self) -> Iterator[tuple[Sequence[_Kind], Sequence[_Kind], Sequence[Piece]]]:
        """Sources, destinations and services that a part of the change is about."""
        for rule in self._changed:
            services = [piece for piece in self._pieces if concerns(rule, piece)]
            yield self._named_by(rule.source), self._named_by(rule.destination), services
        for kind in self._kinds:
            affected = self._fares_otherwise(kind)
            if affected:
                yield [kind], self._kinds, affected
                yield self._kinds, [kind], affected

    def answers(self, source: _Kind, destination: _Kind, piece: Piece) -> tuple[bool, bool]:
        """Whether such a packet passed before, and passes after."""
        was = _passes(self._before, source, destination, piece, source.before, destination.before)
        will = _passes(self._after, source, destination, piece, source.after, destination.after)
        return was, will

    def _named_by(self, terms: Iterable[Term]) -> list[_Kind]:
        keys = {(str(term.kind), term.value) for term in terms}
        every = (str(TermKind.ANY), "") in keys
        return [kind for kind in self._kinds if every or not keys.isdisjoint(kind.named)]

    def _fares_otherwise(self, kind: _Kind) -> Sequence[Piece]:
        """The services in which it may: all where another default applies to it, or those of the
        rules with a term that it has come under or left."""
        if bool(kind.before and kind.before.default_deny) != bool(
            kind.after and kind.after.default_deny
        ):
            return self._pieces
        if not kind.moved:
            return ()
        rules = [
            rule
            for fabric in self._fabrics
            for rule in fabric.rules
            if any((str(t.kind), t.value) in kind.moved for t in (*rule.source, *rule.destination))
        ]
        return [piece for piece in self._pieces if any(concerns(rule, piece) for rule in rules)]

    def _sorted_out(self) -> list[_Kind]:
        found: dict[object, _Kind] = {}
        for address in self._addresses():
            kind = self._kind(address)
            signature = (
                address.version, kind.label, kind.before, kind.after, kind.named, kind.moved,
            )  # fmt: skip
            found[signature] = replace(kind, several=signature in found)
        return list(found.values())

    def _kind(self, address: Ip) -> _Kind:
        before, after = _network(self._before, address), _network(self._after, address)
        label = self._label(address, before, after)
        was, will = self._before.rules.named(address), self._after.rules.named(address)
        return _Kind(address, label, before, after, was | will, was ^ will)

    def _label(self, address: Ip, before: Network | None, after: Network | None) -> str:
        """What an address is called: by what is to be, or by what was where it is to go."""
        names: set[str] = set()
        for area, network in ((self._after, after), (self._before, before)):
            names = names or area.group_names(address)
            names = names or ({network.name} if network else area.site_names(address))
        return ", ".join(sorted(names))

    def _addresses(self) -> Iterable[Ip]:
        texts: dict[str, None] = {}
        for fabric in self._fabrics:
            for network in fabric.networks:
                for port in network.ports:
                    texts.update(dict.fromkeys(filter(None, (port.ipv4, port.ipv6))))
        sites = {
            str(first_host(prefix)): None
            for fabric in self._fabrics
            for site in fabric.sites
            for prefix in site.prefixes
        }
        return [ip_address(text) for text in (*texts, *sites)]


def _network(area: Area, address: Ip) -> Network | None:
    """The network that an address is in, without its machines."""
    inside = area.inside(address)
    return replace(inside.network, ports=()) if inside else None


def _meet(source: _Kind, destination: _Kind) -> bool:
    """Whether there are packets from one to the other that the tenant's list has a say in."""
    inside = any((source.before, source.after, destination.before, destination.after))
    others = source is not destination or source.several
    return inside and others and source.address.version == destination.address.version


def _passes(
    area: Area, source: _Kind, destination: _Kind, piece: Piece,
    source_network: Network | None, destination_network: Network | None,
) -> bool:  # fmt: skip
    rule = area.rules.first(source.address, destination.address, piece[0], piece[1])
    if rule is not None:
        return rule.action is RuleAction.ALLOW
    judging = destination_network or source_network
    return not (judging and judging.default_deny)


def _meanings(rules: Iterable[Rule]) -> set[Rule]:
    """The rules without what tells none apart: their names, and whether they log."""
    return {replace(rule, name="", log=False) for rule in rules if rule.enabled}
