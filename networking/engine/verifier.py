"""Finds out which hosts of a fabric enforce what was applied, for all waiting scopes at once.

One question serves every scope that was applied before it: to have the hosts report makes the
central daemon recompute everything, so questions are few. While one is open the scopes that are
applied meanwhile wait for the next. A question and what it covers are kept in the scopes' rows, so
that a verifier that is started anew goes on where the last one was.
"""

import logging
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import Error, connection
from django.utils import timezone

from networking.backends.base import BackendError, FabricBackend, FabricProgress
from networking.engine import hosts, wake
from networking.engine.device import open_fabric
from networking.engine.judge import Reading, Ruling, read, rule
from networking.engine.pending import Outstanding, asked, enforce, held_up, outstanding
from networking.engine.words import clock, listing

log = logging.getLogger(__name__)

POLL = 0.03  # seconds between two readings while a question is open
RELAXED = 0.2  # seconds between two readings that nobody waits for
IDLE = 0.5  # seconds between two looks at the database; a signal comes first
HEARTBEAT = 5.0  # seconds without a question after which the hosts are asked how they are
SHARE = 20  # but at least so many times what the last answer took: the central daemon has work


@dataclass
class Question:
    """A configuration number that was asked for, and how the wait for it goes.

    `heartbeat` marks one that no scope waits for. `overdue` is set once people were told that
    nothing comes: from then on newly applied scopes need not wait for this question's end.
    """

    number: int
    since: datetime
    heartbeat: bool = False
    overdue: bool = False
    asked: float = field(default_factory=time.monotonic)
    compiled: float | None = None

    @property
    def took(self) -> float:
        """Seconds until the central daemon had worked it out."""
        return (self.compiled or time.monotonic()) - self.asked

    def ruling(self, reading: Reading, silent: frozenset[str]) -> Ruling:
        """What this reading means for the question."""
        now = time.monotonic()
        if reading.compiled and self.compiled is None:
            self.compiled = now
        waited = now - self.compiled if self.compiled is not None else 0.0
        return rule(reading, silent, asked=now - self.asked, compiled=waited)


class FabricVerifier:
    """The verifier of one fabric; `tick` is one look, `run` looks until it is told to stop."""

    def __init__(self, fabric_id: UUID) -> None:
        self.fabric_id = fabric_id
        self.question: Question | None = None
        self.asked = time.monotonic() - HEARTBEAT
        self.pace = HEARTBEAT
        self.state: Outstanding | None = None
        self._open = ExitStack()
        self._backend: FabricBackend | None = None

    def run(self, stop: threading.Event) -> None:
        """Look again and again; what goes wrong is tried again."""
        try:
            while not stop.is_set():
                try:
                    pause = self.tick()
                except Error as error:
                    log.warning("database away", extra={"reason": str(error)})
                    connection.close()
                    pause = IDLE
                except Exception:
                    log.exception("verifier failed", extra={"fabric": str(self.fabric_id)})
                    self.close()
                    pause = IDLE
                if pause > POLL:
                    wake.wait(self.fabric_id, pause)
                else:
                    stop.wait(pause)
        finally:
            self.close()
            connection.close()

    def tick(self) -> float:
        """Ask if there is something to ask, read if something was asked; returns the seconds
        until the next look."""
        try:
            return self._look()
        except BackendError as error:
            self.close()
            held_up(self.fabric_id, f"The hosts could not be asked. {error}")
            if self.question is not None:
                self.question.overdue = True
            return IDLE

    def close(self) -> None:
        """Let go of the fabric's connection; the next look opens another."""
        self._backend = None
        self._open.close()

    def _look(self) -> float:
        if self.question is None or self.question.overdue or self.question.heartbeat:
            self.state = outstanding(self.fabric_id)
            self._ask(self.state)
        assert self.state is not None
        if self.question is not None:
            self._read(self.question, self.state)
        elif self.state.silent:
            hosts.observed(self.fabric_id, self._fabric().progress())
        if self.question is None:
            self.close()
            return IDLE
        if self.question.overdue:
            return IDLE
        return RELAXED if self.question.heartbeat else POLL

    def _ask(self, state: Outstanding) -> None:
        """Put one question for all that is applied and not covered by a question yet."""
        if state.uncovered:
            # What counts is what was applied before the question: `state` is older than it.
            number = self._fabric().request()
            asked(state, number)
            self._begin(Question(number, timezone.now()))
        elif state.target and (self.question is None or self.question.heartbeat):
            self._begin(Question(state.target, timezone.now()))
        elif self.question is None and time.monotonic() - self.asked >= self.pace:
            self._begin(Question(self._fabric().request(), timezone.now(), heartbeat=True))

    def _begin(self, question: Question) -> None:
        self.question = question
        self.asked = question.asked

    def _read(self, question: Question, state: Outstanding) -> None:
        progress = self._fabric().progress()
        reading = read(question.number, progress, state.hosts)
        ruling = question.ruling(reading, frozenset(state.silent))
        if ruling is Ruling.ENFORCED:
            self._finish(question, reading, progress)
        elif ruling is Ruling.NOBODY:
            self._nobody(question, reading, progress)
        elif ruling is Ruling.UNCOMPILED:
            question.overdue = True
            held_up(self.fabric_id, f"{state.name} has not worked out its flows yet.")
        elif ruling is Ruling.LOST:
            log.warning("question lost", extra={"fabric": state.name, "number": question.number})
            asked(state, 0)
            self.question = None

    def _finish(self, question: Question, reading: Reading, progress: FabricProgress) -> None:
        hosts.observed(self.fabric_id, progress, reading.lagging, question.since)
        enforce(self.fabric_id, question.number, reading, question.since)
        self.pace = max(HEARTBEAT, SHARE * question.took)
        self.question = None

    def _nobody(self, question: Question, reading: Reading, progress: FabricProgress) -> None:
        """The changes wait; the question stays open for the first host that returns. The reason
        is given at each look, as a pass over a scope takes it away."""
        question.overdue = True
        hosts.observed(self.fabric_id, progress, reading.lagging, question.since)
        if reading.lagging:
            names = listing(sorted(reading.lagging), "hosts")
            reason = f"No host is live: {names} silent since {clock(question.since)}."
        else:
            reason = "The fabric has no hosts."
        held_up(self.fabric_id, reason)

    def _fabric(self) -> FabricBackend:
        """The fabric, opened for as long as the question is."""
        if self._backend is None:
            assert self.state is not None
            self._backend = self._open.enter_context(open_fabric(self.state.device))
        return self._backend
