"""What simulated fabrics and routers share: resources of tenants, behind fences."""

import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Self

from networking.backends.base import StaleTokenError
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.store import Store, encoded
from networking.intent import ScopeRef
from networking.planning import Ident, Noun, Plan, Resource, Step
from networking.planning.outline import ORDER


class SimulatedDevice:
    """Holds resources as they are wanted; subclasses say what a noun becomes."""

    order: Sequence[str] = ORDER
    device = ""

    def __init__(self, config: SimulatorConfig) -> None:
        self.config = config
        self.store = Store(config.path, self.device)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.store.close()

    def observe(
        self, scope: ScopeRef, only: Collection[Ident] | None = None
    ) -> tuple[Resource, ...]:
        """The tenant's resources as they are now."""
        with self.store.answer() as db:
            return tuple(resource for resource, _ in self._held(db, scope.tenant.id))

    def claim(self, scope: ScopeRef, token: int) -> None:
        """Leave our token on the device."""
        with self.store.answer() as db:
            held = self._token(db, scope)
            if held is not None and held > token:
                raise self._stale(scope, token, held)
            db.execute(
                "INSERT OR REPLACE INTO fence VALUES (?, ?, ?)", (self.device, scope.id, token)
            )

    def apply(self, scope: ScopeRef, plan: Plan, token: int) -> None:
        """Carry out the plan in one transaction."""
        with self.store.answer() as db:
            held = self._token(db, scope)
            if held != token:
                raise self._stale(scope, token, held)
            for step in plan.steps:
                self._take(db, scope.tenant.id, step)

    def scopes(self) -> frozenset[str]:
        """Tenants that the device holds anything of."""
        with self.store.answer() as db:
            rows = db.execute(
                "SELECT DISTINCT tenant FROM resource WHERE device = ? AND tenant != ''",
                (self.device,),
            )
            return frozenset(tenant for (tenant,) in rows)

    def _held(
        self, db: sqlite3.Connection, tenant_id: str, kind: str = "%"
    ) -> Iterator[tuple[Resource, float]]:
        """Resources with the time since which they are as they are (seconds of the epoch)."""
        rows = db.execute(
            "SELECT kind, key, attrs, noun, since FROM resource"
            " WHERE device = ? AND tenant LIKE ? AND tenant != '' AND kind LIKE ?"
            " ORDER BY kind, key",
            (self.device, tenant_id, kind),
        )
        for found, key, attrs, noun, since in rows.fetchall():
            yield Resource(found, key, json.loads(attrs), Noun(**json.loads(noun))), since

    def _token(self, db: sqlite3.Connection, scope: ScopeRef) -> int | None:
        row = db.execute(
            "SELECT token FROM fence WHERE device = ? AND scope = ?", (self.device, scope.id)
        ).fetchone()
        return None if row is None else int(row[0])

    def _stale(self, scope: ScopeRef, token: int, held: int | None) -> StaleTokenError:
        return StaleTokenError(
            f"The simulated {self.device} holds token {'none' if held is None else held} for"
            f" {scope.tenant.slug}, not {token}: nothing was changed."
        )

    def _take(self, db: sqlite3.Connection, tenant_id: str, step: Step) -> None:
        ident = (self.device, tenant_id, step.kind, step.key)
        if step.after is None:
            db.execute(
                "DELETE FROM resource WHERE device = ? AND tenant = ? AND kind = ? AND key = ?",
                ident,
            )
            return
        noun: dict[str, Any] = {"type": step.noun.type, "id": step.noun.id, "name": step.noun.name}
        db.execute(
            "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*ident, encoded(step.after), encoded(noun), time.time()),
        )
