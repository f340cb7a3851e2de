"""A tenant's traffic in two sums: by stretch of time, and by port.

A tenant of ten thousand machines has seven million hours in a month. Each sum reads them once, and
keeps so few rows that the database needs neither to sort nor to write to disk; one reading for
both (GROUPING SETS) does both, and takes three times as long.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

SUMS = """
SELECT {key}, sum(bytes_in)::bigint, sum(bytes_out)::bigint, sum(covered_seconds)::bigint,
       bool_or(generated)
FROM networking_counterhour
WHERE tenant_id = %(tenant)s AND noun = 'port' AND hour >= %(start)s AND hour < %(end)s
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
    given = {"tenant": tenant_id, "start": start, "end": end}
    return [PortSum(*row) for row in _rows("noun_id", given)]


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
    given: dict[str, Any] = {"tenant": tenant_id, "start": starts[0], "end": end}
    given |= {f"ports{group}": members[group] for group in others}
    cases = " ".join(f"WHEN noun_id = ANY(%(ports{group})s) THEN {group:d}" for group in others)
    key = f"hour, (CASE {cases} ELSE {largest:d} END)" if others else "hour"
    found: dict[tuple[int, int], StretchSum] = {}
    for hour, *rest in _rows(key, given):
        group = rest.pop(0) if others else largest
        place = bisect_right(starts, hour) - 1
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


def _rows(key: str, given: Mapping[str, Any]) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SUMS.format(key=key), given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
