"""What somebody alters on a device is shown, and put right."""

from datetime import timedelta

import pytest
from django.utils import timezone

from networking.engine import drift, reconcile, sweep
from networking.engine.claim import claim
from networking.models import Change
from networking.planning import Noun, Resource
from tests.networking.engine.acts import Acts, fresh, held, kinds, scope, set_scope
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import LONG_AGO, recorded


@pytest.fixture
def network(acts: Acts) -> Change:
    """The change that made a network which everything holds."""
    change = acts.add_network()
    deliver()
    return change


def test_what_went_missing_is_put_back(acts: Acts, network: Change) -> None:
    tenant = str(acts.actor.tenant.id)
    acts.provider.faults("fabric").forget(tenant, "network", str(network.subject_id))

    drift.check(scope("lab").pk)

    assert ("network", "web") in kinds(held("lab"))
    found = scope("lab").drift
    assert found["summary"] == "network web was missing"
    assert [step["action"] for step in found["steps"]] == ["create"]
    assert found["at"] <= found["repaired_at"]
    assert fresh(network).state == Change.State.DONE


def test_what_was_altered_or_added_is_put_right(acts: Acts, network: Change) -> None:
    tenant = str(acts.actor.tenant.id)
    route = next(resource for resource in held("pe1") if resource.kind == "route")
    faults = acts.provider.faults("router")
    faults.alter(tenant, "route", route.key, {**route.attrs, "next_hop": "192.0.2.9"})
    extra = {**route.attrs, "prefix": "10.66.0.0/24"}
    faults.plant(tenant, Resource("route", "10.66.0.0/24", extra, Noun("network", "x", "stray")))

    drift.check(scope("pe1").pk)

    assert kinds(held("pe1")) >= {("route", "web")}
    assert ("route", "stray") not in kinds(held("pe1"))
    summary = scope("pe1").drift["summary"]
    assert "network web had been altered" in summary
    assert "network stray was not wanted" in summary
    assert scope("pe1").drift["repaired_at"]


def test_what_is_not_ours_is_left_alone(acts: Acts, network: Change) -> None:
    foreign = Resource("network", "n9", {"name": "theirs"}, Noun("network", "n9", "theirs"))
    acts.provider.faults("fabric").plant("", foreign)
    drift.check(scope("lab").pk)
    assert scope("lab").drift == {}


def test_a_scope_in_work_is_left_alone(
    acts: Acts, network: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that is applied while the sweep reads the device is no drift."""
    other = acts.provider.faults("fabric")
    tenant = str(acts.actor.tenant.id)
    real = drift.plan_for

    def late(*args):
        plan = real(*args)
        acts.add_network("db", "10.1.6.0/24")
        reconcile.reconcile(scope("lab").pk)
        other.forget(tenant, "network", str(network.subject_id))
        return plan or real(*args)

    monkeypatch.setattr(drift, "plan_for", late)
    drift.check(scope("lab").pk)
    assert scope("lab").drift == {}


def test_a_device_that_does_not_answer_is_no_drift(acts: Acts, network: Change) -> None:
    acts.provider.faults("router").unreachable()
    drift.check(scope("pe1").pk)
    assert scope("pe1").drift == {}
    assert scope("pe1").error == ""


def test_a_repair_that_fails_is_shown_as_open(
    acts: Acts, network: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant = str(acts.actor.tenant.id)
    acts.provider.faults("fabric").forget(tenant, "network", str(network.subject_id))
    monkeypatch.setattr(drift, "work", lambda held: False)
    drift.check(scope("lab").pk)
    assert scope("lab").drift["repaired_at"] is None


def test_looking_writes_nothing_to_a_device(
    acts: Acts, network: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as calls:
        drift.check(scope("lab").pk)
    assert {call for _, call in calls.made} == {"render", "observe"}


def test_every_scope_has_its_turn(acts: Acts, network: Change) -> None:
    both = {scope("lab").pk, scope("pe1").pk}
    assert set(sweep.unobserved()) == both
    assert sweep.unobserved() == []
    set_scope(scope("pe1"), swept_at=LONG_AGO)
    assert sweep.unobserved() == [scope("pe1").pk]
    # The database's clock was put back since.
    set_scope(scope("pe1"), swept_at=timezone.now() + timedelta(hours=1))
    assert sweep.unobserved() == [scope("pe1").pk]


def test_a_scope_that_is_not_up_to_date_is_not_swept(acts: Acts, network: Change) -> None:
    acts.add_network("db", "10.1.6.0/24")
    assert sweep.unobserved() == []


def test_a_vrf_that_went_to_another_customer_is_left_alone(acts: Acts, network: Change) -> None:
    """The former customer wants nothing in it; what is there now is the next one's."""
    row = scope("pe1")
    set_scope(row, vrf="")
    assert row.pk not in sweep.unobserved()
    drift.check(row.pk)
    assert claim(row.pk, repair=scope("pe1").token) is None
    assert scope("pe1").error == ""
