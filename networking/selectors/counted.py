"""Counted traffic as parts of a query: from the sums of days and of tenants, where there are any.

Hours are what is right. Sums of them (`CounterDay`, `CounterTotal`) are as right for the months
that `CounterMonth` names, and so few rows that a page can wait for them.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

Attributes = tuple[tuple[str, str], ...]

# Whether every month between `start` and `end` is added up, and where days begin if so.
SUMMED = """
summed AS MATERIALIZED (
    SELECT count(done.month) = count(*) AS ok, min(done.zone) AS zone
    FROM generate_series(
        date_trunc('month', %(start)s::timestamptz, 'UTC'),
        %(end)s::timestamptz - interval '1 microsecond', '1 month'
    ) AS wanted LEFT JOIN networking_countermonth AS done ON done.month = wanted
)"""

# `counted`: what ports moved from `start` until before `end`, one row a port and day
# or hour, so that none reaches beyond a day at which a stretch begins or ends (`cut`). The day
# on which `end` lies is whole as long as nothing was counted after it. `{tenants}` says whose.
BY_PORT = f"""
{SUMMED}, cut AS MATERIALIZED (
    SELECT DISTINCT day, (day AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone AS next
    FROM summed, unnest(%(edges)s::timestamptz[]) AS edge,
        LATERAL (SELECT date_trunc('day', edge, zone) AS day) AS floored
    WHERE ok AND day < edge AND NOT (
        edge = %(end)s AND NOT EXISTS (
            SELECT FROM networking_countertotal
            WHERE {{tenants}} AND hour >= %(end)s
                AND hour < (day AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone
        )
    )
), counted AS (
    SELECT tenant_id, noun_id, day AS at, bytes_in, bytes_out, covered_seconds,
           made_up > 0 AS generated
    FROM networking_counterday
    WHERE (SELECT ok FROM summed) AND {{tenants}}
        AND day >= %(start)s AND day < %(end)s AND day NOT IN (SELECT day FROM cut)
    UNION ALL
    SELECT part.* FROM cut, LATERAL (
        SELECT tenant_id, noun_id, hour, bytes_in, bytes_out, covered_seconds, generated
        FROM networking_counterhour
        WHERE {{tenants}} AND noun = 'port'
            AND hour >= greatest(cut.day, %(start)s) AND hour < least(cut.next, %(end)s)
    ) AS part
    UNION ALL
    SELECT tenant_id, noun_id, hour, bytes_in, bytes_out, covered_seconds, generated
    FROM networking_counterhour
    WHERE NOT (SELECT ok FROM summed) AND {{tenants}} AND noun = 'port'
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


# The attributes that the port of a row of `counted` had last.
NEWEST = """
LEFT JOIN (
    SELECT DISTINCT ON (noun_id) noun_id, attributes FROM networking_lifetime
    WHERE {tenants} AND noun = 'port' AND during && tstzrange(%(start)s, %(end)s)
    ORDER BY noun_id, during DESC
) AS newest USING (noun_id)
"""
ONE_TENANT = "tenant_id = %(tenant)s"


def by_port(tenant_id: UUID, starts: Sequence[datetime], end: datetime) -> dict[str, Any]:
    """What `BY_PORT` is given for one tenant and stretches that begin at `starts`, ascending."""
    edges = [*starts, end]
    return {"tenant": tenant_id, "start": starts[0], "end": end, "edges": edges}


@lru_cache(maxsize=1024)
def attributes_in(text: str | None) -> Attributes:
    """Attributes as the database has them, which is JSON; none for None."""
    return tuple(sorted(json.loads(text).items())) if text else ()
