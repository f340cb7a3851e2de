"""Made-up history of a demonstration: lifetimes and counted hours that say they were generated."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from networking.collector.days import keep_days
from networking.collector.heads import take_turn
from networking.collector.partitions import make_months
from networking.models import Lifetime
from portal.lib import db
from portal.lib.db import DatabaseRole

# Row-level security refuses COPY, and a demo has tens of thousands of rows.
HOURS = """
INSERT INTO networking_counterhour (
    tenant_id, noun, generated, noun_id, hour,
    bytes_in, bytes_out, packets_in, packets_out, covered_seconds
)
SELECT %s, 'port', true, told.* FROM unnest(
    %s::uuid[], %s::timestamptz[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::smallint[]
) AS told
"""


@dataclass(frozen=True, slots=True)
class PastLife:
    """A noun that is told to have been there in `[start, end)`; fields as in `Lifetime`."""

    noun: str
    noun_id: UUID
    name: str
    attributes: Mapping[str, str]
    start: datetime
    end: datetime
    labels: Mapping[str, str]
    network_id: UUID | None = None
    network_name: str = ""


@dataclass(frozen=True, slots=True)
class PastTraffic:
    """What is told to have been counted of a port in an hour; fields as in `CounterHour`, in the
    order in which they are written."""

    port_id: UUID
    hour: datetime
    bytes_in: int
    bytes_out: int
    packets_in: int
    packets_out: int
    covered_seconds: int


def has_history(tenant_id: UUID) -> bool:
    """Whether a past was made up for the tenant already."""
    with db.acting_as(DatabaseRole.WORKER):
        return Lifetime.objects.filter(tenant=tenant_id, generated=True).exists()


def make_up(tenant_id: UUID, lives: Iterable[PastLife], traffic: Iterable[PastTraffic]) -> None:
    """Write a past, all of it or nothing; every row says that it was generated. Raises
    IntegrityError where it overlaps with what really was."""
    lifetimes = [_lifetime(tenant_id, life) for life in lives]
    hours = [astuple(row) for row in traffic]
    with db.acting_as(DatabaseRole.WORKER):
        Lifetime.objects.bulk_create(lifetimes)
        if hours:
            ports, moments, *counts = (list(column) for column in zip(*hours, strict=True))
            make_months(min(moments), max(moments))
            take_turn()
            with connection.cursor() as cursor:
                cursor.execute(HOURS, [tenant_id, ports, moments, *counts])
    keep_days()


def _lifetime(tenant_id: UUID, life: PastLife) -> Lifetime:
    return Lifetime(
        tenant_id=tenant_id,
        noun=life.noun,
        noun_id=life.noun_id,
        name=life.name,
        attributes=dict(life.attributes),
        labels=dict(life.labels),
        network_id=life.network_id,
        network_name=life.network_name,
        during=DateTimeTZRange(life.start, life.end),
        generated=True,
    )
