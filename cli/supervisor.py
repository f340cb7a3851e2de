"""Owns the processes: starts them in order, keeps them running, ends them in reverse."""

import contextlib
import os
import select
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from cli.errors import CommandError
from cli.identity import identify, kill_group
from cli.programs import Program, Running, launch
from cli.progress import Progress, tail
from cli.records import ProcessRecord, write_processes

POLL_S = 0.05
# A program that crashes at once is tried again after 0.5, 1, 2 ... 30 s; one that had served
# for a minute starts over at 0.5.
BACK_OFF_FIRST_S = 0.5
BACK_OFF_MOST_S = 30.0
STEADY_AFTER_S = 60.0
LOG_KEPT_BYTES = 10_000_000


class Interrupted(Exception):
    """Someone asked for the end while things were still starting."""


class Supervisor:
    """Runs a list of programs. It has one thread, to which the kernel ties its children."""

    def __init__(self, state: Path, cwd: Path, progress: Progress) -> None:
        self._state = state
        self._cwd = cwd
        self._progress = progress
        self._running: dict[str, Running] = {}
        self._ended_steps: set[str] = set()
        self._due: dict[str, tuple[float, Program, int]] = {}
        self._asked_to_stop = 0
        self._wake, self._woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def log(self, name: str) -> Path:
        """Where the output of a program goes."""
        return self._state / "logs" / f"{name}.log"

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Turn SIGINT, SIGTERM and SIGHUP into a wish to stop, and wake up for ended children."""
        kept = {
            sign: signal.signal(sign, self._wish_to_stop)
            for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        kept[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        old = signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(old)
            for sign, handler in kept.items():
                signal.signal(sign, handler)

    def start(self, programs: Iterable[Program]) -> None:
        """Start `programs`, each after those it waits for; return when all are ready.

        Raises CommandError naming the one that failed, and Interrupted on a wish to stop.
        """
        waiting = {program.name: program for program in programs}
        while waiting or any(not running.is_ready for running in self._running.values()):
            if self._asked_to_stop:
                raise Interrupted
            for program in [p for p in waiting.values() if self._may_start(p)]:
                del waiting[program.name]
                if program.skip is not None and program.skip():
                    self._ended_steps.add(program.name)
                else:
                    self._launch(program)
            self._look_at_starting()
            self._progress.tick(self._still_starting())
            self._sleep(POLL_S)

    def watch(self) -> None:
        """Keep the programs running until someone wishes the end."""
        while not self._asked_to_stop:
            for running in list(self._running.values()):
                if running.process.poll() is not None:
                    self._plan_restart(running)
            self._restart_due()
            self._keep_logs_short()
            self._sleep(0.2 if self._due else 5.0)

    def stop(self) -> None:
        """End everything, those first on which no other depends. A second Ctrl-C kills."""
        self._due.clear()
        impatient = self._asked_to_stop + 1
        signalled: dict[str, float] = {}
        while self._running:
            self._reap()
            needed = {name for r in self._running.values() for name in r.program.after}
            for name, running in self._running.items():
                if name in signalled:
                    late = time.monotonic() - signalled[name] > running.program.stop_within
                    if late or self._asked_to_stop >= impatient:
                        kill_group(running.process.pid)
                elif name not in needed:
                    running.process.send_signal(running.program.stop_signal)
                    signalled[name] = time.monotonic()
            self._progress.tick(self._still_stopping(signalled))
            self._sleep(POLL_S)
        self._progress.clear()
        write_processes(self._state, [])

    def _reap(self) -> None:
        for name, running in list(self._running.items()):
            if running.process.poll() is not None:
                kill_group(running.process.pid)  # with workers of its own that outlive it
                del self._running[name]

    def _still_stopping(self, signalled: dict[str, float]) -> dict[str, float]:
        now = time.monotonic()
        return {
            f"stopping {running.program.label}": now - signalled[name]
            for name, running in self._running.items()
            if name in signalled
        }

    def _may_start(self, program: Program) -> bool:
        return all(
            name in self._ended_steps or (name in self._running and self._running[name].is_ready)
            for name in program.after
        )

    def _launch(self, program: Program, restarts: int = 0) -> None:
        log = self.log(program.name)
        # A log tells of one run; the one before it is kept beside it.
        if log.exists() and restarts == 0:
            log.replace(log.with_suffix(".log.1"))
        running = launch(program, log, self._cwd)
        running.restarts = restarts
        self._running[program.name] = running
        self._record()

    def _look_at_starting(self) -> None:
        for name, running in list(self._running.items()):
            if running.is_ready:
                continue
            program = running.program
            took = time.monotonic() - running.began
            status = running.process.poll()
            if status is not None and not (program.step and status == 0):
                del self._running[name]
                self._fail(program, f"failed (exit {status})")
            if program.step and status == 0:
                del self._running[name]
                self._ended_steps.add(name)
                if program.done is not None:
                    program.done()
            elif program.step or (program.ready is not None and not program.ready()):
                if took > program.ready_within:
                    self._fail(program, f"was not ready after {took:.0f} s")
                continue
            running.is_ready = True
            if program.step or program.ready is not None:
                self._progress.done(program.label, took)
            self._record()

    def _fail(self, program: Program, how: str) -> NoReturn:
        raise CommandError(f"{program.label} {how}:\n{tail(self.log(program.name))}")

    def _still_starting(self) -> dict[str, float]:
        now = time.monotonic()
        return {
            running.program.label: now - running.began
            for running in self._running.values()
            if not running.is_ready
        }

    def _plan_restart(self, running: Running) -> None:
        program = running.program
        served = time.monotonic() - running.began
        kill_group(running.process.pid)  # with workers of its own that outlive it
        del self._running[program.name]
        tries = 0 if served > STEADY_AFTER_S else running.restarts
        pause = min(BACK_OFF_FIRST_S * 2**tries, BACK_OFF_MOST_S)
        self._due[program.name] = (time.monotonic() + pause, program, tries + 1)
        self._progress.say(
            f"{program.label} ended unexpectedly (exit {running.process.returncode}); "
            f"starting it again in {pause:g} s. Its log: {self.log(program.name)}"
        )
        self._record()

    def _restart_due(self) -> None:
        for name, (at, program, restarts) in list(self._due.items()):
            if time.monotonic() >= at:
                del self._due[name]
                self._launch(program, restarts)
                self._running[name].is_ready = True

    def _keep_logs_short(self) -> None:
        for name in self._running:
            log = self.log(name)
            if log.stat().st_size > LOG_KEPT_BYTES:
                # Its writer appends, so it goes on at the new end.
                shutil.copyfile(log, log.with_suffix(".log.1"))
                os.truncate(log, 0)

    def _record(self) -> None:
        records = []
        for name, running in self._running.items():
            identity = identify(running.process.pid)
            if identity is not None:
                state = "running" if running.is_ready else "starting"
                records.append(
                    ProcessRecord(
                        name, identity, state, running.restarts, int(running.program.stop_signal)
                    )
                )
        write_processes(self._state, records)

    def _wish_to_stop(self, *_: object) -> None:
        self._asked_to_stop += 1

    def _sleep(self, seconds: float) -> None:
        """Wait until a signal arrives, `seconds` at most."""
        if select.select([self._wake], [], [], seconds)[0]:
            os.read(self._wake, 4096)
