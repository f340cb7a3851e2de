"""What a counter has grown by between two readings. Pure: integers and times, no rows.

Counters are taken without their topmost bit, because OVSDB and PostgreSQL keep signed integers:
they run over at 2⁶³.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# A machine's port is never faster than the fastest card of a host: 100 Gbit/s, in bytes a second,
# and in the smallest frames (64 bytes and 20 of preamble and gap, IEEE 802.3) a second.
LINE_RATE = 100 * 10**9 // 8
LINE_PACKETS = LINE_RATE // 84
MODULUS = 2**63
# A reading a minute, and one that was missed: what is further apart has a hole.
GAP = timedelta(seconds=150)

Counts = tuple[int, int, int, int]  # bytes in, bytes out, packets in, packets out
NOTHING: Counts = (0, 0, 0, 0)
_LIMITS: Counts = (LINE_RATE, LINE_RATE, LINE_PACKETS, LINE_PACKETS)


class Flag(StrEnum):
    """How growth is known."""

    FIRST = "first"
    NORMAL = "normal"
    GAP = "gap"
    RESET = "reset"
    WRAP = "wrap"
    MOVED = "moved"
    IMPLAUSIBLE = "implausible"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a series showed at a time."""

    host_id: UUID
    series: str
    at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class Growth:
    """What came since `since`, never less than nothing and never more than a line carries."""

    flag: Flag
    since: datetime | None
    deltas: Counts = NOTHING

    @property
    def covered(self) -> bool:
        """Whether that is all there was since then, and known without a hole."""
        return self.flag in (Flag.NORMAL, Flag.WRAP)


def masked(counts: Iterable[int]) -> Counts:
    """Readings as they are kept: modulo 2⁶³."""
    return _counts(count % MODULUS for count in counts)


def growth(now: Reading, own: Reading | None, newest: Reading | None, *, card: bool) -> Growth:
    """What came until `now`.

    `own` is the last earlier reading of the same series, `newest` the last one of any series of
    the same noun. What was never read before counts nothing: nobody knows when it was at 0. A new
    series of what was read before began at 0 after that, so all that it shows is new. With one
    doubt, for the `card` of a machine: taken out of the switch and put back on the same host, its
    counter may go on where it stood. So what has not fallen since then, there, goes on.
    """
    before = own or newest
    if before is None:
        return Growth(Flag.FIRST, None)
    flag, deltas = _same(now, own) if own else (Flag.MOVED, _anew(now, before, card))
    limits = _limits(now.at - before.at)
    if _exceeds(deltas, limits):
        least = (min(pair) for pair in zip(deltas, limits, strict=True))
        return Growth(Flag.IMPLAUSIBLE, before.at, _counts(least))
    return Growth(flag, before.at, deltas)


def _same(now: Reading, before: Reading) -> tuple[Flag, Counts]:
    """Within one series. What fell either ran over or, as a rule, began anew at 0."""
    flag = Flag.NORMAL
    deltas = masked(_minus(now.counts, before.counts))
    if _fell(now.counts, before.counts):
        if _exceeds(deltas, _limits(now.at - before.at)):
            return Flag.RESET, now.counts
        flag = Flag.WRAP
    return (flag if now.at - before.at <= GAP else Flag.GAP), deltas


def _anew(now: Reading, before: Reading, card: bool) -> Counts:
    """In a series that was not seen before."""
    goes_on = card and before.host_id == now.host_id and not _fell(now.counts, before.counts)
    return _minus(now.counts, before.counts) if goes_on else now.counts


def _limits(time: timedelta) -> Counts:
    """What a line carries in that time, in whole bytes and packets."""
    microseconds = time // timedelta(microseconds=1)
    return _counts(rate * microseconds // 10**6 for rate in _LIMITS)


def _counts(values: Iterable[int]) -> Counts:
    bytes_in, bytes_out, packets_in, packets_out = values
    return bytes_in, bytes_out, packets_in, packets_out


def _minus(now: Counts, before: Counts) -> Counts:
    return _counts(one - other for one, other in zip(now, before, strict=True))


def _fell(now: Counts, before: Counts) -> bool:
    return any(one < other for one, other in zip(now, before, strict=True))


def _exceeds(deltas: Counts, limits: Counts) -> bool:
    return any(one > most for one, most in zip(deltas, limits, strict=True))
