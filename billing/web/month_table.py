"""All customers' month as it was worked out at one moment, kept for whoever looks next.

To rate every customer takes longer than a page may take. So a page shows what was worked out last
and says when that was; it has it worked out anew in a request of its own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from billing.rating.period import Period
from billing.statements import month
from billing.web.customer_lines import CustomerLine, Sums, customer_line, sums
from billing.web.metering import Metering, Unseen, Wrong, metering
from tenants.access import TenantRef

FRESH = timedelta(minutes=1)
"""What is older has itself worked out anew when somebody looks at it."""
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MonthTable:
    """A line of each customer, the sums of these very lines, and what is counted wrongly; all of
    it as of the same moment."""

    as_of: datetime
    lines: list[CustomerLine]
    sums: list[Sums]
    metering: Metering

    @property
    def is_old(self) -> bool:
        """Whether whoever looks at it should get a newer one."""
        return timezone.now() - self.as_of > FRESH

    @property
    def generated(self) -> bool:
        """Whether some of the usage was made up for a demonstration."""
        return any(line.generated for line in self.lines)


def worked_out_last(period: Period) -> MonthTable | None:
    """The month as it was worked out last, if it was within a day. No query."""
    table: MonthTable | None = cache.get(_key(period))
    return table


def work_out(period: Period) -> MonthTable:
    """Rate the month of everybody until now, and keep it. Reads as the current role, which sees
    all customers; in a handful of queries."""
    now = timezone.now()
    lines, tenants = [], {}
    for one in month(period, now):
        lines.append(customer_line(one))
        tenants[one.tenant_id] = TenantRef(one.tenant_id, one.tenant_slug, one.tenant_name)
    table = MonthTable(now, lines, sums(lines), metering(period, now, tenants))
    cache.set(_key(period), table, KEPT.total_seconds())
    return table


def _key(period: Period) -> str:
    return f"billing-month:{_SHAPE}:{settings.BILLING_TIME_ZONE}:{period}"


# What another release kept may have other fields, so it is looked for under another name.
_SHAPE = sha256(
    "".join(
        f"{kept.__module__}.{kept.__qualname__}{kept.__annotations__}"
        for kept in (MonthTable, CustomerLine, Sums, Metering, Wrong, Unseen, TenantRef)
    ).encode()
).hexdigest()[:12]
