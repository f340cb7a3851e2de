"""Work shared among processes, as workers share it, and the processor time that it takes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, median
from threading import BrokenBarrierError
from time import perf_counter, process_time
from typing import Any

from django.db import connection, connections

PROCESSES = 4  # each waits for the database and the fabric half of its time
READY_WITHIN = 60.0  # seconds


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
    """Seconds of processor time that the threads of a process have taken (Linux,
    Documentation/scheduler/sched-stats.rst)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 10**9


def database_server() -> int:
    """The process that serves this one in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


class Meter:
    """How long something takes again and again, and the processor time that this process and those
    that serve it take meanwhile. The first time does not count."""

    def __init__(self, **pids: int) -> None:
        self._pids = pids
        self._rounds: list[dict[str, float]] = []
        self.times: list[float] = []

    def run(self, work: Callable[[], object]) -> None:
        """Do it once more."""
        before, began = self._read(), perf_counter()
        work()
        self.times.append(perf_counter() - began)
        after = self._read()
        self._rounds.append({name: after[name] - before[name] for name in after})

    def __str__(self) -> str:
        """In milliseconds: the median from start to end, the mean of processor time."""
        spent = (
            f"{name} {mean(one[name] for one in self._rounds[1:]) * 1000:.0f}"
            for name in ("own", *self._pids)
        )
        return f"{median(self.times[1:]) * 1000:.0f} ms, on processors: {', '.join(spent)}"

    def _read(self) -> dict[str, float]:
        return {"own": process_time()} | {name: busy(pid) for name, pid in self._pids.items()}


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
    server = database_server()
    own, database = process_time(), busy(server)
    for thing in things[first::step]:
        act(thing)
    return process_time() - own, busy(server) - database
