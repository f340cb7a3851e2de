"""Which alerts nobody was told of yet, or whose end nobody was.

Who sends a mail holds a lease on what it says. So two workers do not send it twice; and one that is
killed in between has it sent again, under the same Message-ID, rather than never.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from networking.models import Alert
from portal.lib.db import DatabaseRole, acting_as

LEASE = timedelta(minutes=2)
MOST = 500  # in one mail, which names a few and counts the rest

BEGINS = Q(told_at=None)
# An alert that ended before anybody was told of it is told as begun and over at once.
ENDS = Q(ended_at__isnull=False, end_told_at=None)


@dataclass(frozen=True, slots=True)
class Letter:
    """An alert to tell of; `over` says whether it has ended, `new` whether nobody knew of it."""

    id: UUID
    kind: str
    subject: str
    text: str
    since: datetime
    cleared_at: datetime | None
    times: int
    new: bool
    over: bool


def claim() -> tuple[Letter, ...]:
    """Take what is to be told, oldest first; nobody else gets it while the lease lasts."""
    with acting_as(DatabaseRole.WORKER):
        # A lease that ends later than one can was taken before the database's clock was put back.
        free = ~Q(telling_until__range=(Now(), Now() + LEASE))
        due = Alert.objects.filter(free, BEGINS | ENDS).order_by("pk")
        rows = list(due.select_for_update(skip_locked=True)[:MOST])
        ids = [row.pk for row in rows]
        Alert.objects.filter(pk__in=ids).update(telling_until=Now() + LEASE)
    return tuple(
        Letter(
            id=row.pk,
            kind=row.get_kind_display(),
            subject=row.subject,
            text=row.text,
            since=row.since,
            cleared_at=row.cleared_at,
            times=row.times,
            new=row.told_at is None,
            over=row.ended_at is not None,
        )
        for row in rows
    )


def told(letters: Collection[Letter]) -> None:
    """The mail is out. What has ended since it was claimed is told the next time."""
    begun = [letter.id for letter in letters if letter.new]
    over = [letter.id for letter in letters if letter.over]
    with acting_as(DatabaseRole.WORKER):
        Alert.objects.filter(pk__in=begun).update(told_at=Now(), telling_until=None)
        Alert.objects.filter(pk__in=over).update(end_told_at=Now(), telling_until=None)
