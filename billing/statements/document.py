"""The statement of a customer's month, as plain values. Amounts are exact unless they are called
`amount`, which is rounded to cents once, at the line."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from billing.rating.lines import Band
from billing.rating.meters import Meter
from billing.rating.period import Period


@dataclass(frozen=True, slots=True)
class Resource:
    """A snapshot of what was used: it may be gone. `network` is that of a port, else None."""

    id: UUID
    noun: str
    name: str
    network_id: UUID | None = None
    network: str = ""
    labels: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Coverage:
    """For how many seconds counters were read, of those that they should have been."""

    covered: int
    expected: int

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1 with 4 decimals, cut off; None where nothing was expected."""
        if not self.expected:
            return None
        return Decimal(min(self.covered, self.expected) * 10**4 // self.expected).scaleb(-4)


@dataclass(frozen=True, slots=True)
class Covered:
    """How much of a port's traffic is known, also of one that nothing was charged for."""

    resource: Resource
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class DayCharge:
    """A resource's part of a line on one day."""

    day: date
    units: int
    quantity: Decimal
    exact: Decimal


@dataclass(frozen=True, slots=True)
class ResourceCharge:
    """A resource's part of a line; the days sum to it. `coverage` is None for what is not read
    from counters."""

    resource: Resource
    units: int
    quantity: Decimal
    exact: Decimal
    coverage: Coverage | None
    generated: bool
    days: tuple[DayCharge, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One price and what was used at it; the resources sum to it exactly.

    `start` and `end` are when the price held within the month (UTC, end exclusive), `unit` is
    "hour", "GB" or "month" and `units_name` what `units` are ("second" or "byte").
    """

    meter: Meter
    title: str
    where: dict[str, str] = field(hash=False)
    band: Band
    start: datetime
    end: datetime
    versions: tuple[str, ...]
    unit: str
    units_name: str
    units: int
    quantity: Decimal
    exact: Decimal
    amount: Decimal
    generated: bool
    resources: tuple[ResourceCharge, ...]


@dataclass(frozen=True, slots=True)
class MeterSum:
    """All lines of a meter. `amount` is the sum of theirs."""

    meter: Meter
    title: str
    unit: str
    units: int
    quantity: Decimal
    exact: Decimal
    amount: Decimal
    coverage: Coverage | None


@dataclass(frozen=True, slots=True)
class Unpriced:
    """Usage without a price; not part of any amount."""

    meter: Meter
    title: str
    unit: str
    units: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's month. `as_of` is until when usage is counted: the month's end, or earlier
    while the month lasts. `complete` says that the month is over and the last of it came in.
    `coverage` has every port that there was. `total` is the sum of the lines' amounts."""

    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    period: Period
    start: datetime
    end: datetime
    as_of: datetime
    complete: bool
    currency: str
    lines: tuple[Line, ...]
    meters: tuple[MeterSum, ...]
    unpriced: tuple[Unpriced, ...]
    coverage: tuple[Covered, ...]
    total: Decimal
    exact: Decimal
    generated: bool


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A line of a month without its resources."""

    meter: Meter
    where: dict[str, str] = field(hash=False)
    band: Band
    start: datetime
    end: datetime
    units: int
    quantity: Decimal
    exact: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TenantMonth:
    """A customer's month in a list of all: the same lines and totals as its statement."""

    tenant_id: UUID
    tenant_slug: str
    tenant_name: str
    currency: str
    lines: tuple[MonthLine, ...]
    unpriced: tuple[Unpriced, ...]
    coverage: Coverage | None
    total: Decimal
    exact: Decimal
    generated: bool
