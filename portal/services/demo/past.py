"""What the demo's customers did before they came: made up, but plausible, and the same each time.

An hour's traffic is a base, times the hour of the day, the day of the week, slow growth, and a
chance that is computed from the machine's name and the hour, so that seeding twice gives the same
bytes. Some hours were not observed in full: real counters have gaps too.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

HOUR = timedelta(hours=1)
SECONDS = 3600
MONTHS = 3  # whole ones, before the month in which the demo is seeded

BUSIEST = 14  # the hour of the day, UTC
NIGHT = 0.18  # of the busiest hour's traffic
WEEKEND = 0.45  # of a working day's
GROWTH_PER_DAY = 0.0025
SPREAD = 0.3  # chance moves an hour by up to this part of it
PACKET_BYTES = 870  # on average
PARTLY_SEEN_OF = 160  # one hour in so many was observed in part
UNSEEN_OF = 900  # one in so many not at all: it has no row, and no row is no zero


@dataclass(frozen=True, slots=True)
class Load:
    """What one machine moves in the busiest hour of a working day, in bytes."""

    bytes_in: int
    bytes_out: int


@dataclass(frozen=True, slots=True)
class PastHour:
    """An hour of one machine that was observed for `covered_seconds` of it."""

    hour: datetime
    bytes_in: int
    bytes_out: int
    packets_in: int
    packets_out: int
    covered_seconds: int


def first_day(now: datetime) -> datetime:
    """Midnight (UTC) of the day on which the made-up past begins: the first of a month."""
    months = now.year * 12 + now.month - 1 - MONTHS
    midnight = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return midnight.replace(year=months // 12, month=months % 12 + 1)


def hours(name: str, load: Load, start: datetime, end: datetime) -> Iterator[PastHour]:
    """The whole hours in `[start, end)` of the machine `name`, but for those that went unseen."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    if hour < start:
        hour += HOUR
    while hour + HOUR <= end:
        row = _hour(name, load, hour, (hour - start).days)
        if row.covered_seconds:
            yield row
        hour += HOUR


def _hour(name: str, load: Load, hour: datetime, age: int) -> PastHour:
    drawn = blake2b(f"{name}|{hour:%Y-%m-%dT%H}".encode(), digest_size=24).digest()
    luck_in, luck_out, chance = (int.from_bytes(drawn[n : n + 8], "big") for n in (0, 8, 16))
    seen = _covered(chance)
    level = _day(hour) * _week(hour) * (1 + GROWTH_PER_DAY * age) * seen / SECONDS
    bytes_in = int(load.bytes_in * level * _luck(luck_in))
    bytes_out = int(load.bytes_out * level * _luck(luck_out))
    return PastHour(
        hour,
        bytes_in,
        bytes_out,
        packets_in=-(-bytes_in // PACKET_BYTES),
        packets_out=-(-bytes_out // PACKET_BYTES),
        covered_seconds=seen,
    )


def _day(hour: datetime) -> float:
    """Between `NIGHT` and 1, highest at `BUSIEST`."""
    wave = (1 + math.cos((hour.hour - BUSIEST) * math.pi / 12)) / 2
    return NIGHT + (1 - NIGHT) * wave


def _week(hour: datetime) -> float:
    return WEEKEND if hour.weekday() >= 5 else 1.0


def _luck(drawn: int) -> float:
    """Between 1 - `SPREAD` and 1 + `SPREAD`."""
    return 1 - SPREAD + 2 * SPREAD * (drawn % 10_000) / 10_000


def _covered(drawn: int) -> int:
    """Seconds of the hour that were observed, in whole minutes."""
    if drawn % UNSEEN_OF == 0:
        return 0
    if drawn % PARTLY_SEEN_OF == 0:
        return 60 * (5 + drawn // PARTLY_SEEN_OF % 50)
    return SECONDS
