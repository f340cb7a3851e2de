"""Sessions from what FRR says of them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from networking.backends.base import BackendError
from networking.backends.frr.sessions import sessions
from tests.networking.backends.frr.samples import SITE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UP = 1795262400  # an hour before
OURS = {"nbrDesc": f"demarc:{SITE}"}
ESTABLISHED = {**OURS, "bgpState": "Established", "bgpTimerUpEstablishedEpoch": UP}


def router(answers: dict[str, object]) -> object:
    """Answers the commands that it knows, and all others as FRR does for an unknown VRF."""

    def show(commands: Sequence[str]) -> list[str]:
        empty = {"warning": "View/Vrf is unknown"}
        return [json.dumps(answers.get(command, empty)) for command in commands]

    return show


def test_an_established_session_tells_what_it_exchanges() -> None:
    show = router(
        {
            "show bgp vrf c01 neighbors json": {"172.31.1.2": ESTABLISHED},
            "show bgp vrf c01 ipv4 unicast json": {
                "routes": {
                    "10.200.10.0/24": [{"peerId": "172.31.1.2"}],
                    "10.200.9.0/24": [{"peerId": "172.31.1.6"}, {"peerId": "172.31.1.2"}],
                    "10.1.0.0/24": [{"peerId": "(unspec)"}],
                }
            },
            "show bgp vrf c01 ipv4 unicast neighbors 172.31.1.2 advertised-routes json": {
                "advertisedRoutes": {"10.1.10.0/24": {}, "10.1.9.0/24": {}}
            },
        }
    )
    (session,) = sessions(show, ["c01"], NOW)["c01"]
    assert session.established
    assert session.since == datetime.fromtimestamp(UP, UTC)
    assert session.received == ("10.200.9.0/24", "10.200.10.0/24")
    assert session.sent == ("10.1.9.0/24", "10.1.10.0/24")
    assert session.reason == ""


@pytest.mark.parametrize(
    ("peer", "reason", "since"),
    [
        ({"bgpState": "Active"}, "", None),
        (
            {"bgpState": "Idle", "lastResetDueTo": "No AFI/SAFI activated for peer"},
            "No AFI/SAFI activated for peer",
            None,
        ),
        (
            {
                "bgpState": "Idle",
                "connectionsDropped": 1,
                "lastResetTimerMsecs": 90_000,
                "lastResetDueTo": "BGP Notification send",
                "lastNotificationReason": "Cease/Maximum Number of Prefixes Reached",
            },
            "Cease/Maximum Number of Prefixes Reached",
            datetime(2026, 11, 21, 11, 58, 30, tzinfo=UTC),
        ),
    ],
)
def test_a_session_that_is_down_says_why(
    peer: dict[str, object], reason: str, since: datetime | None
) -> None:
    show = router({"show bgp vrf c01 neighbors json": {"fd00::2": {**OURS, **peer}}})
    (session,) = sessions(show, ["c01"], NOW)["c01"]
    assert not session.established
    assert (session.reason, session.since) == (reason, since)
    assert session.received == session.sent == ()


def test_sessions_of_others_are_left_out() -> None:
    others = {"172.31.9.2": {**ESTABLISHED, "nbrDesc": "core"}, "172.31.9.6": {"bgpState": "Idle"}}
    assert sessions(router({"show bgp vrf c01 neighbors json": others}), ["c01"], NOW) == {
        "c01": ()
    }


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(BackendError, match="no JSON") as broken:
        sessions(lambda commands: ["% Unknown command" for _ in commands], ["c01"], NOW)
    assert broken.value.retry
