"""What the pages of spend share, whoever looks at them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from billing.rating.meters import TRAFFIC
from billing.rating.period import moment
from billing.statements.spend import MeterSpend, Spend, Totals, spend, totals
from billing.web.day_chart import INKS, day_chart
from billing.web.months import Months
from portal.lib.htmx import FragmentMixin
from tenants.access import Capability
from tenants.web.base import StaffPage, TenantPage

PARTS_SHOWN = 50
LOW_COVERAGE = 95  # percent; below it people should know before they rely on a number


class TenantBillingPage(FragmentMixin, TenantPage):
    """A page about what the tenant spends."""

    capability = Capability.BILLING_VIEW
    nav = "spend"


class StaffBillingPage(FragmentMixin, StaffPage):
    """A page about what customers spend."""

    capability = Capability.STAFF_BILLING_VIEW
    write_capability = Capability.STAFF_BILLING_WRITE
    nav = "billing"
    page_size = 100


@dataclass(frozen=True, slots=True)
class MeterLine:
    """A meter's row: this month beside the last one, in its colour."""

    now: MeterSpend
    before: MeterSpend | None
    ink: int


def spend_context(tenant_id: UUID, months: Months, label: str) -> dict[str, Any]:
    """What the page of one customer's month shows, in a constant number of queries."""
    now = timezone.now()
    spent = spend(tenant_id, months.shown, now, label)
    before = totals(tenant_id, months.shown.previous, now)
    return {
        "months": months,
        "spent": spent,
        "counted_until": moment(spent.as_of),
        "before": before,
        "meter_lines": _meter_lines(spent, before),
        "chart": day_chart(spent),
        "networks": spent.networks[:PARTS_SHOWN],
        "more_networks": max(len(spent.networks) - PARTS_SHOWN, 0),
        "labels": spent.labels,
        "label": spent.label,
        "label_parts": spent.values[:PARTS_SHOWN],
        "more_label_parts": max(len(spent.values) - PARTS_SHOWN, 0),
        "low_coverage": _is_low(spent),
    }


def _meter_lines(spent: Spend, before: Totals) -> list[MeterLine]:
    former = {row.meter: row for row in before.meters}
    return [MeterLine(row, former.get(row.meter), INKS[row.meter]) for row in spent.meters]


def _is_low(spent: Spend) -> bool:
    share = spent.coverage.share
    moved = any(row.meter in TRAFFIC for row in spent.meters)
    return share is not None and share * 100 < LOW_COVERAGE and (moved or share > 0)
