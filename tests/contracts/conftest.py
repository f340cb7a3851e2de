"""Each contract test runs against every backend that can run here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from networking.planning import diff
from tests.contracts.device import Customer, Device
from tests.contracts.frr_router import FrrRouter, frr_router
from tests.contracts.ovn_central import OvnCentral, ovn_central
from tests.contracts.ovn_fabric import OvnUnderTest
from tests.contracts.simulated import SimulatedUnderTest

__all__ = ["frr_router", "ovn_central"]

FABRICS = ("simulated-fabric", "ovn")
ROUTERS = ("simulated-router", "frr")

CLEANER = 1_000_000
"""The token with which a test's tenants are cleared away: above any that a test uses."""


@pytest.fixture(params=(*FABRICS, *ROUTERS))
def device(request: pytest.FixtureRequest) -> Device:
    return _device(request)


@pytest.fixture(params=FABRICS)
def fabric(request: pytest.FixtureRequest) -> Device:
    return _device(request)


@pytest.fixture(params=ROUTERS)
def router(request: pytest.FixtureRequest) -> Device:
    return _device(request)


@pytest.fixture
def acme(request: pytest.FixtureRequest) -> Iterator[Customer]:
    yield from _customer(request, "acme", 1)


@pytest.fixture
def globex(request: pytest.FixtureRequest) -> Iterator[Customer]:
    yield from _customer(request, "globex", 2)


def _device(request: pytest.FixtureRequest) -> Device:
    match request.param:
        case "ovn":
            central: OvnCentral = request.getfixturevalue("ovn_central")
            return OvnUnderTest(central)
        case "frr":
            started: FrrRouter = request.getfixturevalue("frr_router")
            return started
        case simulated:
            folder: Path = request.getfixturevalue("tmp_path")
            return SimulatedUnderTest(folder, simulated.removeprefix("simulated-"))


def _customer(request: pytest.FixtureRequest, slug: str, position: int) -> Iterator[Customer]:
    name = next(name for name in ("device", "fabric", "router") if name in request.fixturenames)
    device: Device = request.getfixturevalue(name)
    customer = device.customer(slug, position)
    yield customer
    with device.open() as backend:
        backend.claim(customer.scope, CLEANER)
        nothing = diff((), backend.observe(customer.scope), order=backend.order)
        backend.apply(customer.scope, nothing, CLEANER)
