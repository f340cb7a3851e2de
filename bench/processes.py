"""Work shared among processes, as workers share it, and the processor time that it takes."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from threading import BrokenBarrierError
from time import perf_counter, process_time
from typing import Any

from django.db import connection, connections

PROCESSES = 4  # each waits for the database and the fabric half of its time
READY_WITHIN = 60.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Spent:
    """From the start of the first act to the end of the last, and processor time: of the processes
    themselves, and of those that serve them in the database. All in seconds."""

    seconds: float
    own: float
    database: float


_work: tuple[Callable[[Any], None], Sequence[Any]]
"""What this process shares in; set where it begins."""


def spread(things: Sequence[Any], act: Callable[[Any], None], warm: Callable[[], object]) -> Spent:
    """Do the act to each thing, in several processes that start together once each of them is
    warm. What an act raises is raised here; RuntimeError when they do not get warm."""
    processes = min(PROCESSES, len(things))
    context = get_context("fork")
    barrier = context.Barrier(processes + 1)
    # A child would go on writing to the parent's; those to Redis know what a fork is.
    connections.close_all()
    with ProcessPoolExecutor(
        processes, context, initializer=_begin, initargs=(barrier, warm, act, things)
    ) as pool:
        shares = [pool.submit(_share, first, processes) for first in range(processes)]
        try:
            barrier.wait(READY_WITHIN)
        except BrokenBarrierError:
            raise RuntimeError("the processes did not start") from None
        began = perf_counter()
        spent = [share.result() for share in shares]
        took = perf_counter() - began
    return Spent(took, sum(own for own, _ in spent), sum(database for _, database in spent))


def busy(pid: int) -> float:
    """Seconds of processor time that the process has taken (man 5 proc, stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _begin(
    barrier: Any, warm: Callable[[], object], act: Callable[[Any], None], things: Sequence[Any]
) -> None:
    global _work
    _work = act, things
    warm()
    barrier.wait(READY_WITHIN)


def _share(first: int, step: int) -> tuple[float, float]:
    """Processor time of this process and of the one that serves it in the database."""
    act, things = _work
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    own, database = process_time(), busy(server)
    for thing in things[first::step]:
        act(thing)
    return process_time() - own, busy(server) - database
