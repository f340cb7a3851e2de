"""A month's days as the table that a chart is drawn from (static/demarc/js/chart.js)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rating.meters import METERS, Meter
from billing.statements.spend import Spend
from billing.web.words import money, sign

INKS = {meter: number for number, meter in enumerate(METERS, start=1)}
"""Each meter has its colour wherever it is drawn."""
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Head:
    """A column that is drawn in the colour `ink`."""

    title: str
    ink: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A number for the drawing and its words; both empty on days to come."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A day. `mark` is what its ground is marked with."""

    day: date
    mark: str
    cells: tuple[Cell, ...]
    total: str


@dataclass(frozen=True, slots=True)
class DayChart:
    """The whole month; `before` stands before each number of the scale."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    totals: tuple[str, ...]
    total: str
    before: str


def day_chart(spent: Spend) -> DayChart:
    """The meters that cost something, day by day."""
    amounts = spent.amounts
    drawn = [meter for meter in METERS if amounts.get(meter)]
    return DayChart(
        heads=tuple(Head(METERS[meter].title, INKS[meter]) for meter in drawn),
        rows=tuple(_rows(spent, drawn)),
        totals=tuple(money(amounts[meter], spent.currency) for meter in drawn),
        total=money(spent.total, spent.currency),
        before=sign(spent.currency),
    )


def _rows(spent: Spend, drawn: list[Meter]) -> list[Row]:
    begun = {day for day, start, _ in spent.period.days if start < spent.as_of}
    return [
        Row(
            part.key,
            "generated" if part.generated else "",
            tuple(
                _cell(part.amounts.get(meter, Decimal(0)), spent.currency)
                if part.key in begun
                else Cell("", NOTHING)
                for meter in drawn
            ),
            money(part.total, spent.currency) if part.key in begun else NOTHING,
        )
        for part in spent.days
    ]


def _cell(amount: Decimal, currency: str) -> Cell:
    return Cell(format(amount, "f"), money(amount, currency))
