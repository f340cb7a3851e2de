"""Rows of the benchmark: what they measure, and how they make themselves known."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeVar

Work = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """One result, in seconds. `floor` is the least that such work takes on this machine, and says
    in `floor_is` what it was; the goal is a ratio to it, or a time. `memory` is what a process
    grew by, in bytes, where that is told, too."""

    name: str
    seconds: float
    floor: float
    floor_is: str
    most_ratio: float | None = None
    most_seconds: float | None = None
    memory: int | None = None
    most_memory: int | None = None

    @property
    def ratio(self) -> float:
        """How many times the floor it took."""
        return self.seconds / self.floor

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return (
            (self.most_ratio is None or self.ratio <= self.most_ratio)
            and (self.most_seconds is None or self.seconds <= self.most_seconds)
            and (self.most_memory is None or (self.memory or 0) <= self.most_memory)
        )

    @property
    def goal(self) -> str:
        """The goal as people say it."""
        ratio = f"at most {self.most_ratio:g} times the floor" if self.most_ratio else ""
        limit = f"less than {self.most_seconds * 1000:g} ms" if self.most_seconds else ""
        room = f"less than {self.most_memory / 10**6:g} MB" if self.most_memory else ""
        return " and ".join(part for part in (ratio, limit, room) if part) or "none set"


Row = Callable[[int], Iterable[Measured]]
"""Runs in about the size that it is told; what takes long gives its results as they come."""
Some = TypeVar("Some", bound=Row)
ROWS: dict[str, Row] = {}
SIZES: dict[str, str] = {}
"""What a row's size is, as an argument of the command: `usage_rows`, `tenants`, `rounds`."""


def row(name: str, size: str = "usage_rows") -> Callable[[Some], Some]:
    """Register a row under its name, with what it is told the size of."""

    def register(run: Some) -> Some:
        ROWS[name], SIZES[name] = run, size
        return run

    return register


def best_of(rounds: int, *works: Work) -> list[float]:
    """The shortest time of each work, in seconds. They take turns, so that what slows the machine
    down for a while slows all of them."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for mine, work in zip(times, works, strict=True):
            mine.append(timed(work))
    return [min(mine) for mine in times]


def middle_of(rounds: int, *works: Work) -> list[float]:
    """The median time of each work, in seconds, after one round that does not count."""
    times: list[list[float]] = [[] for _ in works]
    for n in range(rounds + 1):
        for mine, work in zip(times, works, strict=True):
            took = timed(work)
            if n:
                mine.append(took)
    return [median(mine) for mine in times]


def timed(work: Work) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
