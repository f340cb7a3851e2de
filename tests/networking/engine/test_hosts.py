"""Hosts that are late, silent, back again, or all gone; and what one question serves."""

import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from networking.backends.base import FabricProgress
from networking.backends.simulator.fabric import SimulatedFabric
from networking.engine import judge, verifier, wake
from networking.engine.reconcile import reconcile
from networking.engine.verifier import FabricVerifier, Question
from networking.models import Change, Host, Verdict
from portal.lib import live
from portal.lib.db import DatabaseRole, acting_as
from tests.networking.engine.acts import Acts, fresh, held, scope, set_scope, verdicts
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import recorded

State = Change.State


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five seconds of patience are as good as this."""
    monkeypatch.setattr(judge, "HOST_PATIENCE", 0.2)


def host(name: str) -> Host:
    with acting_as(DatabaseRole.WORKER):
        return Host.objects.get(name=name)


def test_who_has_something_on_its_fabric_is_told_of_a_host_that_turns(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.add_network()
    deliver()
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(live, "publish", lambda channel, data: told.append((channel, data["kind"])))
    tenant = live.tenant_channel(acts.actor.tenant.id)

    acts.provider.faults("fabric").silent("h2")
    acts.add_network("more", "10.1.6.0/24")
    deliver()
    assert [channel for channel, kind in told if kind == "host"] == [live.STAFF_CHANNEL, tenant]
    told.clear()
    acts.provider.faults("fabric").heal("silent", "h2")
    deliver()
    assert [channel for channel, kind in told if kind == "host"] == [live.STAFF_CHANNEL, tenant]


def test_a_silent_host_is_left_behind_and_catches_up(acts: Acts) -> None:
    acts.provider.faults("fabric").silent("h2")
    change = acts.add_network()
    deliver()

    assert fresh(change).state == State.DONE
    since = host("h2").silent_since
    assert since is not None
    said = verdicts(change)
    clock = f"{since:%H:%M} UTC"
    assert said["lab"].text == f"enforced on 1 of 2 hosts; h2 silent since {clock}"
    assert said["lab"].state == said["h2"].state == Verdict.State.BEHIND
    assert said["h2"].text == f"h2 is silent since {clock}; it catches up when it returns"
    assert said["h1"].state == Verdict.State.OK

    acts.provider.faults("fabric").heal("silent", "h2")
    deliver()
    said = verdicts(change)
    assert host("h2").silent_since is None
    assert said["h2"].state == said["lab"].state == Verdict.State.OK
    assert said["h2"].text.startswith("h2 caught up after ")
    assert said["lab"].text == "enforced on 2 of 2 hosts"


def test_a_host_that_is_known_to_be_silent_costs_no_time(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.provider.faults("fabric").silent("h2")
    acts.add_network()
    deliver()
    since = host("h2").silent_since

    monkeypatch.setattr(judge, "HOST_PATIENCE", 60.0)
    change = acts.add_network("db", "10.1.6.0/24")
    deliver(within=5)
    assert fresh(change).state == State.DONE
    assert host("h2").silent_since == since
    assert verdicts(change)["h2"].state == Verdict.State.BEHIND


def test_a_late_host_is_waited_for(acts: Acts) -> None:
    acts.provider.faults("fabric").delay("h2", 0.15)
    change = acts.add_network()
    deliver()
    said = verdicts(change)
    assert said["lab"].text.startswith("enforced on 2 of 2 hosts")
    assert said["h2"].seconds >= 0.15
    assert host("h2").silent_since is None


def test_with_no_live_host_the_change_waits(acts: Acts) -> None:
    faults = acts.provider.faults("fabric")
    faults.silent("h1")
    faults.silent("h2")
    change = acts.add_network()
    deliver()

    waiting = fresh(change)
    assert waiting.state == State.WAITING
    assert waiting.reason.startswith("lab: No host is live: h1 and h2 silent since ")

    faults.heal("silent", "h1")
    wait_until_done(change)
    assert fresh(change).reason == ""
    assert verdicts(change)["lab"].text.startswith("enforced on 1 of 2 hosts; h2 silent since")


def wait_until_done(change: Change) -> None:
    """A verifier that has told people that nobody is live looks on, at its leisure."""
    deadline = time.monotonic() + 5
    while fresh(change).state != State.DONE:
        assert time.monotonic() < deadline
        deliver()


def test_one_question_serves_all_that_was_applied_before_it(
    acts: Acts, world, monkeypatch: pytest.MonkeyPatch
) -> None:
    globex = Acts(world.actor("globex", "network"), acts.provider)
    acts.add_network()
    globex.add_network()
    reconcile(scope("lab", "acme").pk)
    reconcile(scope("lab", "globex").pk)
    with recorded(monkeypatch) as calls:
        deliver()
        assert calls.count("fabric", "request") == 1


def test_what_is_applied_after_the_question_waits_for_the_next(acts: Acts) -> None:
    acts.provider.faults("fabric").delay("h1", 0.1)
    first = acts.add_network()
    reconcile(scope("lab").pk)
    asking = FabricVerifier(acts.provider.fabric.pk)
    asking.tick()
    second = acts.add_network("db", "10.1.6.0/24")
    reconcile(scope("lab").pk)
    assert scope("lab").applied == second.generation

    deadline = time.monotonic() + 5
    while scope("lab").verified < first.generation:
        asking.tick()
        assert time.monotonic() < deadline
    assert scope("lab").verified == first.generation, "nobody asked for the second yet"
    deliver()
    assert scope("lab").verified == second.generation
    asking.close()


def test_a_fabric_that_was_made_anew_is_asked_again(acts: Acts) -> None:
    change = acts.add_network()
    reconcile(scope("lab").pk)
    set_scope(scope("lab"), target=10**9, target_generation=change.generation)
    deliver()
    assert fresh(change).state == State.DONE


def test_a_fabric_that_cannot_be_asked_holds_the_change_up(acts: Acts) -> None:
    change = acts.add_network()
    reconcile(scope("lab").pk)
    acts.provider.faults("fabric").unreachable()
    deliver()
    assert fresh(change).state == State.WAITING
    assert "The hosts could not be asked." in fresh(change).reason

    acts.provider.faults("fabric").heal()
    wait_until_done(change)


def test_a_central_daemon_that_hangs_holds_the_change_up(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SimulatedFabric.progress
    hanging = [True]

    def progress(self: SimulatedFabric) -> FabricProgress:
        reading = real(self)
        return replace(reading, compiled=0, hosts=()) if hanging[0] else reading

    monkeypatch.setattr(SimulatedFabric, "progress", progress)
    monkeypatch.setattr(judge, "COMPILE_PATIENCE", 0.1)
    change = acts.add_network()
    deliver()
    assert fresh(change).state == State.WAITING
    assert "has not worked out its flows" in fresh(change).reason
    hanging[0] = False
    wait_until_done(change)


def test_idle_hosts_are_asked_how_they_are(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "HEARTBEAT", 0.0)
    acts.provider.faults("fabric").silent("h2")
    looking = FabricVerifier(acts.provider.fabric.pk)
    deadline = time.monotonic() + 5
    while host("h2").silent_since is None:
        looking.tick()
        assert time.monotonic() < deadline
    looking.close()
    assert host("h1").seen_at is not None


def test_gateways_move_away_from_a_silent_host_and_back(acts: Acts) -> None:
    change = acts.add_network()
    deliver()
    assert gateways() == ["h1", "h2"]
    acts.provider.faults("fabric").silent("h1")
    acts.add_network("db", "10.1.6.0/24")
    deliver()
    assert gateways() == ["h2"]
    assert scope("lab").drift == {}
    assert fresh(change).state == State.DONE

    acts.provider.faults("fabric").heal("silent", "h1")
    deliver()
    assert gateways() == ["h1", "h2"]


def gateways() -> list[str]:
    return next(row.attrs["hosts"] for row in held("lab") if row.kind == "transit")


def test_a_slow_central_daemon_is_asked_less_often() -> None:
    slow = Question(1, datetime.now(UTC))
    slow.compiled = slow.asked + 2.0
    assert slow.took == 2.0
    assert verifier.SHARE * slow.took > verifier.HEARTBEAT


def test_the_process_serves_and_stops(acts: Acts) -> None:
    change = acts.add_network()
    stop = threading.Event()
    serving = threading.Thread(target=FabricVerifier(acts.provider.fabric.pk).run, args=(stop,))
    serving.start()
    try:
        for device in ("lab", "pe1"):
            reconcile(scope(device).pk)
        deadline = time.monotonic() + 5
        while fresh(change).state != State.DONE:
            assert time.monotonic() < deadline
            wake.send(acts.provider.fabric.pk)
    finally:
        stop.set()
        serving.join(5)
    assert not serving.is_alive()
    connection.close()


def test_simulated_hosts_tell_when_they_got_there(acts: Acts) -> None:
    change = acts.add_network()
    deliver()
    late = fresh(change).done_at - verdicts(change)["h1"].at
    assert timedelta() <= late < timedelta(seconds=5)
