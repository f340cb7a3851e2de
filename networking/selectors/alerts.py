"""Alerts, for the provider's pages: frozen rows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from networking.models import Alert
from networking.selectors.base import admit
from tenants.access import Actor, Capability


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert; fields as in `Alert`."""

    id: UUID
    kind: str
    subject: str
    text: str
    since: datetime
    times: int
    cleared_at: datetime | None
    ended_at: datetime | None
    told_at: datetime | None


def open_alerts(actor: Actor) -> tuple[AlertRow, ...]:
    """What is wrong now, the newest first. Raises Missing for who may not see devices."""
    return tuple(alert_row(row) for row in _rows(actor).filter(ended_at=None))


def past_alerts(actor: Actor) -> QuerySet[Alert]:
    """What is over, the newest first, to be paged and put through `alert_row`."""
    return _rows(actor).filter(ended_at__isnull=False)


def alert_row(row: Alert) -> AlertRow:
    """One alert, frozen."""
    return AlertRow(
        id=row.pk,
        kind=row.get_kind_display(),
        subject=row.subject,
        text=row.text,
        since=row.since,
        times=row.times,
        cleared_at=row.cleared_at,
        ended_at=row.ended_at,
        told_at=row.told_at,
    )


def _rows(actor: Actor) -> QuerySet[Alert]:
    admit(actor, Capability.INFRA_VIEW, "alert")
    return Alert.objects.order_by("-pk")
