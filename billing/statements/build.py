"""The statement of one customer's month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from billing.rating import cut
from billing.rating.lines import Charge, Rated, RatedLine
from billing.rating.lines import Unpriced as RatedUnpriced
from billing.rating.meters import METERS, TRAFFIC, Meter
from billing.rating.money import quantity, total
from billing.rating.period import Period, moment
from billing.rating.prices import units_per
from billing.rating.rate import rate
from billing.rating.schedule import boundaries
from billing.selectors.plans import missing
from billing.statements.document import (
    Coverage,
    Covered,
    DayCharge,
    Line,
    MeterSum,
    Resource,
    ResourceCharge,
    Statement,
    Unpriced,
)
from billing.statements.gathered import Gathered
from billing.statements.inputs import Inputs, lives, read
from networking.selectors.usage import LifetimeRow
from tenants.access import TenantRef
from tenants.selectors import tenant_by_id

Resources = Mapping[UUID, Resource]
Coverages = Mapping[UUID, Coverage]


def statement(tenant_id: UUID, period: Period, as_of: datetime | None = None) -> Statement:
    """A customer's month until `as_of` (now, if none is given). Reads as the current role. Raises
    Refusal with status 404 for a customer that is not seen."""
    tenant = tenant_by_id(tenant_id)
    if tenant is None:
        raise missing("customer")
    return build(read(tenant, period, as_of or timezone.now()))


def build(inputs: Inputs) -> Statement:
    """The statement of these inputs; the same ones give the same statement, in any order."""
    rated = _rate(inputs)
    known = resources(inputs)
    covered = coverages(inputs)
    lines = tuple(line_of(line, _by_resource(line, inputs, known, covered)) for line in rated.lines)
    return replace(
        lines_alone(inputs.tenant, inputs, rated, lines),
        meters=_meters(lines, covered),
        coverage=tuple(Covered(known[port], covered[port]) for port in sorted(covered)),
    )


def lines_alone(
    tenant: TenantRef, month: Inputs | Gathered, rated: Rated, lines: tuple[Line, ...]
) -> Statement:
    """A statement of these lines of what was rated, without `meters` and `coverage`."""
    return Statement(
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        period=month.period,
        start=moment(month.period.start),
        end=moment(month.period.end),
        as_of=moment(month.until),
        complete=month.complete,
        currency=rated.currency,
        lines=lines,
        meters=(),
        unpriced=unpriced(rated.unpriced, month.period),
        coverage=(),
        total=total(line.amount for line in lines),
        exact=total(line.exact for line in lines),
        generated=any(line.generated for line in lines),
    )


def line_of(line: RatedLine, resources: tuple[ResourceCharge, ...] = ()) -> Line:
    """A line as a statement has it."""
    kind = METERS[line.meter]
    return Line(
        meter=line.meter,
        title=kind.title,
        where=dict(line.where),
        band=line.band,
        start=moment(line.start),
        end=moment(line.end),
        versions=line.versions,
        unit=kind.unit,
        units_name=kind.units,
        units=line.units,
        quantity=line.quantity,
        exact=line.exact,
        amount=line.amount,
        generated=line.generated,
        resources=resources,
    )


def resources(inputs: Inputs) -> Resources:
    """Each noun as it was last known within the month; a port of which only traffic is left goes
    by its id."""
    newest: dict[UUID, LifetimeRow] = {}
    for row in sorted(inputs.lifetimes, key=lambda row: row.start):
        newest[row.noun_id] = row
    known = {
        row.noun_id: Resource(
            row.noun_id,
            row.noun,
            row.name,
            row.network_id,
            row.network_name or "",
            dict(row.labels),
        )
        for row in newest.values()
    }
    for count in inputs.traffic:
        known.setdefault(count.resource, Resource(count.resource, "port", str(count.resource)))
    return known


def coverages(inputs: Inputs) -> Coverages:
    """For each port, for how long its counters were read of the time that it was there."""
    covered = dict.fromkeys((row.resource for row in inputs.traffic), 0)
    for count in {(row.resource, row.day, row.since): row for row in inputs.traffic}.values():
        covered[count.resource] += count.covered
    spans = port_spans(inputs.lifetimes, inputs.period.start, inputs.until)
    return {
        port: Coverage(covered.get(port, 0), expected_seconds(spans.get(port, ())))
        for port in {*covered, *spans}
    }


def port_spans(
    rows: Iterable[LifetimeRow], start: int, end: int
) -> dict[UUID, list[tuple[int, int]]]:
    """When each port was there, within `[start, end)`."""
    spans: dict[UUID, list[tuple[int, int]]] = {}
    for row in lives(row for row in rows if row.noun == "port"):
        until = end if row.end is None else min(row.end, end)
        spans.setdefault(row.resource, []).append((max(row.start, start), until))
    return spans


def attributes_of(rows: Iterable[LifetimeRow]) -> dict[UUID, dict[str, str]]:
    """What each port's traffic goes by: its attributes, which do not change while it lives."""
    ports = sorted((row for row in rows if row.noun == "port"), key=lambda row: row.start)
    return {row.noun_id: dict(row.attributes) for row in ports}


