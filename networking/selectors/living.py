"""What a tenant has at this moment that costs money: open lifetimes, counted or one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from networking.models import Lifetime
from networking.models.lifetime import OPEN


@dataclass(frozen=True, slots=True)
class Living:
    """How many nouns of a kind live with these attributes."""

    noun: str
    attributes: Mapping[str, str]
    count: int


def living(tenant_id: UUID, *, without: UUID | None = None) -> tuple[Living, ...]:
    """What the tenant has, but for one noun. One query."""
    rows = Lifetime.objects.filter(OPEN, tenant=tenant_id).order_by()
    if without is not None:
        rows = rows.exclude(noun_id=without)
    found = rows.values_list("noun", "attributes").annotate(count=Count("id"))
    return tuple(Living(noun, attributes, count) for noun, attributes, count in found)


def some_ports(tenant_id: UUID, most: int) -> tuple[UUID, ...]:
    """Up to `most` of the tenant's ports that live, always the same ones."""
    rows = Lifetime.objects.filter(OPEN, tenant=tenant_id, noun=Lifetime.Noun.PORT)
    return tuple(rows.order_by("noun_id").values_list("noun_id", flat=True)[:most])
