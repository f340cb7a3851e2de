"""How long tenants' nouns were there, summed by the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class LifetimeTotal:
    """For how many seconds a tenant's nouns of one kind and with the same attributes were there,
    all of them together, in one of the stretches that were asked for (`place`)."""

    tenant_id: UUID
    noun: str
    attributes: Mapping[str, str]
    generated: bool
    place: int
    seconds: int


# A second counts if the noun was there when it began, so fractions are cut off at both ends.
TOTALS = """
WITH lived AS (
    SELECT tenant_id, noun, attributes, generated,
           floor(extract(epoch FROM lower(during)))::bigint AS began,
           coalesce(floor(extract(epoch FROM upper(during)))::bigint, %(until)s) AS ended
    FROM networking_lifetime
    WHERE during && tstzrange(%(start)s, %(end)s) AND {tenants}
)
SELECT tenant_id, noun, attributes, generated, place,
       sum(least(ended, until) - greatest(began, since))::bigint
FROM lived JOIN unnest(%(places)s::int[], %(starts)s::bigint[], %(ends)s::bigint[])
    AS stretch(place, since, until) ON began < until AND ended > since
GROUP BY tenant_id, noun, attributes, generated, place
ORDER BY tenant_id, noun, attributes, generated, place
"""


def lifetime_totals(
    tenant_ids: Collection[UUID] | None, starts: Sequence[datetime], end: datetime
) -> list[LifetimeTotal]:
    """The seconds of these tenants' nouns, or of all tenants', from the first of `starts` until
    before `end`. Stretches begin at `starts`, ascending, which are full seconds as `end` is.
    One query."""
    seconds = [int(at.timestamp()) for at in (*starts, end)]
    given = {
        "start": starts[0],
        "end": end,
        "until": seconds[-1],
        "places": list(range(len(starts))),
        "starts": seconds[:-1],
        "ends": seconds[1:],
        "tenants": list(tenant_ids or ()),
    }
    tenants = "TRUE" if tenant_ids is None else "tenant_id = ANY(%(tenants)s)"
    with connection.cursor() as cursor:
        cursor.execute(TOTALS.format(tenants=tenants), given)  # type: ignore[arg-type]
        return [
            LifetimeTotal(tenant_id, noun, _attributes(attributes), *rest)
            for tenant_id, noun, attributes, *rest in cursor.fetchall()
        ]


@lru_cache(maxsize=256)  # there are few of them, and each tenant has the same
def _attributes(text: str) -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(text)
    return found
