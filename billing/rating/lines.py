"""What rating makes of usage: lines, each a sum of charges of one resource on one day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.rating.meters import Meter
from billing.rating.prices import Where


@dataclass(frozen=True, slots=True)
class Band:
    """A tier as it is charged: the quantity above `above` up to `up_to` at `unit_price`.

    `number` counts from 1; 0 is what is included, at nothing. None is without end.
    """

    number: int
    above: Decimal
    up_to: Decimal | None
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Charge:
    """The part of a line that one resource has on one day. Quantities and exact amounts of a
    line's charges sum to the line's to the last digit."""

    resource: UUID | None
    day: date | None
    units: int
    quantity: Decimal
    exact: Decimal
    generated: bool = False


@dataclass(frozen=True, slots=True)
class RatedLine:
    """One price: a component's band while one price list held, from second `start` to `end`.

    `versions` names the plan versions that said so. `units` are seconds or bytes; `quantity` is
    in hours, GB or months; `exact` has 16 decimals; `amount` is `exact` rounded once.
    """

    meter: Meter
    where: Where
    band: Band
    start: int
    end: int
    versions: tuple[str, ...]
    units: int
    quantity: Decimal
    exact: Decimal
    amount: Decimal
    generated: bool
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Usage that no price was found for: the plan does not name it, or there was no plan."""

    meter: Meter
    units: int


@dataclass(frozen=True, slots=True)
class Rated:
    """All lines of a customer's month, by meter, attributes, time and band, and what has no
    price."""

    currency: str
    lines: tuple[RatedLine, ...]
    unpriced: tuple[Unpriced, ...]
