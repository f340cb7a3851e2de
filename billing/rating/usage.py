"""Usage as plain values: what existed from when to when, and what was counted."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from billing.rating.meters import Meter


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A noun existed, with these attributes, from the second `start` until before `end`; None
    while it lives. `noun` is "network", "port", "vip", "site" or "gateway"."""

    noun: str
    resource: UUID
    start: int
    end: int | None
    attributes: dict[str, str] = field(default_factory=dict, hash=False)
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """So many nouns (`many`) of one kind, with the same attributes and from the same second until
    the same one; the rest as in `Lifetime`."""

    noun: str
    start: int
    end: int | None
    attributes: dict[str, str] = field(default_factory=dict, hash=False)
    generated: bool = False
    many: int = 1


@dataclass(frozen=True, slots=True)
class Traffic:
    """Bytes of a port on a day of the issuer (None: on any), within the epoch that begins at
    `since`.

    `covered` is for how many seconds counters were read. Rows of one (resource, day, since) are
    the same row.
    """

    resource: UUID
    day: date | None
    since: int
    bytes_in: int
    bytes_out: int
    covered: int
    generated: bool = False


@dataclass(frozen=True, slots=True)
class Used:
    """Integer units of one meter on one day within the epoch that begins at `since`.

    Without a resource and a day it is a sum of many, of which only the lines are wanted.
    """

    meter: Meter
    since: int
    units: int
    attributes: dict[str, str] = field(default_factory=dict, hash=False)
    day: date | None = None
    resource: UUID | None = None
    generated: bool = False
