"""Finds the scopes that wait for a worker and that no worker has."""

from datetime import timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from networking.engine.retire import leftovers
from networking.engine.unfinished import DUE, FREE, UNFINISHED
from networking.models import Scope
from portal.lib.db import DatabaseRole, acting_as

BATCH = 200  # scopes that one sweep hands out; the next one comes in seconds
DRIFT_INTERVAL = timedelta(seconds=60)
DRIFT_BATCH = 20


def abandoned() -> list[UUID]:
    """Scopes whose task was lost, whose worker was killed, or whose next try is due."""
    with acting_as(DatabaseRole.WORKER):
        leftovers()
        scopes = Scope.objects.filter(FREE, DUE, UNFINISHED).order_by("wanted", "pk")
        return list(scopes.values_list("pk", flat=True)[:BATCH])


def unobserved() -> list[UUID]:
    """Scopes at rest whose device was not compared with the intent for a while, and mark them.

    The longest unobserved come first, so that every scope has its turn.
    """
    with acting_as(DatabaseRole.WORKER):
        at_rest = Scope.objects.filter(FREE, blocked=False, verified=F("wanted"), wanted__gt=0)
        # What was looked at in the future was so before the database's clock was put back.
        stale = at_rest.exclude(swept_at__range=(Now() - DRIFT_INTERVAL, Now()))
        oldest = stale.order_by(F("swept_at").asc(nulls_first=True), "pk")
        found = list(oldest.values_list("pk", flat=True)[:DRIFT_BATCH])
        Scope.objects.filter(pk__in=found).update(swept_at=Now())
        return found
