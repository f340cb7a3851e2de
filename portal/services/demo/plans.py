"""What the demo's customers pay: one plan, which they agreed on before their made-up past began."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from billing import selectors
from billing.services import plans, subscriptions
from billing.services.plans import ComponentInput, TierInput
from portal.lib import db
from portal.lib.db import DatabaseRole
from portal.services.demo import past
from tenants.access import SYSTEM, TenantRef

CODE = "standard"


def _hours(noun: str, price: str, **where: str) -> ComponentInput:
    return ComponentInput(f"{noun}.hours", "per_unit", (TierInput(price),), where=where)


PRICES = (
    ComponentInput("subscription.months", "flat", (TierInput("25.00"),)),
    _hours("network", "0.004", family="ipv4"),
    _hours("network", "0.005", family="dual"),
    _hours("port", "0.012"),
    _hours("vip", "0.010", health_check="no"),
    _hours("vip", "0.014", health_check="yes"),
    _hours("site", "0.030"),
    _hours("gateway", "0.050"),
    ComponentInput("traffic.in", "per_unit", (TierInput("0.010"),)),
    ComponentInput(
        "traffic.out",
        "graduated",
        (TierInput("0.050", 1000), TierInput("0.040", 10_000), TierInput("0.030")),
        included=100,
    ),
)


def agree(tenants: Iterable[TenantRef]) -> None:
    """Publish the plan and put the customers on it, once: what people change later stays."""
    start = past.first_day(timezone.now())
    with db.acting_as(DatabaseRole.STAFF):
        if not any(row.code == CODE for row in selectors.plans()):
            plans.create(SYSTEM, code=CODE, name="Standard")
            draft = plans.create_version(SYSTEM, CODE)
            plans.edit_draft(SYSTEM, draft.id, PRICES)
            plans.publish(SYSTEM, draft.id, start)
        for tenant in tenants:
            if not _subscribed(tenant.id, start):
                subscriptions.subscribe(SYSTEM, tenant.id, CODE, start)


def _subscribed(tenant_id: UUID, start: datetime) -> bool:
    """Whether the customer was ever on a plan since, or will be."""
    return bool(
        selectors.subscriptions([tenant_id], start, datetime.max.replace(tzinfo=start.tzinfo))
    )
