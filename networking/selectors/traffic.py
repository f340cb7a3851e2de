"""Traffic of machines in stretches of time: port by port for one tenant, summed for many."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from networking.selectors.counted import (
    BY_PORT,
    BY_TENANT,
    NEWEST,
    ONE_TENANT,
    Attributes,
    attributes_in,
    by_port,
)


@dataclass(frozen=True, slots=True)
class PortTraffic:
    """What was counted of a port in one of the stretches that were asked for (`place`): bytes
    towards the machine and from it, and for how many seconds that was observed."""

    port_id: UUID
    place: int
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


@dataclass(frozen=True, slots=True)
class TenantTraffic:
    """The same of all ports of a tenant together, or on request of those with these attributes;
    empty are those of all, and of ports that are not known."""

    tenant_id: UUID
    place: int
    attributes: Attributes
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


SUMS = """
WITH {source}
SELECT {key}, {place} AS place, sum(bytes_in)::bigint, sum(bytes_out)::bigint,
       sum(covered_seconds)::bigint, bool_or(generated)
FROM counted WHERE {which}
GROUP BY {key}, place
ORDER BY {key}, place
"""
TOTALS = """
WITH {source}
SELECT tenant_id, {place} AS place, {attributes}, sum(bytes_in)::bigint, sum(bytes_out)::bigint,
       sum(covered_seconds)::bigint, bool_or(generated)
FROM counted {beside}
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3 NULLS FIRST
"""
CHUNK = 5000  # rows that are fetched at once
STRETCH = "width_bucket(at, %(starts)s::timestamptz[]) - 1"


def traffic(
    tenant_id: UUID,
    starts: Sequence[datetime],
    end: datetime,
    ports: Collection[UUID] | None = None,
) -> list[PortTraffic]:
    """The traffic of one tenant's ports (None: all) from the first of `starts` until before `end`,
    by port and stretch. Stretches begin at `starts`, ascending; an hour is of the one in which it
    begins. One query."""
    which = "TRUE" if ports is None else "noun_id = ANY(%(ports)s)"
    statement = SUMS.format(
        source=BY_PORT.format(tenants=ONE_TENANT), key="noun_id", place=STRETCH, which=which
    )
    given = _by_port(tenant_id, starts, end) | {"ports": list(ports or ())}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [PortTraffic(*row) for row in cursor.fetchall()]


def traffic_stream(
    tenant_id: UUID, starts: Sequence[datetime], end: datetime
) -> Iterator[tuple[UUID, int, int, int, int, bool]]:
    """The same of all ports, as the fields of `PortTraffic` and a few thousand at a time. Needs a
    transaction. One query."""
    statement = SUMS.format(
        source=BY_PORT.format(tenants=ONE_TENANT), key="noun_id", place=STRETCH, which="TRUE"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, _by_port(tenant_id, starts, end))
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def traffic_totals(
    tenant_ids: Collection[UUID] | None,
    starts: Sequence[datetime],
    end: datetime,
    *,
    by_attributes: bool = False,
) -> list[TenantTraffic]:
    """The same summed over ports, of these tenants or of all; on request by the attributes that
    ports had last. One query; without attributes a quick one."""
    tenants = "TRUE" if tenant_ids is None else "tenant_id = ANY(%(tenants)s)"
    if by_attributes:
        source, parts = (
            BY_PORT.format(tenants=tenants),
            ("attributes", NEWEST.format(tenants=tenants)),
        )
    else:
        source, parts = BY_TENANT.format(tenants=tenants), ("NULL::jsonb", "")
    attributes, beside = parts
    statement = TOTALS.format(
        source=source,
        place=STRETCH if len(starts) > 1 else "0",
        attributes=attributes,
        beside=beside,
    )
    given = {
        "start": starts[0],
        "starts": list(starts),
        "end": end,
        "edges": [*starts, end],
        "tenants": list(tenant_ids or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, given)  # type: ignore[arg-type]  # arrays are lists of anything
        return [
            TenantTraffic(tenant_id, place, attributes_in(text), *rest)
            for tenant_id, place, text, *rest in cursor.fetchall()
        ]


def _by_port(tenant_id: UUID, starts: Sequence[datetime], end: datetime) -> dict[str, Any]:
    return by_port(tenant_id, starts, end) | {"starts": list(starts)}
