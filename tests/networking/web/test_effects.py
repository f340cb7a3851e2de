"""What a change opens and closes, on its review, beside its form and on its page; and the question
whether one reaches another with it."""

from typing import Any

import pytest

from networking.models import Change, Port
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_rule,
    newest_change,
)
from tests.networking.web.conftest import HTMX, Browser, generation, text_of
from tests.world import World

STOP = {
    "name": "stop", "source": "any", "destination": "group:db", "protocol": "any", "ports": "",
    "action": "deny", "enabled": "on",
}  # fmt: skip
QUESTION = {"try-source": "web-1", "try-destination": "db-1", "try-protocol": "tcp",
            "try-port": "5432", "try-version": "4"}  # fmt: skip


@pytest.fixture(autouse=True)
def machines(world: World, fra: Frankfurt) -> tuple[Port, Port]:
    """web-1 and db-1, of the groups web and db."""
    found = []
    for name, prefix in (("web", "10.1.0.0/24"), ("db", "10.1.1.0/24")):
        network = add_network(world.acme, f"{name}-net", prefix)
        found.append(add_port(world.acme, network, f"{name}-1", labels={"app": name}))
        add_group(world.acme, name, labels={"app": name})
    return found[0], found[1]


def asked(browser: Browser, data: dict[str, str]) -> Any:
    """What htmx gets for the question."""
    return browser.client.post("/t/acme/rules/new", {"intent": "try"} | data, headers=HTMX)


def told(text: str) -> str:
    """The text without line breaks and doubled spaces."""
    return " ".join(text.split())


def test_a_review_the_form_and_the_changes_page_tell_what_is_closed(engineer: Browser) -> None:
    beside = engineer.post("rules/new", "check", **STOP)
    assert "<b>closes</b> web → db everything (1 → 1 machine)" in text_of(beside)

    review = engineer.post("rules/new", **STOP)
    page = told(text_of(review))
    assert '<b>web</b> <span class="sub">1 machine </span>' in page
    assert "Opens and closes" in page

    made = engineer.carry_out("rules/new", **STOP)
    path = made["Location"].removeprefix("/t/acme/")
    assert '<b>web</b> <span class="sub">1 machine </span>' in told(text_of(engineer.get(path)))


def test_default_deny_names_whom_it_cuts(engineer: Browser, machines: tuple[Port, Port]) -> None:
    network = machines[1].network
    data = {"name": network.name, "ipv4_prefix": str(network.ipv4_prefix), "mtu": "1400",
            "dhcp": "on", "learned_by": "all", "default_deny": "on"}  # fmt: skip
    page = text_of(engineer.post(f"networks/{network.id}/edit", "check", **data))
    assert "<b>closes</b> web → db everything (1 → 1 machine)" in page


def test_what_makes_no_difference_is_said_quietly(engineer: Browser, world: World) -> None:
    add_rule(world.acme, "first", destination=("group:db",), action="deny")
    page = text_of(engineer.post("rules/new", **STOP))
    assert "Opens and closes nothing. Shadowed by rule first." in page


def test_a_question_is_answered_with_the_change_and_without(engineer: Browser) -> None:
    page = engineer.post("rules/new", "try", **STOP, **QUESTION)
    text = told(text_of(page))
    assert page.status_code == 200
    assert "web-1 → db-1 by TCP 5432: this change closes it." in text
    assert "Rule stop denies it." in text
    assert f'name="generation" value="{generation(page)}"' in text
    assert 'name="destination" value="group:db"' in text
    with acting_as(DatabaseRole.WORKER):
        assert not Change.objects.filter(subject_type="rule").exists()

    part = text_of(asked(engineer, STOP | QUESTION))
    assert "<html" not in part
    assert "this change closes it" in part


def test_a_deletion_is_tried_out(engineer: Browser, world: World) -> None:
    rule = add_rule(world.acme, "stop", destination=("group:db",), action="deny")
    page = text_of(engineer.post(f"rules/{rule.id}/delete", "try", **QUESTION))
    assert "this change opens it" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("try-source", "nobody", "You have nothing called nobody"),
        ("try-port", "", "Name the destination"),
        ("try-source", "vip:shop", "A VIP opens no connections"),
    ],
)
def test_a_bad_question_is_told_at_its_field(
    engineer: Browser, field: str, value: str, said: str
) -> None:
    data = STOP | QUESTION | {field: value}
    page = engineer.post("rules/new", "try", **data)
    assert page.status_code == 422
    assert said in text_of(page)
    part = asked(engineer, data)
    assert (part.status_code, said in text_of(part)) == (200, True)


def test_an_act_that_is_refused_is_refused_when_tried(engineer: Browser) -> None:
    data = STOP | {"destination": "group:nobody"} | QUESTION
    assert engineer.post("rules/new", "try", **data).status_code == 422


def test_who_only_reads_tries_nothing(reader: Browser) -> None:
    assert reader.post("rules/new", "try", **STOP, **QUESTION).status_code == 403


def test_what_was_taken_back_offers_no_revert(engineer: Browser, world: World) -> None:
    add_rule(world.acme, "stop", destination=("group:db",), action="deny")
    change = newest_change(world.acme)
    assert "/revert" in text_of(engineer.get(f"changes/{change.id}/"))
    review = engineer.get(f"changes/{change.id}/revert")
    engineer.post(f"changes/{change.id}/revert", "confirm", generation=generation(review))
    page = text_of(engineer.get(f"changes/{change.id}/"))
    back = newest_change(world.acme)
    assert f"changes/{change.id}/revert" not in page
    assert f'This was taken back: <a href="/t/acme/changes/{back.id}/">' in page
    again = text_of(engineer.get(f"changes/{change.id}/revert"))
    assert "This change was taken back already" in again
