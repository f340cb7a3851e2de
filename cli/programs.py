"""What the supervisor runs: a program, what it waits for, and how one knows that it is ready."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cli.accounts import Account

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Program:
    """One process of the portal, or one step on the way there."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    label: str
    """What the terminal calls it."""
    after: tuple[str, ...] = ()
    """Programs that must be ready (steps: ended well) before this one starts."""
    step: bool = False
    """A step ends by itself with exit status 0; the others are kept running."""
    skip: Callable[[], bool] | None = None
    """Whether a step may be left out, asked when its turn has come."""
    done: Callable[[], None] | None = None
    """Called once a step has ended well."""
    ready: Callable[[], bool] | None = None
    """A quick look at whether it serves; None means that running is enough."""
    ready_within: float = 60.0
    """Seconds until its slowness counts as a failure."""
    account: Account | None = None
    stdin: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 15.0
    """Seconds that it has to end after `stop_signal`; it is killed after them."""


@dataclass
class Running:
    """A started program."""

    program: Program
    process: subprocess.Popen[bytes]
    began: float = field(default_factory=time.monotonic)
    is_ready: bool = False
    restarts: int = 0


def launch(program: Program, log: Path, cwd: Path) -> Running:
    """Start `program` in a session of its own, its output appended to `log`."""
    account = program.account
    stop_signal = program.stop_signal

    def follow_parent() -> None:
        # After setuid, which would clear it. The child stops if the supervisor is killed.
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))

    with log.open("ab") as output:
        process = subprocess.Popen(
            program.argv,
            stdin=subprocess.PIPE if program.stdin else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(program.env),
            cwd="/" if account else cwd,
            start_new_session=True,
            preexec_fn=follow_parent,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            umask=0o077 if account else -1,
        )
    if process.stdin is not None:
        process.stdin.write(program.stdin.encode())
        process.stdin.close()
    return Running(program, process)


def base_env() -> dict[str, str]:
    """The caller's environment without what only some children may know."""
    hidden = {"DATABASE_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "PYTHONPATH", "PYTHONHOME"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PYTHONUNBUFFERED": "1"}
