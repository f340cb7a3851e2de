"""The grid of rules."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from networking.models import Change, Rule, RuleHits
from networking.web.rule_lines import opens_and_closes
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import add_group, add_network, add_port, add_rule, newest_change
from tests.networking.web.conftest import Browser, count, generation, text_of
from tests.networking.web.test_budget import queries
from tests.world import World

NEW = {
    "name": "web-in",
    "source": "any",
    "destination": "group:shop",
    "protocol": "tcp",
    "ports": "443",
    "action": "allow",
    "enabled": "on",
}
HEADER = "name,description,source,destination,protocol,ports,action,enabled,log\n"


def order() -> list[str]:
    """The names in the order in which they are matched."""
    with acting_as(DatabaseRole.WORKER):
        rows = Rule.objects.filter(rank__isnull=False).order_by("rank")
        return list(rows.values_list("name", flat=True))


@pytest.fixture
def three(world: World) -> list[Rule]:
    """Rules first, second and third."""
    return [add_rule(world.acme, name) for name in ("first", "second", "third")]


def act(engineer: Browser, rule: Rule, do: str, **data: str) -> Any:
    """A click in the grid, and the grid that it leads to."""
    url = f"/t/acme/rules/{rule.id}/act"
    return engineer.client.post(url, {"do": do} | data, follow=True)


def test_a_newcomer_is_told_the_next_step(engineer: Browser, reader: Browser) -> None:
    page = text_of(engineer.get("rules/"))

    assert "Write your first rule" in page
    assert "/t/acme/rules/new" in page
    assert "rules/new" not in text_of(reader.get("rules/"))


def test_the_grid_shows_rules_in_their_order(engineer: Browser, world: World) -> None:
    shop = add_group(world.acme, labels={"app": "shop"})
    add_rule(world.acme, "web-in", destination=("group:shop",), protocol="tcp", ports="80,443")
    add_rule(world.acme, "rest", action="deny")

    page = engineer.get("rules/")

    assert [(line.place, line.rule.name) for line in page.context["lines"]] == [
        (1, "web-in"),
        (2, "rest"),
    ]
    text = text_of(page)
    assert "TCP 80, 443" in text
    assert f"/t/acme/groups/{shop.id}/" in text
    assert "Deny" in text


def test_a_reader_sees_no_acts(reader: Browser, three: list[Rule]) -> None:
    page = text_of(reader.get("rules/"))

    assert "first" in page
    assert "/act" not in page
    assert "/edit" not in page


@pytest.mark.parametrize("query", ["web", "443", "10.1.0.9"])
def test_the_grid_is_searched_by_name_port_and_address(
    engineer: Browser, world: World, query: str
) -> None:
    web = add_network(world.acme)
    add_port(world.acme, web, "m-1", ipv4_address="10.1.0.9", labels={"app": "shop"})
    add_group(world.acme, labels={"app": "shop"})
    add_rule(world.acme, "web-in", source=("group:shop",), protocol="tcp", ports="400-500")
    add_rule(world.acme, "other", source=("10.1.7.0/24",), protocol="tcp", ports="22")

    page = engineer.fragment("rules/", q=query)

    assert [line.rule.name for line in page.context["lines"]] == ["web-in"]


def test_the_grid_is_searched_by_the_address_of_a_named_machine(
    engineer: Browser, world: World
) -> None:
    port = add_port(world.acme, add_network(world.acme), "m-1", ipv4_address="10.1.0.9")
    add_group(world.acme, ports=(port.id,))
    add_rule(world.acme, "web-in", source=("group:shop",))
    add_rule(world.acme, "other", source=("10.1.7.0/24",))

    page = engineer.fragment("rules/", q="10.1.0.9")

    assert [line.rule.name for line in page.context["lines"]] == ["web-in"]


def test_hits_are_told_with_since_when(engineer: Browser, three: list[Rule]) -> None:
    with acting_as(DatabaseRole.WORKER):
        RuleHits.objects.create(
            tenant_id=three[0].tenant_id,
            rule=three[0],
            packets=1234,
            since=datetime(2026, 11, 1, 12, tzinfo=UTC),
            last_hit_at=datetime(2026, 11, 2, 12, tzinfo=UTC),
        )

    page = text_of(engineer.get("rules/"))

    assert "1234" in page
    assert "2026-11-02" in page
    assert "2026-11-01" in page
    assert page.count("not counted yet") == 2


def test_a_rule_that_can_never_match_says_so(engineer: Browser, world: World) -> None:
    add_rule(world.acme, "wide", source=("10.0.0.0/8",), action="deny")
    add_rule(world.acme, "narrow", source=("10.1.0.0/24",), protocol="tcp", ports="80")
    add_rule(world.acme, "beside", source=("172.16.0.0/12",))

    page = engineer.get("rules/")

    said = {line.rule.name: line.never for line in page.context["lines"]}
    assert said == {
        "wide": "",
        "narrow": "Never matches: wide decides before it.",
        "beside": "",
    }


def test_rules_are_moved_by_one_place_and_the_move_is_taken_back(
    engineer: Browser, three: list[Rule]
) -> None:
    page = act(engineer, three[2], "up")

    assert order() == ["first", "third", "second"]
    text = text_of(page)
    assert "Move rule third behind first" in text
    revert = text.partition('<a href="')[2]
    assert "Revert</a>" in revert
    act(engineer, three[0], "down")
    assert order() == ["third", "first", "second"]
    page = act(engineer, three[2], "up")
    assert "stays where it is" in text_of(page)


def test_the_note_of_a_click_says_what_it_opens_and_closes() -> None:
    one = {"text": "web → db TCP 5432"}
    nothing = {"opens": [], "closes": [], "more_opens": 0, "more_closes": 0, "nothing": "Why."}

    assert opens_and_closes(None) == ""
    assert opens_and_closes(nothing | {"complete": True}) == "Opens and closes nothing. Why."
    assert opens_and_closes(nothing | {"complete": False}) == ""
    many = nothing | {"opens": [one], "closes": [one] * 3, "more_closes": 4, "complete": True}
    assert opens_and_closes(many) == (
        "Opens web → db TCP 5432. Closes web → db TCP 5432, web → db TCP 5432 and 5 more."
    )


def test_a_rule_is_dropped_between_others(engineer: Browser, three: list[Rule]) -> None:
    act(engineer, three[2], "place", before=str(three[0].id), after="")
    assert order() == ["third", "first", "second"]
    act(engineer, three[2], "place", before="", after=str(three[0].id))
    assert order() == ["first", "third", "second"]

    page = act(engineer, three[2], "place", before="nonsense")

    assert "There is no such rule" in text_of(page)
    assert order() == ["first", "third", "second"]


def test_a_move_by_script_gets_the_grid_and_the_note(engineer: Browser, three: list[Rule]) -> None:
    part = engineer.client.post(
        f"/t/acme/rules/{three[2].id}/act",
        {"do": "up", "next": "/t/acme/rules/?page=1"},
        headers={"HX-Request": "true"},
        follow=True,
    )

    assert part.redirect_chain == [("/t/acme/rules/?page=1", 302)]
    assert "<html" not in text_of(part)
    assert 'hx-swap-oob="true"' in text_of(part)
    assert "Revert</a>" in text_of(part)


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", "/t/acme/people/"])
def test_an_act_leads_back_to_the_grid_alone(
    engineer: Browser, three: list[Rule], where: str
) -> None:
    page = act(engineer, three[0], "down", next=where)

    assert page.redirect_chain == [("/t/acme/rules/", 302)]


def test_rules_are_disabled_enabled_and_copied(engineer: Browser, three: list[Rule]) -> None:
    assert "Disabled" in text_of(act(engineer, three[0], "disable"))
    act(engineer, three[0], "enable")
    assert newest_changed(engineer) == "enabled"

    act(engineer, three[0], "copy")

    assert order() == ["first", "first-copy", "second", "third"]
    before = count(Change)
    act(engineer, three[0], "nonsense")
    assert count(Change) == before


def newest_changed(engineer: Browser) -> str:
    """The one field that the last change set."""
    with acting_as(DatabaseRole.WORKER):
        change = Change.objects.latest("generation")
    (field,) = (name for name, value in change.after.items() if change.before[name] != value)
    return str(field)


def test_a_rule_is_made_at_a_place(engineer: Browser, world: World, three: list[Rule]) -> None:
    add_group(world.acme, labels={"app": "shop"})
    path = f"rules/new?after={three[0].id}"
    assert "Directly after rule first" in text_of(engineer.get(path))

    engineer.carry_out(path, **NEW)

    assert order() == ["first", "web-in", "second", "third"]
    made = newest_change(world.acme)
    assert made.after["destination"] == ["group:shop"]
    assert made.after["ports"] == "443"


def test_a_rule_is_edited_in_its_line_or_on_a_page(engineer: Browser, three: list[Rule]) -> None:
    path = f"rules/{three[1].id}/edit"

    line, page = engineer.fragment(path), engineer.get(path)

    assert text_of(line).lstrip().startswith("<tr")
    assert 'value="second"' in text_of(line)
    assert "<html" in text_of(page)
    data = NEW | {"name": "renamed", "destination": "10.1.0.0/24, 10.2.0.0/24"}
    engineer.carry_out(path, **data)
    assert order() == ["first", "renamed", "third"]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "My Rule", "would do"),
        ("destination", "group:nobody", "There is no group nobody"),
        ("destination", "any, 10.0.0.0/8", "stands alone"),
        ("ports", "90-80", "runs backwards"),
        ("ports", "http", "no port"),
        ("source", "", "required"),
    ],
)
def test_a_refusal_stands_at_its_field(
    engineer: Browser, field: str, value: str, said: str
) -> None:
    data = NEW | {"destination": "any"} | {field: value}

    page = engineer.post("rules/new", **data)

    assert 400 <= page.status_code < 500
    assert said in " ".join(page.context["form"].errors[field])
    assert count(Rule) == 0


def test_a_deletion(engineer: Browser, world: World, three: list[Rule]) -> None:
    path = f"rules/{three[0].id}/delete"

    page = engineer.get(path)
    answer = engineer.post(path, "confirm", generation=generation(page))

    assert answer.status_code == 302
    assert newest_change(world.acme).verb == "delete"
    assert order() == ["second", "third"]


def test_a_rule_is_found_in_the_grid(engineer: Browser, three: list[Rule]) -> None:
    answer = engineer.get(f"rules/{three[1].id}/")

    assert answer.status_code == 302
    assert answer.url == f"/t/acme/rules/?page=1#rule-{three[1].id}"


def test_default_deny_is_seen_previewed_and_switched(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    path = f"networks/{network.id}/default?deny=on"
    assert path in text_of(engineer.get("rules/"))

    review = engineer.get(path)
    assert "What no rule allows is cut" in text_of(review)
    answer = engineer.post(path, "confirm", generation=generation(review))

    assert answer.status_code == 302
    assert newest_change(world.acme).after["default_deny"] is True
    assert f"networks/{network.id}/default?deny=off" in text_of(engineer.get("rules/"))
    assert "Cut" in text_of(engineer.get(f"networks/{network.id}/"))


def test_rules_go_out_and_come_in_again_without_loss(
    engineer: Browser, world: World, three: list[Rule]
) -> None:
    sent = engineer.get("rules/export.csv")
    assert sent["Content-Type"].startswith("text/csv")
    text = text_of(sent)
    assert text.startswith(HEADER.strip())

    lines = text.splitlines()
    turned = "\r\n".join([lines[0], *reversed(lines[1:])])
    file = SimpleUploadedFile("rules.csv", turned.encode())
    review = engineer.post("rules/import", file=file)
    assert "Import rules: " in text_of(review)
    assert order() == ["first", "second", "third"]
    carried = dict(review.context["fields"]) | {"generation": str(generation(review))}
    engineer.post("rules/import", "confirm", **carried)

    assert order() == ["third", "second", "first"]
    change = newest_change(world.acme)
    assert "enabled,log" not in text_of(engineer.get(f"changes/{change.id}/"))
    assert text_of(engineer.get("rules/export.csv")).splitlines()[1:] == lines[:0:-1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "ok,,any,any,any,,allow,yes,no\nbad,,any,any,tcp,99999,allow,yes,no\n", "ports"),
        ("name,colour\nok,red\n", "columns"),
        ("", "Choose a file"),
    ],
)
def test_one_bad_row_is_named_and_nothing_written(
    engineer: Browser, three: list[Rule], text: str, said: str
) -> None:
    before = count(Change)

    page = engineer.post("rules/import", csv=text)

    assert page.status_code == 422
    assert said in text_of(page)
    if "99999" in text:
        assert "Row 3, column ports" in text_of(page)
    assert count(Change) == before
    assert order() == ["first", "second", "third"]


def test_a_file_that_is_no_text_is_refused(engineer: Browser) -> None:
    file = SimpleUploadedFile("rules.csv", b"\xff\xfe\x00")

    page = engineer.post("rules/import", file=file)

    assert page.status_code == 422
    assert "no UTF-8 text" in text_of(page)


@pytest.mark.parametrize("path", ["rules/", "rules/new", "rules/{rule}/edit", "rules/export.csv"])
def test_a_page_takes_as_many_queries_with_few_rules_as_with_many(
    engineer: Browser, world: World, path: str
) -> None:
    add_group(world.acme, labels={"app": "shop"})
    rule = add_rule(world.acme, "first", source=("group:shop",))
    add_rule(world.acme, "second", source=("group:shop",))
    path = path.format(rule=rule.id)
    few = queries(engineer, path)

    for number in range(4):
        add_rule(world.acme, f"more-{number}", destination=("group:shop", "10.1.0.0/24"))

    assert queries(engineer, path) == few <= 14
