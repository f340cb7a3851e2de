"""Where counters stood when they were last read."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from networking.collector import bulk
from networking.collector.growth import Growth, Reading
from portal.lib.db import DatabaseRole, acting_as

# For how long a series that is gone is known: it keeps what it counted from counting again, should
# it come back. Those of ports also tell for how much of a past month readings were to be expected;
# a VIP's flows come and go.
KEPT = {"port": timedelta(days=400), "vip": timedelta(days=30)}

COLUMNS = (
    "tenant_id",
    "noun",
    "noun_id",
    "host_id",
    "series",
    "began_at",
    "at",
    "covered_until",
    "bytes_in",
    "bytes_out",
    "packets_in",
    "packets_out",
)
CONFLICT = """
    ON CONFLICT (noun_id, host_id, series) DO UPDATE SET
        at = EXCLUDED.at,
        gone_at = NULL,
        covered_until = coalesce(EXCLUDED.covered_until, networking_counterhead.covered_until),
        bytes_in = EXCLUDED.bytes_in,
        bytes_out = EXCLUDED.bytes_out,
        packets_in = EXCLUDED.packets_in,
        packets_out = EXCLUDED.packets_out
    WHERE networking_counterhead.at < EXCLUDED.at
"""
LOAD = """
    SELECT noun_id, host_id, series, at, bytes_in, bytes_out, packets_in, packets_out, covered_until
    FROM networking_counterhead WHERE noun_id = ANY(%s)
"""
CLOSE = """
    UPDATE networking_counterhead SET gone_at = %(at)s
    WHERE host_id = %(host)s AND gone_at IS NULL AND at < %(at)s
"""
# A host that is never read again closes nothing.
CLOSE_DELETED = """
    UPDATE networking_counterhead AS head SET gone_at = %s
    WHERE gone_at IS NULL
      AND NOT EXISTS (SELECT FROM networking_port WHERE id = head.noun_id AND retiring_at IS NULL)
      AND NOT EXISTS (SELECT FROM networking_vip WHERE id = head.noun_id AND retiring_at IS NULL)
"""
# Whoever writes hours adds to sums that all regions share (a tenant's hour is one row), and does so
# in two passes: what was there, then what is new. No order of rows keeps two of them from meeting.
TURN = "SELECT pg_advisory_xact_lock(hashtext('networking_counter_turn'))"
FORGET = "DELETE FROM networking_counterhead WHERE noun = %s AND gone_at < %s"

Key = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What one reading told of a tenant's port or VIP."""

    tenant_id: UUID
    noun: str
    noun_id: UUID
    reading: Reading
    growth: Growth


@dataclass(slots=True)
class Known:
    """The last readings of some nouns, by series, the newest of each noun, and until when growth
    of the noun is known without a hole."""

    series: dict[Key, Reading] = field(default_factory=dict)
    nouns: dict[UUID, list[Reading]] = field(default_factory=dict)
    covered_until: dict[UUID, datetime] = field(default_factory=dict)

    def add(self, noun_id: UUID, reading: Reading, covered_until: datetime | None) -> None:
        """Take up one row."""
        self.series[noun_id, reading.host_id, reading.series] = reading
        self.nouns.setdefault(noun_id, []).append(reading)
        if covered_until is not None:
            before = self.covered_until.get(noun_id, covered_until)
            self.covered_until[noun_id] = max(before, covered_until)

    def own(self, noun_id: UUID, now: Reading) -> Reading | None:
        """The last reading of the same series."""
        return self.series.get((noun_id, now.host_id, now.series))

    def newest(self, noun_id: UUID, now: Reading) -> Reading | None:
        """The newest reading of any of the noun's series before this one."""
        earlier = (one for one in self.nouns.get(noun_id, ()) if one.at < now.at)
        return max(earlier, key=lambda one: (one.at, one.series), default=None)


def load(noun_ids: Collection[UUID]) -> Known:
    """What is known of these nouns, on all hosts. One query."""
    known = Known()
    with connection.cursor() as cursor:
        cursor.execute(LOAD, [list(noun_ids)])
        for noun_id, host_id, series, at, first, second, third, fourth, covered in cursor:
            counts = (first, second, third, fourth)
            known.add(noun_id, Reading(host_id, series, at, counts), covered)
    return known


def take_turn() -> None:
    """Wait until nobody else writes hours or heads; until the transaction ends, others wait."""
    with connection.cursor() as cursor:
        cursor.execute(TURN)


def write(told: Iterable[Told]) -> None:
    """These readings are the last ones now."""
    rows = (
        (
            one.tenant_id,
            one.noun,
            one.noun_id,
            one.reading.host_id,
            one.reading.series,
            one.reading.at,
            one.reading.at,
            one.reading.at if one.growth.covered else None,
            *one.reading.counts,
        )
        for one in told
    )
    bulk.insert("networking_counterhead", COLUMNS, rows, CONFLICT)


def close(host_id: UUID, at: datetime) -> None:
    """What the host had before and has no more is gone."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, {"host": host_id, "at": at})


def keep() -> None:
    """Close what belongs to deleted nouns, and forget what is gone for long."""
    now = timezone.now()
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        take_turn()
        cursor.execute(CLOSE_DELETED, [now])
        for noun, kept in KEPT.items():
            cursor.execute(FORGET, [noun, now - kept])
