"""What the stack's database stands on: a disk that can be filled, and a clock that can be put."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from cli import venv
from cli.copies import postgres_copy
from cli.layout import Layout
from cli.packages import CLOCK_LIBRARY
from tests.faults import truth
from tests.polling import eventually
from tests.stack import Stack

SIZE = "400m"  # a cluster takes a sixth of it
FOLDER, BALLAST, CLOCK = "postgres", "ballast", "clock"
BLOCK = bytes(65536)
# A program of Python's cannot sleep under libfaketime: its clock for waits is not the one that is
# put.
WRAPPER = """\
#!/bin/sh
export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={clock}
export DONT_FAKE_MONOTONIC=1 FAKETIME_CACHE_DURATION=1
exec "$0.real" "$@"
"""
STEPPED_WITHIN = 10.0  # seconds
EXACT = 2.0  # seconds


@contextmanager
def prepared(layout: Layout) -> Iterator[None]:
    """Before a stack is started in the state folder; until it has ended."""
    layout.make()
    (layout.state / CLOCK).write_text("+0\n")
    (layout.state / CLOCK).chmod(0o644)
    postgres = postgres_copy(venv.site_packages(layout), layout.state / "programs") / "postgres"
    real = postgres.rename(postgres.with_name("postgres.real"))
    postgres.write_text(WRAPPER.format(library=CLOCK_LIBRARY, clock=layout.state / CLOCK))
    postgres.chmod(real.stat().st_mode)
    folder = layout.state / FOLDER
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={SIZE},mode=700", "demarc-faults"]
    subprocess.run(["mount", *options, str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass(frozen=True)
class Disk:
    """The file system that the database alone lies on."""

    stack: Stack

    @contextmanager
    def full(self) -> Iterator[None]:
        """No byte can be added for the length of the block."""
        folder = self.stack.state / FOLDER
        ballast = folder / BALLAST
        try:
            # To the end, wherever that is by then: the database goes on writing meanwhile.
            with suppress(OSError), ballast.open("wb", buffering=0) as file:
                while file.write(BLOCK):
                    pass
            yield
        finally:
            ballast.unlink()


@dataclass(frozen=True)
class Clock:
    """The time of day that the database goes by."""

    stack: Stack

    def put(self, seconds: int) -> None:
        """Let it be wrong by so much from now on."""
        (self.stack.state / CLOCK).write_text(f"{seconds:+d}\n")
        eventually(lambda: abs(self.wrong_by() - seconds) < EXACT, within=STEPPED_WITHIN)

    def wrong_by(self) -> float:
        """By how many seconds it is ahead of this machine's."""
        ((now,),) = truth.rows(self.stack, "SELECT statement_timestamp()")
        return float((now - datetime.now(UTC)).total_seconds())
