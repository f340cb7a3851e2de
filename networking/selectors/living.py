"""What a tenant has at a moment that costs money: lifetimes, counted or one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from networking.models import Lifetime
from networking.models.lifetime import OPEN


@dataclass(frozen=True, slots=True)
class Living:
    """How many nouns of a kind live with these attributes."""

    attributes: Mapping[str, str]
    count: int


def living(
    tenant_id: UUID, noun: str, *, without: UUID | None = None, at: datetime | None = None
) -> tuple[Living, ...]:
    """What the tenant has of one kind now, or had at a moment, but for one noun. One query."""
    rows = Lifetime.objects.filter(_there(at), tenant=tenant_id, noun=noun).order_by()
    if without is not None:
        rows = rows.exclude(noun_id=without)
    found = rows.values_list("attributes").annotate(count=Count("id"))
    return tuple(Living(attributes, count) for attributes, count in found)


def some_ports(tenant_id: UUID, most: int, at: datetime | None = None) -> tuple[UUID, ...]:
    """Up to `most` of the tenant's ports that live now, or did at a moment; always the same."""
    rows = Lifetime.objects.filter(_there(at), tenant=tenant_id, noun=Lifetime.Noun.PORT)
    return tuple(rows.order_by("noun_id").values_list("noun_id", flat=True)[:most])


def _there(at: datetime | None) -> Q:
    return OPEN if at is None else Q(during__contains=at)
