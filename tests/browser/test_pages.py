"""Every page that the other tests do not come by, looked at."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeVisitor

ADMIN = "admin@acme.example"


def test_the_dashboard_shows_the_network(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    visitor.go("/t/acme/")
    page = visitor.page
    expect(page.locator(".health")).to_contain_text("Your network is well.")
    drawing = page.get_by_role("group", name=re.compile("Network map"))
    for name in ("Berlin", "Munich", "pe1", "web", "db"):
        expect(drawing.get_by_text(name, exact=True)).to_be_visible()
    expect(page.locator(".tiles")).to_contain_text("2 of 2")
    visitor.look("dashboard")


@pytest.mark.parametrize(
    "name", ["networks", "networks/new", "ports", "ports/new", "sites", "changes", "people",
             "tokens", "audit"]
)  # fmt: skip
def test_a_page_of_the_menu(visit: MakeVisitor, name: str) -> None:
    visitor = visit(ADMIN)
    visitor.go(f"/t/acme/{name}" + ("" if name.endswith("new") else "/"))
    expect(visitor.heading()).to_be_visible()
    visitor.look(name.replace("/", "-"))


@pytest.mark.parametrize(
    ("listed", "name"), [("networks", "web"), ("ports", "web-1"), ("sites", "Berlin")]
)
def test_a_page_of_a_noun(visit: MakeVisitor, listed: str, name: str) -> None:
    visitor = visit(ADMIN)
    visitor.go(f"/t/acme/{listed}/")
    visitor.follow(name)
    expect(visitor.heading()).to_have_text(name)
    visitor.look(f"{listed}-{name}")


@pytest.mark.parametrize(("listed", "name"), [("networks", "web"), ("ports", "web-1")])
def test_the_edit_form_of_a_noun(visit: MakeVisitor, listed: str, name: str) -> None:
    visitor = visit(ADMIN)
    visitor.go(f"/t/acme/{listed}/")
    visitor.follow(name)
    expect(visitor.heading()).to_have_text(name)
    visitor.page.wait_for_load_state()
    visitor.page.keyboard.press("e")
    expect(visitor.heading()).to_have_text(f"Edit {name}")
    visitor.look(f"{listed}-edit")
