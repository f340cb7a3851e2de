"""A month rated resource by resource and day by day in little memory: the same lines and charges
as `rate` makes, for statements of tens of thousands of machines.

Units lie in columns of integers, eight bytes for a resource on a day. Where the units of a resource
stand in the month's count follows from their running sum, and from that what they are charged.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from operator import add
from uuid import UUID

from billing.rating.bands import UnitBand, bands
from billing.rating.cut import Cell
from billing.rating.lines import RatedLine
from billing.rating.meters import Meter
from billing.rating.money import exact, micros, quantity, rounded
from billing.rating.period import Period
from billing.rating.prices import Epoch, Where, units_per
from billing.rating.schedule import Held, tracks


@dataclass(frozen=True, slots=True)
class Column:
    """The units of a meter: for each resource, in order of ids, one number for each cell. None is
    the customer itself. `made` says the same way what was generated, if anything was."""

    resources: Sequence[UUID | None]
    units: "array[int]" = field(repr=False)
    made: bytearray | None = field(default=None, repr=False)


Columns = Callable[[Meter, Where], Column]
"""The column of a meter with the units alone whose attributes match."""


@dataclass(frozen=True, slots=True)
class DayColumn:
    """A day of a price: the units of resource `n` are those of the month from `bounds[n]` until
    before `bounds[n + 1]`."""

    day: date | None
    bounds: "array[int]" = field(repr=False)
    made: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """A line, without its charges, and what they are made of. The line has the month's units from
    `first` until before `last`; `per` of them are one of its quantity."""

    line: RatedLine
    resources: Sequence[UUID | None]
    days: tuple[DayColumn, ...]
    first: int
    last: int
    per: int

    def charges(self, place: int) -> list[tuple[date | None, int, int]]:
        """Of the resource at this place: days, with units and millionths of the quantity."""
        found = []
        first, last, per = self.first, self.last, self.per
        for column in self.days:
            start, end = column.bounds[place], column.bounds[place + 1]
            start, end = max(start, first), min(end, last)
            if start < end:
                found.append((column.day, end - start, micros(end, per) - micros(start, per)))
        return found

    def generated(self, place: int) -> bool:
        """Whether any of the resource's units in the line were."""
        return any(
            column.made is not None
            and bool(column.made[place])
            and max(column.bounds[place], self.first) < min(column.bounds[place + 1], self.last)
            for column in self.days
        )


def ledger(
    period: Period, epochs: Sequence[Epoch], cells: Sequence[Cell], columns: Columns
) -> Iterator[Posted]:
    """The lines of a month in their order, as `rate` has them. A column is asked for when its turn
    comes, and may be forgotten thereafter."""
    for (meter, where), holding in tracks(epochs).items():
        column = columns(meter, where)
        per = units_per(meter, period.seconds)
        position = 0
        for held in holding:
            days = _days(column, cells, held, position)
            end = days[-1].bounds[-1] if days else position
            above = 0
            for band in bands(held.component, per):
                first, above = max(position, above), end if band.below is None else band.below
                last = min(end, above)
                if first < last:
                    yield _posted(meter, where, held, band, column, days, first, last, per)
            position = end


def _days(
    column: Column, cells: Sequence[Cell], held: Held, position: int
) -> tuple[DayColumn, ...]:
    """The days on which a price held, each beginning where the one before ends."""
    places: dict[date | None, list[int]] = {}
    for place, cell in enumerate(cells):
        if held.start <= cell.since < held.end:
            places.setdefault(cell.day, []).append(place)
    found = []
    for day, mine in places.items():
        units = _together(column.units, mine, len(cells))
        bounds = array("q", accumulate(units, initial=position))
        made = None
        if column.made is not None:
            made = bytes(map(any, zip(*(column.made[n :: len(cells)] for n in mine), strict=True)))
        found.append(DayColumn(day, bounds, made))
        position = bounds[-1]
    return tuple(found)


def _together(units: "array[int]", places: Sequence[int], width: int) -> "array[int]":
    """What each resource has in these cells."""
    found = units[places[0] :: width]
    for place in places[1:]:
        found = array("q", map(add, found, units[place::width]))
    return found


def _posted(
    meter: Meter,
    where: Where,
    held: Held,
    band: UnitBand,
    column: Column,
    days: Sequence[DayColumn],
    first: int,
    last: int,
    per: int,
) -> Posted:
    touched = tuple(day for day in days if day.bounds[0] < last and day.bounds[-1] > first)
    whole = quantity(last, per) - quantity(first, per)
    cost = exact(whole, band.band.unit_price)
    line = RatedLine(
        meter=meter,
        where=where,
        band=band.band,
        start=held.start,
        end=held.end,
        versions=held.versions,
        units=last - first,
        quantity=whole,
        exact=cost,
        amount=rounded(cost),
        generated=False,
        charges=(),
    )
    return Posted(line, column.resources, touched, first, last, per)
