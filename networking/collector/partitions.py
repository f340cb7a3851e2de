"""The months of counters: made ahead, and dropped once nobody asks for single readings any more."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from portal.lib.db import DatabaseRole, acting_as

AHEAD = timedelta(days=92)
# Samples say how an hour came about; the hours themselves, which are charged for, stay.
SAMPLES_KEPT = timedelta(days=92)
# After a month's end its hours change no more, but for a host that was not read for that long.
SETTLED = timedelta(days=2)


def make_months(first: datetime, last: datetime) -> int:
    """Make what is missing of the months from one time to the other (three years at most), to
    write samples and hours into; how many tables that took. The caller acts as the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT networking_make_counter_months(%s, %s)", [first, last])
        return int(cursor.fetchone()[0])


def keep_months() -> None:
    """Make the months that come, drop the samples of months that ended long ago, and pack the
    hours of one that ended lately: whoever reads that month waits for it, so it is one at a time.
    """
    now = timezone.now()
    with acting_as(DatabaseRole.WORKER):
        make_months(now, now + AHEAD)
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT networking_drop_counter_samples(%s)", [now - SAMPLES_KEPT])
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT networking_pack_counter_hours(%s)", [now - SETTLED])