def expected_seconds(spans: Iterable[tuple[int, int]]) -> int:
    """How long a port was there, whatever pieces that comes in."""
    return sum(end - start for start, end in cut.union(span for span in spans if span[0] < span[1]))


def unpriced(rest: Iterable[RatedUnpriced], period: Period) -> tuple[Unpriced, ...]:
    """What has no price, in the unit that a price would have."""
    return tuple(
        Unpriced(
            one.meter,
            METERS[one.meter].title,
            METERS[one.meter].unit,
            one.units,
            quantity(one.units, units_per(one.meter, period.seconds)),
        )
        for one in rest
    )


def _rate(inputs: Inputs) -> Rated:
    period = inputs.period
    cells = cut.grid(period, boundaries(inputs.epochs, period.start, inputs.until), by_day=True)
    used = [
        *cut.months(inputs.epochs, cells),
        *cut.hours(lives(inputs.lifetimes), cells),
        *cut.gigabytes(inputs.traffic, attributes_of(inputs.lifetimes)),
    ]
    return rate(period, inputs.epochs, used)


def _by_resource(
    line: RatedLine, inputs: Inputs, known: Resources, covered: Coverages
) -> tuple[ResourceCharge, ...]:
    """A line's charges by resource, by name, each in order of days."""
    charges: dict[UUID | None, list[Charge]] = {}
    for charge in line.charges:
        charges.setdefault(charge.resource, []).append(charge)
    whole = Resource(inputs.tenant.id, "subscription", " and ".join(line.versions))
    found = []
    for resource, mine in charges.items():
        counted = covered.get(resource) if resource and line.meter in TRAFFIC else None
        found.append(_resource(known[resource] if resource else whole, mine, counted))
    return tuple(sorted(found, key=lambda charge: (charge.resource.name, charge.resource.id)))


def _resource(
    resource: Resource, charges: Sequence[Charge], coverage: Coverage | None
) -> ResourceCharge:
    return ResourceCharge(
        resource=resource,
        units=sum(charge.units for charge in charges),
        quantity=total(charge.quantity for charge in charges),
        exact=total(charge.exact for charge in charges),
        coverage=coverage,
        generated=any(charge.generated for charge in charges),
        days=tuple(
            DayCharge(charge.day, charge.units, charge.quantity, charge.exact)
            for charge in charges
            if charge.day is not None
        ),
    )


def _meters(lines: Sequence[Line], covered: Coverages) -> tuple[MeterSum, ...]:
    """What has a line, by meter; coverage counts the ports without a line, too."""
    by_meter: dict[Meter, list[Line]] = {}
    for line in lines:
        by_meter.setdefault(line.meter, []).append(line)
    traffic = Coverage(
        sum(one.covered for one in covered.values()), sum(one.expected for one in covered.values())
    )
    return tuple(
        MeterSum(
            meter=meter,
            title=mine[0].title,
            unit=mine[0].unit,
            units=sum(line.units for line in mine),
            quantity=total(line.quantity for line in mine),
            exact=total(line.exact for line in mine),
            amount=total(line.amount for line in mine),
            coverage=traffic if meter in TRAFFIC else None,
        )
        for meter, mine in by_meter.items()
    )
