"""Plan: what a customer pays, in versions that never change once published."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from billing.models.base import Row
from billing.rating.meters import Meter
from billing.rating.prices import Model


class Plan(Row):
    """What customers subscribe to. `code` is its name in addresses; `currency` is ISO 4217."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class PlanVersion(Row):
    """The prices of a plan from `valid_from` until `valid_to`, or until further notice.

    A draft may be edited. Once published nothing changes but that the next version ends it:
    triggers see to that (migration 0001). `content_hash` is the SHA-256 of its prices.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_to = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("plan", "number")
        constraints = (
            models.UniqueConstraint(fields=("plan", "number"), name="plan_version_number"),
            models.UniqueConstraint(
                fields=("plan",), condition=Q(state="draft"), name="plan_version_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(valid_from__isnull=False, content_hash__gt=""),
                name="plan_version_published_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="plan_version_ends_later",
            ),
            ExclusionConstraint(
                name="plan_version_no_overlap",
                expressions=[
                    ("plan", RangeOperators.EQUAL),
                    (
                        Func("valid_from", "valid_to", Value("[)"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="published"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.plan.name} version {self.number}"


class PriceComponent(Row):
    """What one meter costs in a version.

    `included` is the quantity of each month that costs nothing. `where` is a flat mapping of
    text to text; usage that has all of these attributes is charged, `{}` is all usage.
    """

    version = models.ForeignKey(PlanVersion, models.CASCADE, related_name="components")
    position = models.PositiveSmallIntegerField()
    meter = models.CharField(max_length=32, choices=[(meter.value, meter.value) for meter in Meter])
    model = models.CharField(max_length=10, choices=[(model.value, model.value) for model in Model])
    included = models.DecimalField(max_digits=20, decimal_places=6, default=0)
    where = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("version", "position"), name="component_position"),
            models.UniqueConstraint(fields=("version", "meter", "where"), name="component_once"),
            models.CheckConstraint(condition=Q(included__gte=0), name="component_included_counts"),
        )


class PriceTier(Row):
    """The price of each unit up to `up_to`, a quantity counted from the month's first unit; null
    is without end."""

    component = models.ForeignKey(PriceComponent, models.CASCADE, related_name="tiers")
    position = models.PositiveSmallIntegerField()
    up_to = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    unit_price = models.DecimalField(max_digits=20, decimal_places=10)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("component", "position"), name="tier_position"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="tier_price_counts"),
        )
