"""Prices, and what two versions differ in, as people read them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from billing.rating.difference import Part, PriceEdit, price_edits
from billing.rating.meters import METERS, Meter
from billing.rating.prices import Component, Prices
from billing.web.words import price, quantity, where

WORDS = {"dearer": "Dearer", "cheaper": "Cheaper", "mixed": "Dearer and cheaper"}


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of a price list: what is charged, of which part of it, and a unit's price."""

    title: str
    where: str
    part: str
    unit_price: str


@dataclass(frozen=True, slots=True)
class EditPart:
    """A part of the quantity, what it costs before and after, and by how much that is more."""

    part: str
    before: str
    after: str
    percent: str


@dataclass(frozen=True, slots=True)
class EditLine:
    """A price that changes; `sense` is "dearer", "cheaper" or "mixed", `word` says it."""

    title: str
    where: str
    sense: str
    word: str
    note: str
    parts: tuple[EditPart, ...]


def price_lines(prices: Prices) -> list[PriceLine]:
    """A price list, line by line."""
    return [line for component in prices.components for line in _lines(component, prices.currency)]


def _lines(component: Component, currency: str) -> list[PriceLine]:
    kind = METERS[component.meter]
    title, only = kind.title, where(component.where)
    found = []
    if component.included:
        part = _range(Decimal(0), component.included, kind.unit)
        found.append(PriceLine(title, only, part, "included"))
    above = component.included
    for tier in component.tiers:
        cost = f"{price(tier.unit_price, currency)} per {kind.unit}"
        found.append(PriceLine(title, only, _range(above, tier.up_to, kind.unit), cost))
        above = tier.up_to or above
    return found


def edit_lines(before: Prices, after: Prices) -> list[EditLine]:
    """What gets dearer and what cheaper; nothing where both charge the same."""
    return [_edit(edit, after.currency) for edit in price_edits(before, after)]


def _edit(edit: PriceEdit, currency: str) -> EditLine:
    note = "no price so far" if edit.before is None else ""
    if edit.after is None:
        note = "has no price any more: it is not charged"
    return EditLine(
        METERS[edit.meter].title,
        where(edit.where),
        str(edit.sense),
        WORDS[edit.sense],
        note,
        tuple(_part(part, edit.meter, currency) for part in edit.parts),
    )


def _part(part: Part, meter: Meter, currency: str) -> EditPart:
    percent = ""
    if part.before:
        more = (part.after / part.before - 1) * 100
        percent = f"{more.quantize(Decimal('0.1'), ROUND_HALF_UP):+,f}\N{NO-BREAK SPACE}%"
        percent = percent.replace("-", "\N{MINUS SIGN}")
    return EditPart(
        _range(part.above, part.up_to, METERS[meter].unit),
        _cost(part.before, meter, currency),
        _cost(part.after, meter, currency),
        percent,
    )


def _cost(amount: Decimal, meter: Meter, currency: str) -> str:
    return f"{price(amount, currency)} per {METERS[meter].unit}" if amount else "nothing"


def _range(above: Decimal, up_to: Decimal | None, unit: str) -> str:
    if up_to is None:
        return f"above {quantity(above, unit)}" if above else "all"
    if not above:
        return f"up to {quantity(up_to, unit)}"
    return f"{quantity(above, unit)} to {quantity(up_to, unit)}"
