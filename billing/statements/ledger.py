"""A statement line by line, resource by resource and day by day, without holding all of it: for
customers with tens of thousands of machines."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from billing.rating import cut
from billing.rating.cut import Cell
from billing.rating.ledger import Column, Posted, ledger
from billing.rating.meters import HOURS_OF, TRAFFIC, Meter
from billing.rating.period import Period, moment
from billing.rating.prices import Where, matches
from billing.rating.rate import currency_of
from billing.rating.schedule import boundaries
from billing.selectors import epochs
from billing.statements.build import Resources, attributes_of, line_of, resources
from billing.statements.document import Line, Resource
from billing.statements.inputs import Inputs, horizon, lives
from networking.selectors.traffic import traffic_stream
from networking.selectors.usage import lifetimes
from tenants.access import TenantRef


@dataclass(frozen=True, slots=True)
class Entry:
    """What one resource has in a line: for each day the units, and the quantity in millionths."""

    resource: Resource
    generated: bool
    days: list[tuple[date, int, int]]


@dataclass(slots=True)
class Ledger:
    """All that a customer's month is made of, read already: `lines` asks nothing of the database.
    It takes a kilobyte or so for each resource, and eight bytes more for each of its days."""

    inputs: Inputs
    cells: Sequence[Cell]
    moved: dict[Meter, Column] = field(repr=False)
    known: Resources = field(repr=False)

    @property
    def currency(self) -> str:
        """Of all amounts; empty without a plan."""
        return currency_of(self.inputs.epochs)

    @property
    def complete(self) -> bool:
        """Whether all of the month is in."""
        return self.inputs.complete

    def lines(self) -> Iterator[tuple[Line, Iterator[Entry]]]:
        """The lines of the statement without their resources, each with these by name."""
        if not self.cells:
            return
        inputs = self.inputs
        for posted in ledger(inputs.period, inputs.epochs, self.cells, self._column):
            yield line_of(posted.line), self._entries(posted)

    def _entries(self, posted: Posted) -> Iterator[Entry]:
        names = " and ".join(posted.line.versions)
        whole = Resource(self.inputs.tenant.id, "subscription", names)
        told = [self.known[one] if one else whole for one in posted.resources]
        for place in sorted(range(len(told)), key=lambda n: (told[n].name, told[n].id)):
            if charges := posted.charges(place):
                days = [(day, units, share) for day, units, share in charges if day is not None]
                yield Entry(told[place], posted.generated(place), days)

    def _column(self, meter: Meter, where: Where) -> Column:
        if meter in TRAFFIC:
            return self._traffic(meter, where)
        if meter is Meter.SUBSCRIPTION_MONTHS:
            units = array("q", [0] * len(self.cells))
            for used in cut.months(self.inputs.epochs, self.cells):
                units[self._place(used.since, used.day)] += used.units
            return Column([None], units)
        return self._hours(meter, where)

    def _hours(self, meter: Meter, where: Where) -> Column:
        """Lifetimes come by id, and those of one noun do not overlap: the database excludes it."""
        cells, starts = self.cells, [cell.start for cell in self.cells]
        nothing = [0] * len(cells)
        ids: list[UUID | None] = []
        units, made = array("q"), bytearray()
        any_made = False
        for row in lives(self.inputs.lifetimes):
            if HOURS_OF[row.noun] is not meter or not matches(where, row.attributes):
                continue
            if not ids or ids[-1] != row.resource:
                ids.append(row.resource)
                units.extend(nothing)
                made.extend(bytes(len(cells)))
            base = len(made) - len(cells)
            any_made |= row.generated
            for place, seconds in cut.seconds(row.start, row.end, cells, starts):
                units[base + place] += seconds
                made[base + place] |= row.generated
        return Column(ids, units, made if any_made else None)

    def _traffic(self, meter: Meter, where: Where) -> Column:
        column = self.moved[meter]
        if not where:
            return column
        width, attributes = len(self.cells), attributes_of(self.inputs.lifetimes)
        ids: list[UUID | None] = []
        units, made = array("q"), bytearray()
        for n, port in enumerate(column.resources):
            if port is not None and matches(where, attributes.get(port, {})):
                ids.append(port)
                units.extend(column.units[n * width : (n + 1) * width])
                if column.made is not None:
                    made.extend(column.made[n * width : (n + 1) * width])
        return Column(ids, units, made if column.made is not None else None)

    def _place(self, since: int, day: date | None) -> int:
        return next(
            n for n, cell in enumerate(self.cells) if (cell.since, cell.day) == (since, day)
        )


def read_ledger(tenant: TenantRef, period: Period, as_of: datetime) -> Ledger:
    """The month of one customer until `as_of`. Reads as the current role, in a transaction."""
    end, complete = horizon(period, as_of), period.complete(as_of)
    if end == period.start:
        return Ledger(Inputs(tenant, period, end, complete, (), (), ()), (), {}, {})
    agreed = epochs([tenant.id], period.start, end).get(tenant.id, ())
    lived = tuple(lifetimes([tenant.id], moment(period.start), moment(end)))
    cells = cut.grid(period, boundaries(agreed, period.start, end), by_day=True)
    inputs = Inputs(tenant, period, end, complete, agreed, lived, ())
    moved = _moved(tenant.id, cells)
    known = dict(resources(inputs))
    for port in moved[TRAFFIC[0]].resources:
        if port is not None and port not in known:
            known[port] = Resource(port, "port", str(port))
    return Ledger(inputs, cells, moved, known)


def _moved(tenant_id: UUID, cells: Sequence[Cell]) -> dict[Meter, Column]:
    """The traffic of each port in each cell."""
    ids: list[UUID | None] = []
    columns = array("q"), array("q")
    made = bytearray()
    nothing = [0] * len(cells)
    any_made = False
    starts = [moment(cell.start) for cell in cells]
    for row in traffic_stream(tenant_id, starts, moment(cells[-1].end)):
        port, place, bytes_in, bytes_out, _, generated = row
        if not ids or ids[-1] != port:
            ids.append(port)
            made.extend(bytes(len(cells)))
            for column in columns:
                column.extend(nothing)
        at = len(made) - len(cells) + place
        columns[0][at], columns[1][at], made[at] = bytes_in, bytes_out, generated
        any_made |= generated
    told = made if any_made else None
    return {
        meter: Column(ids, column, told) for meter, column in zip(TRAFFIC, columns, strict=True)
    }
