"""Simulated devices under test."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.faults import Faults
from networking.backends.simulator.router import SimulatedRouter
from networking.backends.simulator.traffic import Traffic
from networking.intent import ScopeRef
from networking.planning import Noun, Resource
from networking.reach import Probe
from tests.contracts.device import Customer, fabric_customer, router_customer


@dataclass(frozen=True)
class SimulatedHosting:
    """A simulated host."""

    config: SimulatorConfig
    scope: ScopeRef

    def open(self) -> SimulatedFabric:
        return SimulatedFabric(self.config)

    def send(self, probe: Probe, packets: int) -> None:
        Traffic(self.config, self.scope).send(probe, packets)

    @contextmanager
    def silent(self) -> Iterator[None]:
        faults = Faults(self.config, "fabric")
        faults.silent("h1")
        yield
        faults.heal("silent", "h1")


class SimulatedUnderTest:
    """A simulated fabric or router in a file of its own."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._kind = kind
        self._config = SimulatorConfig(str(folder / f"{kind}.sqlite"), ("h1", "h2"))
        self._faults = Faults(self._config, kind)

    def open(self) -> Any:
        if self._kind == "fabric":
            return SimulatedFabric(self._config)
        return SimulatedRouter(self._config)

    @contextmanager
    def silent(self) -> Iterator[Any]:
        self._faults.unreachable()
        with self.open() as backend:
            yield backend
        self._faults.heal()

    def customer(self, slug: str, position: int) -> Customer:
        if self._kind == "fabric":
            return fabric_customer(slug, position)
        return router_customer(slug, f"c{position:02}", (f"172.31.{position}.2",), 65101)

    @contextmanager
    def hosting(self, customer: Customer) -> Iterator[SimulatedHosting]:
        yield SimulatedHosting(replace(self._config, hosts=("h1",)), customer.scope)

    def plant_foreign(self, customer: Customer) -> None:
        for resource in self._rendered(customer):
            self._faults.plant("", resource)

    def foreign(self) -> str:
        with self._faults.store.transaction() as db:
            return str(db.execute("SELECT * FROM resource WHERE tenant = ''").fetchall())

    def lose(self, customer: Customer) -> None:
        resource = self._rendered(customer)[0]
        self._faults.forget(customer.scope.tenant.id, resource.kind, resource.key)

    def alter(self, customer: Customer) -> None:
        resource = self._rendered(customer)[0]
        attrs = {**resource.attrs, "name": "somebody was here"}
        self._faults.alter(customer.scope.tenant.id, resource.kind, resource.key, attrs)

    def add(self, customer: Customer) -> None:
        resource = self._rendered(customer)[0]
        noun = Noun(resource.noun.type, str(uuid4()))
        extra = replace(resource, key=noun.id, noun=noun)
        self._faults.plant(customer.scope.tenant.id, extra)

    def _rendered(self, customer: Customer) -> tuple[Resource, ...]:
        return self.open().render(customer.first)
