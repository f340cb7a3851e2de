"""What the terminal shows while a step runs: one calm line for each step, with its seconds."""

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.errors import CommandError

SPINNER = "|/-\\"
# A step is announced only once it has taken this long, and again so often where nothing spins.
ANNOUNCE_AFTER_S = 1.0
REMIND_EVERY_S = 20.0


class Progress:
    """Shows steps: a spinner on a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self.tty = sys.stdout.isatty()
        self._frame = 0
        self._announced: dict[str, float] = {}

    def say(self, text: str) -> None:
        """Print one whole line."""
        self.clear()
        print(text, flush=True)

    def tick(self, running: Mapping[str, float]) -> None:
        """Show that the steps in `running` (label -> seconds so far) go on."""
        slow = {label: s for label, s in running.items() if s >= ANNOUNCE_AFTER_S}
        if not slow:
            return
        if self.tty:
            self._frame = (self._frame + 1) % len(SPINNER)
            width = shutil.get_terminal_size().columns - 1
            text = ", ".join(f"{label} {seconds:.0f} s" for label, seconds in slow.items())
            print("\r\x1b[K" + f"{SPINNER[self._frame]} {text}"[:width], end="", flush=True)
            return
        for label, seconds in slow.items():
            if seconds >= self._announced.get(label, 0.0):
                print(f"  {label} ... {seconds:.0f} s", flush=True)
                self._announced[label] = seconds + REMIND_EVERY_S

    def done(self, label: str, seconds: float) -> None:
        """Say that a step has ended well."""
        self._announced.pop(label, None)
        self.say(f"  {label}: {seconds:.1f} s")

    def run(
        self,
        label: str,
        argv: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
        group: int | None = None,
    ) -> None:
        """Run a command to its end, its output in `log`; raise CommandError with the tail of it."""
        began = time.monotonic()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(part) for part in argv],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
            try:
                while (status := self._poll(process)) is None:
                    self.tick({label: time.monotonic() - began})
            except BaseException:
                process.terminate()
                process.wait()
                raise
        if status != 0:
            self.clear()
            raise CommandError(f"{label} failed (exit {status}):\n{tail(log)}")
        self.done(label, time.monotonic() - began)

    def _poll(self, process: subprocess.Popen[bytes]) -> int | None:
        try:
            return process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            return None

    def clear(self) -> None:
        """Take the spinner off the terminal."""
        if self.tty:
            print("\r\x1b[K", end="", flush=True)


def tail(path: Path, lines: int = 25) -> str:
    """The last lines of a log, indented."""
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
