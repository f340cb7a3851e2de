"""What was there and how much of it was used: the rows that other apps count money by.

Two doors: some tenants, or all of them. Row-level security stands behind both.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.models import Lifetime

CHUNK = 5000  # rows that are fetched at once


@dataclass(frozen=True, slots=True)
class LifetimeRow:
    """One stretch of time in which a noun had these attributes: `[start, end)` in UTC, not cut to
    any period; no `end` while it lives.

    `noun` is "network", "port", "vip", "site" or "gateway". `network_id` and `network_name` are
    of a port's network, None and "" for the rest.
    """

    tenant_id: UUID
    noun: str
    noun_id: UUID
    name: str
    attributes: Mapping[str, str]
    labels: Mapping[str, str]
    network_id: UUID | None
    network_name: str
    start: datetime
    end: datetime | None
    generated: bool


def lifetimes(
    tenant_ids: Collection[UUID] | None, start: datetime, end: datetime
) -> Iterator[LifetimeRow]:
    """The lifetimes that have a moment in `[start, end)`, of these tenants or of all, by tenant,
    noun, id and start. One query, streamed."""
    rows = Lifetime.objects.filter(during__overlap=DateTimeTZRange(start, end))
    if tenant_ids is not None:
        rows = rows.filter(tenant__in=tenant_ids)
    told = rows.order_by("tenant_id", "noun", "noun_id", "during").values_list(
        "tenant_id",
        "noun",
        "noun_id",
        "name",
        "attributes",
        "labels",
        "network_id",
        "network_name",
        "during",
        "generated",
    )
    for row in told.iterator(CHUNK):
        during, generated = row[8:]
        yield LifetimeRow(*row[:8], during.lower, during.upper, generated)
