"""Daemons of the lab: started in the foreground, recorded, and ended by their record alone.

A record is a process id with the time when that process started and the boot it belongs to,
so that a recycled id is never signalled. The signal goes through a pidfd, which closes the
gap between the look and the signal (man 2 pidfd_open).
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from lab.errors import LabError

GRACE = 3.0
"""Seconds that a daemon gets to end by itself before it is killed."""

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Record:
    """Which process, beyond doubt."""

    pid: int
    started: int  # clock ticks since boot, man 5 proc_pid_stat, field 22
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Record | None":
        """The record of the live process ``pid``, or None when it is gone or a zombie."""
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The command may hold spaces and brackets; the fields after its last ) do not.
        fields = stat.rpartition(")")[2].split()
        if fields[0] in "ZX":
            return None
        return cls(pid, int(fields[19]), _BOOT.read_text().strip())

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return Record.of(self.pid) == self

    def send(self, number: int) -> None:
        """Send signal ``number`` if this very process still runs."""
        with suppress(ProcessLookupError):
            handle = os.pidfd_open(self.pid)
            try:
                if self.alive:
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)


def wait_for(condition: Callable[[], bool], what: str, within: float = 10.0) -> None:
    """Poll ``condition`` until it holds; LabError naming ``what`` after ``within`` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {within:g} s.")
        time.sleep(0.01)


def answers(path: Path) -> bool:
    """Whether something listens on the unix socket ``path``; its mere file says less."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        return door.connect_ex(str(path)) == 0


def run(argv: Sequence[str], *, env: Mapping[str, str] | None = None, within: float = 20) -> str:
    """Run a short command and return its output; LabError with what it said if it failed."""
    merged = {**os.environ, **(env or {})}
    try:
        done = subprocess.run(
            argv,
            env=merged,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise LabError(f"{' '.join(argv)}: no answer within {within:g} s.") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise LabError(f"{' '.join(argv)} ended with {done.returncode}: {said}")
    return done.stdout


def descendants(records: Iterable[Record]) -> list[Record]:
    """The live processes that those of ``records`` started, and what these started in turn."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if entry.isdigit():
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(entry))
    found: list[Record] = []
    todo = [record.pid for record in records if record.alive]
    while todo:
        below = children.get(todo.pop(), [])
        todo += below
        found += [record for record in map(Record.of, below) if record]
    return found


def end(records: Iterable[Record], *, grace: float = GRACE) -> None:
    """End processes together: ask, wait up to ``grace`` seconds, then kill."""
    left = [record for record in records if record.alive]
    for record in left:
        record.send(signal.SIGTERM if grace else signal.SIGKILL)
    deadline = time.monotonic() + grace
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = [record for record in left if record.alive]
    for record in left:
        record.send(signal.SIGKILL)
    wait_for(lambda: not any(record.alive for record in left), "processes killed")


class Daemons:
    """The daemons of one lab, by name."""

    def __init__(self, records: Path, logs: Path) -> None:
        self._records = records
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def spawn(
        self, name: str, argv: Sequence[str], *, env: Mapping[str, str] | None = None
    ) -> Record:
        """Start ``argv`` as the daemon ``name``, its output going to ``<name>.log``.

        It gets a session of its own, so that Ctrl-C in a terminal reaches the lab alone and
        the lab ends its daemons in order.
        """
        with (self._logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                argv,
                env={**os.environ, **(env or {})},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children[name] = child
        record = Record.of(child.pid)
        if record is None:
            raise LabError(f"{name} ended at once; see {self._logs / name}.log.")
        (self._records / f"{name}.json").write_text(json.dumps(asdict(record)))
        return record

    def record(self, name: str) -> Record | None:
        """The record of the daemon ``name``, dead or alive; None if it was never started."""
        try:
            return Record(**json.loads((self._records / f"{name}.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def alive(self, name: str) -> bool:
        """Whether the daemon ``name`` runs."""
        self._reap(name)
        record = self.record(name)
        return record is not None and record.alive

    def names(self) -> list[str]:
        """All daemons that were started and not ended on purpose since."""
        return sorted(path.stem for path in self._records.glob("*.json"))

    def end(self, names: Iterable[str], *, grace: float = GRACE) -> None:
        """End the daemons ``names`` with all below them; ``grace=0`` kills outright."""
        names = list(names)
        found = [record for name in names if (record := self.record(name))]
        end([*found, *descendants(found)], grace=grace)
        for name in names:
            self._reap(name)
            self._children.pop(name, None)
            (self._records / f"{name}.json").unlink(missing_ok=True)

    def _reap(self, name: str) -> None:
        child = self._children.get(name)
        if child is not None:
            child.poll()
