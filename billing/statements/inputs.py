"""All that a statement is made of, read from networking and turned into rating's values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from billing.rating import cut
from billing.rating.cut import Cell
from billing.rating.period import Period, instant, moment
from billing.rating.prices import Epoch
from billing.rating.schedule import boundaries
from billing.rating.usage import Lifetime, Traffic
from billing.selectors import epochs
from networking.selectors.traffic import traffic
from networking.selectors.usage import LifetimeRow, lifetimes
from tenants.access import TenantRef


@dataclass(frozen=True, slots=True)
class Inputs:
    """Whose month it is, until when it is counted, whether all of it is in, and what was there,
    moved and agreed on."""

    tenant: TenantRef
    period: Period
    until: int
    complete: bool
    epochs: tuple[Epoch, ...]
    lifetimes: tuple[LifetimeRow, ...]
    traffic: tuple[Traffic, ...]


def horizon(period: Period, as_of: datetime) -> int:
    """The second until which the month is counted: not beyond its end, nor before its start."""
    return max(period.start, min(period.end, instant(as_of)))


def read(tenant: TenantRef, period: Period, as_of: datetime) -> Inputs:
    """The inputs of one customer's month. Reads as the current role."""
    end, complete = horizon(period, as_of), period.complete(as_of)
    if end == period.start:
        return Inputs(tenant, period, end, complete, (), (), ())
    agreed = epochs([tenant.id], period.start, end).get(tenant.id, ())
    lived = tuple(lifetimes([tenant.id], moment(period.start), moment(end)))
    cells = cut.grid(period, boundaries(agreed, period.start, end), by_day=True)
    return Inputs(tenant, period, end, complete, agreed, lived, moved(tenant.id, cells))


def moved(tenant_id: UUID, cells: Sequence[Cell]) -> tuple[Traffic, ...]:
    """A customer's bytes by port and day, cut where prices change: an hour belongs to the price
    that holds when it begins."""
    starts = [moment(cell.start) for cell in cells]
    return tuple(
        Traffic(
            resource=row.port_id,
            day=cells[row.place].day,
            since=cells[row.place].since,
            bytes_in=row.bytes_in,
            bytes_out=row.bytes_out,
            covered=row.covered_seconds,
            generated=row.generated,
        )
        for row in traffic(tenant_id, starts, moment(cells[-1].end))
    )


def lives(rows: Iterable[LifetimeRow]) -> Iterator[Lifetime]:
    """Lifetimes in whole seconds, as rating takes them."""
    for row in rows:
        yield Lifetime(
            noun=row.noun,
            resource=row.noun_id,
            start=instant(row.start),
            end=None if row.end is None else instant(row.end),
            attributes=dict(row.attributes),
            generated=row.generated,
        )
