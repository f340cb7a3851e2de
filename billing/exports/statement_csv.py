"""A statement as CSV: one row for each line, resource and day. The amounts of a line's rows sum to
its exact amount, which the statement rounds once."""

from collections.abc import Iterator
from typing import Any

from billing.exports.sheet import lines
from billing.statements.document import DayCharge, Line, ResourceCharge, Statement

COLUMNS = (
    "line",
    "meter",
    "title",
    "tier",
    "attributes",
    "price_from",
    "price_until",
    "plan_versions",
    "unit_price",
    "currency",
    "resource_id",
    "resource_type",
    "resource_name",
    "network_name",
    "labels",
    "day",
    "units",
    "unit",
    "quantity",
    "quantity_unit",
    "amount",
    "line_amount",
    "generated",
)


def statement_csv(statement: Statement) -> Iterator[str]:
    """Line by line, the heads first. `tier` 0 is what is included, at no price; `line_amount` is
    the line's rounded amount, the same in all of its rows."""
    yield from lines([COLUMNS])
    for number, line in enumerate(statement.lines, start=1):
        yield from lines(
            _values(statement, number, line, charge, day)
            for charge in line.resources
            for day in charge.days
        )


def file_name(statement: Statement) -> str:
    """`acme-2026-10.csv`; a month that lasts says so."""
    rest = "" if statement.complete else "-so-far"
    return f"{statement.tenant_slug}-{statement.period}{rest}.csv"


def _values(
    statement: Statement, number: int, line: Line, charge: ResourceCharge, day: DayCharge
) -> tuple[Any, ...]:
    resource = charge.resource
    return (
        number,
        line.meter.value,
        line.title,
        line.band.number,
        line.where,
        f"{line.start:%Y-%m-%dT%H:%M:%SZ}",
        f"{line.end:%Y-%m-%dT%H:%M:%SZ}",
        ";".join(line.versions),
        format(line.band.unit_price, "f"),
        statement.currency,
        resource.id,
        resource.noun,
        resource.name,
        resource.network,
        resource.labels,
        day.day.isoformat(),
        day.units,
        line.units_name,
        format(day.quantity, "f"),
        line.unit,
        format(day.exact, "f"),
        format(line.amount, "f"),
        charge.generated,
    )
