"""From a plan to the lines that vtysh reads.

The whole script may run again at any time: a line that is there already changes nothing. A line
that takes something away fails when it is gone already; such failures are expected.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from networking.backends.frr.words import (
    COMMAND,
    FAMILIES,
    NEIGHBOR,
    PREFIX_LIST,
    STATIC_ROUTE,
    parse_list_name,
)
from networking.planning import Json, Plan, Step

Attrs = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Script:
    """What to send: configuration lines, the sections of the running configuration that must be
    there before, and the commands to run after it."""

    lines: tuple[str, ...]
    sections: tuple[str, ...]
    then: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as vtysh reads them."""
        return "".join(f"{line}\n" for line in self.lines)

    def removes(self, number: int) -> bool:
        """Whether the line of this number, from 1, takes something away."""
        return 0 < number <= len(self.lines) and self.lines[number - 1].split()[0] == "no"


def script(plan: Plan, vrf: str) -> Script:
    """Raises ValueError for a plan that holds a word which would end its line. Without a VRF it may
    take prefix lists away, and nobody looks again at what they let through."""
    made = Script(
        lines=tuple(_lines(plan.steps)),
        # An operator provisions VRFs and their BGP; a script must never bring one into being.
        sections=tuple(dict.fromkeys(filter(None, map(_section, plan.steps)))),
        then=tuple(_then(plan.steps, vrf)) if vrf else (),
    )
    for line in (*made.lines, *made.sections, *made.then):
        if not line.isprintable():
            raise ValueError(f"A configuration line holds a control character: {line!r}.")
    return made


def _lines(steps: Iterable[Step]) -> Iterator[str]:
    # Entering a section of many lines is slow: 400 routes, each in an entry of its own, take
    # FRR 8.4 half a minute, in one entry half a second.
    for section, group in groupby(steps, key=_section):
        lines = [line for step in group for line in _body(step)]
        yield from [section, *lines, "exit"] if section else lines


def _section(step: Step) -> str:
    """The section of the configuration that a step's lines belong in."""
    if step.kind == PREFIX_LIST:
        return ""
    attrs = step.after or step.before or {}
    if step.kind == STATIC_ROUTE:
        return f"vrf {attrs['vrf']}"
    if step.kind == NEIGHBOR:
        return f"router bgp {attrs['asn']} vrf {attrs['vrf']}"
    raise ValueError(f"A router holds no {step.kind!r}.")


def _body(step: Step) -> Iterator[str]:
    before, after = step.before or {}, step.after or {}
    if step.kind == PREFIX_LIST:
        return _prefix_list(step.key, before, after)
    if step.kind == NEIGHBOR:
        return _neighbour(step.key, before, after)
    return _static_route(before, after)


def _static_route(before: Attrs, after: Attrs) -> Iterator[str]:
    if before:
        yield f"no {before['line']}"
    if after:
        yield after["line"]


def _prefix_list(name: str, before: Attrs, after: Attrs) -> Iterator[str]:
    command = f"{COMMAND[(after or before)['family']]} prefix-list {name}"
    if not after:
        yield f"no {command}"
        return
    old, new = before.get("entries", []), after["entries"]
    # The guard sorts before all permits, and so gets the first number.
    yield from (f"{command} {entry}" for entry in new if entry not in old)
    yield from (f"no {command} {entry}" for entry in old if entry not in new)


def _neighbour(address: str, before: Attrs, after: Attrs) -> Iterator[str]:
    if not after:
        yield f"no neighbor {address}"
        return
    yield from _changed(address, before.get("general", []), after["general"])
    for family in FAMILIES:
        changed = list(_changed(address, before.get(family, []), after[family]))
        if not before and not after[family]:
            # IPv4 is active in a new neighbour unless the VRF's BGP says otherwise.
            changed = [f"no neighbor {address} activate"]
        if changed:
            yield from (f"address-family {family} unicast", *changed, "exit-address-family")


def _changed(address: str, old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    taken = {_slot(line) for line in new}
    # FRR knows no neighbour before its AS number, and starts it once it is active.
    for line in sorted(
        new, key=lambda line: (line == "activate", not line.startswith("remote-as"))
    ):
        if line not in old:
            yield f"neighbor {address} {line}"
    for line in old:
        if line not in new and _slot(line) not in taken:
            yield _negated(address, line)


def _slot(line: str) -> tuple[str, ...]:
    """What a later line of the same neighbour replaces: the command without its values."""
    words = line.removeprefix("no ").split()
    if words[0] in ("prefix-list", "route-map", "filter-list", "distribute-list"):
        return (words[0], words[-1])
    if words[:2] == ["timers", "connect"]:
        return ("timers", "connect")
    return (words[0],)


def _negated(address: str, line: str) -> str:
    if line.startswith("no "):
        return f"neighbor {address} {line.removeprefix('no ')}"
    return f"no neighbor {address} {line.removesuffix(' (hidden)')}"


def _then(steps: Iterable[Step], vrf: str) -> Iterator[str]:
    """FRR sends the sites what a changed `out` list lets through by itself, but looks again at
    what they sent only when told to."""
    changed = (step.key for step in steps if step.kind == PREFIX_LIST and step.before)
    names = [name for key in changed if (name := parse_list_name(key))]
    families = {name.family for name in names if name.direction == "in"}
    for family in FAMILIES:
        if family in families:
            yield f"clear bgp vrf {vrf} {family} unicast * soft in"
