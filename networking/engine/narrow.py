"""Changes of single machines, for which a pass need not look at all that a tenant has.

Where the device held all that was wanted, and machines were added or edited since and nothing else,
these machines and the groups that they joined or left are all that there is to bring. Whatever
somebody altered by hand meanwhile is the sweep's to find, as it is without a change.
"""

from networking.models import Change, ChangeScope, Port, Scope
from networking.planning import Action, Json

MOST = 20  # changes that wait; beyond it one look at everything is as cheap
VERBS = (Change.Verb.CREATE, Change.Verb.UPDATE)
KINDS = ("port", "group")

Nouns = frozenset[tuple[str, str]]
"""Types and ids of nouns."""


def nouns_alone(scope: Scope) -> Nouns | None:
    """The machines and groups that the scope's pending changes are about, if they are about nothing
    else; None where everything is to be looked at. In the caller's transaction, whose view of the
    scope and of its changes must be one.

    The device must have been read back to hold what was wanted, whether or not hosts follow yet,
    and nothing sent to it since, as by a worker that was killed. What is to be applied anew for
    another reason than a change counts as sent (`unfinished.reopen`).
    """
    brought = 0 < scope.applied >= max(scope.sent, scope.verified)
    if scope.fabric_id is None or not brought:
        return None
    pending = ChangeScope.objects.filter(
        scope=scope.pk,
        change__generation__gt=scope.applied,
        change__generation__lte=scope.wanted,
    )
    rows = list(pending.values_list("change__subject_type", "change__verb", "change__plan")[:MOST])
    found: set[tuple[str, str]] = set()
    for subject, verb, plan in rows:
        steps = _steps(plan, scope.name)
        if subject != Port.audit_type or verb not in VERBS or not all(map(_narrow, steps)):
            return None
        found |= {(step["kind"], step["key"]) for step in steps}
    return frozenset(found) if found and len(rows) < MOST else None


def _steps(plan: Json, device: str) -> list[Json]:
    return [step for one in plan if one["scope"] == device for step in one["steps"]]


def _narrow(step: Json) -> bool:
    """What is deleted cannot be told from the intent any more."""
    return step["kind"] in KINDS and step["action"] != Action.DELETE
