"""The month of all customers, one after another: the lines of their statements without resources.

The database sums the traffic, lifetimes are streamed, and no customer's days are looked at, since
an amount needs no more than the units at each price.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.utils import timezone

from billing.rating import cut
from billing.rating.cut import Cell
from billing.rating.lines import Rated, RatedLine
from billing.rating.meters import TRAFFIC
from billing.rating.money import total
from billing.rating.period import Period, moment
from billing.rating.prices import Epoch, Prices
from billing.rating.rate import rate
from billing.rating.schedule import boundaries
from billing.rating.usage import Used
from billing.selectors import epochs
from billing.statements.build import attributes_of, expected_seconds, port_spans, unpriced
from billing.statements.document import Coverage, MonthLine, TenantMonth
from billing.statements.inputs import horizon, lives, moved
from networking.selectors.traffic import TenantTraffic, traffic_totals
from networking.selectors.usage import LifetimeRow, lifetimes
from tenants.access import SYSTEM, TenantRef
from tenants.selectors import customer_row, customers


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
    sees all of them, and stays in its transaction until it is done."""
    return (charged(usage) for usage in usages(period, as_of))


def compare(
    period: Period, prices: Prices, as_of: datetime | None = None
) -> Iterator[tuple[TenantMonth, TenantMonth]]:
    """Every customer's month as it is, and as if its plan had these prices all along. Customers
    of other plans are the same twice."""
    for usage in usages(period, as_of):
        before = charged(usage)
        if all(epoch.prices.plan != prices.plan for epoch in usage.epochs):
            yield before, before
        else:
            yield before, charged(_at(usage, prices))


def charged(usage: Usage) -> TenantMonth:
    """What the usage costs."""
    rated = rate(usage.period, usage.epochs, usage.used)
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


def usages(period: Period, as_of: datetime | None = None) -> Iterator[Usage]:
    """What every customer used, by the customer's id. A handful of queries for most of them; one
    more for each stretch of time in which customers changed their plans."""
    end = horizon(period, as_of or timezone.now())
    if end == period.start:
        return
    agreed = epochs(None, period.start, end)
    refs = {row.ref.id: row.ref for row in map(customer_row, customers(SYSTEM))}
    totals = _totals(period, end, refs, agreed)
    lived = _lived(period, end)
    pending = next(lived, None)
    for tenant_id in sorted(refs):
        mine: tuple[LifetimeRow, ...] = ()
        if pending is not None and pending[0] == tenant_id:
            mine, pending = pending[1], next(lived, None)
        assert pending is None or pending[0] > tenant_id, "both are in the order of ids"
        yield _usage(
            refs[tenant_id], period, end, agreed.get(tenant_id, ()), mine, totals.get(tenant_id, ())
        )


def _usage(
    tenant: TenantRef,
    period: Period,
    end: int,
    agreed: tuple[Epoch, ...],
    lived: Sequence[LifetimeRow],
    totals: Sequence[TenantTraffic],
) -> Usage:
    cells = cut.grid(period, boundaries(agreed, period.start, end), by_day=False)
    traffic = (
        cut.gigabytes(moved(tenant.id, cells), attributes_of(lived))
        if _by_attribute(agreed)
        else _bytes(totals, cells)
    )
    spans = port_spans(lived, period.start, end)
    return Usage(
        tenant,
        period,
        end,
        agreed,
        (*cut.months(agreed, cells), *cut.hours(lives(lived), cells), *traffic),
        Coverage(
            sum(row.covered_seconds for row in totals),
            sum(map(expected_seconds, spans.values())),
        ),
    )


def _bytes(totals: Sequence[TenantTraffic], cells: Sequence[Cell]) -> list[Used]:
    used = []
    for row in totals:
        units = (row.bytes_in, row.bytes_out)
        for meter, counted in zip(TRAFFIC, units, strict=True):
            if counted:
                since = cells[row.place].since
                used.append(Used(meter, since, counted, generated=row.generated))
    return used


def _totals(
    period: Period, end: int, tenants: Collection[UUID], agreed: Mapping[UUID, tuple[Epoch, ...]]
) -> dict[UUID, list[TenantTraffic]]:
    """The traffic of each customer, cut where its prices change. Those whose prices change at the
    same times are read at once, and the most of them together with everybody."""
    by_cuts: dict[tuple[int, ...], list[UUID]] = {}
    for tenant_id in tenants:
        cuts = boundaries(agreed.get(tenant_id, ()), period.start, end)
        by_cuts.setdefault(cuts, []).append(tenant_id)
    most = max(by_cuts, key=lambda cuts: len(by_cuts[cuts]), default=())
    found: dict[UUID, list[TenantTraffic]] = {}
    for cuts, members in by_cuts.items():
        wanted = set(members)
        starts = [moment(at) for at in cuts[:-1]]
        for row in traffic_totals(None if cuts == most else members, starts, moment(end)):
            if row.tenant_id in wanted:
                found.setdefault(row.tenant_id, []).append(row)
    return found


def _lived(period: Period, end: int) -> Iterator[tuple[UUID, tuple[LifetimeRow, ...]]]:
    rows = lifetimes(None, moment(period.start), moment(end))
    for tenant_id, mine in groupby(rows, key=lambda row: row.tenant_id):
        yield tenant_id, tuple(mine)


def _by_attribute(agreed: Sequence[Epoch]) -> bool:
    """Whether a price of traffic depends on whose it is."""
    return any(
        component.where and component.meter in TRAFFIC
        for epoch in agreed
        for component in epoch.prices.components
    )


def _at(usage: Usage, prices: Prices) -> Usage:
    """The usage at other prices of its plan. Where these depend on an attribute of machines, their
    traffic is read anew."""
    agreed = tuple(
        replace(epoch, prices=prices) if epoch.prices.plan == prices.plan else epoch
        for epoch in usage.epochs
    )
    changed = replace(usage, epochs=agreed)
    if not _by_attribute(agreed):
        return changed
    period, end, tenant_id = usage.period, usage.end, usage.tenant.id
    cells = cut.grid(period, boundaries(agreed, period.start, end), by_day=False)
    lived = tuple(lifetimes([tenant_id], moment(period.start), moment(end)))
    kept = (used for used in usage.used if used.meter not in TRAFFIC)
    traffic = cut.gigabytes(moved(tenant_id, cells), attributes_of(lived))
    return replace(changed, used=(*kept, *traffic))


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
