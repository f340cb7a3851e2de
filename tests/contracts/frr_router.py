"""The lab's router under test: FRR with its VRFs behind a real SSH server."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from lab import Lab
from lab.install import can_run
from networking.backends.frr.backend import FrrBackend
from networking.backends.frr.config import FrrConfig
from networking.intent import Site
from tests.contracts.device import PATIENCE, Customer, router_customer, silent_port

_NUMBERS = count(1)
"""Each folder of tests that asks for a router gets one of its own."""


@dataclass(frozen=True)
class FrrRouter:
    """A running router. Customers at positions 1 and 2 have a site that speaks with it."""

    lab: Lab
    inventory: dict[str, Any]

    @property
    def config(self) -> FrrConfig:
        """How it is reached."""
        told = self.inventory["router"]
        return FrrConfig(
            host=told["ssh_host"],
            port=told["ssh_port"],
            username=told["ssh_user"],
            private_key_file=told["private_key_file"],
            host_key=told["host_key"],
        )

    def vtysh(self, *commands: str) -> str:
        """Run commands as an operator at the router's console would."""
        return self.lab.router.frr.vtysh(*commands)

    def configure(self, *lines: str) -> None:
        """Enter configuration lines at the console."""
        self.vtysh("configure terminal", *lines)

    def open(self) -> FrrBackend:
        return FrrBackend(self.config)

    @contextmanager
    def silent(self) -> Iterator[FrrBackend]:
        with (
            silent_port() as port,
            FrrBackend(replace(self.config, port=port, timeout=PATIENCE)) as backend,
        ):
            yield backend

    def customer(self, slug: str, position: int) -> Customer:
        # Attachments 1 and 2 are those of Acme Berlin and Globex Oslo.
        site = next(s for s in self.inventory["sites"] if s["attachment"] == f"c{position:02}")
        neighbours = (site["neighbour_v4"], site["neighbour_v6"])
        return router_customer(slug, site["attachment"], neighbours, site["asn"])

    def plant_foreign(self, customer: Customer) -> None:
        vrf = customer.scope.vrf
        self.configure(
            "ip prefix-list demarc-by-hand seq 5 permit 10.1.0.0/24",
            "ip prefix-list PROVIDER seq 5 permit 10.0.0.0/8 le 24",
            f"vrf {vrf}",
            "ip route 192.0.2.0/24 100.64.1.2",
            "ip route 10.1.9.0/24 100.64.1.2 tag 42",
            "exit-vrf",
            f"router bgp 65000 vrf {vrf}",
            "neighbor 172.31.99.2 remote-as 65199",
            "neighbor 172.31.99.2 description a peer of the provider",
            "neighbor 172.31.99.2 shutdown",
        )

    def foreign(self) -> str:
        words = ("demarc-by-hand", "PROVIDER", "192.0.2.0", "10.1.9.0", "172.31.99.2", "DEMARC")
        running = self.vtysh("show running-config").splitlines()
        return "\n".join(line for line in running if any(word in line for word in words))

    def lose(self, customer: Customer) -> None:
        self.configure(f"vrf {customer.scope.vrf}", "no ip route 10.1.0.0/24 100.64.1.2 tag 4200")

    def alter(self, customer: Customer) -> None:
        """An operator opens a filter, shuts a neighbour down and loosens its limit."""
        site = self._site(customer)
        accepts = f"demarc-{customer.scope.tenant.id}-{site.id}-in4"
        self.configure(
            f"ip prefix-list {accepts} seq 2 permit 10.0.0.0/8 le 32",
            f"router bgp 65000 vrf {customer.scope.vrf}",
            f"neighbor {site.neighbours[0]} shutdown",
            "address-family ipv4 unicast",
            f"neighbor {site.neighbours[0]} maximum-prefix 4000",
        )

    def add(self, customer: Customer) -> None:
        tenant, site = customer.scope.tenant.id, self._site(customer)
        self.configure(
            f"ip prefix-list demarc-{tenant}-{tenant}-in4 seq 5 permit any",
            f"vrf {customer.scope.vrf}",
            "ip route 10.1.77.0/24 100.64.1.2 tag 4200",
            "exit-vrf",
            f"router bgp 65000 vrf {customer.scope.vrf}",
            "neighbor 172.31.98.2 remote-as 65198",
            f"neighbor 172.31.98.2 description demarc:{site.id}",
        )

    @staticmethod
    def _site(customer: Customer) -> Site:
        return customer.first.sites[0]  # type: ignore[union-attr]


@contextmanager
def run_frr_router(state: Path) -> Iterator[FrrRouter]:
    """Start a lab of our own and stop it, leaving nothing behind."""
    able, reason = can_run()
    if not able and os.environ.get("CI"):
        pytest.fail(reason)
    if not able:
        pytest.skip(reason)
    lab = Lab(f"c{os.getpid()}-{next(_NUMBERS)}", state)
    inventory = lab.start()
    try:
        yield FrrRouter(lab, inventory)
    finally:
        lab.stop()
        shutil.rmtree(state, ignore_errors=True)


@pytest.fixture(scope="session")
def frr_router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrrRouter]:
    """One router for all tests of a process; each test cleans up its VRFs."""
    with run_frr_router(tmp_path_factory.mktemp("router")) as router:
        yield router
