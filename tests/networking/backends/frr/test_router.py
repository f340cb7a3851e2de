"""What the stanzas do: real sessions between the lab's router and the customer's sites."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from networking.backends.base import BackendError, Session, StaleTokenError
from networking.backends.frr.backend import FrrBackend
from networking.intent import Route, RouterIntent, ScopeRef, TenantRef
from networking.planning import diff
from tests.contracts.device import Customer
from tests.contracts.frr_router import FrrRouter
from tests.polling import eventually

SITE = "acme-berlin"
NEW = "10.1.5.0/24"


def carry(backend: FrrBackend, scope: ScopeRef, intent: RouterIntent, token: int = 1) -> None:
    """Claim, apply, and find all of it there."""
    want = backend.render(intent)
    backend.claim(scope, token)
    backend.apply(scope, diff(want, backend.observe(scope), order=backend.order), token)
    assert not diff(want, backend.observe(scope), order=backend.order)


def sessions(backend: FrrBackend, customer: Customer) -> tuple[Session, ...]:
    return backend.sessions([customer.scope.vrf])[customer.scope.vrf]


def session4(backend: FrrBackend, customer: Customer) -> Session:
    return next(s for s in sessions(backend, customer) if ":" not in s.neighbour)


def site_learned(router: FrrRouter, prefix: str) -> bool:
    """Whether the customer's own router has the route."""
    site = next(site for site in router.lab.sites if site.plan.name == SITE)
    return f'"{prefix}"' in site.frr.vtysh("show bgp ipv4 unicast json")


def announce(router: FrrRouter, *lines: str) -> None:
    site = next(site for site in router.lab.sites if site.plan.name == SITE)
    bgp = (f"router bgp {site.plan.asn}", "no bgp network import-check")
    site.frr.vtysh("configure terminal", *bgp, "address-family ipv4 unicast", *lines)


def of_site(intent: Any, **changes: Any) -> RouterIntent:
    return replace(intent, sites=(replace(intent.sites[0], **changes),))


@pytest.fixture
def running(frr_router: FrrRouter, acme: Customer) -> FrrBackend:
    """A backend whose router has both sessions to Berlin up."""
    with frr_router.open() as backend:
        carry(backend, acme.scope, acme.first)
        eventually(lambda: all(s.received and s.sent for s in sessions(backend, acme)), within=15)
        yield backend


def test_a_site_learns_a_prefix_and_forgets_it(
    frr_router: FrrRouter, acme: Customer, running: FrrBackend
) -> None:
    intent = acme.first
    route = Route(NEW, "100.64.1.2", str(uuid4()), "new")
    wider = (*intent.sites[0].advertised, NEW)
    more = of_site(replace(intent, routes=(*intent.routes, route)), advertised=wider)
    before = session4(running, acme)
    carry(running, acme.scope, more)
    eventually(lambda: site_learned(frr_router, NEW), within=2)
    assert NEW in session4(running, acme).sent
    carry(running, acme.scope, intent)
    eventually(lambda: not site_learned(frr_router, NEW), within=2)
    assert site_learned(frr_router, "10.1.0.0/24")
    after = session4(running, acme)
    assert abs(after.since - before.since).total_seconds() <= 1  # FRR rounds; not torn meanwhile


def test_a_site_that_should_not_learn_a_prefix_does_not(
    frr_router: FrrRouter, acme: Customer, running: FrrBackend
) -> None:
    intent = of_site(acme.first, advertised=("fd10:1::/64",))
    carry(running, acme.scope, intent)
    eventually(lambda: not site_learned(frr_router, "10.1.0.0/24"), within=2)
    assert session4(running, acme).sent == ()


def test_a_site_may_announce_just_what_it_may(
    frr_router: FrrRouter, acme: Customer, running: FrrBackend
) -> None:
    announce(frr_router, "network 10.200.1.128/25", "network 10.66.0.0/24")
    try:
        widened = of_site(acme.first, accepted=("10.200.1.0/24", "10.66.0.0/24"))
        carry(running, acme.scope, widened)
        expected = ("10.66.0.0/24", "10.200.1.0/24")
        eventually(lambda: session4(running, acme).received == expected, within=2)
        carry(running, acme.scope, acme.first)
        eventually(lambda: session4(running, acme).received == ("10.200.1.0/24",), within=2)
    finally:
        announce(frr_router, "no network 10.200.1.128/25", "no network 10.66.0.0/24")


