"""The app's tables, one file a noun."""

from billing.models.plan import Plan, PlanVersion, PriceComponent, PriceTier
from billing.models.subscription import Subscription

__all__ = ["Plan", "PlanVersion", "PriceComponent", "PriceTier", "Subscription"]
