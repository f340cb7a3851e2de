"""Members of groups come and go without the hosts being asked, unless something else is open."""

from typing import Any

import pytest

from networking.backends.base import UnreachableError
from networking.engine import drift, judge, quiet, record, sweep
from networking.engine.reconcile import reconcile
from networking.models import Change, Host, Verdict
from networking.services import groups, ports
from networking.services.groups import GroupInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as acting_as_role
from tenants.access import acting_as
from tests.networking.engine.acts import Acts, fresh, held, scope, set_scope, verdicts
from tests.networking.engine.deliver import deliver
from tests.networking.engine.recorder import LONG_AGO, Watched, recorded
from tests.networking.engine.test_killed import Killed, Trap

State = Change.State


@pytest.fixture
def shop(acts: Acts) -> Change:
    """The group `shop` of the machines that are labelled so, and one machine; all delivered."""
    web = acts.add_network()
    act(acts, ports.create, ports.PortInput(web.subject_id, "web-1", ipv4_address="10.1.5.11"))
    made = act(acts, groups.create, GroupInput("shop", labels={"app": "shop"}))
    deliver()
    return made


def act(acts: Acts, service: Any, *args: Any) -> Change:
    with acting_as(acts.actor):
        return service(acts.actor, *args)


def label(acts: Acts, **labels: str) -> Change:
    """Other labels for the machine."""
    with acting_as(acts.actor):
        port = acts.network("web").ports.get(name="web-1")
    return act(acts, ports.update, port.id, {"labels": labels})


def name_machines(acts: Acts, shop: Change, *names: str) -> Change:
    """Other machines for the group to name."""
    with acting_as(acts.actor):
        ids = acts.network("web").ports.filter(name__in=names).values_list("id", flat=True)
        found = tuple(ids)
    return act(acts, groups.update, shop.subject_id, {"ports": found})


def members(name: str = "shop") -> list[str]:
    """What the fabric holds for the group."""
    return next(
        resource.attrs["addresses"] for resource in held("lab") if resource.noun.name == name
    )


