"""A blocked flow, opened by two groups and a rule, without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser import acts, keys
from tests.browser.conftest import MakeVisitor
from tests.browser.visitor import Visitor
from tests.polling import eventually
from tests.stack import Stack

ADMIN = "admin@acme.example"
DATABASE, PORT = "10.1.1.11", 5432
RULE = "shop-to-database"
GROUPS = ("shop", "database")
CLOSE, OPEN = "See what it would cut… db", "Let it pass… db"
IN_FORCE_WITHIN = 5.0  # seconds from a change that is done


@pytest.fixture
def tidy(visit: MakeVisitor) -> Iterator[None]:
    """However the test ends, it leaves no rule, no group and no default deny behind."""
    yield
    visitor = visit(ADMIN)
    for path, name in (("rules", RULE), *(("groups", name) for name in GROUPS)):
        visitor.go(f"/t/acme/{path}/")
        if visitor.page.get_by_role("link", name=name, exact=True).count():
            visitor.follow(name)
            acts.delete(visitor)
    visitor.go("/t/acme/rules/")
    if visitor.page.get_by_role("link", name=OPEN, exact=True).count():
        visitor.follow(OPEN)
        acts.follow_change(visitor)


@pytest.fixture
def database(stack: Stack) -> Iterator[None]:
    """A server on db-1 that says its name."""
    with stack.serving("db-1", PORT):
        yield


def test_a_blocked_flow_is_opened_by_keyboard(
    visit: MakeVisitor, stack: Stack, database: None, tidy: None
) -> None:
    def answers(text: str, port: int = PORT) -> bool:
        return stack.calls("web-1", DATABASE, port) == text

    visitor = visit(ADMIN)
    visitor.go("/t/acme/")
    assert answers("db-1")
    turn_default(visitor, CLOSE)
    eventually(lambda: answers("silence"), within=IN_FORCE_WITHIN)
    make_group(visitor)
    name_machine(visitor)
    keys.go(visitor, "u", "Groups")
    visitor.look("groups")
    assert answers("silence"), "groups alone open nothing"
    made = make_rule(visitor)
    eventually(lambda: answers("db-1"), within=IN_FORCE_WITHIN)
    assert answers("silence", PORT + 1), "only this port is open"
    look_at_the_rule(visitor)

    visitor.go(made)
    keys.tab_and_enter(visitor.page, "Revert")
    keys.confirm(visitor, RULE, "Delete")
    eventually(lambda: answers("silence"), within=IN_FORCE_WITHIN)
    turn_default(visitor, OPEN)
    eventually(lambda: answers("db-1"), within=IN_FORCE_WITHIN)


def turn_default(visitor: Visitor, link: str) -> None:
    """Turn default deny of the network db, by the link below the rules."""
    keys.go(visitor, "r", "Rules")
    keys.tab_and_enter(visitor.page, link)
    keys.confirm(visitor, "Change network db: default deny")


def make_group(visitor: Visitor) -> None:
    """By a label; the form names who belongs to it."""
    keys.go(visitor, "u", "Groups")
    keys.new(visitor, "New group")
    keys.fill(visitor.page, Name="shop", Machines_labelled="tier=web")
    expect(visitor.page.locator(".member-list")).to_contain_text("web-1")
    visitor.look("group-form")
    keys.enter(visitor.page)
    keys.confirm(visitor, "shop")


def name_machine(visitor: Visitor) -> None:
    """A group of one machine, which is searched and chosen."""
    page = visitor.page
    keys.go(visitor, "u", "Groups")
    keys.new(visitor, "New group")
    keys.fill(page, Name="database", Machines_by_name="db")
    offered = page.get_by_role("group", name="Add to machines by name").get_by_role("button")
    expect(offered).to_have_count(1)
    keys.tab_to(page, "db-1 10.1.1.11")
    page.keyboard.press("Enter")
    expect(page.locator(".member-list")).to_contain_text("named")
    keys.tab_and_enter(page, "Review")
    keys.confirm(visitor, "database")


def make_rule(visitor: Visitor) -> str:
    """From one group to the other; the path of its change."""
    page = visitor.page
    keys.go(visitor, "r", "Rules")
    keys.new(visitor, "New rule")
    keys.fill(page, Name=RULE, From="group:shop", To="group:database", Ports=str(PORT))
    expect(page.locator("#foreseen .steps-list li").first).to_be_visible()
    visitor.look("rule-form")
    keys.enter(page)
    expect(visitor.heading()).to_contain_text(RULE)
    visitor.look("rule-review")
    keys.confirm(visitor, RULE)
    return visitor.path


def look_at_the_rule(visitor: Visitor) -> None:
    """In the grid, and where it decides whether one reaches the other."""
    page = visitor.page
    keys.go(visitor, "r", "Rules")
    expect(page.get_by_role("row").filter(has_text=RULE)).to_contain_text("Enforced")
    visitor.look("rules")
    keys.go(visitor, "a", "Can A reach B?")
    keys.fill(page, From="web-1", To="db-1", Port=str(PORT))
    page.keyboard.press("Enter")
    answer = page.locator("#answer")
    expect(answer).to_contain_text(f"web-1 reaches db-1 by TCP {PORT}.")
    expect(answer.get_by_role("link").filter(has_text=RULE)).to_be_visible()
    visitor.look("reach-yes")
