"""Row "fabric": changes, sweeps and workers on one fabric of many tenants, without machines."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median
from uuid import UUID

from django.db import connection

from bench import central, tenants
from bench.central import Central, Raw
from bench.rows import Measured, middle_of, row, timed
from networking.engine import drift
from networking.engine.reconcile import reconcile

ROUNDS = 7
TOGETHER = 50
THREADS = 4
FRESH = 3  # workers that are started
RAW_SET = "raw_set"
TICKS = os.sysconf("SC_CLK_TCK")


@row("fabric", size="tenants")
def fabric(many: int) -> list[Measured]:
    """Fill a fabric with so many tenants by the engine itself, then measure on it."""
    with central.run() as centre, centre.raw() as (north, south):
        tenants.fill(many, centre.config)
        scopes = tenants.scopes()
        began = time.perf_counter()
        for scope in scopes:
            reconcile(scope)
        took = time.perf_counter() - began
        central.compiled(north)
        tenants.settle()
        print(f"filled {many} tenants in {took:.1f} s", file=sys.stderr)
        bench = _Bench(many, scopes, centre, north, south)
        one = bench.change()
        found = [one, bench.membership(), bench.together(one)]
        return [*found, *([bench.first()] if FRESH else []), bench.sweep()]


class _Bench:
    """Measurements on a fabric that is filled."""

    def __init__(
        self, many: int, scopes: list[UUID], centre: Central, north: Raw, south: Raw
    ) -> None:
        self.many, self.scopes, self.centre, self.north, self.south = (
            many, scopes, centre, north, south,
        )  # fmt: skip
        self._numbers = count(1)
        self._someone = tenants.customer(1)

    def change(self) -> Measured:
        """A machine is added: from the request to the central daemon's report."""

        def ours() -> None:
            self._add(self._someone)
            central.compiled(self.north)

        self.north.transact({"op": "insert", "table": "Address_Set", "row": {"name": RAW_SET}})
        switch = _switch(self.north, self._someone.network)

        def raw() -> None:
            self._insert(switch)
            central.compiled(self.north)

        took, floor = middle_of(ROUNDS, ours, raw)
        tenants.settle()
        return Measured(
            f"one change among {self.many:,} tenants, HTTP to southbound",
            took, floor, "the same rows in one raw transaction", most_ratio=2,
        )  # fmt: skip

    def membership(self) -> Measured:
        """A label moves a machine between groups: to where hosts read the address sets."""
        raw = self._raw_membership()
        times, floors = [], []
        for app in ("db", "web") * (ROUNDS // 2 + 1):
            etag = self._someone.etag()
            times.append(timed(lambda: self._label(app, etag)))  # noqa: B023 - called at once
            floors.append(timed(raw))
        took, floor = median(times[1:]), median(floors[1:])
        return Measured(
            f"a group membership change among {self.many:,} tenants, HTTP to southbound",
            took, floor, "one address set in a raw transaction", most_seconds=0.1,
        )  # fmt: skip

    def together(self, one: Measured) -> Measured:
        """Many tenants add a machine at the same time; the floor is one who does."""
        crowd = [tenants.customer(n) for n in range(1, min(TOGETHER, self.many) + 1)]
        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(self._alone, crowd))
            central.compiled(self.north)
            took = time.perf_counter() - began
        tenants.settle()
        return Measured(
            f"{len(crowd)} tenants at once, {THREADS} threads of one process",
            took, one.seconds, "one of them alone", most_ratio=2,
        )  # fmt: skip

    def first(self) -> Measured:
        """A worker that just started takes up its first change; before the central daemon."""
        times, memory = [], []
        for _ in range(FRESH):
            self._post(self._someone)
            command = [sys.executable, "-m", "bench.first", str(self._someone.scope)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            said = json.loads(done.stdout.splitlines()[-1])
            times.append(said["seconds"])
            memory.append(said["bytes"])
        again = []
        for _ in range(FRESH):
            self._post(self._someone)
            began = time.perf_counter()
            reconcile(self._someone.scope)
            again.append(time.perf_counter() - began)
        tenants.settle()
        mib = max(memory) / 2**20
        return Measured(
            f"a worker's first change among {self.many:,} tenants, {mib:.1f} MiB",
            median(times), median(again), "the same by a worker that is warm", most_seconds=0.2,
        )  # fmt: skip

    def sweep(self) -> Measured:
        """Each tenant is compared with the northbound database once."""
        server = self.centre.servers["nb"].pid
        busy, began = _busy(server), time.perf_counter()
        for scope in self.scopes:
            drift.check(scope)
        took, busy = time.perf_counter() - began, _busy(server) - busy
        return Measured(
            f"drift sweep over {self.many:,} tenants",
            took, max(busy, 1 / TICKS), "processor time of the northbound server",
        )  # fmt: skip

    def _post(self, who: tenants.Customer) -> None:
        name = f"new-{next(self._numbers)}"
        who.post("ports", {"network": str(who.network), "name": name, "labels": {"app": "web"}})

    def _add(self, who: tenants.Customer) -> None:
        self._post(who)
        reconcile(who.scope)

    def _label(self, app: str, etag: str) -> None:
        self._someone.label(app, etag)
        reconcile(self._someone.scope)

    def _alone(self, who: tenants.Customer) -> None:
        try:
            self._add(who)
        finally:
            connection.close()

    def _insert(self, switch: object) -> None:
        """A port on the switch, and its address in a set."""
        number = next(self._numbers)
        address = f"10.1.0.{number}"
        ends = f"0a:ff:00:00:00:{number:02x} {address}"
        port = {"name": f"raw-{number}", "addresses": ends, "port_security": ends}
        self.north.transact(
            {"op": "insert", "table": "Logical_Switch_Port", "row": port, "uuid-name": "port"},
            {
                "op": "mutate",
                "table": "Logical_Switch",
                "where": [["_uuid", "==", switch]],
                "mutations": [["ports", "insert", ["set", [["named-uuid", "port"]]]]],
            },
            {
                "op": "mutate",
                "table": "Address_Set",
                "where": [["name", "==", RAW_SET]],
                "mutations": [["addresses", "insert", address]],
            },
        )

    def _raw_membership(self) -> Callable[[], None]:
        """Another member for the set that `change` made."""
        numbers = count()
        where = [["name", "==", RAW_SET]]
        select = {"op": "select", "table": "Address_Set", "where": where, "columns": ["addresses"]}

        def there(address: str) -> bool:
            rows = self.south.transact(select)[0]["rows"]
            return bool(rows) and rows[0]["addresses"] == address

        def move() -> None:
            address = f"10.9.0.{next(numbers) % 200}"
            update = {"op": "update", "table": "Address_Set", "where": where}
            self.north.transact(update | {"row": {"addresses": address}})
            central.wait_for(lambda: there(address), "the set is southbound")

        return move


def _switch(north: Raw, network: UUID) -> object:
    """The row of the network's switch."""
    select = {
        "op": "select",
        "table": "Logical_Switch",
        "where": [],
        "columns": ["_uuid", "external_ids"],
    }
    (result,) = north.transact(select)
    for one in result["rows"]:
        if str(network) in dict(one["external_ids"][1]).values():
            return one["_uuid"]
    raise AssertionError(f"no switch of {network}")


def _busy(pid: int) -> float:
    """Seconds of processor time that the process has taken (man 5 proc, stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
