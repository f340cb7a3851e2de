"""Tiers as bands of integer units: what a component charges from which unit on."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from billing.rating.lines import Band
from billing.rating.money import QUANTITY, exact, quantity, total
from billing.rating.prices import Component

FREE = Decimal("0.0000000000")


@dataclass(frozen=True, slots=True)
class UnitBand:
    """A band with its upper bound in integer units; None is without end."""

    band: Band
    below: int | None


@lru_cache(maxsize=1024)  # all customers of a plan share its components
def bands(component: Component, per: int) -> tuple[UnitBand, ...]:
    """The included amount as band 0, if there is one, then the tiers, each from where the one
    before ends. Bounds count from the month's first unit, the included ones among them."""
    found = []
    above = Decimal(0)
    if component.included:
        above = component.included
        found.append(_band(0, Decimal(0), above, FREE, per))
    for number, tier in enumerate(component.tiers, start=1):
        if tier.up_to is None or tier.up_to > above:
            found.append(_band(number, above, tier.up_to, tier.unit_price, per))
            above = above if tier.up_to is None else tier.up_to
    return tuple(found)


def cost(component: Component, units: int, per: int) -> Decimal:
    """What the month's first `units` cost, exactly."""
    shares, start = [], 0
    for band in bands(component, per):
        end = units if band.below is None else min(units, band.below)
        if end > start:
            share = quantity(end, per) - quantity(start, per)
            shares.append(exact(share, band.band.unit_price))
            start = end
    return total(shares)


def _band(number: int, above: Decimal, up_to: Decimal | None, price: Decimal, per: int) -> UnitBand:
    above = above.quantize(QUANTITY)
    if up_to is None:
        return UnitBand(Band(number, above, None, price), None)
    up_to = up_to.quantize(QUANTITY)
    # Whoever writes a plan is held to bounds of whole units.
    return UnitBand(Band(number, above, up_to, price), int(up_to.scaleb(6)) * per // 10**6)
