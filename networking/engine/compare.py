"""What a device lacks of an intent, and has beyond it."""

from collections.abc import Collection, Iterable
from typing import Any

from networking.backends.base import Backend
from networking.engine.snapshot import Snapshot
from networking.engine.words import listing
from networking.intent import ScopeRef
from networking.planning import Action, Plan, Resource, diff

FOUND = {
    Action.CREATE: "was missing",
    Action.UPDATE: "had been altered",
    Action.DELETE: "was not wanted",
}


def plan_for(backend: Backend[Any], ref: ScopeRef, wanted: Snapshot) -> Plan:
    """The plan from what the device holds now to what is wanted. Raises BackendError."""
    want = backend.render(wanted.intent)
    if wanted.groups is None:
        have = backend.observe(ref)
    else:
        named = {str(group) for group in wanted.groups}
        want = _about(named, want)
        have = _about(named, backend.observe(ref, {resource.kind for resource in want}))
    return diff(want, have, order=backend.order, generation=wanted.generation)


def _about(groups: Collection[str], resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """Those that serve one of the groups."""
    return tuple(one for one in resources if one.noun.type == "group" and one.noun.id in groups)


def left_of(backend: Backend[Any], ref: ScopeRef, plan: Plan) -> Plan:
    """What is left of a plan that was carried out: what it wrote is read back. Raises BackendError.

    The rest was as wanted when the plan was made, and has not to be read twice.
    """
    sent = {(step.kind, step.key) for step in plan.steps}
    held = backend.observe(ref, {kind for kind, _ in sent})
    return diff(
        [step.resource() for step in plan.steps if step.after is not None],
        [resource for resource in held if resource.ident in sent],
        order=backend.order,
        generation=plan.generation,
    )


def differences(plan: Plan) -> str:
    """The plan's steps seen as deviations, for people: `network web was missing`.

    A noun takes several resources, so each is named once for each kind of deviation.
    """
    found = dict.fromkeys(
        f"{step.noun.type} {step.noun.name or step.key} {FOUND[step.action]}" for step in plan.steps
    )
    return listing(list(found), "differences")
