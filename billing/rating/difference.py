"""What two price lists differ in: which units get dearer, and which cheaper."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from billing.rating.meters import Meter
from billing.rating.prices import Component, Prices, Where

NOTHING = Decimal(0)


class Sense(StrEnum):
    """Which way a price goes for whoever pays it."""

    DEARER = "dearer"
    CHEAPER = "cheaper"
    MIXED = "mixed"
    """Dearer for some quantities, cheaper for others."""


@dataclass(frozen=True, slots=True)
class Part:
    """Of a month's quantity what is beyond `above`, up to `up_to` (None: without end), and what a
    unit of it costs before and after; 0 where it is included or has no price."""

    above: Decimal
    up_to: Decimal | None
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class PriceEdit:
    """One price that is not the same: added where `before` is None, removed where `after` is."""

    meter: Meter
    where: Where
    before: Component | None
    after: Component | None
    parts: tuple[Part, ...]
    """Those parts of the quantity that cost something else."""

    @property
    def sense(self) -> Sense:
        """Which way it goes, whatever the quantity."""
        dearer = any(part.after > part.before for part in self.parts)
        cheaper = any(part.after < part.before for part in self.parts)
        if dearer and cheaper:
            return Sense.MIXED
        return Sense.DEARER if dearer else Sense.CHEAPER


def price_edits(before: Prices, after: Prices) -> tuple[PriceEdit, ...]:
    """What has another price in `after`, in its order, then what has none any more. Prices that are
    written differently and charge the same are no edit."""
    was = {component.key: component for component in before.components}
    will = {component.key: component for component in after.components}
    found = (_edit(was.get(key), will.get(key)) for key in will | was)
    return tuple(edit for edit in found if edit.parts)


def _edit(before: Component | None, after: Component | None) -> PriceEdit:
    one = after or before
    assert one is not None, "one of both lists has it"
    bounds = {NOTHING} | set(_steps(before)) | set(_steps(after))
    edges: list[Decimal | None] = [*sorted(bounds), None]
    parts = tuple(
        Part(above, up_to, _unit_price(before, above), _unit_price(after, above))
        for above, up_to in pairwise(edges)
        if above is not None
    )
    different = tuple(part for part in parts if part.before != part.after)
    return PriceEdit(one.meter, one.where, before, after, different)


def _steps(component: Component | None) -> Iterator[Decimal]:
    """Where what a unit costs changes."""
    if component is None:
        return
    if component.included:
        yield component.included
    for tier in component.tiers:
        if tier.up_to is not None:
            yield tier.up_to


def _unit_price(component: Component | None, above: Decimal) -> Decimal:
    """What the next unit costs after a quantity of `above`."""
    if component is None or above < component.included:
        return NOTHING
    tiers = component.tiers
    return next(tier.unit_price for tier in tiers if tier.up_to is None or above < tier.up_to)
