"""A statement as CSV: one row for each line, resource and day. The amounts of a line's rows sum to
its exact amount, which the statement rounds once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from billing.exports.sheet import NO, YES, lines
from billing.statements.document import Line
from billing.statements.ledger import Entry, Ledger

END = "\r\n"

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


def statement_csv(ledger: Ledger) -> Iterator[str]:
    """The file in pieces, the heads first. `tier` 0 is what is included, at no price; `line_amount`
    is the line's rounded amount, the same in all of its rows. Nothing is read meanwhile."""
    yield from lines([COLUMNS])
    for number, (line, entries) in enumerate(ledger.lines(), start=1):
        what = _of_line(number, line, ledger.currency)
        for entry in entries:
            yield _rows(what, line, entry)


def file_name(ledger: Ledger) -> str:
    """`acme-2026-10.csv`; a month that lasts says so."""
    rest = "" if ledger.complete else "-so-far"
    return f"{ledger.inputs.tenant.slug}-{ledger.inputs.period}{rest}.csv"


def _of_line(number: int, line: Line, currency: str) -> tuple[Any, ...]:
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
        currency,
    )


def _rows(what: tuple[Any, ...], line: Line, entry: Entry) -> str:
    """The rows of one resource, as `lines` would write them: there may be a million of them, so
    what they share is written once, and numbers, which need no quotes, are put behind it."""
    one = entry.resource
    (shared,) = lines([(*what, one.id, one.noun, one.name, one.network, one.labels)])
    head = shared.removesuffix(END)
    tail = f"{line.amount:f},{YES if entry.generated else NO}{END}"
    price, digits = _scaled(line.band.unit_price)
    size, units_name, unit = 10**digits, line.units_name, line.unit
    return "".join(
        f"{head},{day},{units},{units_name},{share // 10**6}.{share % 10**6:06d},{unit},"
        f"{share * price // size}.{share * price % size:0{digits}d},{tail}"
        for day, units, share in entry.days
    )


def _scaled(price: Decimal) -> tuple[int, int]:
    """A price as an integer, by which millionths are to be multiplied to get so many digits behind
    the point: those that `money.exact` gives."""
    exponent = price.as_tuple().exponent
    assert isinstance(exponent, int), "a price is a number"
    return int(price.scaleb(-exponent)), 6 - exponent
