"""Usage noun by noun, a page at a time: for programs that read it all."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.models import Lifetime
from networking.selectors.usage import LifetimeRow

Key = tuple[UUID, UUID]
"""A tenant's id and a noun's."""
FIRST: Key = (UUID(int=0), UUID(int=0))


@dataclass(frozen=True, slots=True)
class CountedStretch:
    """What was counted of a port in one of the stretches of time that were asked for."""

    place: int
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


@dataclass(frozen=True, slots=True)
class ResourceUsage:
    """One noun: its lifetimes in order of time, and its traffic by stretch where it is a port.

    A port's last bytes may be read after its deletion was accepted, so that a month may hold
    traffic of a port without any lifetime.
    """

    tenant_id: UUID
    noun_id: UUID
    lifetimes: tuple[LifetimeRow, ...]
    traffic: tuple[CountedStretch, ...]


# The keys of ports are found by skipping from one to the next in the primary key, since a port has
# hundreds of rows in a month.
KEYS = """
WITH RECURSIVE counted AS (
    (SELECT tenant_id, noun_id FROM networking_counterhour
     WHERE noun = 'port' AND hour >= %(start)s AND hour < %(end)s
        AND (tenant_id, noun_id) >= (%(tenant)s, %(noun)s) AND {tenants}
     ORDER BY tenant_id, noun_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM counted CROSS JOIN LATERAL (
        SELECT tenant_id, noun_id FROM networking_counterhour
        WHERE noun = 'port' AND hour >= %(start)s AND hour < %(end)s
            AND (tenant_id, noun_id) > (counted.tenant_id, counted.noun_id) AND {tenants}
        ORDER BY tenant_id, noun_id LIMIT 1
    ) AS following
)
SELECT tenant_id, noun_id FROM (
    (SELECT tenant_id, noun_id FROM counted LIMIT %(limit)s)
    UNION
    (SELECT DISTINCT tenant_id, noun_id FROM networking_lifetime
     WHERE during && tstzrange(%(start)s, %(end)s)
        AND (tenant_id, noun_id) >= (%(tenant)s, %(noun)s) AND {tenants}
     ORDER BY tenant_id, noun_id LIMIT %(limit)s)
) AS keys
ORDER BY tenant_id, noun_id LIMIT %(limit)s
"""

COUNTED = """
SELECT noun_id, width_bucket(hour, %(starts)s::timestamptz[]) - 1 AS place,
       sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered_seconds)::bigint,
       bool_or(generated)
FROM networking_counterhour
WHERE noun = 'port' AND hour >= %(start)s AND hour < %(end)s
    AND tenant_id = ANY(%(tenants)s) AND noun_id = ANY(%(nouns)s)
GROUP BY noun_id, place
ORDER BY noun_id, place
"""


def resources(
    tenant_ids: Collection[UUID] | None,
    starts: Sequence[datetime],
    end: datetime,
    *,
    since: Key = FIRST,
    limit: int,
) -> list[ResourceUsage]:
    """The next `limit` nouns from the key `since` on, itself included, that lived or moved bytes
    from the first of `starts` until before `end`: of these tenants or of all, by tenant and id.
    Stretches begin at `starts`, ascending, at full hours. Three queries."""
    keys = _keys(tenant_ids, starts[0], end, since, limit)
    if not keys:
        return []
    lived, counted = _lifetimes(keys, starts[0], end), _counted(keys, starts, end)
    return [
        ResourceUsage(
            tenant_id, noun_id, tuple(lived.get(noun_id, ())), tuple(counted.get(noun_id, ()))
        )
        for tenant_id, noun_id in keys
    ]


def names_of(noun_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these nouns were called last, also of those that are gone. One query."""
    rows = Lifetime.objects.filter(noun_id__in=set(noun_ids)).order_by("during")
    return dict(rows.values_list("noun_id", "name"))


def _keys(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime, since: Key, limit: int
) -> list[Key]:
    given: dict[str, Any] = {
        "start": start,
        "end": end,
        "tenant": since[0],
        "noun": since[1],
        "limit": limit,
        "tenants": list(tenant_ids or ()),
    }
    tenants = "TRUE" if tenant_ids is None else "tenant_id = ANY(%(tenants)s)"
    with connection.cursor() as cursor:
        cursor.execute(KEYS.format(tenants=tenants), given)
        return list(cursor.fetchall())


def _lifetimes(
    keys: Sequence[Key], start: datetime, end: datetime
) -> dict[UUID, list[LifetimeRow]]:
    rows = Lifetime.objects.filter(
        during__overlap=DateTimeTZRange(start, end),
        tenant__in={tenant_id for tenant_id, _ in keys},
        noun_id__in=[noun_id for _, noun_id in keys],
    )
    found: dict[UUID, list[LifetimeRow]] = {}
    for row in rows.order_by("during"):
        one = LifetimeRow(
            tenant_id=row.tenant_id,
            noun=row.noun,
            noun_id=row.noun_id,
            name=row.name,
            attributes=row.attributes,
            labels=row.labels,
            network_id=row.network_id,
            network_name=row.network_name or "",
            start=row.during.lower,
            end=row.during.upper,
            generated=row.generated,
        )
        found.setdefault(row.noun_id, []).append(one)
    return found


def _counted(
    keys: Sequence[Key], starts: Sequence[datetime], end: datetime
) -> dict[UUID, list[CountedStretch]]:
    given: dict[str, Any] = {
        "starts": list(starts),
        "start": starts[0],
        "end": end,
        "tenants": list({tenant_id for tenant_id, _ in keys}),
        "nouns": [noun_id for _, noun_id in keys],
    }
    found: dict[UUID, list[CountedStretch]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, given)
        for noun_id, *stretch in cursor.fetchall():
            found.setdefault(noun_id, []).append(CountedStretch(*stretch))
    return found
