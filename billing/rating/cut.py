"""Usage cut where its price or its day changes. Cutting never adds or loses a unit."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from uuid import UUID

from billing.rating.meters import HOURS_OF, Meter
from billing.rating.period import Period
from billing.rating.prices import Epoch
from billing.rating.usage import Lifetime, Traffic, Used

Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """The seconds from `start` until before `end` lie on one day (None: on any) and in the
    stretch between two price changes that begins at `since`."""

    start: int
    end: int
    since: int
    day: date | None


def grid(period: Period, cuts: Sequence[int], *, by_day: bool) -> tuple[Cell, ...]:
    """The time from the first of `cuts` to the last, cut at all of them, and at midnights of the
    issuer with `by_day`."""
    days = period.days if by_day else ((None, cuts[0], cuts[-1]),)
    return tuple(
        Cell(max(since, begin), min(until, end), since, day)
        for since, until in pairwise(cuts)
        for day, begin, end in days
        if max(since, begin) < min(until, end)
    )


def hours(lifetimes: Iterable[Lifetime], cells: Sequence[Cell]) -> list[Used]:
    """The seconds of each noun in each cell. The same interval twice is one interval, and two that
    touch are one. Raises ValueError where a noun would be charged twice for the same second."""
    if not cells:
        return []
    starts = [cell.start for cell in cells]
    used = []
    for noun, resource, attributes, generated, spans in _merged(lifetimes, cells):
        meter, known = HOURS_OF[noun], dict(attributes)
        for cell, inside in _seconds(spans, cells, starts):
            used.append(Used(meter, cell.since, inside, known, cell.day, resource, generated))
    return used


def months(epochs: Iterable[Epoch], cells: Sequence[Cell]) -> list[Used]:
    """The seconds of the subscription itself, for what is charged by the month."""
    starts = [cell.start for cell in cells]
    return [
        Used(Meter.SUBSCRIPTION_MONTHS, cell.since, inside, day=cell.day)
        for epoch in epochs
        for cell, inside in _seconds([(epoch.start, epoch.end)], cells, starts)
    ]


def gigabytes(rows: Iterable[Traffic], attributes: Mapping[UUID, Mapping[str, str]]) -> list[Used]:
    """The bytes of each port and direction. The same row twice is one row. Raises ValueError where
    two rows contradict each other."""
    once: dict[tuple[UUID, date | None, int], Traffic] = {}
    for row in rows:
        known = once.setdefault((row.resource, row.day, row.since), row)
        if known != row:
            raise ValueError(f"two counts of port {row.resource} on {row.day}")
    used = []
    for row in once.values():
        mine = dict(attributes.get(row.resource, {}))
        for meter, units in ((Meter.TRAFFIC_IN, row.bytes_in), (Meter.TRAFFIC_OUT, row.bytes_out)):
            if units:
                used.append(
                    Used(meter, row.since, units, mine, row.day, row.resource, row.generated)
                )
    return used


def seconds(
    start: int, end: int | None, cells: Sequence[Cell], starts: Sequence[int]
) -> Iterator[tuple[int, int]]:
    """The places of the cells that `[start, end)` touches, each with how many seconds of it;
    `starts` are those of the cells."""
    end = cells[-1].end if end is None else end
    for place in range(max(bisect_right(starts, start) - 1, 0), len(cells)):
        cell = cells[place]
        if cell.start >= end:
            break
        inside = min(end, cell.end) - max(start, cell.start)
        if inside > 0:
            yield place, inside


def _seconds(
    spans: Sequence[tuple[int, int]], cells: Sequence[Cell], starts: Sequence[int]
) -> Iterator[tuple[Cell, int]]:
    for start, end in spans:
        for place, inside in seconds(start, end, cells, starts):
            yield cells[place], inside


def _merged(
    lifetimes: Iterable[Lifetime], cells: Sequence[Cell]
) -> Iterator[tuple[str, UUID, Attributes, bool, list[tuple[int, int]]]]:
    """Each noun's intervals with the same attributes, within the cells, joined where they touch."""
    first, last = cells[0].start, cells[-1].end
    found: dict[tuple[str, UUID], dict[tuple[Attributes, bool], list[tuple[int, int]]]] = {}
    for row in lifetimes:
        start, end = max(row.start, first), min(last if row.end is None else row.end, last)
        if start < end:
            kind = tuple(sorted(row.attributes.items())), row.generated
            found.setdefault((row.noun, row.resource), {}).setdefault(kind, []).append((start, end))
    for (noun, resource), kinds in found.items():
        joined = {kind: union(spans) for kind, spans in kinds.items()}
        if len(joined) > 1:
            _check_apart(resource, [span for spans in joined.values() for span in spans])
        for (attributes, generated), spans in joined.items():
            yield noun, resource, attributes, generated, spans


def union(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same seconds in as few intervals as there can be, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined


def _check_apart(resource: UUID, spans: list[tuple[int, int]]) -> None:
    ordered = sorted(spans)
    for former, latter in pairwise(ordered):
        if latter[0] < former[1]:
            raise ValueError(f"{resource} is there twice at second {latter[0]}")