def test_a_session_with_too_many_prefixes_is_torn_down(
    frr_router: FrrRouter, acme: Customer, running: FrrBackend
) -> None:
    floods = [f"10.66.{n}.0/24" for n in range(4)]
    carry(running, acme.scope, of_site(acme.first, accepted=floods, max_prefixes=2))
    announce(frr_router, *(f"network {prefix}" for prefix in floods))
    try:
        eventually(lambda: not session4(running, acme).established, within=5)
        assert "Maximum Number of Prefixes" in session4(running, acme).reason
    finally:
        announce(frr_router, *(f"no network {prefix}" for prefix in floods))


def test_a_router_that_lost_power_takes_nothing_unclaimed(
    frr_router: FrrRouter, acme: Customer, running: FrrBackend
) -> None:
    plan = diff(running.render(acme.first), (), order=running.order)
    frr_router.lab.fail("router")
    frr_router.lab.heal("router")
    with frr_router.open() as backend:
        assert backend.observe(acme.scope) == ()
        with pytest.raises(StaleTokenError, match="none"):
            backend.apply(acme.scope, plan, 1)
        carry(backend, acme.scope, acme.first, token=2)


@pytest.mark.parametrize("program", ["bgpd", "staticd"])
def test_a_router_with_a_dead_daemon_is_not_mistaken_for_an_empty_one(
    frr_router: FrrRouter, acme: Customer, program: str
) -> None:
    frr = frr_router.lab.router.frr
    with frr_router.open() as backend:
        carry(backend, acme.scope, acme.first)
        plan = diff((), backend.observe(acme.scope), order=backend.order)
        frr_router.lab.daemons.end([frr.daemon(program)], grace=0)
        try:
            for call in (
                lambda: backend.observe(acme.scope),
                lambda: backend.apply(acme.scope, plan, 1),
                lambda: sessions(backend, acme),
            ):
                with pytest.raises(BackendError, match=f"runs no {program}") as dead:
                    call()
                assert dead.value.retry
        finally:
            frr.start_program(program)
            frr.load()
        carry(backend, acme.scope, acme.first)


def test_a_vrf_that_nobody_provisioned_is_not_made(frr_router: FrrRouter, acme: Customer) -> None:
    intent = replace(acme.first, vrf="c77", routes=())
    scope = replace(acme.scope, vrf="c77")
    with frr_router.open() as backend:
        backend.claim(scope, 1)
        with pytest.raises(BackendError, match="has no `router bgp 65000 vrf c77`") as missing:
            backend.apply(scope, diff(backend.render(intent), (), order=backend.order), 1)
        assert missing.value.retry
    assert "c77" not in frr_router.vtysh("show running-config")


def test_what_frr_refuses_is_told(frr_router: FrrRouter, acme: Customer) -> None:
    intent = of_site(acme.first, asn=0)
    with frr_router.open() as backend:
        backend.claim(acme.scope, 1)
        with pytest.raises(BackendError, match="remote-as 0") as refused:
            backend.apply(acme.scope, diff(backend.render(intent), (), order=backend.order), 1)
        assert not refused.value.retry


def test_a_router_that_activates_ipv4_by_itself_converges(
    frr_router: FrrRouter, acme: Customer
) -> None:
    bgp = f"router bgp 65000 vrf {acme.scope.vrf}"
    frr_router.configure(bgp, "bgp default ipv4-unicast")
    try:
        with frr_router.open() as backend:
            carry(backend, acme.scope, acme.first)
    finally:
        frr_router.configure(bgp, "no bgp default ipv4-unicast")


def test_many_workers_change_one_router_at_a_time(frr_router: FrrRouter) -> None:
    def work(number: int) -> None:
        tenant = TenantRef(str(uuid4()), f"tenant-{number}")
        vrf = f"c{number:02}"
        scope = ScopeRef(str(uuid4()), tenant, vrf)
        routes = tuple(
            Route(f"10.{number}.{n}.0/24", f"100.64.{number}.2", "n", "n") for n in range(20)
        )
        with frr_router.open() as backend:
            carry(backend, scope, RouterIntent(tenant, 1, vrf, 65000, routes=routes))
            carry(backend, scope, RouterIntent(tenant, 2, vrf, 65000))

    with ThreadPoolExecutor(max_workers=6) as pool:
        for done in [pool.submit(work, number) for number in range(4, 10)]:
            done.result()
