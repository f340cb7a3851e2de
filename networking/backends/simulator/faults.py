"""Breaks simulated devices, for tests and for trying what a page shows."""

import time

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.store import Store, encoded
from networking.planning import Json, Resource


class Faults:
    """The faults of one device, `fabric` or `router`; any process may set and heal them."""

    def __init__(self, config: SimulatorConfig, device: str) -> None:
        self._device = device
        self.store = Store(config.path, device)

    def unreachable(self) -> None:
        """The device answers nothing."""
        self._set("unreachable", "", 1)

    def latency(self, seconds: float) -> None:
        """Every answer takes this long."""
        self._set("latency", "", seconds)

    def delay(self, host: str, seconds: float) -> None:
        """The host enforces each change this much later."""
        self._set("delay", host, seconds)

    def silent(self, host: str) -> None:
        """The host reports no more, from now on."""
        self._set("silent", host, time.time())

    def session_down(self, neighbour: str) -> None:
        """The session to this address is down, from now on."""
        self._set("session_down", neighbour, time.time())

    def member_down(self, port_id: str) -> None:
        """The machine answers no health check, from now on."""
        self._set("member_down", port_id, time.time())

    def forget(self, tenant_id: str, kind: str, key: str) -> None:
        """The device loses a resource."""
        self._one("DELETE FROM resource", tenant_id, kind, key)

    def alter(self, tenant_id: str, kind: str, key: str, attrs: Json) -> None:
        """A resource has other attributes than were set."""
        self._one("UPDATE resource SET attrs = ?", tenant_id, kind, key, encoded(attrs))

    def plant(self, tenant_id: str, resource: Resource) -> None:
        """The device holds a resource that nobody applied; with no tenant it is not ours."""
        noun = {"type": resource.noun.type, "id": resource.noun.id, "name": resource.noun.name}
        self._do(
            "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._device,
            tenant_id,
            resource.kind,
            resource.key,
            encoded(resource.attrs),
            encoded(noun),
            time.time(),
        )

    def fence(self, scope_id: str, token: int) -> None:
        """Another worker has claimed the scope."""
        self._do("INSERT OR REPLACE INTO fence VALUES (?, ?, ?)", self._device, scope_id, token)

    def heal(self, name: str = "%", target: str = "%") -> None:
        """All is well again, or the named fault of the target is; what is lost stays lost."""
        self._do(
            "DELETE FROM fault WHERE device = ? AND name LIKE ? AND target LIKE ?",
            self._device,
            name,
            target,
        )

    def _set(self, name: str, target: str, value: float) -> None:
        self._do(
            "INSERT OR REPLACE INTO fault VALUES (?, ?, ?, ?)", self._device, name, target, value
        )

    def _one(self, what: str, tenant_id: str, kind: str, key: str, *values: str) -> None:
        where = " WHERE device = ? AND tenant = ? AND kind = ? AND key = ?"
        if not self._do(what + where, *values, self._device, tenant_id, kind, key):
            raise LookupError(f"The simulated {self._device} holds no {kind} {key}.")

    def _do(self, statement: str, *values: str | float) -> int:
        try:
            with self.store.transaction() as db:
                return db.execute(statement, values).rowcount
        finally:
            self.store.close()
