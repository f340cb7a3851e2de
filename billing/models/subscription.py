"""Subscription: which plan a customer is on, and when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models

from billing.models.base import Row


class Subscription(Row):
    """A customer is on one plan at a time. `during` is `[start, end)` in UTC, without an end
    while it lasts."""

    tenant = models.ForeignKey("tenants.Tenant", models.PROTECT, related_name="+")
    plan = models.ForeignKey("billing.Plan", models.PROTECT, related_name="subscriptions")
    during = DateTimeRangeField()

    class Meta:
        ordering = ("during",)
        constraints = (
            ExclusionConstraint(
                name="subscription_one_plan",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        )
