"""Opens an alert for what is wrong, and ends it once it has stayed well."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from networking.alerts.findings import Finding, findings
from networking.engine.announce import announce
from networking.models import Alert
from portal.lib.db import DatabaseRole, acting_as
from tenants import audit
from tenants.access import SYSTEM

SETTLED = timedelta(minutes=2)  # that something has to stay well
SETTLED_MOST = timedelta(hours=1)
LOOKED_BACK = timedelta(hours=24)
LOCK = 0x0A1E47
"""One watcher at a time, whatever two schedules may send: pg_advisory_xact_lock."""
EDITED = ("subject", "text", "since", "times", "cleared_at", "ended_at")


def watch(stuck_after: timedelta) -> None:
    """Look once. A change is stuck that is unfinished `stuck_after` its acceptance."""
    with acting_as(DatabaseRole.WORKER):
        if not _mine():
            return
        now = timezone.now()
        wrong = {finding.key: finding for finding in findings(now, stuck_after)}
        open_ones = list(Alert.objects.filter(ended_at=None).order_by("pk"))
        known = {(row.kind, row.subject_id) for row in open_ones}
        _open(finding for key, finding in wrong.items() if key not in known)
        recent = _recently(now, open_ones)
        moved = []
        for row in open_ones:
            before = [getattr(row, name) for name in EDITED]
            if finding := wrong.get((row.kind, row.subject_id)):
                _go_on(row, finding)
            else:
                _clear(row, now, settled(recent.get((row.kind, row.subject_id), 1), row.times))
            if before != [getattr(row, name) for name in EDITED]:
                moved.append(row)
        Alert.objects.bulk_update(moved, EDITED)
        for row in moved:
            announce("alert", row.id)


def settled(alerts: int, times: int) -> timedelta:
    """How long it has to stay well: twice as long for each alert of the last day, and for each
    time that it came back. So what comes and goes all day is told a few times, not a thousand."""
    doublings = min(alerts - 1 + times - 1, 10)
    return min(SETTLED * 2**doublings, SETTLED_MOST)


def _mine() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _open(found: Iterable[Finding]) -> None:
    for finding in found:
        row = Alert.objects.create(
            kind=finding.kind,
            subject_id=finding.subject_id,
            subject=finding.subject[:400],
            text=finding.text,
            since=finding.since,
        )
        _record("alert.open", row)
        announce("alert", row.id)


def _recently(now: datetime, rows: Iterable[Alert]) -> dict[tuple[str, UUID], int]:
    """How many alerts each of these subjects had within a day, this one included."""
    found: dict[tuple[str, UUID], int] = {}
    subjects = {row.subject_id for row in rows}
    of_day = Alert.objects.filter(subject_id__in=subjects, created_at__gte=now - LOOKED_BACK)
    for key in of_day.values_list("kind", "subject_id"):
        found[key] = found.get(key, 0) + 1
    return found


def _go_on(row: Alert, finding: Finding) -> None:
    """It is still so, or again before it counted as over."""
    if row.cleared_at is not None or (finding.again and finding.since > row.since):
        row.times += 1
    row.cleared_at = None
    row.subject, row.text = finding.subject[:400], finding.text
    row.since = max(row.since, finding.since) if finding.again else row.since


def _clear(row: Alert, now: datetime, long: timedelta) -> None:
    row.cleared_at = min(row.cleared_at or now, now)  # also of a clock that was put back
    if now - row.cleared_at >= long:
        row.ended_at = now
        _record("alert.end", row)


def _record(verb: str, row: Alert) -> None:
    audit.record(
        SYSTEM,
        verb,
        subject_type="alert",
        subject_id=row.pk,
        subject_name=row.subject[:300],
        detail={"kind": row.kind, "text": row.text},
    )