def test_a_label_moves_a_machine_without_a_question(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as calls:
        change = label(acts, app="shop")
        reconcile(scope("lab").pk)
    assert fresh(change).state == State.DONE
    assert members() == ["10.1.5.11"]
    assert calls.count("fabric", "request") == 0
    assert calls.count("fabric", "confirm") == 1
    (said,) = verdicts(change).values()
    assert said.text.startswith("group shop is in force after ")
    assert said.text.endswith(" s: hosts read it southbound")
    assert (said.subject_type, said.state) == ("fabric", Verdict.State.OK)
    row = scope("lab")
    assert row.wanted == row.applied == row.verified == row.sent
    assert (row.leased_until, row.target) == (None, 0)


def test_a_named_machine_comes_and_goes_without_a_question(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    for names, addresses in ((("web-1",), ["10.1.5.11"]), ((), [])):
        with recorded(monkeypatch) as calls:
            change = name_machines(acts, shop, *names)
            reconcile(scope("lab").pk)
        assert fresh(change).state == State.DONE
        assert members() == addresses
        assert (calls.count("fabric", "request"), calls.count("fabric", "confirm")) == (0, 1)


def test_a_group_that_goes(acts: Acts, shop: Change) -> None:
    gone = act(acts, groups.delete, shop.subject_id)
    reconcile(scope("lab").pk)
    assert fresh(gone).state == State.DONE
    assert verdicts(gone)["lab"].text.startswith("group shop is gone after ")


def test_what_else_is_open_has_the_hosts_asked(acts: Acts, shop: Change) -> None:
    """The network is applied and nobody was asked about it yet when the label moves."""
    network = acts.add_network("db", "10.1.6.0/24")
    reconcile(scope("lab").pk)
    change = label(acts, app="shop")
    reconcile(scope("lab").pk)
    assert fresh(change).state == State.VERIFYING
    deliver()
    assert fresh(network).state == State.DONE
    assert verdicts(change)["lab"].text.startswith("enforced on 2 of 2 hosts after ")


@pytest.mark.parametrize("call", ["apply", "confirm"])
def test_what_a_killed_worker_sent_has_the_hosts_asked(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The device may hold it already, so that the next plan does not show it any more."""
    with recorded(monkeypatch) as calls:
        calls.on("fabric", call, Killed(), after=True)
        change = label(acts, app="shop")
        with pytest.raises(Killed):
            reconcile(scope("lab").pk)
    assert members() == ["10.1.5.11"]
    set_scope(scope("lab"), leased_until=LONG_AGO)
    reconcile(scope("lab").pk)
    assert fresh(change).state == State.VERIFYING
    deliver()
    assert verdicts(change)["lab"].text.startswith("enforced on 2 of 2 hosts after ")


def test_a_killed_loud_pass_is_not_hidden_by_a_quiet_one(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = acts.add_network("db", "10.1.6.0/24")
    with recorded(monkeypatch) as calls:
        calls.on("fabric", "apply", Killed(), after=True)
        with pytest.raises(Killed):
            reconcile(scope("lab").pk)
    set_scope(scope("lab"), leased_until=LONG_AGO)
    change = label(acts, app="shop")
    reconcile(scope("lab").pk)
    assert fresh(change).state == State.VERIFYING
    deliver()
    assert {fresh(network).state, fresh(change).state} == {State.DONE}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["sending", "in_force", "_carry", "keep", "settle"])
def test_a_worker_killed_on_the_quiet_path_is_taken_over(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch, name: str, after: bool
) -> None:
    change = label(acts, app="shop")
    trap = Trap(getattr(record, name), after=after)
    monkeypatch.setattr(record, name, trap)
    with pytest.raises(Killed):
        reconcile(scope("lab").pk)
    assert trap.sprung
    set_scope(scope("lab"), leased_until=LONG_AGO)
    deliver()
    assert (fresh(change).state, members()) == (State.DONE, ["10.1.5.11"])
    assert "lab" in verdicts(change)
    row = scope("lab")
    assert row.wanted == row.applied == row.verified
    assert row.pk not in sweep.abandoned()


@pytest.mark.parametrize("broken", [False, True], ids=["late", "unreachable"])
def test_what_cannot_be_confirmed_has_the_hosts_asked(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    monkeypatch.setattr(quiet, "PATIENCE", 0.05)
    with recorded(monkeypatch) as calls:
        if broken:
            calls.on("fabric", "confirm", UnreachableError("The database does not answer."))
        else:
            monkeypatch.setattr(Watched, "confirm", lambda *_: False, raising=False)
        change = label(acts, app="shop")
        reconcile(scope("lab").pk)
    assert fresh(change).state == State.VERIFYING
    deliver()
    assert verdicts(change)["lab"].text.startswith("enforced on 2 of 2 hosts after ")


def test_a_silent_host_is_named(acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "HOST_PATIENCE", 0.1)
    acts.provider.faults("fabric").silent("h2")
    acts.add_network("db", "10.1.6.0/24")
    deliver()
    change = label(acts, app="shop")
    reconcile(scope("lab").pk)
    assert fresh(change).state == State.DONE
    text = verdicts(change)["lab"].text
    assert " s: hosts read it southbound; h2 silent since " in text


def test_without_a_live_host_the_change_waits_for_one(acts: Acts, shop: Change) -> None:
    with acting_as_role(DatabaseRole.WORKER):
        Host.objects.update(silent_since=LONG_AGO)
    change = label(acts, app="shop")
    reconcile(scope("lab").pk)
    assert fresh(change).state == State.VERIFYING


def test_changes_that_cancel_out_ask_nobody(
    acts: Acts, shop: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    with recorded(monkeypatch) as calls:
        there, back = label(acts, app="shop"), label(acts)
        reconcile(scope("lab").pk)
    assert calls.count("fabric", "apply") == calls.count("fabric", "request") == 0
    assert (fresh(there).state, fresh(back).state) == (State.SUPERSEDED, State.DONE)
    assert verdicts(back)["lab"].text == "nothing to do on lab"


def test_a_drift_of_members_leaves_what_is_verified(acts: Acts, shop: Change) -> None:
    label(acts, app="shop")
    deliver()
    before = scope("lab").verified
    acts.provider.faults("fabric").forget(str(acts.actor.tenant.id), "group", str(shop.subject_id))
    drift.check(scope("lab").pk)
    assert members() == ["10.1.5.11"]
    assert scope("lab").verified == scope("lab").applied == before
