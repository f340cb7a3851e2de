"""Two workers and one scope: one works, and the device refuses whoever is late."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from networking import collector
from networking.backends.base import BackendError
from networking.engine import claim as claims
from networking.engine import devices
from networking.engine import reconcile as reconciles
from networking.engine.claim import claim
from networking.engine.device import open_router
from networking.engine.reconcile import reconcile, work
from networking.models import Change
from networking.services import sites as site_services
from tenants.access import acting_as
from tests.networking.engine.acts import Acts, fresh, scope, set_scope
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import LONG_AGO, recorded
from tests.world import World

State = Change.State


def in_thread(target: Callable[[], Any]) -> threading.Thread:
    """Another worker, with a database connection of its own."""

    def run() -> None:
        try:
            target()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_of_many_workers_one_claims(acts: Acts) -> None:
    acts.add_network()
    row = scope("lab")
    won: list[Any] = []
    gate = threading.Barrier(4)

    def race() -> None:
        gate.wait(5)
        won.append(claim(row.pk))

    for thread in [in_thread(race) for _ in range(4)]:
        thread.join()
    assert len([one for one in won if one]) == 1


def test_racing_workers_deliver_once(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    change = acts.add_network()
    ids = [scope("lab").pk, scope("pe1").pk]
    with recorded(monkeypatch) as calls:
        for thread in [in_thread(lambda i=i: reconcile(ids[i % 2])) for i in range(6)]:
            thread.join()
        deliver()
    assert calls.count("fabric", "apply") == 1
    assert calls.count("router", "apply") == 1
    assert fresh(change).state == State.DONE


def test_two_scopes_that_finish_together_settle_the_change(acts: Acts) -> None:
    """Neither may look at the other before it was written and then leave it at that."""
    for number in range(5):
        change = acts.add_network(f"net-{number}", f"10.3.{number}.0/24")
        threads = [in_thread(lambda d=d: reconcile(scope(d).pk)) for d in ("lab", "pe1")]
        deliver()
        for thread in threads:
            thread.join()
        deliver()  # what a thread handed over after the first one had found everybody at work
        assert fresh(change).state == State.DONE


def test_a_worker_that_was_paused_too_long_writes_nothing(acts: Acts) -> None:
    change = acts.add_network()
    row = scope("pe1")
    paused = claim(row.pk)
    assert paused is not None
    set_scope(row, leased_until=LONG_AGO)
    deliver()
    assert fresh(change).state == State.DONE
    after = scope("pe1")

    assert work(paused) is False

    assert scope("pe1").token == after.token
    assert (scope("pe1").error, scope("pe1").attempts) == ("", 0)
    assert fresh(change).state == State.DONE


def test_a_device_that_was_claimed_by_nobody_we_know_is_waited_for_in_words(acts: Acts) -> None:
    """Another installation, or this one before a restore, holds a higher token."""
    change = acts.add_network()
    row = scope("pe1")
    acts.provider.faults("router").fence(str(row.pk), 2**40)
    deliver()
    assert fresh(change).state == State.WAITING
    assert "token" in fresh(change).reason
    assert scope("pe1").blocked is False


def test_tokens_outrun_those_of_a_restored_database(acts: Acts) -> None:
    acts.add_network()
    deliver()
    token = scope("lab").token
    assert token > 1_700_000_000
    set_scope(scope("lab"), token=7)
    acts.add_network("db", "10.1.6.0/24")
    deliver()
    assert scope("lab").token >= token


def test_the_heartbeat_keeps_the_lease(acts: Acts, monkeypatch: pytest.MonkeyPatch) -> None:
    acts.add_network()
    row = scope("lab")
    monkeypatch.setattr(claims, "RENEWAL", 0.02)
    held = claim(row.pk)
    assert held is not None
    set_scope(row, leased_until=LONG_AGO)
    renewed = threading.Event()

    def look() -> None:
        while not renewed.is_set():
            if scope("lab").leased_until > LONG_AGO:
                renewed.set()

    with claims.kept(held):
        watcher = in_thread(look)
        assert renewed.wait(5)
        watcher.join()


def test_what_is_accepted_during_a_pass_is_taken_up_at_once(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = acts.add_network()
    real, later = reconciles.bring, []

    def bring(*args: Any) -> None:
        real(*args)
        if not later:
            later.append(acts.add_network("db", "10.1.6.0/24"))

    monkeypatch.setattr(reconciles, "bring", bring)
    reconcile(scope("pe1").pk)
    assert scope("pe1").verified == later[0].generation > first.generation


def test_edits_and_passes_do_not_lock_each_other_out(acts: Acts, world: World) -> None:
    """Both write sites, scopes and changes; they take them in the same order."""
    staff = world.staff_actor("operator")
    berlin = acts.sites("Berlin")[0]
    acts.add_network()
    stop, failed = threading.Event(), []

    def carry() -> None:
        while not stop.is_set():
            for device in ("pe1", "lab"):
                reconcile(scope(device).pk)
            collector.collect_router(acts.provider.router.pk)

    threads = [in_thread(lambda: noting(failed, carry)) for _ in range(2)]
    try:
        for number in range(15):
            with acting_as(staff):
                site_services.update(staff, berlin.pk, {"max_prefixes": 60 + number})
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
    deliver()
    assert scope("pe1").attempts == 0


def noting(failed: list[BaseException], target: Callable[[], None]) -> None:
    """Run it and keep what it raises."""
    try:
        target()
    except Exception as error:
        failed.append(error)


def test_an_error_that_no_retry_mends_blocks_until_an_edit(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as calls:
        calls.on("router", "apply", BackendError("The route map is too long.", retry=False))
        change = acts.add_network()
        deliver()
        blocked = fresh(change)
        assert blocked.state == State.BLOCKED
        assert blocked.reason == "pe1: The route map is too long."
        assert scope("pe1").blocked is True
        assert calls.count("router", "apply") == 1

        edit = acts.edit_network(change.subject_id, ipv4_prefix="10.1.6.0/24")
        deliver()
    assert fresh(edit).state == State.DONE
    # The router took both up in one pass: it never held the first as it was.
    assert fresh(change).state == State.SUPERSEDED


def test_an_unexpected_error_is_told_of_and_tried_again(
    acts: Acts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as calls:
        calls.on("fabric", "observe", KeyError("surprise"))
        change = acts.add_network()
        deliver()
    assert fresh(change).state == State.WAITING
    assert "unexpected error (KeyError)" in fresh(change).reason
    set_scope(scope("lab"), retry_at=None)
    deliver()
    assert fresh(change).state == State.DONE


def test_failures_are_counted_and_wait_longer(acts: Acts) -> None:
    acts.provider.faults("router").unreachable()
    acts.add_network()
    for failures in (1, 2, 3):
        reconcile(scope("pe1").pk)
        assert scope("pe1").attempts == failures
        assert scope("pe1").retry_at is not None
        reconcile(scope("pe1").pk)
        assert scope("pe1").attempts == failures, "it was tried before its time"
        set_scope(scope("pe1"), retry_at=None)


def test_a_device_is_never_opened_inside_a_transaction(acts: Acts) -> None:
    router = devices.router(acts.provider.router.pk)
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        open_router(router)


@pytest.mark.parametrize("days", [-400, 400])
def test_leases_and_tokens_go_by_the_clock_of_the_database(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """A worker whose clock is wrong neither takes what another holds nor leaves what is free."""
    acts.add_network()
    row = scope("pe1")
    held = claim(row.pk)
    assert held is not None
    right, step = time.time(), days * 86400
    monkeypatch.setattr(time, "time", lambda: right + step)
    wrong = datetime.fromtimestamp(right + step, tz=UTC)
    monkeypatch.setattr(timezone, "now", lambda: wrong)
    assert claim(row.pk) is None
    set_scope(row, leased_until=LONG_AGO)
    late = claim(row.pk)
    assert late is not None
    assert held.token < late.token < right + 60


def test_a_lease_from_before_the_databases_clock_was_put_back_ends(acts: Acts) -> None:
    acts.add_network()
    row = scope("pe1")
    dead = claim(row.pk)
    assert dead is not None
    set_scope(row, leased_until=datetime.now(UTC) + timedelta(hours=1))
    later = claim(row.pk)
    assert later is not None
    assert later.token > dead.token
