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


# In the order of a row's fields. The ends are read apart: a range costs ten times as much to read.
FIELDS = (
    "tenant_id",
    "plan_id",
    "plan__code",
    "plan__name",
    "plan__currency",
    "during__startswith",
    "during__endswith",
)


def subscriptions(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime
) -> tuple[SubscriptionRow, ...]:
    """What these customers (None: all) are subscribed to at a moment of `[start, end)`."""
    rows = Subscription.objects.filter(during__overlap=DateTimeTZRange(start, end))
    if tenant_ids is not None:
        rows = rows.filter(tenant__in=tenant_ids)
    rows = rows.order_by("tenant_id", "during")
    return tuple(SubscriptionRow(*row) for row in rows.values_list(*FIELDS))


def subscription(tenant_id: UUID, at: datetime) -> SubscriptionRow | None:
    """What a customer is subscribed to at a moment."""
    rows = Subscription.objects.filter(tenant=tenant_id, during__contains=at)
    found = rows.values_list(*FIELDS).first()
    return SubscriptionRow(*found) if found else None


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
    agreed: dict[UUID, list[tuple[VersionRow, int, int]]] = {}
    for subscribed in rows:
        for version in versions.get(subscribed.plan_id, ()):
            since, until = _overlap(subscribed, version, end)
            if since < until:
                agreed.setdefault(subscribed.tenant_id, []).append((version, since, until))
    return _clipped(agreed, start, end)


def _clipped(
    agreed: Mapping[UUID, list[tuple[VersionRow, int, int]]], start: int, end: int
) -> dict[UUID, tuple[Epoch, ...]]:
    """Each customer's epochs; those who agreed on the same share one tuple."""
    known: dict[tuple[tuple[UUID, int, int], ...], tuple[Epoch, ...]] = {}
    found = {}
    for tenant_id, mine in agreed.items():
        key = tuple((version.id, max(since, start), until) for version, since, until in mine)
        if key not in known:
            epochs = [Epoch(since, until, version.prices) for version, since, until in mine]
            known[key] = clip(epochs, start, end)
        found[tenant_id] = known[key]
    return found


def _overlap(subscribed: SubscriptionRow, version: VersionRow, end: int) -> tuple[int, int]:
    """From when to when, at most until `end`, the customer has the prices of a version."""
    ends = [instant(at) for at in (subscribed.end, version.valid_to) if at is not None]
    starts = [instant(at) for at in (subscribed.start, version.valid_from) if at is not None]
    return max(starts), min([*ends, end])
