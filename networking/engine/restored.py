"""After a backup was brought in: what it says of devices is old, what it wants is not."""

from django.db.models import F
from django.db.models.functions import Greatest

from networking.engine.claim import Clock
from networking.models import Scope

LEAD = 3600
"""Seconds by which tokens run ahead of the clock: this database's may be slow, and the one that
the backup is of may have given tokens faster than one a second."""


def forget() -> int:
    """Have every scope compared with its device soon, whatever the backup says of it; how many.
    In the caller's transaction, as the worker.

    What was on its way when the backup was taken begins anew: the answer to a question that was
    put to hosts then says nothing of what they hold now.
    """
    return Scope.objects.update(
        token=Greatest(F("token") + 1, Clock() + LEAD),
        applied=F("verified"),
        leased_until=None,
        target=0,
        target_generation=0,
        retry_at=None,
        swept_at=None,
    )
