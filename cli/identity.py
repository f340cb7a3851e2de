"""Which process a recorded pid means: a pid alone may since have gone to another."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A process as it was when it was recorded."""

    pid: int
    started: int
    """Clock ticks after boot; field 22 of /proc/PID/stat, see proc(5)."""
    boot: str
    """The boot that the ticks count from; see random(4)."""

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return identify(self.pid) == self


def identify(pid: int) -> Identity | None:
    """The process that has `pid` now; None when there is none, or when it has only to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[0] in "ZX":
        return None
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return Identity(pid, int(fields[19]), boot)


def end(identity: Identity, sign: signal.Signals, within: float) -> bool:
    """Signal exactly this process and wait; kill its group after `within` s. True if it ran."""
    if not identity.alive():
        return False
    os.kill(identity.pid, sign)
    if not _gone(identity, within):
        kill_group(identity.pid)
        if identity.alive():  # It leads no group, as a supervisor that a script has started.
            os.kill(identity.pid, signal.SIGKILL)
        _gone(identity, 5.0)
    return True


def kill_group(pid: int) -> None:
    """Kill the process group that `pid` leads or has led."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _gone(identity: Identity, within: float) -> bool:
    deadline = time.monotonic() + within
    while identity.alive():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
