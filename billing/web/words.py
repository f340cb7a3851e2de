"""Money, quantities and prices as people read them."""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from billing.rating.lines import Band
from billing.rating.money import CENT
from billing.rating.period import Period, moment
from billing.statements.document import Coverage

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
UNITS = {"hour": "h", "GB": "GB", "month": "months"}
WHERE = {
    ("family", "ipv4"): "IPv4 alone",
    ("family", "ipv6"): "IPv6 alone",
    ("family", "dual"): "IPv4 and IPv6",
    ("health_check", "yes"): "with health checks",
    ("health_check", "no"): "without health checks",
}
WHERE_NAMES = {"region": "in {}"}
FEW_DECIMALS = Decimal("0.001")


def sign(currency: str) -> str:
    """What stands before an amount: "€", or the currency's code and a space."""
    return SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}" if currency else "")


def money(amount: Decimal | None, currency: str) -> str:
    """An amount with two decimals: "€1,234.50". What is more than nothing but less than half a
    cent says so."""
    if amount is None:
        return ""
    shown = amount.quantize(CENT, ROUND_HALF_UP)
    if amount > 0 and not shown:
        return f"< {sign(currency)}0.01"
    minus = "-" if shown < 0 else ""
    return f"{minus}{sign(currency)}{abs(shown):,.2f}"


def signed(amount: Decimal, currency: str) -> str:
    """A difference: "+ €4.00"; where there is none, "± €0.00"."""
    sense = "+" if amount > 0 else "\N{MINUS SIGN}" if amount else "\N{PLUS-MINUS SIGN}"
    return f"{sense}\N{NO-BREAK SPACE}{money(abs(amount), currency)}"


def price(unit_price: Decimal, currency: str) -> str:
    """A unit price with as many decimals as it has, two at least: "€0.0042"."""
    whole, _, decimals = f"{unit_price:,f}".partition(".")
    return f"{sign(currency)}{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def quantity(amount: Decimal, unit: str) -> str:
    """A quantity with three decimals at most, more where it is that small: "1,488 h", "0.05 GB"."""
    small = amount and abs(amount) < FEW_DECIMALS
    shown = amount if small else amount.quantize(FEW_DECIMALS, ROUND_HALF_UP)
    word = unit if shown == 1 and unit == "month" else UNITS.get(unit, unit)
    return f"{_plain(shown)}\N{NO-BREAK SPACE}{word}"


def band(charged: Band, unit: str) -> str:
    """Which part of the usage a price is of; nothing where it is of all."""
    if charged.number == 0 and charged.up_to is not None:
        return f"first {quantity(charged.up_to, unit)} included"
    if charged.up_to is not None:
        above = f"above {quantity(charged.above, unit)} " if charged.above else ""
        return f"{above}up to {quantity(charged.up_to, unit)}"
    return f"above {quantity(charged.above, unit)}" if charged.above else ""


def where(attributes: Iterable[tuple[str, str]]) -> str:
    """What a price is for: "IPv4 alone, in fra"; nothing for all."""
    return ", ".join(
        WHERE.get((name, value))
        or WHERE_NAMES.get(name, f"{name.replace('_', ' ')} {{}}").format(value)
        for name, value in attributes
    )


def share(coverage: Coverage | None) -> str:
    """How much was observed: "97.2 %", cut off so that less than all never reads as all."""
    if coverage is None or coverage.share is None:
        return ""
    if coverage.share == 1:
        return "100\N{NO-BREAK SPACE}%"
    return f"{int(coverage.share * 1000) / 10:.1f}\N{NO-BREAK SPACE}%"


def month(period: Period) -> str:
    """A month by name: "November 2026"."""
    return f"{period.days[0][0]:%B %Y}"


def stretch(start: datetime, end: datetime, period: Period) -> str:
    """When a price held, where that was not all of the month."""
    parts = []
    if start > moment(period.start):
        parts.append(f"from {_minute(start)}")
    if end < moment(period.end):
        parts.append(f"until {_minute(end)}")
    return " ".join(parts)


def _minute(when: datetime) -> str:
    return f"{when.day} {when:%b %H:%M} UTC"


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
