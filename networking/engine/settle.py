"""Moves changes to the state that the progress of their scopes gives them.

It is computed from the rows each time, never counted along, so that a killed worker leaves
nothing wrong: whoever works on one of the scopes next computes it again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from networking.engine import lifetimes
from networking.engine.announce import announce
from networking.engine.retire import retire
from networking.engine.states import Progress, state_of
from networking.models import Change, ChangeScope, Scope

EDITED = ("state", "reason", "done_at", "superseded_by")


def settle(scope_ids: Collection[UUID]) -> None:
    """Bring the unfinished changes that touch these scopes up to date, in the transaction that
    changed the scopes.

    The changes are locked before the scopes are read: of two workers that finish two scopes of
    one change, the later one sees what the earlier one wrote.
    """
    changes = _lock(scope_ids)
    if not changes:
        return
    touched = _touched(changes)
    now = timezone.now()
    moved = [change for change in changes if _move(change, touched[change.pk], now)]
    finished = [change for change in moved if change.state == Change.State.DONE]
    _supersede(finished, touched)
    Change.objects.bulk_update(moved, EDITED)
    retire(change for change in finished if change.state == Change.State.DONE)
    lifetimes.settled(finished, now)
    for change in moved:
        announce("change", change.id, change.tenant_id)
        if change in finished:
            announce(change.subject_type, change.subject_id, change.tenant_id)


def _lock(scope_ids: Collection[UUID]) -> list[Change]:
    here = ChangeScope.objects.filter(change=OuterRef("pk"), scope__in=scope_ids)
    tenants = Scope.objects.filter(pk__in=scope_ids).values("tenant")
    unfinished = Change.objects.exclude(state__in=Change.SETTLED).filter(
        Exists(here), tenant__in=tenants
    )
    # A revert refers to its change; it need not wait for this lock.
    return list(unfinished.select_for_update(no_key=True).order_by("pk"))


def _touched(changes: Collection[Change]) -> dict[UUID, list[ChangeScope]]:
    found: dict[UUID, list[ChangeScope]] = defaultdict(list)
    rows = ChangeScope.objects.filter(change__in=changes)
    for row in rows.select_related("scope__fabric", "scope__router"):
        found[row.change_id].append(row)
    return found


def _move(change: Change, touched: Sequence[ChangeScope], now: datetime) -> bool:
    """Whether anything about the change is different now."""
    before = (change.state, change.reason)
    progress = [_progress(row.scope, now) for row in touched]
    change.state, change.reason = state_of(change.generation, progress)
    if change.state == Change.State.DONE:
        change.done_at = now
    return (change.state, change.reason) != before


def _progress(scope: Scope, now: datetime) -> Progress:
    return Progress(
        device=scope.name,
        applied=scope.applied,
        verified=scope.verified,
        leased=scope.leased_until is not None and scope.leased_until > now,
        blocked=scope.blocked,
        error=scope.error,
    )


def _supersede(finished: Sequence[Change], touched: dict[UUID, list[ChangeScope]]) -> None:
    """Mark the changes that some device never held as they were: a later change of the same
    subject was in the same generation that the device took up."""
    if not finished:
        return
    rivals = _rivals(finished)
    for change in finished:
        over = [
            rival
            for row in touched[change.pk]
            for rival in rivals[change.subject_id, row.scope_id]
            if change.generation < rival.generation <= (row.carried or 0)
        ]
        if over:
            change.state = Change.State.SUPERSEDED
            change.superseded_by = max(over, key=lambda rival: rival.generation)


def _rivals(changes: Iterable[Change]) -> dict[tuple[UUID, UUID], list[Change]]:
    """Changes of the same subjects, by subject and scope; all tenants' ids are distinct."""
    found: dict[tuple[UUID, UUID], list[Change]] = defaultdict(list)
    rows = ChangeScope.objects.filter(
        tenant__in={change.tenant_id for change in changes},
        change__subject_id__in={change.subject_id for change in changes},
        change__generation__gt=min(change.generation for change in changes),
    )
    for row in rows.select_related("change"):
        found[row.change.subject_id, row.scope_id].append(row.change)
    return found
