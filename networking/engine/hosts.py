"""What is known of a fabric's hosts: how far each is, and since when it is silent."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from networking.backends.base import FabricProgress, HostProgress
from networking.engine.announce import announce, announce_host
from networking.engine.unfinished import reopen
from networking.engine.verdicts import caught_up, enforced
from networking.models import Change, Host, Scope, Verdict
from portal.lib.db import DatabaseRole, acting_as

EDITED = ("cfg", "seen_at", "silent_since")
EDITED_VERDICT = ("state", "text", "seconds", "at")


def observed(
    fabric_id: UUID,
    progress: FabricProgress,
    silent: Collection[str] = (),
    since: datetime | None = None,
) -> None:
    """Write down a reading, rows that changed alone. A host that was silent and has come as far
    as the central daemon has caught up; the hosts in `silent` fell silent, at `since`."""
    seen = {host.name: host for host in progress.hosts}
    with acting_as(DatabaseRole.WORKER):
        locked = Host.objects.filter(fabric=fabric_id).select_for_update(no_key=True)
        rows = list(locked.order_by("pk"))
        changed, back = [], []
        for row in rows:
            before = (row.cfg, row.seen_at, row.silent_since)
            host = seen.get(row.name)
            if host is not None:
                _advance(row, host)
            if row.silent_since and host is not None and host.cfg >= progress.compiled:
                row.silent_since = None
                back.append(row.name)
            elif row.name in silent and row.silent_since is None:
                row.silent_since = since
            if (row.cfg, row.seen_at, row.silent_since) != before:
                changed.append((row, row.silent_since != before[2]))
        Host.objects.bulk_update([row for row, _ in changed], EDITED)
        turned = [row for row, turned in changed if turned]
        if turned:
            scopes = Scope.objects.filter(fabric=fabric_id)
            tenants = list(scopes.values_list("tenant", flat=True).distinct())
            for row in turned:
                announce_host(row.id, tenants)
        if any(row.gateway_priority for row in turned):
            # The gateways move away from a silent host, and back.
            reopen(fabric_id)
        if back:
            _note_return(fabric_id, back)


def _advance(row: Host, host: HostProgress) -> None:
    """A host that reports without a time was heard of when its number moved."""
    if host.at is not None:
        row.seen_at = max(row.seen_at or host.at, host.at)
    elif host.cfg != row.cfg or row.seen_at is None:
        row.seen_at = timezone.now()
    row.cfg = host.cfg


def _note_return(fabric_id: UUID, names: Collection[str]) -> None:
    """Complete the verdicts of the changes that went on without these hosts."""
    now = timezone.now()
    late = Verdict.objects.filter(
        change__touched_scopes__scope__fabric=fabric_id,
        subject_type="host",
        subject_name__in=names,
        state=Verdict.State.BEHIND,
    )
    notes = [caught_up(verdict, now) for verdict in late.select_related("change")]
    Verdict.objects.bulk_update(notes, EDITED_VERDICT)
    changes = {verdict.change for verdict in notes}
    _recount(changes)
    for change in changes:
        announce("change", change.id, change.tenant_id)


def _recount(changes: Collection[Change]) -> None:
    """Say anew on how many hosts each of these changes is enforced."""
    hosts = Verdict.objects.filter(change__in=changes, subject_type="host").values("change")
    behind = Count("pk", filter=Q(state=Verdict.State.BEHIND))
    counts = {row["change"]: row for row in hosts.annotate(count=Count("pk"), behind=behind)}
    summaries = list(Verdict.objects.filter(change__in=changes, subject_type="fabric"))
    for summary in summaries:
        count, left = counts[summary.change_id]["count"], counts[summary.change_id]["behind"]
        summary.text = enforced(count - left, count)
        if left:
            summary.text += f"; {left} still silent"
        else:
            summary.state = Verdict.State.OK
    Verdict.objects.bulk_update(summaries, EDITED_VERDICT)
