"""The month of all customers as CSV: one row for each line of each statement."""

from collections.abc import Iterable, Iterator
from typing import Any

from billing.exports.sheet import lines
from billing.rating.meters import METERS
from billing.statements.document import MonthLine, TenantMonth

COLUMNS = (
    "customer",
    "customer_name",
    "meter",
    "title",
    "tier",
    "attributes",
    "price_from",
    "price_until",
    "units",
    "unit",
    "quantity",
    "quantity_unit",
    "unit_price",
    "currency",
    "exact_amount",
    "amount",
    "contains_generated",
)


def month_csv(months: Iterable[TenantMonth]) -> Iterator[str]:
    """Line by line, the heads first. `contains_generated` says that some of the customer's usage
    was made up for a demonstration."""
    yield from lines([COLUMNS])
    for month in months:
        yield from lines(_values(month, line) for line in month.lines)


def _values(month: TenantMonth, line: MonthLine) -> tuple[Any, ...]:
    kind = METERS[line.meter]
    return (
        month.tenant_slug,
        month.tenant_name,
        line.meter.value,
        kind.title,
        line.band.number,
        line.where,
        f"{line.start:%Y-%m-%dT%H:%M:%SZ}",
        f"{line.end:%Y-%m-%dT%H:%M:%SZ}",
        line.units,
        kind.units,
        format(line.quantity, "f"),
        kind.unit,
        format(line.band.unit_price, "f"),
        month.currency,
        format(line.exact, "f"),
        format(line.amount, "f"),
        month.generated,
    )
