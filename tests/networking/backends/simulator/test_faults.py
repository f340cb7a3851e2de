"""What simulated devices do when they are broken."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from networking.backends.base import StaleTokenError, UnreachableError
from networking.backends.simulator.config import SimulatorConfig
from networking.backends.simulator.fabric import SimulatedFabric
from networking.backends.simulator.faults import Faults
from networking.backends.simulator.router import SimulatedRouter
from networking.planning import Action, diff
from tests.contracts.device import Customer, fabric_customer, router_customer


@pytest.fixture
def config(tmp_path: Path) -> SimulatorConfig:
    return SimulatorConfig(str(tmp_path / "region.sqlite"), ("h1", "h2", "h3"))


@pytest.fixture
def fabric(config: SimulatorConfig) -> Iterator[SimulatedFabric]:
    with SimulatedFabric(config) as backend:
        yield backend


@pytest.fixture
def router(config: SimulatorConfig) -> Iterator[SimulatedRouter]:
    with SimulatedRouter(config) as backend:
        yield backend


@pytest.fixture
def faults(config: SimulatorConfig) -> Faults:
    return Faults(config, "fabric")


@pytest.fixture
def acme() -> Customer:
    return fabric_customer("acme", 1)


def carry(backend: SimulatedFabric | SimulatedRouter, customer: Customer) -> None:
    backend.claim(customer.scope, 1)
    plan = diff(backend.render(customer.first), backend.observe(customer.scope))
    backend.apply(customer.scope, plan, 1)


def progress(fabric: SimulatedFabric) -> dict[str, int]:
    return {host.name: host.cfg for host in fabric.progress().hosts}


def test_hosts_catch_up_at_once(fabric: SimulatedFabric) -> None:
    assert progress(fabric) == {"h1": 0, "h2": 0, "h3": 0}
    assert all(host.at is None for host in fabric.progress().hosts)
    fabric.request()
    number = fabric.request()
    assert progress(fabric) == dict.fromkeys(("h1", "h2", "h3"), number)
    assert fabric.progress().compiled == number


def test_a_silent_host_stays_behind_until_it_is_healed(
    fabric: SimulatedFabric, faults: Faults
) -> None:
    first = fabric.request()
    faults.silent("h2")
    second = fabric.request()
    assert progress(fabric) == {"h1": second, "h2": first, "h3": second}
    faults.heal("silent", "h2")
    assert progress(fabric)["h2"] == second


def test_a_slow_host_comes_later(fabric: SimulatedFabric, faults: Faults) -> None:
    faults.delay("h3", 0.2)
    begun = time.time()
    number = fabric.request()
    assert progress(fabric)["h3"] == 0
    while progress(fabric)["h3"] != number:
        assert time.time() < begun + 5
    (host,) = (host for host in fabric.progress().hosts if host.name == "h3")
    assert host.at is not None
    assert 0.2 <= host.at.timestamp() - begun < 5


def test_ports_are_spread_over_the_hosts(fabric: SimulatedFabric, acme: Customer) -> None:
    carry(fabric, acme)
    places = fabric.locate()
    assert [place.host for place in places] == ["h1", "h2"]
    assert all(place.up for place in places)


def test_a_late_answer_is_an_answer(
    fabric: SimulatedFabric, faults: Faults, acme: Customer
) -> None:
    faults.latency(0.2)
    begun = time.monotonic()
    assert fabric.observe(acme.scope) == ()
    assert time.monotonic() - begun >= 0.2


def test_an_unreachable_device_changes_nothing(
    fabric: SimulatedFabric, faults: Faults, acme: Customer
) -> None:
    carry(fabric, acme)
    nothing = diff((), fabric.observe(acme.scope))
    faults.unreachable()
    for call in (lambda: fabric.apply(acme.scope, nothing, 1), fabric.request, fabric.progress):
        with pytest.raises(UnreachableError):
            call()
    faults.heal()
    assert not diff(fabric.render(acme.first), fabric.observe(acme.scope))


def test_faults_of_the_fabric_leave_the_router_alone(
    fabric: SimulatedFabric, router: SimulatedRouter, faults: Faults
) -> None:
    customer = router_customer("acme", "c01", ("172.31.1.2",), 65101)
    faults.unreachable()
    carry(router, customer)
    assert router.scopes() == {customer.scope.tenant.id}
    faults.heal()
    assert fabric.scopes() == frozenset()


def test_what_is_lost_or_altered_shows(
    fabric: SimulatedFabric, faults: Faults, acme: Customer
) -> None:
    carry(fabric, acme)
    first, second, *_ = fabric.render(acme.first)
    tenant = acme.scope.tenant.id
    faults.forget(tenant, first.kind, first.key)
    faults.alter(tenant, second.kind, second.key, {"mtu": 9000})
    steps = diff(fabric.render(acme.first), fabric.observe(acme.scope)).steps
    assert {(s.action, s.key) for s in steps} == {
        (Action.CREATE, first.key),
        (Action.UPDATE, second.key),
    }
    with pytest.raises(LookupError):
        faults.forget(tenant, first.kind, first.key)


def test_another_worker_has_the_scope(
    fabric: SimulatedFabric, faults: Faults, acme: Customer
) -> None:
    carry(fabric, acme)
    faults.fence(acme.scope.id, 9)
    with pytest.raises(StaleTokenError, match="token 9"):
        fabric.apply(acme.scope, diff((), fabric.observe(acme.scope)), 1)


def test_a_session_that_is_down_exchanges_nothing(
    config: SimulatorConfig, router: SimulatedRouter
) -> None:
    customer = router_customer("acme", "c01", ("172.31.1.2", "fd00:31:1:1::2"), 65101)
    carry(router, customer)
    faults = Faults(config, "router")
    faults.session_down("172.31.1.2")
    down, up = router.sessions(["c01"])["c01"]
    assert (down.established, down.received, down.sent) == (False, (), ())
    assert down.reason == "Hold Timer Expired"
    assert (up.established, up.received, up.sent) == (
        True,
        ("fd10:200:1::/64",),
        ("fd10:1::/64",),
    )
    faults.heal("session_down")
    assert all(session.established for session in router.sessions(["c01"])["c01"])


def test_a_site_is_sent_only_what_there_is_a_route_for(router: SimulatedRouter) -> None:
    customer = router_customer("acme", "c01", ("172.31.1.2",), 65101)
    router.claim(customer.scope, 1)
    sites = [r for r in router.render(customer.first) if r.kind == "site"]
    router.apply(customer.scope, diff(sites, ()), 1)
    (session,) = router.sessions(["c01"])["c01"]
    assert session.sent == ()
    assert router.sessions(["c02"]) == {"c02": ()}
