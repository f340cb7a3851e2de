"""What one customer used in a month, gathered in sums by the database: what was there and what was
counted, however many machines that were."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate, pairwise
from uuid import UUID

from billing import selectors
from billing.rating import cut, sums
from billing.rating.cut import Cell
from billing.rating.meters import TRAFFIC, Meter
from billing.rating.period import Period, instant, moment
from billing.rating.prices import Epoch
from billing.rating.schedule import boundaries, clip
from billing.rating.usage import Alike, Used
from billing.statements.document import Coverage
from networking.selectors import spent
from networking.selectors.spent import Attributes, Lives, Shares, Stretch

PORT = "port"


@dataclass(frozen=True, slots=True)
class Gathered:
    """A month's usage until the second `until`, by day but not by resource; `complete` says that
    all of the month is in.

    `lived` is what it comes from, up to the month's end, and `stretches` the traffic of each day.
    `prices` are those of the whole month.
    """

    period: Period
    until: int
    complete: bool
    prices: tuple[Epoch, ...]
    lived: tuple[Lives, ...]
    stretches: tuple[Stretch, ...]
    used: tuple[Used, ...] = field(hash=False)

    @property
    def machines(self) -> int:
        """How many lifetimes of machines there are."""
        return sum(row.many for row in self.lived if row.noun == PORT)

    @property
    def coverage(self) -> Coverage:
        """For how long traffic was observed, of the time that machines were there."""
        covered = sum(row.covered_seconds for row in self.stretches)
        return Coverage(covered, sum(map(self._seconds, self.lived)))

    def _seconds(self, row: Lives) -> int:
        end = self.until if row.end is None else min(row.end, self.until)
        return max(end - row.start, 0) * row.many if row.noun == PORT else 0


@dataclass(frozen=True, slots=True)
class Ahead:
    """A whole month's usage as it is foreseen. Traffic goes on as it was in the `observed` seconds
    of machines, for the `ahead` seconds of those that are there now."""

    used: tuple[Used, ...]
    observed: int
    ahead: int


def gather(tenant_id: UUID, period: Period, now: datetime) -> Gathered:
    """The usage of one customer in the month until `now`. A constant number of queries. Raises
    ValueError for a month that is still to come.

    Traffic is told apart by the attributes of machines where a price depends on them.
    """
    if instant(now) < period.start:
        raise ValueError(f"{period} is still to come")
    # A month has a first second from its beginning on.
    until = min(max(instant(now), period.start + 1), period.end)
    prices = selectors.epochs([tenant_id], period.start, period.end).get(tenant_id, ())
    cells = _cells(period, prices, until)
    start, end = moment(period.start), moment(until)
    lived = tuple(spent.lives(tenant_id, start, end, moment(period.end)))
    starts = [moment(cell.start) for cell in cells]
    counted = spent.stretches(tenant_id, starts, end, by_attributes=_by_attribute(prices))
    return Gathered(
        period=period,
        until=until,
        complete=period.complete(now),
        prices=prices,
        lived=lived,
        stretches=tuple(counted),
        used=(
            *cut.months(clip(prices, period.start, until), cells),
            *sums.hours(map(_alike, lived), cells),
            *_traffic(counted, cells),
        ),
    )


def share(gathered: Gathered, tenant_id: UUID, label: str = "") -> Shares:
    """Who of the customer's used how much of it. One query."""
    start, end = moment(gathered.period.start), moment(gathered.until)
    return spent.shares(tenant_id, start, end, label)


def foresee(gathered: Gathered, shares: Shares) -> Ahead:
    """The whole month, if nothing is added or deleted until its end."""
    period, until = gathered.period, gathered.until
    cells = _cells(period, gathered.prices, period.end)
    to_come = [replace(cell, start=max(cell.start, until)) for cell in cells if cell.end > until]
    ahead = _ahead(gathered)
    used = [used for used in gathered.used if used.meter in TRAFFIC]
    for row in shares.attributes:
        attributes, observed = spent.attributes_of(row), row.covered_seconds
        seconds = ahead.get(attributes, 0)
        for meter, units in zip(TRAFFIC, (row.bytes_in, row.bytes_out), strict=True):
            more = units * seconds // observed if observed else 0
            used += _spread(meter, more, to_come, attributes)
    return Ahead(
        used=(
            *cut.months(gathered.prices, cells),
            *sums.hours(map(_alike, gathered.lived), cells),
            *used,
        ),
        observed=sum(row.covered_seconds for row in shares.attributes),
        ahead=sum(ahead.values()),
    )


def _ahead(gathered: Gathered) -> Mapping[Attributes, int]:
    """The seconds that are to come of machines with these attributes."""
    found: dict[Attributes, int] = {}
    for row in gathered.lived:
        if row.noun == PORT:
            end = gathered.period.end if row.end is None else row.end
            seconds = max(end - gathered.until, 0) * row.many
            found[row.attributes] = found.get(row.attributes, 0) + seconds
    return found


def _cells(period: Period, prices: tuple[Epoch, ...], until: int) -> tuple[Cell, ...]:
    cuts = boundaries(clip(prices, period.start, until), period.start, until)
    return cut.grid(period, cuts, by_day=True)


def _by_attribute(prices: Iterable[Epoch]) -> bool:
    """Whether a price of traffic depends on whose it is."""
    return any(
        component.where and component.meter in TRAFFIC
        for epoch in prices
        for component in epoch.prices.components
    )


def _alike(row: Lives) -> Alike:
    return Alike(row.noun, row.start, row.end, dict(row.attributes), row.generated, row.many)


def _traffic(stretches: Iterable[Stretch], cells: tuple[Cell, ...]) -> Iterator[Used]:
    for row in stretches:
        cell, attributes = cells[row.place], dict(row.attributes)
        for meter, units in zip(TRAFFIC, (row.bytes_in, row.bytes_out), strict=True):
            if units:
                yield Used(meter, cell.since, units, attributes, cell.day, generated=row.generated)


def _spread(meter: Meter, units: int, cells: list[Cell], attributes: Attributes) -> Iterator[Used]:
    """Units evenly over the time of some cells; none is lost."""
    ends = list(accumulate((cell.end - cell.start for cell in cells), initial=0))
    bounds = [units * at // ends[-1] for at in ends] if ends[-1] else []
    for cell, (former, latter) in zip(cells, pairwise(bounds), strict=False):
        if latter > former:
            yield Used(meter, cell.since, latter - former, dict(attributes), cell.day)
