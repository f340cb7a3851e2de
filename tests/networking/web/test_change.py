"""The pages of changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from networking.models import Change, Network, Verdict
from networking.web import progress
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port, add_site, newest_change
from tests.networking.web.conftest import Browser, generation, text_of
from tests.world import World


def settle(change: Change, state: str, reason: str = "") -> None:
    """As the engine would leave it."""
    done = change.created_at + timedelta(seconds=1.5) if state == "done" else None
    with acting_as(DatabaseRole.WORKER):
        Change.objects.filter(id=change.id).update(state=state, reason=reason, done_at=done)


def test_the_list_is_filtered_by_state_subject_and_words(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    settle(newest_change(world.acme), "done")
    add_port(world.acme, network, "web-1")

    everything = text_of(engineer.fragment("changes/"))
    unfinished = text_of(engineer.fragment("changes/", state="unfinished"))
    done = text_of(engineer.fragment("changes/", state="done"))
    ports = text_of(engineer.fragment("changes/", subject="port"))
    words = text_of(engineer.fragment("changes/", q="machine"))
    nobody = text_of(engineer.fragment("changes/", q="no such words"))

    assert "Add network web" in everything
    assert "Add machine web-1" in everything
    for page in (unfinished, ports, words):
        assert "Add machine web-1" in page
        assert "Add network web 1" not in page
    assert "Add machine web-1" not in done
    assert "No change matches" in nobody


def test_the_detail_shows_plan_verdicts_and_fields(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    change = newest_change(world.acme)
    settle(change, "done")
    with acting_as(DatabaseRole.WORKER):
        Verdict.objects.create(
            tenant=world.acme,
            change=change,
            subject_type="site",
            subject_name="Berlin",
            state="ok",
            text="Berlin learned 10.1.0.0/24 after 0.3 s",
            seconds=0.3,
            at=timezone.now(),
        )

    page = text_of(engineer.get(f"changes/{change.id}/"))

    assert "Berlin learned 10.1.0.0/24 after 0.3 s" in page
    assert "Berlin learns 10.1.0.0/24" in page
    assert "technical step" in page
    assert "done after 1.5 s" in page
    assert "data-poll" not in page


def test_an_unfinished_change_is_looked_at_again(engineer: Browser, world: World) -> None:
    add_network(world.acme)

    page = text_of(engineer.get(f"changes/{newest_change(world.acme).id}/"))

    assert "data-poll" in page
    assert 'aria-current="step">Accepted' in page
    assert "Nobody has reported yet" in page


@pytest.mark.parametrize(
    ("state", "said"),
    [("waiting", "tried again by itself"), ("blocked", "edit what it is about, or revert it")],
)
def test_what_holds_a_change_up_is_said_in_words(
    engineer: Browser, world: World, state: str, said: str
) -> None:
    add_network(world.acme)
    change = newest_change(world.acme)
    settle(change, state, "fra-sim: does not answer.")

    page = text_of(engineer.get(f"changes/{change.id}/"))

    assert "fra-sim: does not answer." in page
    assert said in page


def test_a_revert_shows_its_plan_and_does_the_opposite(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    change = newest_change(world.acme)
    path = f"changes/{change.id}/revert"

    page = engineer.get(path)
    answer = engineer.post(path, "confirm", generation=generation(page))

    assert "Revert: Add network web" in text_of(page)
    made = newest_change(world.acme)
    assert answer.url == f"/t/acme/changes/{made.id}/"
    assert made.reverts_id == change.id
    with acting_as(DatabaseRole.WORKER):
        assert Network.objects.get(id=network.id).retiring_at is not None


def test_what_cannot_be_reverted_is_explained(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    change = newest_change(world.acme)
    add_port(world.acme, network, "web-1")

    page = engineer.get(f"changes/{change.id}/revert")

    assert "still has machines" in text_of(page)
    assert "Confirm" not in text_of(page)


def test_readers_are_not_offered_a_revert(reader: Browser, world: World) -> None:
    add_network(world.acme)
    change = newest_change(world.acme)

    assert "/revert" not in text_of(reader.get(f"changes/{change.id}/"))
    assert reader.get(f"changes/{change.id}/revert").status_code == 403


def words(steps: tuple[progress.ProgressStep, ...]) -> list[str]:
    """How each step looks."""
    return ["now" if step.current else "past" if step.past else "" for step in steps]


@pytest.mark.parametrize(
    ("state", "looks"),
    [
        ("pending", ["now", "", "", ""]),
        ("applying", ["past", "now", "", ""]),
        ("verifying", ["past", "past", "now", ""]),
        ("done", ["past", "past", "past", "past"]),
        ("superseded", ["", "", "", ""]),
    ],
)
def test_the_steps_of_a_change(state: str, looks: list[str]) -> None:
    assert words(progress.progress(state, [])) == looks


def test_edits_are_in_a_readable_order_and_leave_out_what_stays() -> None:
    before = {"mtu": 1400, "name": "web", "dhcp": True, "network_id": "1"}
    after = {"mtu": 1300, "name": "web", "dhcp": False, "network_id": "2"}

    edits = [(edit.label, edit.before, edit.after) for edit in progress.edits(before, after)]

    assert edits == [("DHCP", "on", "off"), ("MTU", "1400", "1300")]


def test_fields_are_told_in_words() -> None:
    port = {"port": 80, "protocol": "tcp", "member_port": 8080}
    after = {
        "protocol": "udp",
        "learned_by": "all",
        "labels": {"app": "shop", "tier": "web"},
        "ports": [port, port | {"member_port": 80}],
        "check_interval": 2,
        "description": "",
    }

    edits = {edit.label: edit.after for edit in progress.edits({}, after)}

    assert edits == {
        "labels": "app=shop tier=web",
        "learned by": "every site",
        "protocol": "UDP",
        "ports": "TCP 80 to 8080, TCP 80",
        "check interval": "2 s",
    }


@pytest.mark.parametrize(
    ("state", "usual", "word"),
    [
        ("pending", 5, "No worker has begun"),
        ("applying", 20, "has not come back"),
        ("verifying", 20, "has not been seen"),
    ],
)
def test_a_change_that_takes_long_says_what_it_waits_for(
    engineer: Browser, world: World, state: str, usual: int, word: str
) -> None:
    add_network(world.acme)
    change = newest_change(world.acme)
    settle(change, state)
    assert word not in text_of(engineer.get(f"changes/{change.id}/"))
    assert progress.overdue(state, usual) == ""
    with acting_as(DatabaseRole.WORKER):
        Change.objects.filter(id=change.id).update(
            created_at=timezone.now() - timedelta(seconds=40)
        )
    assert word in text_of(engineer.get(f"changes/{change.id}/"))
