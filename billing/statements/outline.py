"""A statement without its resources: the same lines, as quick for many machines as for few."""

from billing.rating.lines import RatedLine
from billing.rating.meters import METERS
from billing.rating.money import total
from billing.rating.period import moment
from billing.rating.rate import rate
from billing.rating.schedule import clip
from billing.statements.build import unpriced
from billing.statements.document import Line, Statement
from billing.statements.gathered import Gathered
from tenants.access import TenantRef


def outline(tenant: TenantRef, gathered: Gathered) -> Statement:
    """The statement of what was gathered; `resources`, `meters` and `coverage` are left empty."""
    period = gathered.period
    epochs = clip(gathered.prices, period.start, gathered.until)
    rated = rate(period, epochs, gathered.used)
    lines = tuple(map(_line, rated.lines))
    return Statement(
        tenant_id=tenant.id,
        tenant_slug=tenant.slug,
        tenant_name=tenant.name,
        period=period,
        start=moment(period.start),
        end=moment(period.end),
        as_of=moment(gathered.until),
        complete=gathered.until == period.end,
        currency=rated.currency,
        lines=lines,
        meters=(),
        unpriced=unpriced(rated.unpriced, period),
        coverage=(),
        total=total(line.amount for line in lines),
        exact=total(line.exact for line in lines),
        generated=any(line.generated for line in lines),
    )


def _line(line: RatedLine) -> Line:
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
        resources=(),
    )
