"""A month of the issuer's calendar, in seconds since 1970-01-01 UTC.

Instants are whole seconds: a fraction is cut off. Both ends of an interval are cut the same way,
so that splitting one anywhere never adds or loses a second.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HOUR = 3600
SETTLING = 300
"""Seconds after its end in which the last of a month's usage comes in. A round of readings takes
40 s; a reading more than 150 s after the one before tells of no time between; and what was read
waits for 74 s where the hours of a large month are added up meanwhile. A host that does not answer
has no last reading, so a clock decides and not what is in."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTH = re.compile(r"(?P<year>20[0-9]{2})-(?P<month>0[1-9]|1[0-2])")
# Zones as they are now and were lately; a rule of the last century bills nobody.
_CHECKED_YEARS = range(2015, 2041)


def instant(moment: datetime) -> int:
    """The second that an aware moment lies in."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def moment(at: int) -> datetime:
    """The moment in UTC at which a second begins."""
    return _EPOCH + timedelta(seconds=at)


@lru_cache(maxsize=64)
def check_zone(zone: str) -> ZoneInfo:
    """The zone of this IANA name. Raises ValueError for an unknown one, and for one whose days do
    not begin at a full hour of UTC: counters are kept by the hour."""
    try:
        found = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{zone!r} is no IANA time zone; write it like Europe/Berlin") from error
    for year in _CHECKED_YEARS:
        for month in range(1, 13):
            offset = datetime(year, month, 1, tzinfo=found).utcoffset() or timedelta()
            if offset % timedelta(hours=1):
                raise ValueError(
                    f"{zone} is {offset} off UTC, and days must begin at a full hour of UTC"
                )
    return found


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month in the issuer's time zone. `str()` gives "2026-11"."""

    year: int
    month: int
    zone: str = "UTC"

    @classmethod
    def parse(cls, text: str, zone: str = "UTC") -> Self:
        """The month written as YYYY-MM. Raises ValueError for anything else."""
        found = _MONTH.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no month; write it like 2026-11")
        return cls(int(found["year"]), int(found["month"]), zone)

    @classmethod
    def at(cls, when: datetime, zone: str = "UTC") -> Self:
        """The month that an aware moment lies in."""
        local = when.astimezone(check_zone(zone))
        return cls(local.year, local.month, zone)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def start(self) -> int:
        """The month's first second."""
        return self.days[0][1]

    @property
    def end(self) -> int:
        """The second after the month's last."""
        return self.days[-1][2]

    @property
    def closes(self) -> int:
        """The second from which on nothing of the month is still to come in."""
        return self.end + SETTLING

    def complete(self, as_of: datetime) -> bool:
        """Whether all of it was in at that moment."""
        return instant(as_of) >= self.closes

    @property
    def seconds(self) -> int:
        """How long the month is; an hour less or more when clocks change."""
        return self.end - self.start

    @property
    def days(self) -> tuple[tuple[date, int, int], ...]:
        """Each day with its first second and the one after its last."""
        return _days(self.year, self.month, self.zone)

    @property
    def next(self) -> "Period":
        """The month after this one."""
        return Period(self.year + self.month // 12, self.month % 12 + 1, self.zone)

    @property
    def previous(self) -> "Period":
        """The month before this one."""
        return Period(self.year - (self.month == 1), (self.month - 2) % 12 + 1, self.zone)


@lru_cache(maxsize=256)
def _days(year: int, month: int, zone: str) -> tuple[tuple[date, int, int], ...]:
    tz = check_zone(zone)
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    dates = [first + timedelta(days=n) for n in range((after - first).days + 1)]
    starts = [instant(datetime(d.year, d.month, d.day, tzinfo=tz)) for d in dates]
    return tuple(
        (day, begin, end) for day, (begin, end) in zip(dates[:-1], pairwise(starts), strict=True)
    )
