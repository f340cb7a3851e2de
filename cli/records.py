"""What a running `demarc up` writes down, so that another command, or the next run, finds it."""

import fcntl
import json
import os
import signal
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cli.accounts import private_file
from cli.identity import Identity, end, identify

PROCESSES = "processes.json"
RUN = "run.json"


@dataclass(frozen=True)
class ProcessRecord:
    """One process as `status` shows it."""

    name: str
    identity: Identity
    state: str
    """starting, running or restarting."""
    restarts: int
    stop_signal: int


class Lock:
    """Held by the one supervisor of a state folder for as long as it lives."""

    def __init__(self, state: Path) -> None:
        self._path = state / "lock"
        self._handle: int | None = None

    def take(self) -> bool:
        """Whether the lock is ours now; False when another supervisor has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def free(self) -> bool:
        """Whether no supervisor runs; takes nothing."""
        if not self._path.exists():
            return True
        taken = self.take()
        self.release()
        return taken

    def release(self) -> None:
        """Let go of it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def write_processes(state: Path, records: Iterable[ProcessRecord]) -> None:
    """Replace the list of processes, in the order in which they were started."""
    rows = [asdict(record) for record in records]
    private_file(state / PROCESSES, json.dumps(rows, indent=2) + "\n")


def read_processes(state: Path) -> list[ProcessRecord]:
    """The list as last written; empty when there is none."""
    rows = _read(state / PROCESSES) or []
    return [ProcessRecord(**{**row, "identity": Identity(**row["identity"])}) for row in rows]


def end_leftovers(state: Path, within: float = 15.0) -> list[str]:
    """End what a killed supervisor left behind, last started first; return the names."""
    ended = [
        record.name
        for record in reversed(read_processes(state))
        if end(record.identity, signal.Signals(record.stop_signal), within)
    ]
    write_processes(state, [])
    return ended


def write_run(state: Path, **facts: Any) -> None:
    """Write what `status` and `manage` need to know of the running portal."""
    supervisor = identify(os.getpid())
    assert supervisor is not None
    private_file(
        state / RUN, json.dumps({"supervisor": asdict(supervisor), **facts}, indent=2) + "\n"
    )


def read_run(state: Path) -> dict[str, Any]:
    """What the last run wrote; empty when there was none."""
    return _read(state / RUN) or {}


def supervisor(state: Path) -> Identity | None:
    """The supervisor of the last run, where it still lives."""
    facts = read_run(state)
    if not facts:
        return None
    identity = Identity(**facts["supervisor"])
    return identity if identity.alive() else None


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return None
