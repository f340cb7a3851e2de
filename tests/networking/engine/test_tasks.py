"""The doors: what the beat sends, and what each task hands on."""

from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.utils import timezone

from networking import tasks
from networking.models import Change
from tests.networking.engine.acts import Acts, fresh, scope, set_scope
from tests.networking.engine.deliver import deliver

BEAT = {
    "sweep abandoned": tasks.sweep_abandoned,
    "sweep drift": tasks.sweep_drift,
    "collect": tasks.collect,
    "measure": tasks.measure,
    "find orphans": tasks.find_orphans,
    "sweep lifetimes": tasks.sweep_lifetimes,
}


@pytest.fixture
def lost(acts: Acts) -> Change:
    """A change whose messages nobody received."""
    return acts.add_network()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """Messages, run at once as a worker would."""
    messages: list[tuple[str, Any]] = []
    for name in (
        "reconcile",
        "check_drift",
        "collect_fabric",
        "collect_router",
        "measure_fabric",
    ):
        task = getattr(tasks, name)

        def run(args: tuple[str, ...], *, _task: Any = task, **_: Any) -> None:
            messages.append((_task.__name__, *args))
            _task(*args)

        monkeypatch.setattr(task, "apply_async", run)
    return messages


def test_the_beat_sends_every_sweep_within_seconds() -> None:
    current_app.finalize()
    schedule = current_app.conf.beat_schedule
    for name, task in BEAT.items():
        assert schedule[name]["task"] == task.name
        assert schedule[name]["schedule"] <= 60
    assert schedule["sweep abandoned"]["schedule"] == 5


def test_a_lost_message_is_made_up_for(acts: Acts, lost: Change, sent: list[Any]) -> None:
    tasks.sweep_abandoned()
    assert {scope_id for _, scope_id in sent} == {str(scope("lab").pk), str(scope("pe1").pk)}
    deliver()
    assert fresh(lost).state == Change.State.DONE
    sent.clear()
    tasks.sweep_abandoned()
    assert sent == []


def test_what_waits_for_its_next_try_is_not_handed_out(acts: Acts, sent: list[Any]) -> None:
    acts.provider.faults("router").unreachable()
    acts.add_network()
    deliver()
    sent.clear()
    tasks.sweep_abandoned()
    assert sent == []
    set_scope(scope("pe1"), retry_at="2026-01-01T00:00Z")
    tasks.sweep_abandoned()
    assert sent == [("reconcile", str(scope("pe1").pk))]


def test_what_was_put_off_before_the_clock_was_put_back_is_handed_out(
    acts: Acts, sent: list[Any]
) -> None:
    acts.provider.faults("router").unreachable()
    acts.add_network()
    deliver()
    sent.clear()
    set_scope(scope("pe1"), retry_at=timezone.now() + timedelta(hours=1))
    tasks.sweep_abandoned()
    assert sent == [("reconcile", str(scope("pe1").pk))]


def test_each_scope_at_rest_is_compared(acts: Acts, sent: list[Any]) -> None:
    acts.add_network()
    deliver()
    sent.clear()
    tasks.sweep_drift()
    assert {name for name, _ in sent} == {"check_drift"}
    assert len(sent) == 2


def test_every_device_is_asked(acts: Acts, sent: list[Any]) -> None:
    sent.clear()
    tasks.collect()
    assert sent == [
        ("collect_fabric", str(acts.provider.fabric.pk)),
        ("collect_router", str(acts.provider.router.pk)),
    ]
    sent.clear()
    tasks.measure()
    assert sent == [("measure_fabric", str(acts.provider.fabric.pk))]


def test_what_was_deleted_before_any_device_knew_goes_with_the_sweep(
    acts: Acts, sent: list[Any]
) -> None:
    change = acts.add_network()
    deliver()
    acts.retire_by_hand(change.subject_id)
    assert acts.network_is_there(change.subject_id)
    tasks.sweep_abandoned()
    assert not acts.network_is_there(change.subject_id)
