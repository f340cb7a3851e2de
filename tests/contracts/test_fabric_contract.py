"""What the engine may rely on, of every fabric."""

from dataclasses import replace

from tests.contracts.device import Customer, Device
from tests.contracts.test_contract import carry
from tests.lab.byhand import eventually


def test_requests_are_numbered_upwards(fabric: Device, acme: Customer) -> None:
    with fabric.open() as backend:
        carry(backend, acme, acme.first)
        first = backend.request()
        second = backend.request()
        assert second > first
        assert backend.progress().requested >= second


def test_ports_are_located_as_asked(fabric: Device, acme: Customer) -> None:
    wanted = [port.id for network in acme.first.networks for port in network.ports]
    with fabric.open() as backend:
        assert backend.locate(wanted) == ()
        carry(backend, acme, acme.first)
        # A central daemon compiles them in its own time, and hosts report in theirs.
        some = [location.port_id for location in backend.locate(wanted[::-1])]
        assert some == [port for port in wanted[::-1] if port in some]
        assert set(some) <= {location.port_id for location in backend.locate()}
        assert backend.locate([]) == ()


def test_members_that_move_are_a_quiet_plan_and_confirmed(fabric: Device, acme: Customer) -> None:
    clients, servers = acme.first.groups
    moved = replace(clients, addresses=(*clients.addresses, "10.1.0.77", "fd10:1::77"))
    with fabric.open() as backend:
        first = carry(backend, acme, acme.first)
        assert not backend.quiet(first)
        eventually(lambda: backend.confirm(first))
        plan = carry(backend, acme, replace(acme.first, groups=(moved, servers)))
        assert plan
        assert backend.quiet(plan)
        eventually(lambda: backend.confirm(plan))
        back = carry(backend, acme, acme.first)
        eventually(lambda: backend.confirm(back))
        assert not backend.confirm(plan)


def test_a_plan_that_touches_more_than_members_is_not_quiet(fabric: Device, acme: Customer) -> None:
    with fabric.open() as backend:
        carry(backend, acme, acme.first)
        assert not backend.quiet(carry(backend, acme, acme.second))


def test_checked_members_alone_have_a_health(fabric: Device, acme: Customer) -> None:
    (vip,) = acme.first.vips
    checked = {(member.port_id, 8080) for member in vip.members}
    with fabric.open() as backend:
        assert backend.members(acme.scope.tenant.id) == ()
        carry(backend, acme, acme.first)
        seen = eventually(lambda: backend.members(acme.scope.tenant.id))
        assert {(one.port_id, one.port) for one in seen} <= checked
        assert {one.protocol for one in seen} == {"tcp"}
        carry(backend, acme, acme.second)
        eventually(lambda: backend.members(acme.scope.tenant.id) == ())
