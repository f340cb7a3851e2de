"""What to do so that a device holds what is wanted."""

from collections.abc import Iterable, Sequence

from networking.planning.plan import Action, Plan, Step
from networking.planning.resource import Resource


def diff(
    want: Iterable[Resource],
    have: Iterable[Resource],
    *,
    order: Sequence[str] = (),
    generation: int = 0,
) -> Plan:
    """The plan from `have` to `want`; empty when they are equal.

    `order` lists the kinds such that each comes after those that it refers to; kinds that it does
    not name come last, by name. Within a kind, steps are ordered by key, so that equal inputs give
    equal plans. Raises ValueError when one side names a resource twice.
    """
    wanted, held = _by_ident(want), _by_ident(have)
    rank = {kind: position for position, kind in enumerate(order)}

    def place(resource: Resource) -> tuple[int, str, str]:
        return (rank.get(resource.kind, len(rank)), resource.kind, resource.key)

    steps = []
    for resource in sorted(wanted.values(), key=place):
        current = held.get(resource.ident)
        if current is None:
            steps.append(_step(Action.CREATE, resource, None, resource))
        elif current != resource:
            steps.append(_step(Action.UPDATE, resource, current, resource))
    gone = (held[ident] for ident in held.keys() - wanted.keys())
    for resource in sorted(gone, key=place, reverse=True):
        steps.append(_step(Action.DELETE, resource, resource, None))
    return Plan(generation=generation, steps=tuple(steps))


def _by_ident(resources: Iterable[Resource]) -> dict[tuple[str, str], Resource]:
    found: dict[tuple[str, str], Resource] = {}
    for resource in resources:
        if resource.ident in found:
            raise ValueError(f"{resource.kind} {resource.key} is there twice")
        found[resource.ident] = resource
    return found


def _step(
    action: Action, resource: Resource, before: Resource | None, after: Resource | None
) -> Step:
    return Step(
        action=action,
        kind=resource.kind,
        key=resource.key,
        noun=resource.noun,
        before=before.attrs if before else None,
        after=after.attrs if after else None,
    )
