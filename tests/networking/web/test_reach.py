"""The page that answers whether one reaches another."""

import pytest

from networking.models import Port
from networking.web import path
from networking.web.forms import reach as reach_form
from networking.web.states import Status
from networking.web.topology import WIDTH, Item
from networking.web.views import reach as reach_view
from tests.factories.acts import Frankfurt, add_network, add_port, add_rule, add_site
from tests.networking.web.conftest import Browser, text_of
from tests.networking.web.test_budget import queries
from tests.world import World

TO_DB = {"source": "web-1", "destination": "db-1", "protocol": "tcp", "port": "5432"}


@pytest.fixture
def machines(world: World) -> tuple[Port, Port]:
    """web-1 and db-1, each in a network of its own."""
    web = add_network(world.acme, "web", "10.1.0.0/24")
    db = add_network(world.acme, "db", "10.1.1.0/24")
    return add_port(world.acme, web, "web-1"), add_port(world.acme, db, "db-1")


def test_a_newcomer_is_told_the_next_step(engineer: Browser) -> None:
    assert "First a network" in text_of(engineer.get("reach/"))


def test_a_machine_reaches_another_by_way_of_the_gateway(
    reader: Browser, machines: tuple[Port, Port]
) -> None:
    page = reader.get("reach/", **TO_DB)

    assert page.context["sentence"] == "web-1 reaches db-1 by TCP 5432."
    names = [item.name for _, item in page.context["items"]]
    assert names == ["web-1", "web", "gateway", "db", "db-1"]
    assert f"/t/acme/ports/{machines[1].id}/" in text_of(page)
    assert page.context["decision_href"] == f"/t/acme/networks/{machines[1].network_id}/"


def test_the_deciding_rule_is_a_link(
    engineer: Browser, world: World, machines: tuple[Port, Port]
) -> None:
    rule = add_rule(world.acme, "no-db", destination=("10.1.1.0/24",), action="deny")

    page = engineer.fragment("reach/", **TO_DB)

    text = text_of(page)
    assert "<html" not in text
    assert "does not reach" in text
    assert f'<a href="/t/acme/rules/{rule.id}/">Rule no-db denies it.</a>' in text
    last = page.context["items"][-1][1]
    assert (last.name, last.status.word) == ("db-1", "Not reached")


def test_sites_and_addresses_are_asked_about(
    engineer: Browser, world: World, fra: Frankfurt, machines: tuple[Port, Port]
) -> None:
    add_site(world.acme, fra.attachments[0], "Berlin")
    ask = {"source": "site:Berlin", "destination": "10.1.0.2", "protocol": "icmp"}

    here = engineer.get("reach/", **ask)
    nowhere = engineer.get("reach/", **(ask | {"destination": "192.0.2.1"}))

    assert here.context["verdict"].allowed
    assert [kind for kind, _ in here.context["items"]][:2] == ["site", "router"]
    assert not nowhere.context["verdict"].allowed


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("source", "nobody", "You have nothing called nobody"),
        ("destination", "10.1.0.0/24", "You have nothing called"),
        ("port", "", "Name the destination"),
        ("port", "99999", "less than or equal to 65535"),
        ("protocol", "smoke", "Select a valid choice"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_why(
    engineer: Browser, machines: tuple[Port, Port], field: str, value: str, said: str
) -> None:
    page = engineer.get("reach/", **(TO_DB | {field: value}))

    assert said in text_of(page)
    assert "verdict" not in page.context


def test_another_tenants_machine_is_nobody(
    engineer: Browser, world: World, machines: tuple[Port, Port]
) -> None:
    theirs = add_port(
        world.globex, add_network(world.globex, "theirs", "10.1.0.0/24"), "their-machine"
    )

    page = text_of(engineer.get("reach/", **(TO_DB | {"destination": theirs.name})))

    assert "You have nothing called their-machine" in page


def test_where_there_are_many_machines_ends_are_looked_for(
    engineer: Browser, machines: tuple[Port, Port], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'hx-trigger="input' not in text_of(engineer.get("reach/"))
    for module in (reach_form, reach_view):
        monkeypatch.setattr(module, "SUGGESTED", 1)
    page = text_of(engineer.get("reach/"))
    assert 'hx-trigger="input' in page
    assert 'value="db-1"' in page
    assert 'value="web-1"' not in page
    found = engineer.fragment("reach/", find="1", source="web")
    assert text_of(found).strip() == '<option value="web-1"></option>'


def test_an_answer_takes_as_many_queries_with_few_rows_as_with_many(
    engineer: Browser, world: World, machines: tuple[Port, Port]
) -> None:
    address = "reach/?" + "&".join(f"{name}={value}" for name, value in TO_DB.items())
    add_rule(world.acme, "first")
    few = queries(engineer, address)

    for number in range(3):
        network = add_network(world.acme, f"n-{number}", f"10.1.{number + 5}.0/24")
        add_port(world.acme, network, f"m-{number}")
        add_rule(world.acme, f"r-{number}", action="deny")

    assert queries(engineer, address) == few <= 22


def test_a_long_way_is_drawn_in_lines_that_fit() -> None:
    items = [
        ("machine", Item(f"a-rather-long-name-{n}", "", Status("ok", "Passed"))) for n in range(12)
    ]

    drawing = path.draw(items)

    assert all(box.x + box.width <= WIDTH for box in drawing.boxes)
    assert len({box.y for box in drawing.boxes}) == 3
    assert len(drawing.lines) == 11
    assert max(box.y for box in drawing.boxes) < drawing.height
    assert path.draw([]).boxes == ()
