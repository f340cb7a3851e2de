"""What passed one machine's port lately, and how well that is known."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from networking.models import CounterHead, CounterHour, CounterSample
from networking.selectors.base import visible
from tenants.access import Actor

HOURS = 24
SHOWN_EVENTS = 6


@dataclass(frozen=True, slots=True)
class TrafficHour:
    """One hour (UTC). `covered_seconds` is 0 for an hour of which nothing is known."""

    hour: datetime
    bytes_in: int = 0
    bytes_out: int = 0
    covered_seconds: int = 0


@dataclass(frozen=True, slots=True)
class TrafficEvent:
    """A reading out of the ordinary: `flag` is CounterSample's. `host` is where it was made, `came
    from` the host of the reading before, if it is known."""

    flag: str
    at: datetime
    since: datetime | None
    host: str
    came_from: str


@dataclass(frozen=True, slots=True)
class PortTraffic:
    """The last 24 hours of a port, oldest first, the one that runs included. `read_at` is the last
    reading, None for a machine that no host ever had; `gone` says that no host has it now."""

    hours: tuple[TrafficHour, ...]
    events: tuple[TrafficEvent, ...]
    read_at: datetime | None
    gone: bool

    @property
    def bytes_in(self) -> int:
        """Towards the machine."""
        return sum(hour.bytes_in for hour in self.hours)

    @property
    def bytes_out(self) -> int:
        """From the machine."""
        return sum(hour.bytes_out for hour in self.hours)

    @property
    def covered_seconds(self) -> int:
        """For how long that is known without a hole."""
        return sum(hour.covered_seconds for hour in self.hours)


def port_traffic(actor: Actor, port_id: UUID, now: datetime | None = None) -> PortTraffic:
    """The traffic of a port that the actor was given. Three queries at most."""
    now = now or timezone.now()
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    rows = visible(CounterHour.objects.filter(noun_id=port_id, hour__gte=start), actor)
    found = {row.hour: row for row in rows}
    heads = list(
        visible(CounterHead.objects.filter(noun_id=port_id), actor)
        .select_related("host")
        .order_by("-at")
    )
    strange = any(row.gaps or row.resets or row.moves or row.capped for row in found.values())
    return PortTraffic(
        hours=tuple(
            _hour(hour, found.get(hour))
            for hour in (start + timedelta(hours=number) for number in range(HOURS))
        ),
        events=_events(actor, port_id, start, heads) if strange else (),
        read_at=heads[0].at if heads else None,
        gone=bool(heads) and all(head.gone_at for head in heads),
    )


def _hour(hour: datetime, row: CounterHour | None) -> TrafficHour:
    if row is None:
        return TrafficHour(hour)
    return TrafficHour(hour, row.bytes_in, row.bytes_out, row.covered_seconds)


def _events(
    actor: Actor, port_id: UUID, start: datetime, heads: list[CounterHead]
) -> tuple[TrafficEvent, ...]:
    """The newest, those first."""
    flags = CounterSample.Flag
    rows = CounterSample.objects.filter(
        noun_id=port_id,
        at__gte=start,
        flag__in=(flags.GAP, flags.RESET, flags.MOVED, flags.IMPLAUSIBLE),
    )
    rows = visible(rows, actor).select_related("host").order_by("-at")
    # A host that has the machine no more was last read when the new one's readings began.
    left = {head.at: head.host.name for head in heads}
    return tuple(
        TrafficEvent(
            row.flag,
            row.at,
            row.since,
            row.host.name,
            left.get(row.since, "") if row.since else "",
        )
        for row in rows[:SHOWN_EVENTS]
    )
