"""A tenant's traffic in two sums: by stretch of time, and by port."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from networking.selectors.counted import BY_PORT, BY_TENANT, by_port

SUMS = """
WITH {source}
SELECT {key}, sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered_seconds)::bigint,
       bool_or(generated)
FROM counted
GROUP BY {key}
"""


@dataclass(frozen=True, slots=True)
class PortSum:
    """Bytes towards a machine and from it, and for how many seconds that was observed."""

    port_id: UUID
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


@dataclass(frozen=True, slots=True)
class StretchSum:
    """The same of all machines of one group in one of the stretches that were asked for."""

    place: int
    group: int
    bytes_in: int
    bytes_out: int
    covered_seconds: int
    generated: bool


def port_sums(tenant_id: UUID, start: datetime, end: datetime) -> list[PortSum]:
    """The traffic of each port in `[start, end)`. One query."""
    rows = _rows(SUMS.format(source=BY_PORT, key="noun_id"), by_port(tenant_id, [start], end))
    return [PortSum(*row) for row in rows]


def stretch_sums(
    tenant_id: UUID,
    starts: Sequence[datetime],
    end: datetime,
    groups: Mapping[UUID, int] | None = None,
) -> list[StretchSum]:
    """The traffic from the first of `starts` until before `end`, by stretch and group. Stretches
    begin at `starts`, ascending; an hour is of the one in which it begins. `groups` has the number
    of each port; without it all are in group 0. One query."""
    members = _members(groups or {})
    largest = max(members, key=lambda group: len(members[group]), default=0)
    others = [group for group in sorted(members) if group != largest]
    given = by_port(tenant_id, starts, end) | {f"ports{group}": members[group] for group in others}
    cases = " ".join(f"WHEN noun_id = ANY(%(ports{group})s) THEN {group:d}" for group in others)
    if others:
        statement = SUMS.format(source=BY_PORT, key=f"at, (CASE {cases} ELSE {largest:d} END)")
    else:
        source = BY_TENANT.format(tenants="tenant_id = %(tenant)s")
        statement = SUMS.format(source=source, key=f"at, {largest:d}::int")
    found: dict[tuple[int, int], StretchSum] = {}
    for at, group, *rest in _rows(statement, given):
        place = bisect_right(starts, at) - 1
        one = StretchSum(place, group, *rest)
        known = found.get((place, group))
        found[place, group] = _together(known, one) if known else one
    return [found[key] for key in sorted(found)]


def _together(one: StretchSum, other: StretchSum) -> StretchSum:
    return StretchSum(
        one.place,
        one.group,
        one.bytes_in + other.bytes_in,
        one.bytes_out + other.bytes_out,
        one.covered_seconds + other.covered_seconds,
        one.generated or other.generated,
    )


def _members(groups: Mapping[UUID, int]) -> dict[int, list[UUID]]:
    found: dict[int, list[UUID]] = {}
    for port_id, group in groups.items():
        found.setdefault(group, []).append(port_id)
    return found


def _rows(statement: str, given: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
