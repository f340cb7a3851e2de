"""A month rated column by column is the month rated charge by charge."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import given

from billing.rating import cut
from billing.rating.cut import Cell
from billing.rating.ledger import Column, Posted, ledger
from billing.rating.lines import RatedLine
from billing.rating.meters import Meter
from billing.rating.prices import Where, matches
from billing.rating.rate import rate
from billing.rating.schedule import boundaries, clip
from billing.rating.usage import Used
from tests.billing.prices import months


def column(used: Sequence[Used], cells: Sequence[Cell], meter: Meter, where: Where) -> Column:
    """The units of a meter, from what is cut already."""
    mine = [one for one in used if one.meter is meter and matches(where, one.attributes)]
    ids = sorted({one.resource for one in mine}, key=lambda one: one.int if one else -1)
    places = {(cell.since, cell.day): place for place, cell in enumerate(cells)}
    units, made = array("q", bytes(8 * len(ids) * len(cells))), bytearray(len(ids) * len(cells))
    for one in mine:
        at = ids.index(one.resource) * len(cells) + places[one.since, one.day]
        units[at] += one.units
        made[at] |= one.generated
    return Column(ids, units, made)


def charges_of(line: RatedLine) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for charge in line.charges:
        told = (charge.day, charge.units, charge.quantity)
        found.setdefault(charge.resource, []).append(told)
    return found


def charges_posted(posted: Posted) -> dict[Any, list[Any]]:
    found = {}
    for place, resource in enumerate(posted.resources):
        if mine := posted.charges(place):
            found[resource] = [(day, units, Decimal(n).scaleb(-6)) for day, units, n in mine]
    return found


@given(months())
def test_lines_and_charges_are_those_of_rating(month: Any) -> None:
    period, agreed, lifetimes, traffic = month
    epochs = clip(agreed, period.start, period.end)
    cells = cut.grid(period, boundaries(epochs, period.start, period.end), by_day=True)
    regions = {row.resource: row.attributes for row in lifetimes}
    used = [
        *cut.months(epochs, cells),
        *cut.hours(lifetimes, cells),
        *cut.gigabytes(traffic, regions),
    ]
    rated = rate(period, epochs, used)

    posted = list(
        ledger(period, epochs, cells, lambda meter, where: column(used, cells, meter, where))
    )

    assert [one.line for one in posted] == [
        replace(line, charges=(), generated=False) for line in rated.lines
    ]
    assert [charges_posted(one) for one in posted] == [charges_of(line) for line in rated.lines]
    made = [
        {charge.resource for charge in line.charges if charge.generated} for line in rated.lines
    ]
    assert [
        {resource for n, resource in enumerate(one.resources) if one.generated(n)} for one in posted
    ] == made
