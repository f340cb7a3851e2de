"""Plans, their versions, and their prices as rating takes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from billing.models import Plan, PlanVersion, PriceComponent, PriceTier
from billing.rating.meters import Meter
from billing.rating.prices import Component, Model, Prices, Tier
from portal.lib.errors import Refusal

PRICED = Prefetch(
    "components",
    PriceComponent.objects.order_by("position").prefetch_related(
        Prefetch("tiers", PriceTier.objects.order_by("position"))
    ),
)
"""What `read_prices` reads of a version, in two queries."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a plan with its prices. Times are UTC; `state` is "draft" or "published"."""

    id: UUID
    plan_id: UUID
    plan_code: str
    plan_name: str
    number: int
    state: str
    valid_from: datetime | None
    valid_to: datetime | None
    published_at: datetime | None
    content_hash: str
    prices: Prices

    def holds_at(self, moment: datetime) -> bool:
        """Whether these are the plan's prices at that moment."""
        if self.state != PlanVersion.State.PUBLISHED or self.valid_from is None:
            return False
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with its versions, newest first; `customers` are those who are subscribed now."""

    id: UUID
    code: str
    name: str
    currency: str
    customers: int
    versions: tuple[VersionRow, ...]

    @property
    def draft(self) -> VersionRow | None:
        """The version that is being written, if one is."""
        drafts = (row for row in self.versions if row.state == PlanVersion.State.DRAFT)
        return next(drafts, None)

    @property
    def published(self) -> tuple[VersionRow, ...]:
        """The versions whose prices hold, held or will, newest first."""
        return tuple(row for row in self.versions if row.state == PlanVersion.State.PUBLISHED)

    def at(self, moment: datetime) -> VersionRow | None:
        """The version whose prices hold at that moment."""
        return next((row for row in self.versions if row.holds_at(moment)), None)


def plans() -> tuple[PlanRow, ...]:
    """All plans, by code, in a constant number of queries."""
    return tuple(map(_plan_row, _plans()))


def plan(code: str) -> PlanRow:
    """One plan. Raises Refusal with status 404."""
    found = _plans().filter(code=code).first()
    if found is None:
        raise missing("plan")
    return _plan_row(found)


def version(version_id: UUID) -> VersionRow:
    """One version of any plan. Raises Refusal with status 404."""
    rows = PlanVersion.objects.select_related("plan").prefetch_related(PRICED)
    found = rows.filter(id=version_id).first()
    if found is None:
        raise missing("version of a plan")
    return version_row(found)


def numbered(code: str, number: int) -> VersionRow:
    """The version of a plan that has this number. Raises Refusal with status 404."""
    rows = PlanVersion.objects.select_related("plan").prefetch_related(PRICED)
    found = rows.filter(plan__code=code, number=number).first()
    if found is None:
        raise missing("version of a plan")
    return version_row(found)


def published(plan_ids: Iterable[UUID], start: datetime, end: datetime) -> tuple[VersionRow, ...]:
    """The versions of these plans that hold at a moment of `[start, end)`, by plan and number."""
    rows = PlanVersion.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=start),
        plan__in=set(plan_ids),
        state=PlanVersion.State.PUBLISHED,
        valid_from__lt=end,
    ).order_by("plan__code", "number")
    return tuple(map(version_row, rows.select_related("plan").prefetch_related(PRICED)))


def version_row(row: PlanVersion) -> VersionRow:
    """The row as a frozen one, prices included."""
    return VersionRow(
        id=row.id,
        plan_id=row.plan_id,
        plan_code=row.plan.code,
        plan_name=row.plan.name,
        number=row.number,
        state=row.state,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        published_at=row.published_at,
        content_hash=row.content_hash,
        prices=read_prices(row),
    )


def read_prices(row: PlanVersion) -> Prices:
    """What a version says, as rating takes it."""
    found = tuple(map(_component, row.components.all()))
    return Prices(row.plan.code, row.number, row.plan.currency, found)


def missing(noun: str) -> Refusal:
    """What is said of something that is not there."""
    return Refusal("not-found", f"There is no such {noun} here.", status=404)


def _component(row: PriceComponent) -> Component:
    return Component(
        Meter(row.meter),
        Model(row.model),
        tuple(Tier(tier.up_to, tier.unit_price) for tier in row.tiers.all()),
        row.included,
        tuple(sorted(row.where.items())),
    )


def _plans() -> QuerySet[Plan]:
    subscribed = Count("subscriptions", Q(subscriptions__during__contains=timezone.now()))
    versions = PlanVersion.objects.order_by("-number").select_related("plan")
    return Plan.objects.annotate(customers=subscribed).prefetch_related(
        Prefetch("versions", versions.prefetch_related(PRICED))
    )


def _plan_row(row: Plan) -> PlanRow:
    customers: int = row.customers  # type: ignore[attr-defined]
    found = tuple(map(version_row, row.versions.all()))
    return PlanRow(row.id, row.code, row.name, row.currency, customers, found)
