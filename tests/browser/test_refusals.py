"""Bad input is told at its field, and what belongs to others is not there."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakeVisitor

ADMIN = "admin@acme.example"


@pytest.mark.parametrize(
    ("prefix", "said"),
    [
        ("10.1.0.128/25", "web"),
        ("192.168.7.0/24", "10.1.0.0/16"),
        ("10.1.900.0/24", "10.1.900.0/24"),
        ("10.1.7.1/24", "10.1.7.0/24"),
    ],
    ids=["overlap", "not allowed", "no prefix", "host bits"],
)
def test_a_refused_prefix_is_told_at_its_field(visit: MakeVisitor, prefix: str, said: str) -> None:
    visitor = visit(ADMIN)
    page = visitor.page
    visitor.go("/t/acme/networks/new")
    page.get_by_label("Name", exact=True).fill("refused")
    page.get_by_label("IPv4 prefix").fill(prefix)
    error = page.locator("#id_ipv4_prefix_error")
    expect(error).to_contain_text(said)
    with visitor.expecting(409, 422):
        visitor.press("Review")
        page.wait_for_load_state()
    expect(error).to_contain_text(said)
    expect(page.get_by_label("IPv4 prefix")).to_have_value(prefix)
    expect(page.get_by_label("IPv4 prefix")).to_have_attribute("aria-invalid", "true")
    if said == "web":
        visitor.look("refused")
    visitor.go("/t/acme/networks/?q=refused")
    expect(page.get_by_text("No network matches")).to_be_visible()


def test_what_belongs_to_another_customer_is_not_there(visit: MakeVisitor) -> None:
    globex = visit("admin@globex.example")
    globex.go("/t/globex/networks/")
    globex.follow("office")
    theirs = globex.path
    globex.go("/t/globex/changes/")
    globex.page.locator("tbody th a").first.click()
    change = globex.path

    acme = visit(ADMIN)
    for path in (theirs, change, "/t/globex/", theirs.replace("globex", "acme"), "/t/nobody/"):
        with acme.expecting(404):
            acme.go(path)
            expect(acme.heading()).to_have_text("There is no such page here")
    assert "office" not in acme.page.content()
    acme.look("not-found")


def test_who_may_only_read_finds_no_way_to_write(visit: MakeVisitor) -> None:
    visitor = visit("readonly@acme.example")
    visitor.go("/t/acme/networks/")
    expect(visitor.page.get_by_role("link", name="New network")).to_have_count(0)
    visitor.follow("web")
    expect(visitor.page.get_by_role("link", name="Delete")).to_have_count(0)
    with visitor.expecting(403):
        visitor.go("/t/acme/networks/new")
        expect(visitor.heading()).to_be_visible()
    visitor.look("forbidden")


def test_a_stranger_is_sent_to_sign_in_and_back(visit: MakeVisitor) -> None:
    visitor = visit()
    visitor.go("/t/acme/networks/")
    expect(visitor.heading()).to_have_text("Sign in")
    visitor.look("sign-in")
    visitor.page.get_by_label("Email").fill(ADMIN)
    visitor.page.get_by_label("Password").fill("not the password")
    with visitor.expecting(200, 422):
        visitor.press("Sign in")
        expect(visitor.page.get_by_role("alert")).to_be_visible()
    visitor.look("sign-in-refused")
    visitor.page.get_by_label("Password").fill(visitor.stack.passwords[ADMIN])
    visitor.press("Sign in")
    expect(visitor.heading()).to_have_text("Networks")
