"""What is said of a version's prices, checked field by field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from billing.rating.meters import METERS, Meter
from billing.rating.money import PRICE, QUANTITY
from billing.rating.prices import Component, Model, Tier, Where
from portal.lib.errors import Refusal

MOST_COMPONENTS = 50
MOST_TIERS = 20
# What numeric(20,6) and numeric(20,10) hold before the point.
MOST_QUANTITY = Decimal(10) ** 14
MOST_PRICE = Decimal(10) ** 10
VALUE = re.compile(r"[A-Za-z0-9._-]{1,63}")

LONGEST = 40  # characters of a wrong value that are said back

Number = str | int | Decimal
Choice = TypeVar("Choice", Meter, Model)


@dataclass(frozen=True, slots=True)
class TierInput:
    """A price a unit up to a quantity of the month; without `up_to` there is no end."""

    unit_price: Number
    up_to: Number | None = None


@dataclass(frozen=True, slots=True)
class ComponentInput:
    """What one meter costs; values as in `billing.rating.prices.Component`."""

    meter: str
    model: str
    tiers: tuple[TierInput, ...]
    included: Number = 0
    where: Mapping[str, str] = field(default_factory=dict)


def read_components(wanted: Sequence[ComponentInput]) -> tuple[Component, ...]:
    """The components as they are stored. Raises Refusal with a field such as
    "components.0.tiers.1.unit_price"."""
    if len(wanted) > MOST_COMPONENTS:
        raise Refusal(
            "components-too-many",
            f"A plan has up to {MOST_COMPONENTS} prices, and these are {len(wanted)}.",
            field="components",
        )
    found: list[Component] = []
    for place, one in enumerate(wanted):
        component = _component(one, f"components.{place}")
        if any(component.key == other.key for other in found):
            raise Refusal(
                "component-twice",
                f"{component.meter} is priced twice for the same usage. Keep one of them, or say "
                "by attributes what each is for.",
                field=f"components.{place}.meter",
            )
        found.append(component)
    return tuple(found)


def each_refusal(wanted: Sequence[ComponentInput]) -> tuple[Refusal, ...]:
    """What stands against each component by itself, the first thing of each."""
    found = []
    for place, one in enumerate(wanted[:MOST_COMPONENTS]):
        try:
            _component(one, f"components.{place}")
        except Refusal as refusal:
            found.append(refusal)
    return tuple(found)


def _component(wanted: ComponentInput, at: str) -> Component:
    meter = _choice(Meter, wanted.meter, "meter", f"{at}.meter")
    model = _choice(Model, wanted.model, "model", f"{at}.model")
    if (model is Model.FLAT) != (meter is Meter.SUBSCRIPTION_MONTHS):
        raise Refusal(
            "model-unfit",
            f"A flat price is that of {Meter.SUBSCRIPTION_MONTHS}, which has no other; {meter} "
            f"cannot be {model}.",
            field=f"{at}.model",
        )
    tiers = _tiers(wanted.tiers, meter, model, at)
    included = _quantity(wanted.included, meter, f"{at}.included")
    _check_included(included, tiers, model, at)
    return Component(meter, model, tiers, included, _where(wanted.where, meter, f"{at}.where"))


def _tiers(wanted: Sequence[TierInput], meter: Meter, model: Model, at: str) -> tuple[Tier, ...]:
    many = MOST_TIERS if model is Model.GRADUATED else 1
    if not 1 <= len(wanted) <= many:
        number = "one price" if many == 1 else f"1 to {many} tiers"
        raise Refusal(
            "tiers-wrong",
            f"A {model.replace('_', ' ')} price of {meter} has {number}, and these are "
            f"{len(wanted)}.",
            field=f"{at}.tiers",
        )
    found: list[Tier] = []
    for place, one in enumerate(wanted):
        tier_at, last = f"{at}.tiers.{place}", place == len(wanted) - 1
        up_to = None
        if one.up_to is not None:
            up_to = _quantity(one.up_to, meter, f"{tier_at}.up_to")
        _check_bound(up_to, found[-1].up_to if found else Decimal(0), f"{tier_at}.up_to", last=last)
        found.append(Tier(up_to, _price(one.unit_price, f"{tier_at}.unit_price")))
    return tuple(found)


def _check_bound(up_to: Decimal | None, former: Decimal | None, at: str, *, last: bool) -> None:
    if last != (up_to is None):
        raise Refusal(
            "tier-end",
            "The last tier has no end, or what is beyond it would cost nothing."
            if last
            else "Only the last tier has no end: say up to which quantity this one goes.",
            field=at,
        )
    if up_to is not None and former is not None and up_to <= former:
        raise Refusal(
            "tiers-not-ascending",
            f"A tier up to {up_to:f} after {former:f} holds nothing. Each goes further than the "
            "one before.",
            field=at,
        )


def _check_included(included: Decimal, tiers: Sequence[Tier], model: Model, at: str) -> None:
    first = tiers[0].up_to
    if model is Model.FLAT and included:
        raise Refusal(
            "included-unfit",
            "A flat price includes nothing: it is for all.",
            field=f"{at}.included",
        )
    if first is not None and included >= first:
        raise Refusal(
            "included-covers-tier",
            f"What is included ({included:f}) reaches beyond the first tier (up to {first:f}), "
            "since tiers count from the first unit. Let that tier go further.",
            field=f"{at}.included",
        )


def _where(wanted: Mapping[str, str], meter: Meter, at: str) -> Where:
    known = METERS[meter].attributes
    for name, value in wanted.items():
        if name not in known:
            names = ", ".join(sorted(known)) or "nothing"
            raise Refusal(
                "attribute-unknown",
                f"The price of {meter} cannot depend on {name!r}. It may depend on {names}.",
                field=at,
            )
        if not isinstance(value, str) or not VALUE.fullmatch(value):
            raise Refusal(
                "attribute-invalid",
                f"{value!r} is no value of {name}: use up to 63 letters, digits, points, hyphens "
                "and underscores.",
                field=at,
            )
    return tuple(sorted(wanted.items()))


def _quantity(wanted: Number, meter: Meter, at: str) -> Decimal:
    """A quantity of whole units: a bound in the middle of a second can be reached by none."""
    found = _number(wanted, QUANTITY, MOST_QUANTITY, at)
    kind = METERS[meter]
    if found and (found * kind.per) % 1:
        raise Refusal(
            "quantity-fraction",
            f"{found:f} {kind.unit} is no whole number of {kind.units}s. Use fewer decimals.",
            field=at,
        )
    return found


def _price(wanted: Number, at: str) -> Decimal:
    return _number(wanted, PRICE, MOST_PRICE, at)


def _number(wanted: Number, step: Decimal, below: Decimal, at: str) -> Decimal:
    try:
        text = str(wanted).strip()
        found = Decimal(text)
    except (InvalidOperation, ValueError):
        text, found = str(wanted)[:LONGEST] if isinstance(wanted, str) else "This", Decimal("NaN")
    text = text[:LONGEST]
    if not found.is_finite():
        raise Refusal("number-invalid", f"{text!r} is no number. Write it like 0.05.", field=at)
    if found < 0:
        raise Refusal(
            "number-negative",
            f"{text} is below zero. A correction has a negative quantity, never a price.",
            field=at,
        )
    if found >= below:
        raise Refusal("number-too-large", f"{text} is too large.", field=at)
    kept = abs(found.quantize(step))
    if found != kept:
        places = -int(step.as_tuple().exponent)
        raise Refusal("number-too-fine", f"{text} has more than {places} decimals.", field=at)
    return kept


def _choice(kind: type[Choice], wanted: str, noun: str, at: str) -> Choice:
    try:
        return kind(wanted)
    except ValueError as error:
        known = ", ".join(kind)
        raise Refusal(
            f"{noun}-unknown",
            f"{str(wanted)[:LONGEST]!r} is no {noun}. Use one of: {known}.",
            field=at,
        ) from error
