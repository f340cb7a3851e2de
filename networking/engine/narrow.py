"""Changes that move members of groups alone, so that a pass need not look at all that a tenant has.

Where the device held all that was wanted, and labels of machines are all that changed since, the
groups that machines joined or left are all that there is to bring. Whatever somebody altered by
hand meanwhile is the sweep's to find, as it is without a change.
"""

from uuid import UUID

from networking.models import Change, ChangeScope, Port, Scope
from networking.planning import Json

MOST = 20  # changes that wait; beyond it one look at everything is as cheap


def groups_alone(scope: Scope) -> frozenset[UUID] | None:
    """The groups that the scope's pending changes are about, if they are about no more than their
    members; None where everything is to be looked at. In the caller's transaction, whose view of
    the scope and of its changes must be one.

    A device must have been brought to what was wanted, and nothing sent to it since, as by a worker
    that was killed; nor may anything but changes have its intent applied anew.
    """
    at_rest = 0 < scope.applied == scope.verified >= scope.sent
    if scope.fabric_id is None or not at_rest:
        return None
    pending = ChangeScope.objects.filter(
        scope=scope.pk,
        change__generation__gt=scope.applied,
        change__generation__lte=scope.wanted,
    )
    rows = list(pending.values_list("change__subject_type", "change__verb", "change__plan")[:MOST])
    found: set[UUID] = set()
    for subject, verb, plan in rows:
        steps = _steps(plan, scope.name)
        edited = (subject, verb) == (Port.audit_type, Change.Verb.UPDATE)
        if not edited or not steps or any(step["kind"] != "group" for step in steps):
            return None
        found |= {UUID(step["key"]) for step in steps}
    return frozenset(found) if 0 < len(rows) < MOST else None


def _steps(plan: Json, device: str) -> list[Json]:
    return [step for one in plan if one["scope"] == device for step in one["steps"]]
