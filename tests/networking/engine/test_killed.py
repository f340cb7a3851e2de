"""A worker or verifier that is killed anywhere loses nothing: whoever comes next finishes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from networking.engine import pending, reconcile, record, sweep, verifier
from networking.engine.reconcile import reconcile as reconcile_scope
from networking.models import Change
from tests.networking.engine.acts import Acts, fresh, held, kinds, scope, set_scope, verdicts
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import LONG_AGO, recorded

State = Change.State


class Killed(BaseException):
    """The process is gone. No `except Exception` and no database write comes after it."""


class Trap:
    """Kills once, before or after the call that it stands in for."""

    def __init__(self, target: Callable[..., Any], *, after: bool) -> None:
        self.target, self.after, self.sprung = target, after, False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.sprung:
            return self.target(*args, **kwargs)
        self.sprung = True
        if self.after:
            self.target(*args, **kwargs)
        raise Killed


STEPS = [
    ("reconcile", reconcile, "kept"),
    ("compile", reconcile, "snapshot"),
    ("bring", reconcile, "bring"),
    ("plan", reconcile, "plan_for"),
    ("read back", reconcile, "left_of"),
    ("hand over", record, "handed_over"),
    ("wake", reconcile.wake, "send"),
    ("sent before", reconcile.sessions, "sent_before"),
    ("applied", record, "applied"),
    ("watch", reconcile, "watch"),
    ("sessions", record.sessions, "observed"),
    ("awaiting", record, "awaiting"),
    ("verified", record, "verified"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("module", "name"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS]
)
def test_a_killed_worker_is_taken_over(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    change = acts.add_network()
    trap = Trap(getattr(module, name), after=after)
    monkeypatch.setattr(module, name, trap)
    with pytest.raises(Killed):
        take_what_waits()
    assert trap.sprung
    let_leases_end()

    deliver()

    assert_done_once(change)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", ["claim", "observe", "apply"])
@pytest.mark.parametrize("device", ["fabric", "router"])
def test_a_worker_killed_at_the_device_is_taken_over(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, device: str, call: str, after: bool
) -> None:
    change = acts.add_network()
    with recorded(monkeypatch) as calls:
        calls.on(device, call, Killed(), after=after)
        with pytest.raises(Killed):
            take_what_waits()
    let_leases_end()

    deliver()

    assert_done_once(change)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("module", "name"),
    [(verifier, "outstanding"), (verifier, "asked"), (verifier, "enforce"), (pending, "settle")],
    ids=["look", "ask", "enforce", "settle"],
)
def test_a_killed_verifier_is_replaced(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, after: bool
) -> None:
    change = acts.add_network()
    monkeypatch.setattr(module, name, Trap(getattr(module, name), after=after))
    with pytest.raises(Killed):
        deliver()

    deliver()

    assert_done_once(change)


def test_a_lease_that_is_still_running_is_respected(acts: Acts) -> None:
    acts.add_network()
    row = scope("lab")
    set_scope(row, leased_until=timezone.now() + timedelta(seconds=20))
    assert row.pk not in sweep.abandoned()
    reconcile_scope(row.pk)
    assert scope("lab").token == 0


def take_what_waits() -> None:
    """What a worker does that the sweep hands everything to."""
    for scope_id in sweep.abandoned():
        reconcile_scope(scope_id)


def let_leases_end() -> None:
    """What fifteen seconds would do."""
    for device in ("lab", "pe1"):
        row = scope(device)
        if row.leased_until:
            set_scope(row, leased_until=LONG_AGO)


def assert_done_once(change: Change) -> None:
    """Everything is as if nobody had been killed."""
    assert (fresh(change).state, fresh(change).reason) == (State.DONE, "")
    assert [kind for kind, name in kinds(held("lab")) if name == "web"] == ["network"]
    assert [kind for kind, name in kinds(held("pe1")) if name == "web"] == ["route"]
    assert set(verdicts(change)) == {"lab", "h1", "h2", "pe1", "Berlin", "Munich"}
    assert verdicts(change)["Berlin"].text.startswith("Berlin learned 10.1.5.0/24 after")
    for row in (scope("lab"), scope("pe1")):
        assert (row.leased_until, row.error, row.blocked) == (None, "", False)
        assert row.wanted == row.applied == row.verified
