"""What one customer used in a month, gathered in sums: lifetimes in one pass, traffic by SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import accumulate, pairwise
from uuid import UUID

from billing import selectors
from billing.rating import cut, sums
from billing.rating.cut import Cell
from billing.rating.meters import HOURS_OF, TRAFFIC, Meter
from billing.rating.period import Period, instant, moment
from billing.rating.prices import Epoch
from billing.rating.schedule import boundaries, clip
from billing.rating.usage import Lifetime, Used
from billing.statements.document import Coverage
from networking.selectors import usage
from networking.selectors.traffic_sums import PortSum, StretchSum, port_sums, stretch_sums
from networking.selectors.usage import LifetimeRow

PORT = "port"
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A month's usage until the second `until`, by day but not by resource.

    `lived` are the lifetimes that it comes from and `newest` the last one of each port, with which
    its traffic goes; `counted` is each port's traffic of the month. Ports whose attributes are the
    same are one of `groups`, by which `stretches`, the traffic of each day, are told apart.
    `prices` are those of the whole month.
    """

    period: Period
    until: int
    prices: tuple[Epoch, ...]
    lived: tuple[LifetimeRow, ...]
    newest: dict[UUID, LifetimeRow] = field(hash=False)
    groups: tuple[Attributes, ...]
    counted: dict[UUID, PortSum] = field(hash=False)
    stretches: tuple[StretchSum, ...]
    used: tuple[Used, ...]

    @property
    def coverage(self) -> Coverage:
        """For how long traffic was observed, of the time that machines were there."""
        covered = sum(row.covered_seconds for row in self.stretches)
        expected = sum(self.seconds(row) for row in self.lived if row.noun == PORT)
        return Coverage(covered, expected)

    def seconds(self, row: LifetimeRow) -> int:
        """How long a lifetime lasted within the month so far."""
        end = self.until if row.end is None else min(instant(row.end), self.until)
        return max(end - max(instant(row.start), self.period.start), 0)

    def units_of(self, row: LifetimeRow) -> Iterator[tuple[Meter, int]]:
        """What a lifetime adds to each meter."""
        yield HOURS_OF[row.noun], self.seconds(row)
        if self.newest.get(row.noun_id) is row and row.noun_id in self.counted:
            yield from _bytes(self.counted[row.noun_id])

    def units_of_strays(self) -> Iterator[tuple[Meter, int]]:
        """Traffic of ports without a lifetime in this month: deleted just before it began."""
        for port_id, counted in self.counted.items():
            if port_id not in self.newest:
                yield from _bytes(counted)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A whole month's usage as it is foreseen. Traffic goes on as it was in the `observed` seconds
    of machines, for the `ahead` seconds of those that are there now."""

    used: tuple[Used, ...]
    observed: int
    ahead: int


def gather(tenant_id: UUID, period: Period, now: datetime, *, by_port: bool = True) -> Gathered:
    """The usage of one customer in the month until `now`. A constant number of queries. Raises
    ValueError for a month that is still to come.

    Without `by_port` it is not known which port moved what (`counted`), where prices do not need
    that: half the work for a month of which the sums alone are wanted.
    """
    if instant(now) < period.start:
        raise ValueError(f"{period} is still to come")
    # A month has a first second from its beginning on.
    until = min(max(instant(now), period.start + 1), period.end)
    prices = selectors.epochs([tenant_id], period.start, period.end).get(tenant_id, ())
    cells = _cells(period, prices, until)
    start, end = moment(period.start), moment(until)
    lived = tuple(usage.lifetimes([tenant_id], start, end))
    newest = {row.noun_id: row for row in lived if row.noun == PORT}
    groups, members = _groups(newest)
    counted: dict[UUID, PortSum] = {}
    if by_port or _by_attribute(prices):
        counted = {row.port_id: row for row in port_sums(tenant_id, start, end)}
        # A port without a lifetime has traffic and no attributes.
        members |= dict.fromkeys(counted.keys() - members.keys(), 0)
    starts = [moment(cell.start) for cell in cells]
    stretches = tuple(stretch_sums(tenant_id, starts, end, members))
    epochs = clip(prices, period.start, until)
    return Gathered(
        period=period,
        until=until,
        prices=prices,
        lived=lived,
        newest=newest,
        groups=groups,
        counted=counted,
        stretches=stretches,
        used=(
            *cut.months(epochs, cells),
            *sums.hours(map(_lifetime, lived), cells),
            *_traffic(stretches, cells, groups),
        ),
    )


def foresee(gathered: Gathered) -> Ahead:
    """The whole month, if nothing is added or deleted until its end."""
    period, until = gathered.period, gathered.until
    cells = _cells(period, gathered.prices, period.end)
    to_come = [replace(cell, start=max(cell.start, until)) for cell in cells if cell.end > until]
    observed = [0] * len(gathered.groups)
    moved = [[0, 0] for _ in gathered.groups]
    for row in gathered.stretches:
        place = row.group
        observed[place] += row.covered_seconds
        moved[place][0] += row.bytes_in
        moved[place][1] += row.bytes_out
    ahead = [0] * len(gathered.groups)
    places = {attributes: place for place, attributes in enumerate(gathered.groups)}
    for lifetime in gathered.newest.values():
        end = period.end if lifetime.end is None else min(instant(lifetime.end), period.end)
        ahead[places[_attributes(lifetime)]] += max(end - until, 0)
    used = [used for used in gathered.used if used.meter in TRAFFIC]
    for place, attributes in enumerate(gathered.groups):
        for meter, units in zip(TRAFFIC, moved[place], strict=True):
            more = units * ahead[place] // observed[place] if observed[place] else 0
            used += _spread(meter, more, to_come, attributes)
    return Ahead(
        used=(
            *cut.months(gathered.prices, cells),
            *sums.hours(map(_lifetime, gathered.lived), cells),
            *used,
        ),
        observed=sum(observed),
        ahead=sum(ahead),
    )


def labels_of(gathered: Gathered) -> tuple[str, ...]:
    """The labels that machines of the month have, by name."""
    return tuple(sorted({name for row in gathered.newest.values() for name in row.labels}))


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


def _lifetime(row: LifetimeRow) -> Lifetime:
    end = None if row.end is None else instant(row.end)
    return Lifetime(
        row.noun, row.noun_id, instant(row.start), end, dict(row.attributes), row.generated
    )


def _attributes(row: LifetimeRow) -> Attributes:
    return tuple(sorted(row.attributes.items()))


def _groups(ports: dict[UUID, LifetimeRow]) -> tuple[tuple[Attributes, ...], dict[UUID, int]]:
    """Each set of attributes once, and which of them each port has. The first is of those that
    nothing is known of."""
    places: dict[Attributes, int] = {(): 0}
    members = {
        port_id: places.setdefault(_attributes(row), len(places)) for port_id, row in ports.items()
    }
    return tuple(places), members


def _traffic(
    stretches: Iterable[StretchSum], cells: tuple[Cell, ...], groups: tuple[Attributes, ...]
) -> Iterator[Used]:
    for row in stretches:
        cell, attributes = cells[row.place], dict(groups[row.group])
        for meter, units in _bytes(row):
            if units:
                yield Used(meter, cell.since, units, attributes, cell.day, generated=row.generated)


def _bytes(row: PortSum | StretchSum) -> Iterator[tuple[Meter, int]]:
    yield Meter.TRAFFIC_IN, row.bytes_in
    yield Meter.TRAFFIC_OUT, row.bytes_out


def _spread(meter: Meter, units: int, cells: list[Cell], attributes: Attributes) -> Iterator[Used]:
    """Units evenly over the time of some cells; none is lost."""
    ends = list(accumulate((cell.end - cell.start for cell in cells), initial=0))
    bounds = [units * at // ends[-1] for at in ends] if ends[-1] else []
    for cell, (former, latter) in zip(cells, pairwise(bounds), strict=False):
        if latter > former:
            yield Used(meter, cell.since, latter - former, dict(attributes), cell.day)
