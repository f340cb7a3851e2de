"""Counted hours added up: by the day for each port, and by the hour for each tenant.

A trigger keeps the sums of the months that `CounterMonth` names, in the transaction that writes
the hours. Here other months are added up and named: those that were there before the sums were,
those that are new, and all of them when days begin at another time.
"""

from datetime import datetime

from django.conf import settings
from django.db import connection

from portal.lib.db import DatabaseRole, acting_as

# Until this transaction ends, whoever writes hours waits, and those that did have committed.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('networking_counter_days'))"
OTHERWISE = "SELECT EXISTS (SELECT FROM networking_countermonth WHERE zone <> %s)"
FORGET = """
    DELETE FROM networking_countermonth;
    DELETE FROM networking_counterday;
    DELETE FROM networking_countertotal
"""
MISSING = """
    SELECT month FROM pg_partition_tree('networking_counterhour') AS part, LATERAL (
        SELECT to_date(right(part.relid::regclass::text, 7), 'YYYY_MM')::timestamp
            AT TIME ZONE 'UTC' AS month
    ) AS named
    WHERE part.isleaf AND part.level = 1
        AND NOT EXISTS (SELECT FROM networking_countermonth AS done WHERE done.month = named.month)
    ORDER BY month
"""
# A day may begin in one month of UTC and end in the next.
DAYS = """
    INSERT INTO networking_counterday AS known
        (tenant_id, day, noun_id, bytes_in, bytes_out, covered_seconds, hours, made_up)
    SELECT tenant_id, date_trunc('day', hour, %(zone)s) AS day, noun_id,
           sum(bytes_in), sum(bytes_out), sum(covered_seconds), count(*), sum(generated::int)
    FROM networking_counterhour
    WHERE noun = 'port' AND hour >= %(month)s AND hour < %(month)s + interval '1 month'
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (tenant_id, day, noun_id) DO UPDATE SET
        bytes_in = known.bytes_in + EXCLUDED.bytes_in,
        bytes_out = known.bytes_out + EXCLUDED.bytes_out,
        covered_seconds = known.covered_seconds + EXCLUDED.covered_seconds,
        hours = known.hours + EXCLUDED.hours,
        made_up = known.made_up + EXCLUDED.made_up
"""
TOTALS = """
    INSERT INTO networking_countertotal
        (tenant_id, hour, bytes_in, bytes_out, covered_seconds, hours, made_up)
    SELECT tenant_id, hour,
           sum(bytes_in), sum(bytes_out), sum(covered_seconds), count(*), sum(generated::int)
    FROM networking_counterhour
    WHERE noun = 'port' AND hour >= %(month)s AND hour < %(month)s + interval '1 month'
    GROUP BY 1, 2
"""
DONE = "INSERT INTO networking_countermonth (month, zone) VALUES (%(month)s, %(zone)s)"


def keep_days(zone: str | None = None) -> int:
    """Add up the hours of every month of which that was not done yet, by days of `zone` (the
    issuer's); how many months that were. Each month is one transaction, which holds up sweeps."""
    zone = zone or settings.BILLING_TIME_ZONE
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(OTHERWISE, [zone])
        if cursor.fetchone()[0]:
            cursor.execute(LOCK)
            cursor.execute(FORGET)
    done = 0
    while _add_up_next(zone):
        done += 1
    return done


def _add_up_next(zone: str) -> datetime | None:
    """The month that was added up, or None when none was left."""
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(MISSING)
        row = cursor.fetchone()
        if row is None:
            return None
        given = {"month": row[0], "zone": zone}
        for statement in (DAYS, TOTALS, DONE):
            cursor.execute(statement, given)
        month: datetime = row[0]
        return month
