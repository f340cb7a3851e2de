"""What is wrong now, in words that still hold when it is over. No secrets: a reason is the sentence
that pages show, and no device's output."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from uuid import UUID

from django.db.models import DateTimeField, Exists, OuterRef, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from networking.models import Alert, Change, Fabric, Host, Router, Scope, Site

GRACE = timedelta(seconds=60)  # that a host, a device or a session may be away
FIRST_SESSION = timedelta(minutes=15)  # until which a new site's session may take to come up
DRIFT_SHOWN = timedelta(minutes=5)  # for which a difference counts as present once it is repaired
DRIFT_FORGOTTEN = timedelta(hours=24)  # after which one that nobody was told of is old news


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with `subject` since `since`; `again` says that it is known to have
    begun anew whenever `since` is later than before."""

    kind: Alert.Kind
    subject_id: UUID
    subject: str
    text: str
    since: datetime
    again: bool = False

    @property
    def key(self) -> tuple[str, UUID]:
        """What there is one open alert of."""
        return self.kind.value, self.subject_id


def findings(now: datetime, stuck_after: timedelta) -> list[Finding]:
    """Everything that is wrong, in the caller's transaction, as the worker. A constant number of
    queries; a change is stuck that is unfinished `stuck_after` its acceptance."""
    devices = chain(_devices(Fabric, now), _devices(Router, now))
    return list(
        chain(_changes(now, stuck_after), _hosts(now), devices, _sessions(now), _drifts(now))
    )


def _changes(now: datetime, stuck_after: timedelta) -> Iterator[Finding]:
    unfinished = Change.objects.exclude(state__in=Change.SETTLED)
    rows = unfinished.filter(created_at__lte=now - stuck_after)
    for row in rows.select_related("tenant").order_by("pk"):
        held = "was blocked" if row.state == Change.State.BLOCKED else "made no progress"
        reason = f": {row.reason}" if row.reason else "."
        text = f"was accepted at {_clock(row.created_at)} and {held}{reason}"
        subject = f"Change “{row.summary}” of {row.tenant.name}"
        yield Finding(Alert.Kind.CHANGE, row.pk, subject, text, row.created_at)


def _hosts(now: datetime) -> Iterator[Finding]:
    rows = Host.objects.filter(silent_since__lte=now - GRACE).select_related("fabric")
    for row in rows.order_by("name"):
        assert row.silent_since is not None
        text = f"fell silent at {_clock(row.silent_since)}; it forwards by its old rules meanwhile."
        subject = f"Host {row.name} on {row.fabric.name}"
        yield Finding(Alert.Kind.HOST, row.pk, subject, text, row.silent_since)


def _devices(model: type[Fabric] | type[Router], now: datetime) -> Iterator[Finding]:
    rows = model._default_manager.exclude(error="").filter(
        Q(seen_at__lte=now - GRACE) | Q(seen_at=None, created_at__lte=now - GRACE)
    )
    for row in rows.order_by("name"):
        since = row.seen_at or row.created_at
        subject = f"{model._meta.verbose_name} {row.name}".capitalize()
        text = f"answered last at {_clock(since)}: {row.error}"
        yield Finding(Alert.Kind.DEVICE, row.pk, subject, text, since)


def _sessions(now: datetime) -> Iterator[Finding]:
    """A session that was never up says nothing of when it fell; it has longer to come up."""
    down = Site.objects.filter(Site.DOWN, retiring_at=None)
    rows = down.filter(
        Q(session_since__lte=now - GRACE)
        | Q(session_since=None, created_at__lte=now - FIRST_SESSION)
    )
    for row in rows.select_related("tenant").order_by("name"):
        why = f": {row.session_reason}" if row.session_reason else ""
        lost = f"lost its BGP session at {_clock(row.session_since)}" if row.session_since else ""
        text = f"{lost or 'did not bring up its BGP session'} ({row.session_state}{why})."
        subject = f"Site {row.name} of {row.tenant.name}"
        yield Finding(Alert.Kind.SESSION, row.pk, subject, text, row.session_since or now)


def _drifts(now: datetime) -> Iterator[Finding]:
    """What is not repaired, what was found of late, and what was found while nobody watched."""
    at = Cast(KT("drift__at"), DateTimeField())
    known = Alert.objects.filter(
        kind=Alert.Kind.DRIFT, subject_id=OuterRef("pk"), since__gte=OuterRef("at")
    )
    rows = Scope.objects.filter(drift__has_key="at").annotate(at=at).annotate(known=Exists(known))
    news = Q(known=False, at__gte=now - DRIFT_FORGOTTEN) | Q(at__gte=now - DRIFT_SHOWN)
    shown = rows.filter(news | Q(drift__repaired_at=None))
    for row in shown.select_related("tenant", "fabric", "router").order_by("pk"):
        repaired = row.drift.get("repaired_at")
        what = "and was put right" if repaired else "and is not put right yet"
        text = f"differed from what is wanted, {what}: {row.drift.get('summary', '')}."
        subject = f"{row.name} for {row.tenant.name}"
        yield Finding(Alert.Kind.DRIFT, row.pk, subject, text, row.at, again=True)


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
