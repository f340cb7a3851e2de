"""Who is subscribed to what, and the prices that follow from it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from billing.models import Subscription
from billing.rating.period import instant, moment
from billing.rating.prices import Epoch
from billing.rating.schedule import clip
from billing.selectors.plans import VersionRow, published


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """A customer's plan from `start` until before `end` (UTC), None while it lasts."""

    tenant_id: UUID
    plan_id: UUID
    plan_code: str
    plan_name: str
    currency: str
    start: datetime
    end: datetime | None


def subscriptions(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime
) -> tuple[SubscriptionRow, ...]:
    """What these customers (None: all) are subscribed to at a moment of `[start, end)`."""
    rows = Subscription.objects.filter(during__overlap=DateTimeTZRange(start, end))
    if tenant_ids is not None:
        rows = rows.filter(tenant__in=tenant_ids)
    rows = rows.select_related("plan").order_by("tenant_id", "during")
    return tuple(map(_row, rows))


def subscription(tenant_id: UUID, at: datetime) -> SubscriptionRow | None:
    """What a customer is subscribed to at a moment."""
    rows = Subscription.objects.filter(tenant=tenant_id, during__contains=at)
    found = rows.select_related("plan").first()
    return _row(found) if found else None


def epochs(
    tenant_ids: Collection[UUID] | None, start: int, end: int
) -> Mapping[UUID, tuple[Epoch, ...]]:
    """Which prices hold for each customer in the seconds `[start, end)`, in order; a customer
    without any is not among them. A constant number of queries, whoever is asked for."""
    if start >= end:
        return {}
    first, last = moment(start), moment(end)
    rows = subscriptions(tenant_ids, first, last)
    versions: dict[UUID, list[VersionRow]] = {}
    for row in published({row.plan_id for row in rows}, first, last):
        versions.setdefault(row.plan_id, []).append(row)
    found: dict[UUID, list[Epoch]] = {}
    for subscribed in rows:
        for version in versions.get(subscribed.plan_id, ()):
            epoch = _epoch(subscribed, version, end)
            if epoch.start < epoch.end:
                found.setdefault(subscribed.tenant_id, []).append(epoch)
    return {tenant_id: clip(mine, start, end) for tenant_id, mine in found.items()}


def _epoch(subscribed: SubscriptionRow, version: VersionRow, end: int) -> Epoch:
    ends = [instant(at) for at in (subscribed.end, version.valid_to) if at is not None]
    starts = [instant(at) for at in (subscribed.start, version.valid_from) if at is not None]
    return Epoch(max(starts), min([*ends, end]), version.prices)


def _row(row: Subscription) -> SubscriptionRow:
    return SubscriptionRow(
        tenant_id=row.tenant_id,
        plan_id=row.plan_id,
        plan_code=row.plan.code,
        plan_name=row.plan.name,
        currency=row.plan.currency,
        start=row.during.lower,
        end=row.during.upper,
    )
