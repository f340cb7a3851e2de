"""How times, lengths of time and roles are put into words."""

from datetime import datetime

from django.utils import timezone

UNITS = (
    (86400 * 365, "y"),
    (86400 * 30, "mo"),
    (86400, "d"),
    (3600, "h"),
    (60, "min"),
    (1, "s"),
)
JUST_NOW = 5  # seconds
ROLES = {
    "admin": "Administrator",
    "network": "Network",
    "billing": "Billing",
    "read_only": "Read-only",
    "operator": "Operator",
    "finance": "Finance",
}


def length(seconds: float) -> str:
    """A length of time by its largest unit: "12 min". Below ten seconds with one decimal."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    for size, unit in UNITS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    raise AssertionError("ten seconds and more have a unit")


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago: "12 min ago". A moment that is still to come counts as now."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    return "just now" if seconds < JUST_NOW else f"{length(int(seconds)).replace('.0', '')} ago"


def exact(moment: datetime) -> str:
    """The moment to the second, in UTC."""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: "1 port", "3 ports"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
