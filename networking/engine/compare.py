"""What a device lacks of an intent, and has beyond it."""

from collections.abc import Collection
from typing import Any

from networking.backends.base import Backend
from networking.engine.snapshot import Snapshot
from networking.engine.words import LISTED, listing
from networking.intent import ScopeRef
from networking.planning import Action, Ident, Plan, Resource, diff

FOUND = {
    Action.CREATE: "was missing",
    Action.UPDATE: "had been altered",
    Action.DELETE: "was not wanted",
}
NAMES = {"vip": "VIP"}


class LostError(Exception):
    """The device lacks what it was known to hold: everything is to be looked at."""


def plan_for(backend: Backend[Any], ref: ScopeRef, wanted: Snapshot) -> Plan:
    """The plan from what the device holds now to what is wanted. Raises BackendError, and LostError
    if a snapshot of a few nouns does not do."""
    want = backend.render(wanted.intent)
    if wanted.nouns is None:
        have = backend.observe(ref)
    else:
        want = tuple(one for one in want if (one.noun.type, one.noun.id) in wanted.nouns)
        have = _these(backend, ref, {one.ident for one in want})
        there = {one.ident for one in have}
        if any(one.noun.type == "group" and one.ident not in there for one in want):
            raise LostError
    return diff(want, have, order=backend.order, generation=wanted.generation)


def _these(backend: Backend[Any], ref: ScopeRef, idents: Collection[Ident]) -> tuple[Resource, ...]:
    return tuple(one for one in backend.observe(ref, idents) if one.ident in idents)


def left_of(backend: Backend[Any], ref: ScopeRef, plan: Plan) -> Plan:
    """What is left of a plan that was carried out: what it wrote is read back. Raises BackendError.

    The rest was as wanted when the plan was made, and has not to be read twice.
    """
    sent = {(step.kind, step.key) for step in plan.steps}
    return diff(
        [step.resource() for step in plan.steps if step.after is not None],
        _these(backend, ref, sent),
        order=backend.order,
        generation=plan.generation,
    )


def differences(plan: Plan) -> str:
    """The plan's steps seen as deviations, for people: `network web was missing`.

    A noun takes several resources, so each is named once for each kind of deviation; a few are
    named, the others counted.
    """
    found = dict.fromkeys(
        f"{NAMES.get(step.noun.type, step.noun.type)} {step.noun.name or step.key} "
        f"{FOUND[step.action]}"
        for step in plan.steps
    )
    named = list(found)[:LISTED]
    more = len(found) - len(named)
    return listing(named, "") if not more else f"{', '.join(named)} and {more} more"
