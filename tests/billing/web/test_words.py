"""Money, quantities and prices as people read them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.rating.lines import Band
from billing.rating.period import Period
from billing.statements.document import Coverage
from billing.web import words

NOVEMBER = Period(2026, 11)


def spaced(text: str) -> str:
    """With ordinary spaces."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0", "EUR", "€0.00"),
        ("12.5", "EUR", "€12.50"),
        ("1234567.891", "EUR", "€1,234,567.89"),
        ("0.005", "EUR", "€0.01"),
        ("0.0049", "EUR", "< €0.01"),
        ("-3", "EUR", "-€3.00"),
        ("3", "CHF", "CHF 3.00"),
        ("3", "", "3.00"),
    ],
)
def test_money(amount: str, currency: str, expected: str) -> None:
    assert spaced(words.money(Decimal(amount), currency)) == expected


def test_no_money_is_no_text() -> None:
    assert words.money(None, "EUR") == ""


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.0042000000", "€0.0042"),
        ("25.0000000000", "€25.00"),
        ("0", "€0.00"),
        ("1234.5", "€1,234.50"),
        ("0.0000000001", "€0.0000000001"),
    ],
)
def test_a_price_has_all_of_its_decimals(amount: str, expected: str) -> None:
    assert words.price(Decimal(amount), "EUR") == expected


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        ("1488.000000", "hour", "1,488 h"),
        ("0.050000", "GB", "0.05 GB"),
        ("0.000051", "GB", "0.000051 GB"),
        ("12.345678", "GB", "12.346 GB"),
        ("0", "GB", "0 GB"),
        ("1.000000", "month", "1 month"),
        ("0.682000", "month", "0.682 months"),
        ("100", "hour", "100 h"),
    ],
)
def test_a_quantity(amount: str, unit: str, expected: str) -> None:
    assert spaced(words.quantity(Decimal(amount), unit)) == expected


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        ((0, "0", "100"), "first 100 GB included"),
        ((1, "0", None), ""),
        ((1, "0", "1000"), "up to 1,000 GB"),
        ((1, "100", "1000"), "above 100 GB up to 1,000 GB"),
        ((2, "1000", None), "above 1,000 GB"),
    ],
)
def test_a_band(band: tuple[int, str, str | None], expected: str) -> None:
    number, above, up_to = band
    charged = Band(number, Decimal(above), Decimal(up_to) if up_to else None, Decimal(1))

    assert spaced(words.band(charged, "GB")) == expected


@pytest.mark.parametrize(
    ("covered", "expected"),
    [((10, 10), "100 %"), ((9999, 10000), "99.9 %"), ((0, 10), "0.0 %"), ((5, 0), "")],
)
def test_less_than_all_never_reads_as_all(covered: tuple[int, int], expected: str) -> None:
    assert spaced(words.share(Coverage(*covered))) == expected


def test_when_a_price_held_is_said_where_that_was_not_all_of_the_month() -> None:
    start, change, end = (
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 9, 14, 5, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
    )

    assert words.stretch(start, end, NOVEMBER) == ""
    assert words.stretch(start, change, NOVEMBER) == "until 9 Nov 14:05 UTC"
    assert words.stretch(change, end, NOVEMBER) == "from 9 Nov 14:05 UTC"
    assert words.month(NOVEMBER) == "November 2026"


def test_what_a_price_is_for() -> None:
    assert words.where(()) == ""
    assert words.where([("family", "dual"), ("region", "fra")]) == "IPv4 and IPv6, in fra"
    assert words.where([("health_check", "no"), ("size", "big")]) == (
        "without health checks, size big"
    )
