"""A statement without its resources: the same lines, as quick for many machines as for few."""

from billing.rating.rate import rate
from billing.rating.schedule import clip
from billing.statements.build import line_of, lines_alone
from billing.statements.document import Statement
from billing.statements.gathered import Gathered
from tenants.access import TenantRef


def outline(tenant: TenantRef, gathered: Gathered) -> Statement:
    """The statement of what was gathered; `resources`, `meters` and `coverage` are left empty."""
    period = gathered.period
    epochs = clip(gathered.prices, period.start, gathered.until)
    rated = rate(period, epochs, gathered.used)
    return lines_alone(tenant, gathered, rated, tuple(map(line_of, rated.lines)))
