"""Row "fabric": changes, sweeps and workers on one fabric of many tenants, without machines."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter, process_time
from uuid import UUID

from bench import central, raw, tenants
from bench.central import Central, Raw
from bench.processes import PROCESSES, Meter, busy, database_server, spread
from bench.rows import Measured, row, timed
from networking.engine import drift
from networking.engine.reconcile import reconcile

ROUNDS = 5
TOGETHER = 50
FRESH = 3  # workers that are started
LATER = 100  # changes that one of them takes up after its first
MOST_MEMORY = 40 * 10**6  # bytes that its first change may take


@row("fabric", size="tenants")
def fabric(many: int) -> Iterator[Measured]:
    """Fill a fabric with so many tenants by the engine itself, then measure on it."""
    with central.run() as centre, centre.raw() as (north, south):
        _fill(many, centre, north)
        bench = _Bench(many, centre, north, south)
        yield (one := bench.change())
        yield bench.membership()
        yield from bench.together(one)
        if FRESH:
            yield from bench.workers()
        yield bench.sweep()


def _fill(many: int, centre: Central, north: Raw) -> None:
    tenants.fill(many, centre.config)
    with centre.paused():
        spent = spread(tenants.scopes(), reconcile, tenants.scopes)
    took = timed(lambda: central.compiled(north))
    tenants.settle()
    say = f"filled {many:,} tenants in {spent.seconds:.1f} s, compiled in {took:.1f} s"
    print(say, file=sys.stderr, flush=True)


class _Bench:
    """Measurements on a fabric that is filled."""

    def __init__(self, many: int, centre: Central, north: Raw, south: Raw) -> None:
        self.many, self.centre, self.north = many, centre, north
        self.rows = raw.Rows(north, south)
        self._numbers = count(1)
        self._crowd = [tenants.customer(n) for n in range(1, min(TOGETHER, many) + 1)]
        self._someone = self._crowd[0]
        networks = [who.network for who in self._crowd]
        self._switches = self.rows.switches(networks)

    def change(self) -> Measured:
        """A machine is added: from the request to the central daemon's report."""
        who, switch = self._someone, self._switches[0]
        request, passing, reported = (self._meter() for _ in range(3))
        floors = []
        for _ in range(ROUNDS + 1):
            request.run(lambda: self._post(who))
            passing.run(lambda: reconcile(who.scope))
            reported.run(lambda: central.compiled(self.north))
            floors.append(timed(lambda: self._insert([switch])))
        tenants.settle()
        return Measured(
            f"one change among {self.many:,} tenants, HTTP to southbound"
            f" (request {request}; pass {passing}; report {reported})",
            _middle(request, passing, reported), median(floors[1:]),
            "the same rows in one raw transaction", most_ratio=2,
        )  # fmt: skip

    def membership(self) -> Measured:
        """A label moves a machine between groups: to where hosts read the address sets."""
        who, floors = self._someone, []
        request, passing = self._meter(), self._meter()
        for app in ("db", "web") * (ROUNDS // 2 + 1):
            etag = who.etag()
            request.run(lambda: who.label(app, etag))  # noqa: B023 - called at once
            passing.run(lambda: reconcile(who.scope))
            floors.append(timed(self.rows.move))
        return Measured(
            f"a group membership change among {self.many:,} tenants, HTTP to southbound"
            f" (request {request}; pass {passing})",
            _middle(request, passing), median(floors[1:]),
            "one address set in a raw transaction", most_seconds=0.1,
        )  # fmt: skip

    def _meter(self) -> Meter:
        """What a part of a change takes of each processor."""
        north, south = (self.centre.servers[name].pid for name in ("nb", "sb"))
        return Meter(
            postgresql=database_server(), northbound=north, southbound=south,
            northd=self.centre.northd.pid,
        )  # fmt: skip

    def together(self, one: Measured) -> list[Measured]:
        """Many tenants add a machine at the same time, held against one who does, and against the
        same rows in raw transactions."""
        daemons = self.centre.servers["nb"].pid, self.centre.northd.pid
        before, began = [busy(pid) for pid in daemons], perf_counter()
        spent = spread(self._crowd, self._add, self._someone.etag)
        # What it takes to get processes ready is no part of it.
        starting = perf_counter() - began - spent.seconds
        central.compiled(self.north)
        took = perf_counter() - began - starting
        north, northd = (busy(pid) - was for pid, was in zip(daemons, before, strict=True))
        floor = timed(lambda: self._insert(self._switches))
        tenants.settle()
        each = [seconds / len(self._crowd) for seconds in (spent.own, spent.database, north)]
        own, database, north = (seconds * 1000 for seconds in each)
        name = f"{len(self._crowd)} tenants at once, {PROCESSES} processes"
        costs = f"processor time: {own:.0f} ms each, {database:.0f} ms of PostgreSQL's,"
        costs += f" {north:.0f} ms of the northbound server's; {northd:.1f} s of the central daemon"
        return [
            Measured(f"{name}, {costs}", took, one.seconds, "one of them alone", most_ratio=2),
            Measured(name, took, floor, "the same rows in as many raw transactions"),
        ]

    def workers(self) -> list[Measured]:
        """Workers that just started take up their first changes; before the central daemon."""
        fresh = []
        for _ in range(FRESH):
            self._post(self._someone)
            fresh.append(_fresh(self._someone.scope))
        again = []
        for _ in range(FRESH):
            self._post(self._someone)
            again.append(timed(lambda: reconcile(self._someone.scope)))
        later = [tenants.customer(1 + n) for n in range(min(LATER, self.many))]
        for who in later:
            self._post(who)
        old = _fresh(*(who.scope for who in later))
        tenants.settle()
        return [
            Measured(
                f"a worker's first change among {self.many:,} tenants"
                f" ({median(one.worked for one in fresh) * 1000:.0f} ms on a processor)",
                median(one.first for one in fresh), median(again),
                "the same by a worker that is warm", most_seconds=0.2,
                memory=max(one.grown[0] for one in fresh), most_memory=MOST_MEMORY,
            ),
            Measured(
                f"a worker's first {len(later)} changes, memory beyond the"
                f" {old.loaded / 10**6:.0f} MB of the program itself",
                old.all, old.first, "its first", memory=old.grown[-1],
            ),
        ]  # fmt: skip

    def sweep(self) -> Measured:
        """Each tenant is compared with the northbound database once."""
        server, scopes = self.centre.servers["nb"].pid, tenants.scopes()
        before, began, worked = busy(server), perf_counter(), process_time()
        for scope in scopes:
            drift.check(scope)
        took, load = perf_counter() - began, busy(server) - before
        worked = (process_time() - worked) / self.many
        return Measured(
            f"drift sweep over {self.many:,} tenants by one process"
            f" ({worked * 1000:.0f} ms on a processor each)",
            took, load, "processor time of the northbound server",
        )  # fmt: skip

    def _post(self, who: tenants.Customer) -> None:
        # Several processes may ask for the same customer.
        name = f"new-{os.getpid()}-{next(self._numbers)}"
        who.post("ports", {"network": str(who.network), "name": name, "labels": {"app": "web"}})

    def _add(self, who: tenants.Customer) -> None:
        self._post(who)
        reconcile(who.scope)

    def _insert(self, switches: list[object]) -> None:
        for switch in switches:
            self.rows.add_port(switch)
        central.compiled(self.north)


def _middle(*parts: Meter) -> float:
    """The median of all parts together, but for the first time."""
    together = [sum(times) for times in zip(*(part.times for part in parts), strict=True)]
    return median(together[1:])


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A new process that took up changes: seconds that the first took, those of them on a
    processor, and those that all took; bytes of the loaded program, and those that it had grown by
    after each change."""

    first: float
    worked: float
    all: float
    loaded: int
    grown: list[int]


def _fresh(*scopes: UUID) -> _Fresh:
    """Have a new process take up these scopes' changes."""
    command = [sys.executable, "-m", "bench.first", *map(str, scopes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return _Fresh(**json.loads(done.stdout.splitlines()[-1]))
