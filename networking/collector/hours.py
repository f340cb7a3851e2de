"""Adds growth up by the hour."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from uuid import UUID

from networking.collector import bulk
from networking.collector.growth import Flag, Growth
from networking.collector.heads import Known, Told

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = 3600  # seconds

CONFLICT = """
    ON CONFLICT (tenant_id, noun_id, hour) DO UPDATE SET
        bytes_in = networking_counterhour.bytes_in + EXCLUDED.bytes_in,
        bytes_out = networking_counterhour.bytes_out + EXCLUDED.bytes_out,
        packets_in = networking_counterhour.packets_in + EXCLUDED.packets_in,
        packets_out = networking_counterhour.packets_out + EXCLUDED.packets_out,
        covered_seconds = least(
            3600, networking_counterhour.covered_seconds + EXCLUDED.covered_seconds
        ),
        gaps = networking_counterhour.gaps + EXCLUDED.gaps,
        resets = networking_counterhour.resets + EXCLUDED.resets,
        moves = networking_counterhour.moves + EXCLUDED.moves,
        capped = networking_counterhour.capped + EXCLUDED.capped
"""
Key = tuple[UUID, datetime]  # which, and the hour


@dataclass(slots=True)
class Hour:
    """What comes to one hour of one noun. The fields are columns of the table."""

    bytes_in: int = 0
    bytes_out: int = 0
    packets_in: int = 0
    packets_out: int = 0
    covered_seconds: int = 0
    gaps: int = 0
    resets: int = 0
    moves: int = 0
    capped: int = 0

    def add(self, growth: Growth) -> None:
        """Count one more growth."""
        bytes_in, bytes_out, packets_in, packets_out = growth.deltas
        self.bytes_in += bytes_in
        self.bytes_out += bytes_out
        self.packets_in += packets_in
        self.packets_out += packets_out
        self.gaps += growth.flag is Flag.GAP
        self.resets += growth.flag is Flag.RESET
        self.moves += growth.flag is Flag.MOVED
        self.capped += growth.flag is Flag.IMPLAUSIBLE


COUNTS = tuple(field.name for field in fields(Hour))
COLUMNS = ("tenant_id", "noun", "noun_id", "hour", *COUNTS)


def add(told: Sequence[Told], known: Known) -> None:
    """Add what was told to the hours of its nouns.

    Growth counts whole in the hour of its reading. Coverage is split to the second, and counts
    once where several series cover the same time.
    """
    hours: dict[Key, Hour] = defaultdict(Hour)
    owners: dict[UUID, tuple[UUID, str]] = {}
    for one in told:
        if one.growth.since is None:
            continue
        owners[one.noun_id] = one.tenant_id, one.noun
        hours[one.noun_id, _hour(one.reading.at)].add(one.growth)
        if one.growth.covered:
            since = max(one.growth.since, known.covered_until.get(one.noun_id, EPOCH))
            for hour, seconds in split(since, one.reading.at):
                hours[one.noun_id, hour].covered_seconds += seconds
            known.covered_until[one.noun_id] = max(since, one.reading.at)
    counts = attrgetter(*COUNTS)
    rows = ((*owners[key[0]], *key, *counts(hours[key])) for key in sorted(hours))
    bulk.insert("networking_counterhour", COLUMNS, rows, CONFLICT)


def split(since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
    """The whole seconds of each hour (UTC) between two times. Times are cut to the second, so that
    what follows each other adds up exactly."""
    at, end = (since - EPOCH) // SECOND, (until - EPOCH) // SECOND
    while at < end:
        stop = min((at // HOUR + 1) * HOUR, end)
        yield EPOCH + timedelta(seconds=at // HOUR * HOUR), stop - at
        at = stop


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
