"""Lifetimes and counted hours, as the engine and the collector leave them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.collector.partitions import make_months
from networking.models import CounterHour, Lifetime
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tenants.models import Tenant


def at(text: str) -> datetime:
    """A moment in UTC: "2026-03-01" or "2026-03-01T12:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lived(
    tenant: Tenant, noun: str, name: str, start: str, end: str | None = None, **fields: Any
) -> UUID:
    """A noun that was there from `start` on; with `noun_id` another stretch of one that is there
    already. Returns its id."""
    noun_id: UUID = fields.pop("noun_id", None) or uuid7()
    fields.setdefault("attributes", {"region": "fra"})
    with acting_as(DatabaseRole.WORKER):
        Lifetime.objects.create(
            tenant=tenant,
            noun=noun,
            noun_id=noun_id,
            name=name,
            during=DateTimeTZRange(at(start), at(end) if end else None),
            **fields,
        )
    return noun_id


def counted(
    tenant: Tenant, noun_id: UUID, hour: str, bytes_in: int, bytes_out: int = 0, **fields: Any
) -> None:
    """What was counted of a port in the hour that begins at `hour`."""
    fields.setdefault("covered_seconds", 3600)
    with acting_as(DatabaseRole.WORKER):
        make_months(at(hour), at(hour))
        CounterHour.objects.create(
            tenant=tenant,
            noun="port",
            noun_id=noun_id,
            hour=at(hour),
            bytes_in=bytes_in,
            bytes_out=bytes_out,
            **fields,
        )
