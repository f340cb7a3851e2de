"""What a change of policy opens and closes, as a change keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from networking.compiler import compile_policy
from networking.intent import FabricIntent, Rule
from networking.models.members import Membership
from networking.planning import Json
from networking.reach import Effect, Effects, End, effects, rewind
from networking.reach.lists import differing

KEPT = 20
"""Openings that a change tells of at most, and as many closings."""

DISABLED = "The rule is disabled."

Steps = Sequence[tuple[FabricIntent, FabricIntent]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan means beyond its steps. `effects` are as in `Change.plan`, none for what is no
    matter of policy; `names` are machines by their addresses, as far as a group's step needs them.
    """

    effects: Json | None = None
    names: Mapping[str, str] = field(default_factory=dict)


def outlook(steps: Steps, groups: Sequence[Membership] | None = None) -> Outlook:
    """Of a change of one tenant, by what each fabric was to hold before and is to hold after it.

    Reads the tenant's policy if the change is about it; what its groups are made of afterwards may
    be known.
    """
    if not (_of_policy(steps) or _of_groups(steps)):
        disabled = any(_disabled(before.rules, after.rules) for before, after in steps)
        return Outlook(_json(Effects((), nothing=DISABLED)) if disabled else None)
    passing = _passing(steps)
    if not _of_policy(steps) and _moved(steps) <= passing.keys():
        # A machine that comes or goes: its groups' access stays what it is.
        return Outlook(None, passing)
    latest = steps[0][1]
    whole = compile_policy(latest.tenant, latest.generation, groups)
    return Outlook(_json(effects(rewind(whole, steps), whole)), _names([whole]) | passing)


def _of_policy(steps: Steps) -> bool:
    """Whether enabled rules say another thing, or sites or default deny do."""
    return any(
        differing(before.rules, after.rules)
        or _defaults(before) != _defaults(after)
        or _both(before, after) != _both(after, before)
        for before, after in steps
    )


def _of_groups(steps: Steps) -> bool:
    return any(before.groups != after.groups for before, after in steps)


def _defaults(fabric: FabricIntent) -> set[str]:
    """The networks that deny by default."""
    return {network.id for network in fabric.networks if network.default_deny}


def _both(fabric: FabricIntent, other: FabricIntent) -> dict[str, tuple[str, ...]]:
    """The prefixes of sites that the other one knows, too: rules come to name others."""
    known = {site.id for site in other.sites}
    return {site.id: site.prefixes for site in fabric.sites if site.id in known}


def _disabled(before: Sequence[Rule], after: Sequence[Rule]) -> bool:
    return before != after and any(not rule.enabled for rule in after)


def _moved(steps: Steps) -> set[str]:
    """The addresses that groups gain or lose."""
    found: set[str] = set()
    for before, after in steps:
        was, will = ({one.id: set(one.addresses) for one in f.groups} for f in (before, after))
        for key in was.keys() | will.keys():
            if key not in was or key not in will:
                return {""}  # the group itself comes or goes
            found |= was[key] ^ will[key]
    return found


def _passing(steps: Steps) -> dict[str, str]:
    """Names by the addresses that machines have at one time alone."""
    found: dict[str, str] = {}
    for before, after in steps:
        was, will = _names([before]), _names([after])
        found |= {text: (was | will)[text] for text in was.keys() ^ will.keys()}
    return found


def _names(fabrics: Iterable[FabricIntent]) -> dict[str, str]:
    return {
        text: port.name
        for fabric in fabrics
        for network in fabric.networks
        for port in network.ports
        for text in (port.ipv4, port.ipv6)
        if text
    }


def _json(found: Effects) -> Json:
    opens = [one for one in found.found if one.opens]
    closes = [one for one in found.found if not one.opens]
    return {
        "opens": [_line(one) for one in opens[:KEPT]],
        "more_opens": max(0, len(opens) - KEPT),
        "closes": [_line(one) for one in closes[:KEPT]],
        "more_closes": max(0, len(closes) - KEPT),
        "complete": found.complete,
        "nothing": found.nothing,
    }


def _line(one: Effect) -> Json:
    return {
        "text": text_of(one),
        "source": _end(one.source),
        "destination": _end(one.destination),
        "services": one.services,
        "family": one.family,
    }


def _end(end: End) -> Json:
    return {"name": end.name, "machines": end.machines, "total": end.total}


def text_of(one: Effect) -> str:
    """An effect in one line: `web → db TCP 5432 (3 → 2 machines)`."""
    what = f"{one.services} by {one.family}" if one.family else one.services
    counts = [count_of(end) for end in (one.source, one.destination) if end.machines]
    noun = "machine" if counts and counts[-1] == "1" else "machines"
    told = f" ({' → '.join(counts)} {noun})" if counts else ""
    return f"{one.source.name} → {one.destination.name} {what}{told}"


def count_of(end: End) -> str:
    """How many machines, and of how many if these are not all."""
    return str(end.machines) if end.machines == end.total else f"{end.machines} of {end.total}"
