"""The state of a change as a function of its scopes' progress."""

import pytest

from networking.engine.states import Progress, state_of
from networking.models import Change

State = Change.State
G = 7


@pytest.mark.parametrize(
    ("scopes", "state"),
    [
        ([Progress("lab", 0, 0)], State.PENDING),
        ([Progress("lab", 6, 6)], State.PENDING),
        ([Progress("lab", 6, 6, leased=True)], State.APPLYING),
        ([Progress("lab", 7, 6), Progress("pe1", 6, 6)], State.APPLYING),
        ([Progress("lab", 7, 6), Progress("pe1", 7, 7)], State.VERIFYING),
        ([Progress("lab", 9, 6)], State.VERIFYING),
        ([Progress("lab", 7, 7), Progress("pe1", 7, 7)], State.DONE),
        ([Progress("lab", 9, 8)], State.DONE),
        ([], State.DONE),
        ([Progress("lab", 7, 7), Progress("pe1", 6, 6, error="away")], State.WAITING),
        ([Progress("lab", 6, 6, leased=True, error="away")], State.WAITING),
        ([Progress("lab", 7, 6, error="no host is live")], State.WAITING),
        ([Progress("lab", 6, 6, error="x"), Progress("pe1", 6, 6, True, True, "y")], State.BLOCKED),
    ],
)
def test_the_scope_that_is_worst_off_decides(scopes: list[Progress], state: State) -> None:
    assert state_of(G, scopes)[0] == state


def test_a_scope_that_failed_later_does_not_hold_an_older_change_up() -> None:
    """It verified this generation; its trouble is with a newer one."""
    assert state_of(G, [Progress("pe1", 7, 7, blocked=True, error="refused")])[0] == State.DONE


def test_the_reason_names_each_device_that_holds_it_up() -> None:
    scopes = [
        Progress("lab", 6, 6, error="It does not answer."),
        Progress("pe1", 6, 6, error="It does not answer either."),
        Progress("pe2", 6, 6),
    ]
    assert state_of(G, scopes)[1] == "lab: It does not answer. pe1: It does not answer either."
