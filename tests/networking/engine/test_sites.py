"""What sites are told, and what they say: sessions that are down, late, or back."""

import pytest
from django.utils import timezone

from networking import collector
from networking.backends.base import Session
from networking.backends.simulator.router import SimulatedRouter
from networking.engine import sessions, sites
from networking.models import Change, Site, Verdict
from portal.lib.db import DatabaseRole, acting_as
from tests.networking.engine.acts import Acts, fresh, scope, set_scope, verdicts
from tests.networking.engine.deliver import deliver

State = Change.State


def neighbour(name: str) -> str:
    with acting_as(DatabaseRole.WORKER):
        return str(Site.objects.get(name=name).neighbour_ipv4)


def test_a_site_that_is_down_learns_when_it_returns(acts: Acts) -> None:
    acts.provider.faults("router").session_down(neighbour("Munich"))
    change = acts.add_network()
    deliver()

    assert fresh(change).state == State.DONE
    munich = verdicts(change)["Munich"]
    assert munich.state == Verdict.State.BEHIND
    assert munich.text == (
        "Munich's BGP session is down (Active: Hold Timer Expired); it learns when it returns"
    )
    assert verdicts(change)["Berlin"].state == Verdict.State.OK

    collector.collect_router(acts.provider.router.pk)
    assert verdicts(change)["Munich"].state == Verdict.State.BEHIND

    acts.provider.faults("router").heal()
    collector.collect_router(acts.provider.router.pk)
    munich = verdicts(change)["Munich"]
    assert munich.state == Verdict.State.OK
    assert munich.text.startswith("Munich learned 10.1.5.0/24 at ")


def test_a_site_has_not_learned_while_it_is_sent_only_some(acts: Acts) -> None:
    """A session that comes up is sent one prefix after the other."""
    acts.add_network("first", "10.1.4.0/24")
    deliver()
    acts.provider.faults("router").session_down(neighbour("Munich"))
    change = acts.add_network()
    deliver()
    acts.provider.faults("router").heal()

    def comes_up(*sent: str) -> str:
        at = timezone.now()
        session = Session(neighbour("Munich"), "Established", at, (), sent)
        sessions.observed(acts.provider.router.pk, {scope("pe1").vrf: [session]})
        return verdicts(change)["Munich"].text

    assert "is down" in comes_up()
    assert "is down" in comes_up("10.1.4.0/24")
    assert comes_up("10.1.4.0/24", "10.1.5.0/24").startswith("Munich learned 10.1.5.0/24 at ")


def test_a_site_that_is_down_has_nothing_to_forget(acts: Acts) -> None:
    change = acts.add_network()
    deliver()
    acts.provider.faults("router").session_down(neighbour("Munich"))
    deleted = acts.delete_network(change.subject_id)
    deliver()
    assert fresh(deleted).state == State.DONE
    assert verdicts(deleted)["Munich"].text == "Munich does not have 10.1.5.0/24"


@pytest.mark.parametrize(
    ("sent", "reason"),
    [((), "Berlin has not been sent 10.1.5.0/24"), (None, "Berlin is still sent 10.99.0.0/24")],
)
def test_a_session_that_does_not_follow_is_not_believed(
    acts: Acts, monkeypatch: pytest.MonkeyPatch, sent: tuple[str, ...] | None, reason: str
) -> None:
    """The router was read back as wanted, and yet the site is sent something else."""
    real = SimulatedRouter.sessions

    def sessions(self, vrfs):
        return {
            vrf: tuple(altered(session, sent) for session in found)
            for vrf, found in real(self, vrfs).items()
        }

    with monkeypatch.context() as patch:
        patch.setattr(sites, "PATIENCE", 0.1)
        patch.setattr(SimulatedRouter, "sessions", sessions)
        change = acts.add_network()
        deliver()
    waiting = fresh(change)
    assert waiting.state == State.WAITING
    assert reason in waiting.reason
    assert scope("pe1").applied == change.generation
    assert scope("pe1").verified == 0

    set_scope(scope("pe1"), retry_at=None)
    deliver()
    assert fresh(change).state == State.DONE


def altered(session, sent):
    extra = (*session.sent, "10.99.0.0/24") if sent is None else sent
    return type(session)(session.neighbour, session.state, session.since, session.received, extra)
