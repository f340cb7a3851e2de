"""How long a process waits for an answer of the database.

A server whose processes are stopped, or whose disk hangs, answers nothing while its kernel keeps
the connection alive: no timeout of TCP ends the wait, nor any of the server's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

import psycopg
from django.conf import settings
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout

T = TypeVar("T")
POLL = 0.1  # seconds after which a signal is seen

_shorter: ContextVar[float | None] = ContextVar("shorter", default=None)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Wait for no answer longer than this within the block."""
    token = _shorter.set(seconds)
    try:
        yield
    finally:
        _shorter.reset(token)


class PatientConnection(psycopg.Connection):
    """Waits `settings.DATABASE_PATIENCE` seconds for each answer.

    It is closed then, because the answer may still come. What the server had not been told to
    commit, it rolls back once it finds that out.
    """

    def wait(self, gen: PQGen[T], interval: float = POLL, timeout: float | None = None) -> T:
        """Raises OperationalError when no answer came in time."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        seconds = _shorter.get() or settings.DATABASE_PATIENCE
        try:
            return super().wait(gen, interval, seconds)
        except _WaitTimeout:
            self.pgconn.finish()
            raise psycopg.OperationalError(f"no answer within {seconds:g} s") from None
