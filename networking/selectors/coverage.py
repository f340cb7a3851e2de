"""For how much of the time in which machines were plugged in their traffic is known."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from networking.selectors.counted import SUMMED

LOW = 0.95
"""Below this part of the expected time, what was counted says too little."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One port in a stretch of time: for how many seconds it was plugged in, as far as hosts told
    (`expected_seconds`), and for how many of them its growth is known without a hole."""

    tenant_id: UUID
    port_id: UUID
    expected_seconds: int
    covered_seconds: int

    @property
    def part(self) -> float:
        """0 to 1."""
        return min(1.0, self.covered_seconds / self.expected_seconds)


# A machine is plugged in from the first reading of a series until its host was read without it:
# a host that falls silent leaves it plugged in, and that is what shows as missing. The newest
# readings are a moment old, so nothing is expected of the last two and a half minutes.
#
# What was counted is read from the sums of `whole` days, and at their `edges` by the hour; without
# sums there are no whole days. Of a day the seconds of generated hours are not known, so one that
# has both is read by the hour, too.
COVERAGE = f"""
WITH {SUMMED}, begun AS (
    SELECT ok, zone, least(%(end)s, (
        date_trunc('day', %(start)s::timestamptz - interval '1 microsecond', zone)
            AT TIME ZONE zone + interval '1 day'
    ) AT TIME ZONE zone) AS first
    FROM summed
), whole AS MATERIALIZED (
    SELECT zone, CASE WHEN ok THEN first ELSE %(end)s END AS first,
           CASE WHEN ok THEN greatest(first, date_trunc('day', %(end)s::timestamptz, zone))
                ELSE %(end)s END AS last
    FROM begun
), edges AS MATERIALIZED (
    SELECT since, until
    FROM whole, unnest(ARRAY[%(start)s, last], ARRAY[first, %(end)s]) AS edge(since, until)
    WHERE since < until
), plugged AS (
    SELECT tenant_id, noun_id, range_agg(
        tstzrange(began_at, greatest(began_at, coalesce(gone_at, 'infinity')))
    ) * tstzmultirange(tstzrange(%(start)s, greatest(
        %(start)s, least(%(end)s, now() - interval '150 s')
    ))) AS spans
    FROM networking_counterhead
    WHERE noun = 'port' AND began_at < %(end)s AND coalesce(gone_at, 'infinity') > %(start)s
        AND {{tenants}}
    GROUP BY tenant_id, noun_id
), expected AS (
    SELECT tenant_id, noun_id, (
        SELECT coalesce(sum(extract(epoch FROM upper(span) - lower(span))), 0)
        FROM unnest(spans) AS span
    )::bigint AS seconds
    FROM plugged
), days AS MATERIALIZED (
    SELECT tenant_id, noun_id, day, covered_seconds, made_up
    FROM networking_counterday
    WHERE day >= (SELECT first FROM whole) AND day < (SELECT last FROM whole)
        AND made_up < hours AND {{tenants}}
), counted AS (
    SELECT tenant_id, noun_id, sum(seconds)::bigint AS seconds FROM (
        SELECT tenant_id, noun_id, covered_seconds AS seconds FROM days WHERE made_up = 0
        UNION ALL
        SELECT tenant_id, noun_id, found.seconds FROM days, whole, LATERAL (
            SELECT sum(covered_seconds) AS seconds FROM networking_counterhour AS hours
            WHERE hours.tenant_id = days.tenant_id AND hours.noun_id = days.noun_id
                AND noun = 'port' AND NOT generated AND hour >= day
                AND hour < (day AT TIME ZONE zone + interval '1 day') AT TIME ZONE zone
        ) AS found WHERE made_up > 0
        UNION ALL
        SELECT tenant_id, noun_id, found.seconds FROM expected, edges, LATERAL (
            SELECT sum(covered_seconds) AS seconds FROM networking_counterhour AS hours
            WHERE hours.tenant_id = expected.tenant_id AND hours.noun_id = expected.noun_id
                AND noun = 'port' AND NOT generated AND hour >= since AND hour < until
        ) AS found
    ) AS parts
    GROUP BY tenant_id, noun_id
)
SELECT tenant_id, noun_id, expected.seconds, coalesce(counted.seconds, 0)
FROM expected LEFT JOIN counted USING (tenant_id, noun_id)
WHERE expected.seconds > 0 AND coalesce(counted.seconds, 0) < %(below)s * expected.seconds
ORDER BY tenant_id, noun_id
"""  # noqa: S608 - parts of constants


def low_coverage(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime, *, below: float = LOW
) -> list[Coverage]:
    """The ports of these tenants, or of all, whose traffic between two full hours is known for
    less than this part of the time. A port that no host ever had is not among them: nothing could
    pass it. Generated hours do not count. One query."""
    tenants = "TRUE" if tenant_ids is None else "tenant_id = ANY(%(tenants)s)"
    given = {"start": start, "end": end, "below": below, "tenants": list(tenant_ids or ())}
    with connection.cursor() as cursor:
        cursor.execute(COVERAGE.format(tenants=tenants), given)  # type: ignore[arg-type]  # lists
        return [Coverage(*row) for row in cursor.fetchall()]
