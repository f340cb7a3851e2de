"""What was found pair by pair, in as few lines as say the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from networking.reach.cut import Piece
from networking.reach.kinds import Kind
from networking.reach.services import text_of

ANY = "any"
FEW = 3
"""So many are told one by one, even if they are all that there are."""

Moved = dict[tuple[bool, Kind, Kind], list[Piece]]
"""Services by whether they are opened, from whom, and to whom."""


@dataclass(frozen=True, slots=True)
class End:
    """One side of an effect: a group's name, `network web`, `site Berlin`, a prefix, or `any`.

    `machines` of its `total` are concerned; both are 0 where it has none.
    """

    name: str
    machines: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """Packets of `services` from `source` to `destination` pass that did not (`opens`), or the
    other way round; of one address family alone where `family` names it."""

    opens: bool
    source: End
    destination: End
    services: str
    family: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    opens: bool
    source: str
    destination: str
    services: str


@dataclass(slots=True)
class _Held:
    sources: set[str] = field(default_factory=set)
    destinations: set[str] = field(default_factory=set)
    versions: set[int] = field(default_factory=set)

    def add(self, other: "_Held") -> None:
        self.sources |= other.sources
        self.destinations |= other.destinations
        self.versions |= other.versions


def gather(moved: Moved, kinds: Sequence[Kind]) -> tuple[Effect, ...]:
    """Openings first, then by the names of both sides."""
    lines: dict[_Line, _Held] = defaultdict(_Held)
    for (opens, source, destination), held in moved.items():
        line = _Line(opens, source.label, destination.label, text_of(held))
        lines[line].add(_Held(source.machines, destination.machines, {source.address.version}))
    labels = _Labels(kinds)
    shorter = _all_of(_all_of(lines, labels, "source"), labels, "destination")
    found = [_effect(line, held, labels) for line, held in shorter.items()]
    return tuple(sorted(found, key=_order))


class _Labels:
    """Who is called what."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self.kinds = kinds
        self._counts: dict[str, int] = {}
        self._by_label: dict[str, list[Kind]] = defaultdict(list)
        for kind in kinds:
            self._by_label[kind.label].append(kind)

    def called(self, label: str) -> Sequence[Kind]:
        """Those of this name; all of them for any."""
        return self.kinds if label == ANY else self._by_label[label]

    def machines(self, label: str) -> int:
        """How many machines are called so."""
        if label not in self._counts:
            names = set().union(*(kind.machines for kind in self.called(label)))
            self._counts[label] = len(names)
        return self._counts[label]

    def versions(self, *labels: str) -> set[int]:
        """The families that all of them have addresses of."""
        found = {4, 6}
        for label in labels:
            found &= {kind.address.version for kind in self.called(label)}
        return found

    def facing(self, label: str) -> set[str]:
        """All who can exchange packets with those of this name."""
        kinds = self.called(label)
        inside = any(kind.before or kind.after for kind in kinds)
        versions = [kind.address.version for kind in kinds]
        alone = len(set(versions)) == len(versions) and not any(kind.several for kind in kinds)
        return {
            kind.label
            for kind in self.kinds
            if (inside or kind.before or kind.after) and not (alone and kind.label == label)
        }


def _all_of(lines: Mapping[_Line, _Held], labels: _Labels, side: str) -> dict[_Line, _Held]:
    """Lines that differ on this side alone, made one where they name everybody."""
    alike: dict[_Line, list[_Line]] = defaultdict(list)
    for line in lines:
        whole = replace(line, source=ANY) if side == "source" else replace(line, destination=ANY)
        alike[whole].append(line)
    found: dict[_Line, _Held] = {}
    other = "destination" if side == "source" else "source"
    for whole, parts in alike.items():
        names = {getattr(line, side) for line in parts}
        if len(names) > FEW and names >= labels.facing(getattr(whole, other)):
            found[whole] = _union(lines[line] for line in parts)
        else:
            found |= {line: lines[line] for line in parts}
    return found


def _union(parts: Iterable[_Held]) -> _Held:
    whole = _Held()
    for part in parts:
        whole.add(part)
    return whole


def _effect(line: _Line, held: _Held, labels: _Labels) -> Effect:
    both = held.versions >= labels.versions(line.source, line.destination)
    return Effect(
        line.opens,
        End(line.source, len(held.sources), labels.machines(line.source)),
        End(line.destination, len(held.destinations), labels.machines(line.destination)),
        line.services,
        "" if both else " and ".join(f"IPv{version}" for version in sorted(held.versions)),
    )


def _order(one: Effect) -> tuple[bool, str, str, str, str]:
    return (not one.opens, one.source.name, one.destination.name, one.services, one.family)
