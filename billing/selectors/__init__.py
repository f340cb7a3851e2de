"""The reads of this app; rows are frozen. Row-level security decides whose are seen."""

from billing.selectors.plans import PlanRow, VersionRow, numbered, plan, plans, version
from billing.selectors.subscriptions import (
    SubscriptionRow,
    epochs,
    subscription,
    subscriptions,
)

__all__ = [
    "PlanRow",
    "SubscriptionRow",
    "VersionRow",
    "epochs",
    "numbered",
    "plan",
    "plans",
    "subscription",
    "subscriptions",
    "version",
]
