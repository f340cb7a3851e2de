"""The month of all customers, one after another: the lines of their statements without resources.

The database sums traffic and lifetimes, and no customer's days are looked at, since an amount
needs no more than the units at each price.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from billing.rating import cut
from billing.rating.lines import Rated, RatedLine
from billing.rating.meters import HOURS_OF, TRAFFIC
from billing.rating.money import total
from billing.rating.period import Period, moment
from billing.rating.prices import Epoch, Prices
from billing.rating.rate import apply, currency_of
from billing.rating.schedule import Tracks, boundaries, tracks
from billing.rating.usage import Used
from billing.selectors import epochs
from billing.statements.build import unpriced
from billing.statements.document import Coverage, MonthLine, TenantMonth
from billing.statements.inputs import horizon
from networking.selectors.lifetime_totals import LifetimeTotal, lifetime_totals
from networking.selectors.traffic import TenantTraffic, traffic_totals
from tenants.access import SYSTEM, TenantRef
from tenants.selectors import customer_row, customers

PORT = "port"


@dataclass(frozen=True, slots=True)
class Usage:
    """What one customer used in a month until the second `end`, at which prices."""

    tenant: TenantRef
    period: Period
    end: int
    epochs: tuple[Epoch, ...]
    used: tuple[Used, ...]
    coverage: Coverage


def month(period: Period, as_of: datetime | None = None) -> Iterator[TenantMonth]:
    """Every customer's month until `as_of`, by the customer's id. Reads as the current role, which
    sees all of them."""
    tracks_of = _Shared()
    return (charged(usage, tracks_of) for usage in usages(period, as_of))


def compare(
    period: Period, prices: Prices, as_of: datetime | None = None
) -> Iterator[tuple[TenantMonth, TenantMonth]]:
    """Every customer's month as it is, and as if its plan had these prices all along. Customers
    of other plans are the same twice."""
    tracks_of = _Shared()
    for usage in usages(period, as_of, by_attributes=_by_attribute([prices])):
        before = charged(usage, tracks_of)
        if all(epoch.prices.plan != prices.plan for epoch in usage.epochs):
            yield before, before
        else:
            yield before, charged(_at(usage, prices))


class _Shared:
    """The tracks of epochs, worked out once for all customers that share them."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Sequence[Epoch], Tracks]] = {}

    def __call__(self, epochs: Sequence[Epoch]) -> Tracks:
        """Those of these very epochs, which are kept so that no others take their identity."""
        if id(epochs) not in self._known:
            self._known[id(epochs)] = epochs, tracks(epochs)
        return self._known[id(epochs)][1]


def charged(usage: Usage, tracks_of: Callable[[Sequence[Epoch]], Tracks] = tracks) -> TenantMonth:
    """What the usage costs."""
    agreed = usage.epochs
    rated = apply(usage.period, currency_of(agreed), tracks_of(agreed), usage.used)
    return TenantMonth(
        tenant_id=usage.tenant.id,
        tenant_slug=usage.tenant.slug,
        tenant_name=usage.tenant.name,
        currency=rated.currency,
        lines=tuple(map(_line, rated.lines)),
        unpriced=unpriced(rated.unpriced, usage.period),
        coverage=usage.coverage,
        total=total(line.amount for line in rated.lines),
        exact=total(line.exact for line in rated.lines),
        generated=_generated(rated),
    )


def usages(
    period: Period, as_of: datetime | None = None, *, by_attributes: bool = False
) -> Iterator[Usage]:
    """What every customer used, by the customer's id. A handful of queries for most of them; two
    more for each set of moments at which some customers changed their plans.

    Traffic is told apart by the attributes of machines on request, and where a price of anybody
    depends on them.
    """
    end = horizon(period, as_of or timezone.now())
    if end == period.start:
        return
    agreed = epochs(None, period.start, end)
    refs = {row.ref.id: row.ref for row in map(customer_row, customers(SYSTEM))}
    split = by_attributes or _by_attribute(
        epoch.prices for mine in agreed.values() for epoch in mine
    )
    totals = _totals(period, end, refs, agreed, by_attributes=split)
    for tenant_id in sorted(refs):
        mine = agreed.get(tenant_id, ())
        yield _usage(refs[tenant_id], period, end, mine, totals.get(tenant_id, NOTHING))


