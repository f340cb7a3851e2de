"""What a customer spends in a month: the statement's sums without its resources.

Lifetimes are summed in one pass and traffic by the database, so that a customer of ten thousand
machines waits no longer than one of ten. Meters and days are what the statement says; networks
and labels share a meter's amount by how much each of them used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar
from uuid import UUID

from billing.rating import sums
from billing.rating.lines import Rated, RatedLine
from billing.rating.meters import HOURS_OF, METERS, SECONDS_PER_HOUR, TRAFFIC, Meter
from billing.rating.money import quantity
from billing.rating.period import Period
from billing.rating.prices import units_per
from billing.rating.rate import rate
from billing.rating.schedule import clip
from billing.statements.document import Coverage
from billing.statements.gathered import PORT, Gathered, foresee, gather, share
from networking.selectors.spent import Share, Shares

Key = TypeVar("Key")
Amounts = dict[Meter, Decimal]


@dataclass(frozen=True, slots=True)
class MeterSpend:
    """All lines of one meter; `amount` is the sum of theirs, each rounded once."""

    meter: Meter
    units: int
    quantity: Decimal
    amount: Decimal
    coverage: Coverage | None

    @property
    def title(self) -> str:
        """The meter as people call it."""
        return METERS[self.meter].title

    @property
    def unit(self) -> str:
        """What its quantity is of."""
        return METERS[self.meter].unit

    @property
    def unit_name(self) -> str:
        """What its `units` are: "second" or "byte"."""
        return METERS[self.meter].units


@dataclass(frozen=True, slots=True)
class Part(Generic[Key]):
    """What one day, network or label has of each meter's amount. Parts sum to the total."""

    key: Key
    name: str = ""
    amounts: Amounts = field(default_factory=dict, hash=False)
    generated: bool = False

    @property
    def total(self) -> Decimal:
        """Of all meters."""
        return sum(self.amounts.values(), Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Forecast:
    """The whole month as it will be if nothing is added or deleted.

    `fixed` is exact. `traffic` goes on as it was while it was observed: `observed` machine
    seconds say for the `ahead` ones that are to come; nothing observed, nothing foreseen.
    """

    fixed: Decimal
    traffic: Decimal
    observed: int
    ahead: int

    @property
    def observed_hours(self) -> Decimal:
        """The same in hours of machines."""
        return quantity(self.observed, SECONDS_PER_HOUR)

    @property
    def total(self) -> Decimal:
        """Both."""
        return self.fixed + self.traffic


@dataclass(frozen=True, slots=True)
class Spend:
    """A customer's month so far. `as_of` is until when usage counts; `complete` says that all of
    the month is in. `total` is the sum of the meters' amounts, and of each breakdown's parts.

    `labels` are all that machines had, by name, and `values` what was spent by the values of one of
    them, `label`: keys are ("value", …), ("without", "") for machines that lack it and
    ("other", "") for what is no machine. Without labels there are none.
    """

    period: Period
    as_of: int
    complete: bool
    currency: str
    total: Decimal
    meters: tuple[MeterSpend, ...]
    days: tuple[Part[date], ...]
    networks: tuple[Part[UUID | None], ...]
    labels: tuple[str, ...]
    label: str
    values: tuple[Part[tuple[str, str]], ...]
    unpriced: tuple[Meter, ...]
    coverage: Coverage
    generated: bool
    forecast: Forecast | None
    rated: Rated = field(hash=False, repr=False)

    @property
    def amounts(self) -> Amounts:
        """What each meter costs."""
        return {row.meter: row.amount for row in self.meters}


def spend(tenant_id: UUID, period: Period, now: datetime, label: str = "") -> Spend:
    """The month of one customer until `now`, in the database role that is entered; machines by
    `label`, or by the first one that there is. A constant number of queries. Raises ValueError for
    a month that is still to come."""
    gathered = gather(tenant_id, period, now)
    shares = share(gathered, tenant_id, label)
    epochs = clip(gathered.prices, period.start, gathered.until)
    rated = rate(period, epochs, gathered.used)
    meters = _meters(period, gathered, rated)
    amounts = {row.meter: row.amount for row in meters}
    return Spend(
        period=period,
        as_of=gathered.until,
        complete=gathered.complete,
        currency=rated.currency,
        total=sum(amounts.values(), Decimal("0.00")),
        meters=meters,
        days=_days(period, gathered, rated, amounts),
        networks=_networks(shares, amounts),
        labels=shares.labels,
        label=shares.label,
        values=_values(shares, amounts),
        unpriced=tuple(rest.meter for rest in rated.unpriced),
        coverage=gathered.coverage,
        generated=any(used.generated for used in gathered.used),
        forecast=_forecast(period, gathered, shares),
        rated=rated,
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """A month's meters and their sum: what another month is held against."""

    currency: str
    total: Decimal
    meters: tuple[MeterSpend, ...]


def totals(tenant_id: UUID, period: Period, now: datetime) -> Totals:
    """The same amounts as in `spend`, for less. Raises ValueError for a month to come."""
    gathered = gather(tenant_id, period, now)
    rated = rate(period, clip(gathered.prices, period.start, gathered.until), gathered.used)
    meters = _meters(period, gathered, rated)
    return Totals(rated.currency, sum((row.amount for row in meters), Decimal("0.00")), meters)


def _meters(period: Period, gathered: Gathered, rated: Rated) -> tuple[MeterSpend, ...]:
    lines: dict[Meter, list[RatedLine]] = {}
    for line in rated.lines:
        lines.setdefault(line.meter, []).append(line)
    units: dict[Meter, int] = {}
    for used in gathered.used:
        units[used.meter] = units.get(used.meter, 0) + used.units
    return tuple(
        MeterSpend(
            meter=meter,
            units=units[meter],
            quantity=quantity(units[meter], units_per(meter, period.seconds)),
            amount=sum((line.amount for line in lines.get(meter, ())), Decimal("0.00")),
            coverage=gathered.coverage if meter in TRAFFIC else None,
        )
        for meter in METERS
        if meter in units and (meter in lines or meter is not Meter.SUBSCRIPTION_MONTHS)
    )


def _days(
    period: Period, gathered: Gathered, rated: Rated, amounts: Amounts
) -> tuple[Part[date], ...]:
    """A part for each day of the month; those to come are empty."""
    weights: dict[Meter, dict[date, Decimal]] = {}
    for line in rated.lines:
        mine = weights.setdefault(line.meter, {})
        for charge in line.charges:
            assert charge.day is not None, "usage was cut by day"
            mine[charge.day] = mine.get(charge.day, Decimal(0)) + charge.exact
    shares = {meter: sums.apportion(amounts[meter], mine) for meter, mine in weights.items()}
    made = {used.day for used in gathered.used if used.generated}
    return tuple(
        Part(
            day,
            amounts={meter: mine[day] for meter, mine in shares.items() if day in mine},
            generated=day in made,
        )
        for day, _, _ in period.days
    )


def _networks(shares: Shares, amounts: Amounts) -> tuple[Part[UUID | None], ...]:
    names: dict[UUID | None, str] = {None: ""}
    weights: dict[Meter, dict[UUID | None, int]] = {}
    for row in shares.networks:
        key = UUID(row.key) if row.key else None
        # A network is called as it calls itself, rather than as its machines do.
        if key is not None and (key not in names or row.noun == "network"):
            names[key] = row.name
        _weigh(weights, key, row)
    return _parts(amounts, weights, names, None)


def _values(shares: Shares, amounts: Amounts) -> tuple[Part[tuple[str, str]], ...]:
    if not shares.label:
        return ()
    weights: dict[Meter, dict[tuple[str, str], int]] = {}
    for row in shares.values:
        key = ("other", "")
        if row.noun in (PORT, ""):
            key = ("without", "") if row.key is None else ("value", row.key)
        _weigh(weights, key, row)
    named = {key: key[1] for parts in weights.values() for key in parts}
    return _parts(amounts, weights, named, ("other", ""))


def _weigh(weights: dict[Meter, dict[Key, int]], key: Key, row: Share) -> None:
    """Add what the share has to the weights of its key."""
    if row.noun:
        _add(weights, HOURS_OF[row.noun], key, row.seconds)
    if row.bytes_in or row.bytes_out or row.covered_seconds:
        for meter, units in zip(TRAFFIC, (row.bytes_in, row.bytes_out), strict=True):
            _add(weights, meter, key, units)


def _parts(
    amounts: Amounts,
    weights: Mapping[Meter, Mapping[Key, int]],
    names: Mapping[Key, str],
    rest: Key,
) -> tuple[Part[Key], ...]:
    """Dearest first; a meter that nobody is weighed by goes to `rest`, the last one."""
    found: dict[Key, Amounts] = {}
    for meter, amount in amounts.items():
        mine = {key: Decimal(units) for key, units in weights.get(meter, {}).items()}
        for key, cents in sums.apportion(amount, mine or {rest: Decimal(1)}).items():
            found.setdefault(key, {})[meter] = cents
    parts = [Part(key, names.get(key, ""), mine) for key, mine in found.items()]
    return tuple(sorted(parts, key=lambda part: (part.key == rest, -part.total, part.name)))


def _forecast(period: Period, gathered: Gathered, shares: Shares) -> Forecast | None:
    if gathered.until >= period.end:
        return None
    foreseen = foresee(gathered, shares)
    rated = rate(period, gathered.prices, foreseen.used)
    traffic = _sum(line for line in rated.lines if line.meter in TRAFFIC)
    fixed = _sum(line for line in rated.lines if line.meter not in TRAFFIC)
    return Forecast(fixed, traffic, foreseen.observed, foreseen.ahead)


def _sum(lines: Iterable[RatedLine]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def _add(weights: dict[Meter, dict[Key, int]], meter: Meter, key: Key, units: int) -> None:
    mine = weights.setdefault(meter, {})
    mine[key] = mine.get(key, 0) + units
