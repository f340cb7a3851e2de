"""Counted traffic as parts of a query: from the sums of days and of tenants, where there are any.

Hours are what is right. Sums of them (`CounterDay`, `CounterTotal`) are as right for the months
that `CounterMonth` names, and so few rows that a page can wait for them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

# Whether every month between `start` and `end` is added up, and where days begin if so.
SUMMED = """
summed AS MATERIALIZED (
    SELECT count(done.month) = count(*) AS ok, min(done.zone) AS zone
    FROM generate_series(
        date_trunc('month', %(start)s::timestamptz, 'UTC'),
        %(end)s::timestamptz - interval '1 microsecond', '1 month'
    ) AS wanted LEFT JOIN networking_countermonth AS done ON done.month = wanted
)"""

# `counted`: what ports of one tenant moved from `start` until before `end`, one row a port and day
# or hour, so that none reaches beyond a day at which a stretch begins or ends (`cut`). The day
# on which `end` lies is whole as long as nothing was counted after it.
BY_PORT = f"""
{SUMMED}, cut AS MATERIALIZED (
    SELECT DISTINCT day, (day AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone AS next
    FROM summed, unnest(%(edges)s::timestamptz[]) AS edge,
        LATERAL (SELECT date_trunc('day', edge, zone) AS day) AS floored
    WHERE ok AND day < edge AND NOT (
        edge = %(end)s AND NOT EXISTS (
            SELECT FROM networking_countertotal
            WHERE tenant_id = %(tenant)s AND hour >= %(end)s
                AND hour < (day AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone
        )
    )
), counted AS (
    SELECT noun_id, day AS at, bytes_in, bytes_out, covered_seconds, made_up > 0 AS generated
    FROM networking_counterday
    WHERE (SELECT ok FROM summed) AND tenant_id = %(tenant)s
        AND day >= %(start)s AND day < %(end)s AND day NOT IN (SELECT day FROM cut)
    UNION ALL
    SELECT part.* FROM cut, LATERAL (
        SELECT noun_id, hour, bytes_in, bytes_out, covered_seconds, generated
        FROM networking_counterhour
        WHERE tenant_id = %(tenant)s AND noun = 'port'
            AND hour >= greatest(cut.day, %(start)s) AND hour < least(cut.next, %(end)s)
    ) AS part
    UNION ALL
    SELECT noun_id, hour, bytes_in, bytes_out, covered_seconds, generated
    FROM networking_counterhour
    WHERE NOT (SELECT ok FROM summed) AND tenant_id = %(tenant)s AND noun = 'port'
        AND hour >= %(start)s AND hour < %(end)s
)"""  # noqa: S608 - parts of constants

# `counted`: what all ports of a tenant moved, by the hour; `{tenants}` says whose.
BY_TENANT = f"""
{SUMMED}, counted AS (
    SELECT tenant_id, hour AS at, bytes_in, bytes_out, covered_seconds, made_up > 0 AS generated
    FROM networking_countertotal
    WHERE (SELECT ok FROM summed) AND {{tenants}} AND hour >= %(start)s AND hour < %(end)s
    UNION ALL
    SELECT tenant_id, hour, bytes_in, bytes_out, covered_seconds, generated
    FROM networking_counterhour
    WHERE NOT (SELECT ok FROM summed) AND noun = 'port' AND {{tenants}}
        AND hour >= %(start)s AND hour < %(end)s
)"""  # noqa: S608 - parts of constants


def by_port(tenant_id: UUID, starts: Sequence[datetime], end: datetime) -> dict[str, Any]:
    """What `BY_PORT` is given, for stretches that begin at `starts`, ascending."""
    edges = [*starts, end]
    return {"tenant": tenant_id, "start": starts[0], "end": end, "edges": edges}