@dataclass(slots=True)
class _Totals:
    """What the database summed of one customer, in the stretches between its price changes."""

    lived: list[LifetimeTotal] = field(default_factory=list)
    traffic: list[TenantTraffic] = field(default_factory=list)


NOTHING = _Totals()


def _usage(
    tenant: TenantRef, period: Period, end: int, agreed: tuple[Epoch, ...], totals: _Totals
) -> Usage:
    cuts = boundaries(agreed, period.start, end)
    return Usage(
        tenant,
        period,
        end,
        agreed,
        (
            *cut.months(agreed, cut.grid(period, cuts, by_day=False)),
            *_hours(totals.lived, cuts),
            *_bytes(totals.traffic, cuts),
        ),
        Coverage(
            sum(row.covered_seconds for row in totals.traffic),
            sum(row.seconds for row in totals.lived if row.noun == PORT),
        ),
    )


def _hours(totals: Sequence[LifetimeTotal], cuts: Sequence[int]) -> Iterator[Used]:
    for row in totals:
        attributes = dict(row.attributes)
        since = cuts[row.place]
        yield Used(HOURS_OF[row.noun], since, row.seconds, attributes, generated=row.generated)


def _bytes(totals: Sequence[TenantTraffic], cuts: Sequence[int]) -> list[Used]:
    used = []
    for row in totals:
        since, attributes = cuts[row.place], dict(row.attributes)
        for meter, units in zip(TRAFFIC, (row.bytes_in, row.bytes_out), strict=True):
            if units:
                used.append(Used(meter, since, units, attributes, generated=row.generated))
    return used


def _totals(
    period: Period,
    end: int,
    tenants: Collection[UUID],
    agreed: Mapping[UUID, tuple[Epoch, ...]],
    *,
    by_attributes: bool,
) -> dict[UUID, _Totals]:
    """The sums of each customer, cut where its prices change. Those whose prices change at the
    same times are read at once, and the most of them together with everybody."""
    by_cuts: dict[tuple[int, ...], list[UUID]] = {}
    for tenant_id in tenants:
        cuts = boundaries(agreed.get(tenant_id, ()), period.start, end)
        by_cuts.setdefault(cuts, []).append(tenant_id)
    most = max(by_cuts, key=lambda cuts: len(by_cuts[cuts]), default=())
    found: dict[UUID, _Totals] = {}
    for cuts, members in by_cuts.items():
        mine = {tenant_id: _Totals() for tenant_id in members}
        found |= mine
        wanted = None if cuts == most else members
        starts, until = [moment(at) for at in cuts[:-1]], moment(end)
        for lived in lifetime_totals(wanted, starts, until):
            if lived.tenant_id in mine:
                mine[lived.tenant_id].lived.append(lived)
        for counted in traffic_totals(wanted, starts, until, by_attributes=by_attributes):
            if counted.tenant_id in mine:
                mine[counted.tenant_id].traffic.append(counted)
    return found


def _by_attribute(lists: Iterable[Prices]) -> bool:
    """Whether a price of traffic depends on whose it is."""
    return any(
        component.where and component.meter in TRAFFIC
        for prices in lists
        for component in prices.components
    )


def _at(usage: Usage, prices: Prices) -> Usage:
    """The usage at other prices of its plan."""
    agreed = tuple(
        replace(epoch, prices=prices) if epoch.prices.plan == prices.plan else epoch
        for epoch in usage.epochs
    )
    return replace(usage, epochs=agreed)


def _line(line: RatedLine) -> MonthLine:
    return MonthLine(
        meter=line.meter,
        where=dict(line.where),
        band=line.band,
        start=moment(line.start),
        end=moment(line.end),
        units=line.units,
        quantity=line.quantity,
        exact=line.exact,
        amount=line.amount,
    )


def _generated(rated: Rated) -> bool:
    return any(line.generated for line in rated.lines)
