"""Durations, times and lists, as verdicts and reasons put them. Pure."""

from collections.abc import Sequence
from datetime import datetime

LISTED = 3  # items that are named one by one


def duration(seconds: float) -> str:
    """A length of time to two digits or so: `0.02 s`, `0.3 s`, `42 s`, `7 min`, `3 h`."""
    if 0 < seconds < 0.095:
        return f"{seconds:.2f} s"
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"


def clock(at: datetime) -> str:
    """The time of day in UTC: `12:04 UTC`."""
    return f"{at:%H:%M} UTC"


def listing(items: Sequence[str], noun: str) -> str:
    """`a`, `a and b`, `a, b and c`; more are counted: `7 prefixes` for the noun `prefixes`."""
    if len(items) > LISTED:
        return f"{len(items)} {noun}"
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
