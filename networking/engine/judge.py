"""Decides from a reading of a fabric whether a configuration number is in force. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from networking.backends.base import FabricProgress

HOST_PATIENCE = 5.0  # seconds that a host may lag behind the central daemon
COMPILE_PATIENCE = 15.0  # seconds that the central daemon may take


class Ruling(Enum):
    """What a reading says of a configuration number."""

    OPEN = auto()
    """Somebody may still get there in time."""
    ENFORCED = auto()
    """Every host that lives is there."""
    NOBODY = auto()
    """No host is there, and none may be waited for any longer."""
    UNCOMPILED = auto()
    """The central daemon has not got there in time."""
    LOST = auto()
    """The fabric knows nothing of the number: its database was made anew."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A fabric's progress, split at a configuration number. `reached` says which hosts got there
    and when, if they say so; `lagging` which did not."""

    compiled: bool
    lost: bool
    reached: Mapping[str, datetime | None]
    lagging: frozenset[str]


def read(number: int, progress: FabricProgress, registered: Collection[str]) -> Reading:
    """Split the progress at `number`. A registered host that the fabric does not know lags."""
    reached = {host.name: host.at for host in progress.hosts if host.cfg >= number}
    names = {host.name for host in progress.hosts} | set(registered)
    return Reading(
        compiled=progress.compiled >= number,
        lost=progress.requested < number,
        reached=reached,
        lagging=frozenset(names - reached.keys()),
    )


def rule(reading: Reading, silent: Collection[str], *, asked: float, compiled: float) -> Ruling:
    """The ruling after so many seconds since the question and since its compilation.

    A host that was silent before is not waited for while another one lives.
    """
    if reading.lost:
        return Ruling.LOST
    if not reading.compiled:
        return Ruling.UNCOMPILED if asked > COMPILE_PATIENCE else Ruling.OPEN
    expected = reading.lagging - set(silent)
    if reading.reached and not expected:
        return Ruling.ENFORCED
    if compiled <= HOST_PATIENCE:
        return Ruling.OPEN
    return Ruling.ENFORCED if reading.reached else Ruling.NOBODY
