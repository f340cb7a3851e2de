"""The scales of quantities, prices and amounts, and the two places where digits are given up."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce

QUANTITY = Decimal("0.000001")
"""Quantities (hours, gigabytes, months) have 6 decimals."""
PRICE = Decimal("0.0000000001")
"""Unit prices have 10 decimals; the product of both has 16, so an exact amount loses nothing."""
CENT = Decimal("0.01")
"""Amounts to be paid have 2 decimals, the most that EN 16931 allows."""

# 38 digits as in numeric(38,16); the default context would round at 28.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


def quantity(units: int, per: int) -> Decimal:
    """Integer units as a quantity of `per` units each, rounded half up to 6 decimals."""
    return Decimal(micros(units, per)).scaleb(-6, _CONTEXT)


def micros(units: int, per: int) -> int:
    """The same as an integer of millionths. Integers alone, so that no intermediate result is
    rounded as well."""
    return (2 * units * 10**6 + per) // (2 * per)


def exact(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """What a quantity costs, with all of its 16 decimals."""
    return _CONTEXT.multiply(quantity, unit_price)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum; `sum` would give digits up beyond the 28th."""
    return reduce(_CONTEXT.add, amounts, Decimal(0))


def rounded(amount: Decimal) -> Decimal:
    """An exact amount as it is paid: half up (away from zero), once, at the statement's line."""
    return amount.quantize(CENT, context=_CONTEXT)
