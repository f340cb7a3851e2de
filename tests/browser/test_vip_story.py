"""A service is published under an address of its own, and served by those who answer."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import MakeVisitor
from tests.browser.visitor import Visitor
from tests.polling import eventually
from tests.stack import Stack

ADMIN = "admin@acme.example"
MEMBERS = {"web-1", "web-2"}
PORT, SERVED = 80, 8080
FOUND_WITHIN = 20.0  # seconds until a host's checks are read and its sites have learned the address


@pytest.fixture
def servers(stack: Stack) -> Iterator[None]:
    """A server on each member that says its machine's name."""
    with ExitStack() as running:
        for name in MEMBERS:
            running.enter_context(stack.serving(name, SERVED))
        yield


def test_a_service_is_published(visit: MakeVisitor, stack: Stack, servers: None) -> None:
    visitor = visit(ADMIN)
    group = make_group(visitor)
    vip = make_vip(visitor)
    address = visitor.page.locator(".lead code").first.inner_text()
    for client in ("db-1", "acme-berlin"):
        heard: set[str] = set()

        def all_answered(client: str = client, heard: set[str] = heard) -> bool:
            heard.add(stack.calls(client, address, PORT))
            return heard >= MEMBERS

        eventually(all_answered, within=FOUND_WITHIN)
    members = visitor.page.get_by_role("table", name="Members")
    for name in MEMBERS:
        row = members.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Answers", timeout=FOUND_WITHIN * 1000)
    visitor.look("vip")
    visitor.go("/t/acme/vips/")
    visitor.look("vips")

    for path in (vip, group):
        visitor.go(path)
        acts.delete(visitor)


def make_group(visitor: Visitor) -> str:
    """Of the machines labelled tier=web; the path of its page."""
    visitor.go("/t/acme/groups/new")
    visitor.page.get_by_label("Name", exact=True).fill("front")
    visitor.page.get_by_label("Machines labelled").fill("tier=web")
    visitor.press("Review")
    acts.follow_change(visitor)
    visitor.follow("front")
    expect(visitor.heading()).to_have_text("front")
    return visitor.path


def make_vip(visitor: Visitor) -> str:
    """With a health check, served by the group; the path of its page, which is open."""
    page = visitor.page
    visitor.go("/t/acme/vips/new")
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_label("Ports", exact=True).fill(f"{PORT}:{SERVED}")
    page.get_by_label("Group").select_option("front")
    expect(page.locator("#foreseen .steps-list li").first).to_be_visible()
    visitor.look("vip-form")
    visitor.press("Review")
    visitor.look("vip-review")
    acts.follow_change(visitor)
    visitor.follow("shop")
    expect(visitor.heading()).to_have_text("shop")
    return visitor.path
