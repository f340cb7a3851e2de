"""Traffic of a machine in words and as a picture of its hours. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from networking.selectors.port_traffic import PortTraffic, TrafficEvent, TrafficHour

HEIGHT = 32  # of the drawing, in units of its view box
STEP = 10  # from one hour to the next
FULL = 3600  # seconds
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: what came in stands on what went out. `kind` is `known`, `part` or `unknown`."""

    x: int
    bytes_in: float
    bytes_out: float
    kind: str
    title: str

    @property
    def top(self) -> float:
        """Where what came in begins, from the top."""
        return round(HEIGHT - self.bytes_out - self.bytes_in, 2)

    @property
    def middle(self) -> float:
        """Where what went out begins."""
        return round(HEIGHT - self.bytes_out, 2)


@dataclass(frozen=True, slots=True)
class TrafficView:
    """What a page shows: sentences, and bars."""

    bytes_in: str
    bytes_out: str
    known_for: str
    read_at: datetime | None
    gone: bool
    events: tuple[str, ...]
    bars: tuple[Bar, ...]
    since: str
    width: int
    height: int


def traffic_view(traffic: PortTraffic) -> TrafficView:
    """How the last day of a machine looks."""
    return TrafficView(
        bytes_in=size(traffic.bytes_in),
        bytes_out=size(traffic.bytes_out),
        known_for=length(traffic.covered_seconds),
        read_at=traffic.read_at,
        gone=traffic.gone,
        events=tuple(map(event, traffic.events)),
        bars=bars(traffic.hours),
        since=clock(traffic.hours[0].hour) if traffic.hours else "",
        width=STEP * len(traffic.hours),
        height=HEIGHT,
    )


def size(octets: int) -> str:
    """Bytes in decimal units with three digits, as they are charged: "1.25 GB"."""
    value, unit = float(octets), UNITS[0]
    for unit in UNITS:
        if value < 999.5 or unit == UNITS[-1]:
            break
        value /= 1000
    digits = 0 if unit == "B" or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {unit}"


def length(seconds: int) -> str:
    """A length of time to the minute: "23 h 58 min"."""
    hours, minutes = divmod(seconds // 60, 60)
    if hours and minutes:
        return f"{hours} h {minutes} min"
    return f"{hours} h" if hours else f"{minutes} min"


def event(one: TrafficEvent) -> str:
    """What happened, as a sentence; times are UTC."""
    at = clock(one.at)
    if one.flag == "gap":
        since = clock(one.since) if one.since else "before"
        return f"Not read from {since} to {at}; what passed meanwhile was counted at {at}."
    if one.flag == "reset":
        return f"Its counter on {one.host} began anew before {at}."
    if one.flag == "moved":
        if one.came_from and one.came_from != one.host:
            return f"Moved from {one.came_from} to {one.host} by {at}."
        return f"Plugged in anew on {one.host} by {at}."
    return f"Showed more at {at} than a line carries; the rest was not counted."


def clock(moment: datetime) -> str:
    """The time of day in UTC, to the minute."""
    return moment.strftime("%H:%M")


def bars(hours: Sequence[TrafficHour]) -> tuple[Bar, ...]:
    """The hours, the busiest one as high as the drawing."""
    most = max((hour.bytes_in + hour.bytes_out for hour in hours), default=0) or 1
    return tuple(
        Bar(
            x=STEP * place,
            bytes_in=round(HEIGHT * hour.bytes_in / most, 2),
            bytes_out=round(HEIGHT * hour.bytes_out / most, 2),
            kind=_kind(hour, last=place == len(hours) - 1),
            title=_title(hour),
        )
        for place, hour in enumerate(hours)
    )


def _kind(hour: TrafficHour, last: bool) -> str:
    """The hour that runs is not over: it is not in part unknown."""
    if not hour.covered_seconds and not hour.bytes_in and not hour.bytes_out:
        return "unknown"
    return "known" if last or hour.covered_seconds >= FULL else "part"


def _title(hour: TrafficHour) -> str:
    when = f"{hour.hour:%H:%M} UTC"
    if _kind(hour, last=False) == "unknown":
        return f"{when}: no data"
    known = "" if hour.covered_seconds >= FULL else f", read for {length(hour.covered_seconds)}"
    return f"{when}: {size(hour.bytes_in)} in, {size(hour.bytes_out)} out{known}"
