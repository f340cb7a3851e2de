"""Adds growth up by the hour."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from networking.collector import bulk
from networking.collector.growth import Flag
from networking.collector.heads import Known, Told

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = 3600  # seconds

SUMS = ("bytes_in", "bytes_out", "packets_in", "packets_out")
MARKS = ("gaps", "resets", "moves", "capped")
COLUMNS = ("tenant_id", "noun", "noun_id", "hour", *SUMS, "covered_seconds", *MARKS)
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
MARK = {
    Flag.GAP: "gaps",
    Flag.RESET: "resets",
    Flag.MOVED: "moves",
    Flag.IMPLAUSIBLE: "capped",
}

Key = tuple[UUID, str, UUID, datetime]


@dataclass(slots=True)
class Hour:
    """What comes to one hour of one noun."""

    bytes_in: int = 0
    bytes_out: int = 0
    packets_in: int = 0
    packets_out: int = 0
    covered_seconds: int = 0
    gaps: int = 0
    resets: int = 0
    moves: int = 0
    capped: int = 0


def add(told: Iterable[Told], known: Known) -> None:
    """Add what was told to the hours of its nouns.

    Growth counts whole in the hour of its reading. Coverage is split to the second, and counts
    once where several series cover the same time.
    """
    hours: dict[Key, Hour] = {}
    for one in told:
        if one.growth.flag is Flag.FIRST:
            continue
        _add(hours.setdefault(_key(one, one.reading.at), Hour()), one)
        if one.growth.covered and one.growth.since is not None:
            since = max(one.growth.since, known.covered_until.get(one.noun_id, EPOCH))
            for hour, seconds in split(since, one.reading.at):
                hours.setdefault(_key(one, hour), Hour()).covered_seconds += seconds
            known.covered_until[one.noun_id] = max(since, one.reading.at)
    rows = (
        (*key, *(getattr(hours[key], name) for name in COLUMNS[4:]))
        for key in sorted(hours, key=lambda key: (key[0], key[2], key[3]))
    )
    bulk.insert("networking_counterhour", COLUMNS, rows, CONFLICT)


def split(since: datetime, until: datetime) -> Iterator[tuple[datetime, int]]:
    """The whole seconds of each hour (UTC) between two times. Times are cut to the second, so that
    what follows each other adds up exactly."""
    at, end = (since - EPOCH) // SECOND, (until - EPOCH) // SECOND
    while at < end:
        stop = min((at // HOUR + 1) * HOUR, end)
        yield EPOCH + timedelta(seconds=at // HOUR * HOUR), stop - at
        at = stop


def _add(hour: Hour, one: Told) -> None:
    for name, delta in zip(SUMS, one.growth.deltas, strict=True):
        setattr(hour, name, getattr(hour, name) + delta)
    mark = MARK.get(one.growth.flag)
    if mark:
        setattr(hour, mark, getattr(hour, mark) + 1)


def _key(one: Told, at: datetime) -> Key:
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return one.tenant_id, one.noun, one.noun_id, hour
