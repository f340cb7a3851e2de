"""Prices as plain values: components with tiers, and when each of them holds."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from billing.rating.meters import METERS, Meter

Where = tuple[tuple[str, str], ...]
"""Attributes that usage must have to be charged, sorted by name; empty is all usage."""


class Model(StrEnum):
    """How a component's price comes about."""

    FLAT = "flat"
    """An amount a month, by the seconds of the month that the customer is subscribed."""
    PER_UNIT = "per_unit"
    """Each unit at one price."""
    GRADUATED = "graduated"
    """Each unit at the price of the tier that it falls into."""


@dataclass(frozen=True, slots=True)
class Tier:
    """`unit_price` holds up to the quantity `up_to`, counted from the month's first unit; None is
    without end."""

    up_to: Decimal | None
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Component:
    """What one meter costs: `included` of each month is free, the rest is charged by `tiers`,
    ascending, of which the last has no end."""

    meter: Meter
    model: Model
    tiers: tuple[Tier, ...]
    included: Decimal = Decimal(0)
    where: Where = ()

    @property
    def key(self) -> tuple[Meter, Where]:
        """What makes it the same component in another version: its tiers go on filling there."""
        return self.meter, self.where


@dataclass(frozen=True, slots=True)
class Prices:
    """What one version of a plan says."""

    plan: str
    version: int
    currency: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    """`prices` hold from the second `start` until before `end`; they were published, the customer
    was subscribed."""

    start: int
    end: int
    prices: Prices


def matches(where: Where, attributes: dict[str, str]) -> bool:
    """Whether usage with these attributes is charged."""
    return all(attributes.get(name) == value for name, value in where)


def units_per(meter: Meter, month_seconds: int) -> int:
    """How many integer units are one priced unit; of a month, its own seconds."""
    return METERS[meter].per or month_seconds
