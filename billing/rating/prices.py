"""Prices as plain values: components with tiers, and when each of them holds."""

import json
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

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


def fingerprint(prices: Prices) -> str:
    """SHA-256 of all that is charged by; equal prices have the same, whatever their version."""
    told = [
        [
            component.meter.value,
            component.model.value,
            _text(component.included),
            list(component.where),
            [[_text(tier.up_to), _text(tier.unit_price)] for tier in component.tiers],
        ]
        for component in sorted(prices.components, key=lambda component: component.key)
    ]
    content = json.dumps([prices.currency, told], separators=(",", ":"), ensure_ascii=False)
    return sha256(content.encode()).hexdigest()


def _text(number: Decimal | None) -> str:
    """As few digits as say it: 0.10 and 0.1 are one price."""
    return "" if number is None else format(number.normalize(), "f")


def matches(where: Where, attributes: dict[str, str]) -> bool:
    """Whether usage with these attributes is charged."""
    return all(attributes.get(name) == value for name, value in where)


def units_per(meter: Meter, month_seconds: int) -> int:
    """How many integer units are one priced unit; of a month, its own seconds."""
    return METERS[meter].per or month_seconds
