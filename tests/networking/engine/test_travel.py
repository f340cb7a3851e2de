"""A change on its way: accepted, carried, verified, and told of."""

import pytest

from networking.models import Change, Verdict
from tests.networking.engine.acts import Acts, fresh, held, kinds, scope, set_scope, verdicts
from tests.networking.engine.deliver import deliver

State = Change.State


def test_a_new_network_is_enforced_on_hosts_and_learned_by_sites(acts: Acts) -> None:
    change = acts.add_network()
    assert change.state == State.PENDING

    deliver()

    done = fresh(change)
    assert (done.state, done.reason) == (State.DONE, "")
    assert done.done_at is not None
    assert ("network", "web") in kinds(held("lab"))
    assert ("route", "web") in kinds(held("pe1"))
    said = verdicts(change)
    assert set(said) == {"lab", "h1", "h2", "pe1", "Berlin", "Munich"}
    assert {row.state for row in said.values()} == {Verdict.State.OK}
    assert said["lab"].text.startswith("enforced on 2 of 2 hosts after ")
    assert said["Berlin"].text.startswith("Berlin learned 10.1.5.0/24 after ")
    assert said["pe1"].text.startswith("pe1 carries it after ")
    assert 0 <= said["Berlin"].seconds < 5


def test_only_the_chosen_site_learns(acts: Acts) -> None:
    change = acts.add_network()
    deliver()
    berlin = next(iter(acts.sites("Berlin")))
    edit = acts.edit_network(change.subject_id, learned_by="some", sites=(berlin.id,))
    deliver()

    assert verdicts(edit)["Munich"].text.startswith("Munich forgot 10.1.5.0/24 after ")
    assert verdicts(edit)["Berlin"].text == "Berlin has 10.1.5.0/24"


def test_a_renumbered_network_is_learned_and_forgotten(acts: Acts) -> None:
    change = acts.add_network()
    deliver()
    edit = acts.edit_network(change.subject_id, ipv4_prefix="10.1.6.0/24")
    deliver()

    assert fresh(edit).state == State.DONE
    text = verdicts(edit)["Berlin"].text
    assert text.startswith("Berlin learned 10.1.6.0/24 and forgot 10.1.5.0/24 after ")


def test_a_deleted_network_goes_from_devices_first_and_then_from_the_database(acts: Acts) -> None:
    made = acts.add_network()
    deliver()
    deleted = acts.delete_network(made.subject_id)
    assert acts.network_is_there(made.subject_id)

    deliver()

    assert fresh(deleted).state == State.DONE
    assert ("network", "web") not in kinds(held("lab"))
    assert ("route", "web") not in kinds(held("pe1"))
    assert not acts.network_is_there(made.subject_id)
    assert verdicts(deleted)["Berlin"].text.startswith("Berlin forgot 10.1.5.0/24 after ")


def test_the_row_stays_while_one_device_may_still_hold_it(acts: Acts) -> None:
    made = acts.add_network()
    deliver()
    acts.provider.faults("router").unreachable()
    deleted = acts.delete_network(made.subject_id)
    deliver()

    assert ("network", "web") not in kinds(held("lab"))
    assert fresh(deleted).state == State.WAITING
    assert acts.network_is_there(made.subject_id)

    acts.provider.faults("router").heal()
    set_scope(scope("pe1"), retry_at=None)
    deliver()
    assert fresh(deleted).state == State.DONE
    assert not acts.network_is_there(made.subject_id)


def test_one_pass_carries_all_queued_changes(acts: Acts) -> None:
    changes = [acts.add_network(f"net-{n}", f"10.2.{n}.0/24") for n in range(5)]
    before = scope("lab").token
    deliver()

    assert {fresh(change).state for change in changes} == {State.DONE}
    assert scope("lab").applied == scope("lab").verified == changes[-1].generation
    assert before == 0
    carried = acts.carried(changes)
    assert carried == {changes[-1].generation}


def test_a_change_that_a_later_one_overtook_is_superseded(acts: Acts) -> None:
    made = acts.add_network()
    edit = acts.edit_network(made.subject_id, ipv4_prefix="10.1.6.0/24")
    deliver()

    first, second = fresh(made), fresh(edit)
    assert (first.state, first.superseded_by) == (State.SUPERSEDED, second)
    assert second.state == State.DONE
    assert verdicts(edit)["Berlin"].text.startswith("Berlin learned 10.1.6.0/24 after")


def test_a_change_that_some_device_lacks_is_not_called_superseded(acts: Acts) -> None:
    """The fabric took up both changes at once; the router has yet to learn of the first."""
    acts.provider.faults("router").unreachable()
    made = acts.add_network()
    edit = acts.edit_network(made.subject_id, mtu=1300)
    deliver()

    assert fresh(edit).state == State.DONE
    assert fresh(made).state == State.WAITING

    acts.provider.faults("router").heal()
    set_scope(scope("pe1"), retry_at=None)
    deliver()
    assert fresh(made).state == State.SUPERSEDED


def test_tenants_with_the_same_prefix_do_not_touch(acts: Acts, world) -> None:
    globex = Acts(world.actor("globex", "network"), acts.provider)
    acts.add_network()
    other = globex.add_network()
    deliver()

    assert fresh(other).state == State.DONE
    assert "Oslo" in verdicts(other)
    assert "Berlin" not in verdicts(other)
    assert {r.noun.name for r in held("lab", "globex") if r.kind == "network"} == {"web"}


@pytest.mark.parametrize("device", ["fabric", "router"])
def test_an_unreachable_device_is_waited_for_with_a_reason(acts: Acts, device: str) -> None:
    name = {"fabric": "lab", "router": "pe1"}[device]
    acts.provider.faults(device).unreachable()
    change = acts.add_network()
    deliver()

    waiting = fresh(change)
    assert waiting.state == State.WAITING
    assert waiting.reason.startswith(f"{name}: ")
    assert "does not answer" in waiting.reason
    row = scope(name)
    assert row.attempts == 1
    assert row.retry_at is not None
    assert row.leased_until is None

    acts.provider.faults(device).heal()
    set_scope(row, retry_at=None)
    deliver()
    assert (fresh(change).state, fresh(change).reason) == (State.DONE, "")
    assert scope(name).attempts == 0
