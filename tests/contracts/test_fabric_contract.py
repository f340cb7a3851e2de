"""What the engine may rely on, of every fabric."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from networking.backends.base import BackendError, Measurement, PortCount, UnreachableError
from networking.intent import Protocol
from networking.reach import Machine, Probe, ToVip
from tests.contracts.device import Customer, Device, Hosting
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


@pytest.fixture
def hosting(fabric: Device, acme: Customer) -> Iterator[Hosting]:
    with fabric.open() as backend:
        carry(backend, acme, acme.first)
    with fabric.hosting(acme) as found:
        yield found


def measured(hosting: Hosting) -> Measurement:
    with hosting.open() as backend:
        found: Measurement = backend.measure("h1")
        return found


def ports(measurement: Measurement) -> dict[str, PortCount]:
    return {one.port_id: one for one in measurement.ports}


def packets(measurement: Measurement) -> Counter[str]:
    """By rule and by VIP, whatever the series."""
    found: Counter[str] = Counter()
    for hit in measurement.rules:
        found[hit.rule_id] += hit.packets
    for one in measurement.vips:
        found[one.vip_id] += one.packets
    return found


def test_a_host_counts_what_was_sent(hosting: Hosting, fabric: Device, acme: Customer) -> None:
    one, two = acme.first.networks[0].ports
    allowed, rejected, _ = acme.first.rules
    (vip,) = acme.first.vips
    before = measured(hosting)
    hosting.send(Probe(Machine(one.id), Machine(two.id), Protocol.TCP, 80), 7)
    hosting.send(Probe(Machine(one.id), Machine(two.id), Protocol.UDP, 9), 3)
    hosting.send(Probe(Machine(one.id), ToVip(vip.id), Protocol.UDP, 53), 4)

    def grown() -> Counter[str]:
        return packets(measured(hosting)) - packets(before)

    # The VIP's member that answers may be the client itself, whom no rule judges then.
    eventually(lambda: grown()[vip.id] == 4 and grown()[allowed.id] == 7)
    assert 3 <= grown()[rejected.id] <= 3 + 4
    assert set(grown()) == {vip.id, allowed.id, rejected.id}
    card = ports(before)[one.id]
    after = eventually(
        lambda: (
            (found := ports(measured(hosting)))[one.id].packets_out == card.packets_out + 14
            and found
        ),
        within=20,
    )
    assert after[one.id].series == card.series
    assert after[one.id].bytes_out > card.bytes_out
    # Others may have sent to it, too: health checks, router advertisements.
    assert after[two.id].packets_in >= ports(before)[two.id].packets_in + 7
    assert after[two.id].packets_out == ports(before)[two.id].packets_out
    # Without its rules and VIPs, nothing of them is counted.
    with fabric.open() as backend:
        bare = replace(acme.first, rules=(), vips=(), groups=(), sites=())
        carry(backend, acme, bare, 2)
    eventually(lambda: not packets(measured(hosting)))


def test_a_measurement_says_when_and_where(hosting: Hosting) -> None:
    start = datetime.now(UTC)
    told = measured(hosting)
    assert told.host == "h1"
    assert start <= told.at <= datetime.now(UTC)
    assert {hit.host for hit in told.rules} <= {"h1"}


def test_a_host_that_does_not_answer_is_unreachable(hosting: Hosting) -> None:
    with hosting.silent(), pytest.raises(UnreachableError, match="h1"):
        measured(hosting)
    assert measured(hosting).ports


def test_a_host_that_is_not_the_fabrics_is_refused(hosting: Hosting) -> None:
    with hosting.open() as backend, pytest.raises(BackendError, match="no host h9"):
        backend.measure("h9")
