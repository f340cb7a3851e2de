"""A change that has to wait, seen live; and one that is taken back."""

import re

from playwright.sync_api import Route, expect

from tests.browser import acts
from tests.browser.conftest import MakeVisitor
from tests.polling import eventually
from tests.stack import Stack

ADMIN = "admin@acme.example"
FORGET_WITHIN = 15.0  # seconds


def test_a_change_waits_for_a_dead_database_and_goes_on_by_itself(
    visit: MakeVisitor, stack: Stack
) -> None:
    visitor = visit(ADMIN)
    assert stack.demarc("lab", "fail", "northbound").returncode == 0
    try:
        acts.add_network(visitor, "acme", "waits")
        visitor.press("Confirm")
        visitor.page.wait_for_url(acts.CHANGE_PAGE)
        with visitor.without_reload():
            note = visitor.page.locator("#live .note")
            expect(note).to_contain_text("Waiting", timeout=acts.CHANGE_WITHIN * 1000)
            visitor.look("change-waiting")
            change = visitor.path
            assert stack.demarc("lab", "heal", "northbound").returncode == 0
            acts.wait_until_done(visitor)
            expect(note).to_have_count(0)
    finally:
        stack.demarc("lab", "heal")
    assert visitor.path == change
    visitor.follow("waits")
    acts.delete(visitor)


def test_what_happened_before_the_page_listened_is_told(visit: MakeVisitor) -> None:
    """A change may be done between the writing of its page and the page's first hello."""
    visitor = visit(ADMIN)
    page = visitor.page
    held: list[Route] = []
    acts.add_network(visitor, "acme", "unheard")
    page.add_init_script("window.setInterval = () => 0")  # no poll comes to the rescue
    page.route("**/events", lambda route: held.append(route))
    visitor.press("Confirm")
    page.wait_for_url(acts.CHANGE_PAGE)
    live = page.locator("#live[data-poll]")
    expect(live).to_have_count(1)
    unfinished = re.compile(r'id="live"[^>]* data-poll')
    eventually(
        lambda: not unfinished.search(page.request.get(page.url).text()), within=acts.CHANGE_WITHIN
    )
    expect(live).to_have_count(1)
    with visitor.without_reload():
        held[-1].continue_()
        acts.wait_until_done(visitor)
    visitor.follow("unheard")
    page.unroute("**/events")
    acts.delete(visitor)


def test_a_silent_host_is_left_behind_and_catches_up(visit: MakeVisitor, stack: Stack) -> None:
    visitor = visit(ADMIN)
    verdicts = visitor.page.locator(".verdicts")
    assert stack.demarc("lab", "fail", "host", "h2").returncode == 0
    try:
        acts.add_network(visitor, "acme", "on-one-host")
        acts.follow_change(visitor)
        expect(verdicts).to_contain_text("enforced on 1 of 2 hosts; h2 silent since")
        visitor.look("change-left-behind")
        assert stack.demarc("lab", "heal").returncode == 0
        with visitor.without_reload():
            expect(verdicts).to_contain_text("h2 caught up", timeout=acts.CHANGE_WITHIN * 1000)
            expect(verdicts).to_contain_text("enforced on 2 of 2 hosts")
    finally:
        stack.demarc("lab", "heal")
    visitor.follow("on-one-host")
    acts.delete(visitor)


def test_a_change_is_reverted(visit: MakeVisitor, stack: Stack) -> None:
    visitor = visit(ADMIN)
    prefix = acts.add_network(visitor, "acme", "taken-back")
    made = acts.follow_change(visitor)
    eventually(lambda: str(prefix) in stack.routes("acme-berlin"), within=FORGET_WITHIN)
    visitor.follow("Revert")
    visitor.look("revert-review")
    acts.follow_change(visitor, "Delete")
    expect(visitor.page.locator("dl.facts").first).to_contain_text("Reverts")
    eventually(lambda: str(prefix) not in stack.routes("acme-berlin"), within=FORGET_WITHIN)
    visitor.go(made.path)
    expect(visitor.page.get_by_role("main")).to_contain_text("This was taken back: Revert: Add")
    expect(visitor.page.get_by_role("link", name="Revert", exact=True)).to_have_count(0)


def test_the_list_of_networks_follows_what_another_tab_does(visit: MakeVisitor) -> None:
    watcher, writer = visit(ADMIN), visit("network@acme.example")
    watcher.go("/t/acme/networks/")
    expect(watcher.page.locator("body")).to_have_attribute("data-stream", "up")
    with watcher.without_reload():
        acts.add_network(writer, "acme", "seen-live")
        made = acts.follow_change(writer)
        row = watcher.page.get_by_role("row").filter(has_text="seen-live")
        expect(row).to_contain_text("Enforced")
        writer.go(made.path)
        writer.follow("seen-live")
        acts.delete(writer)
        expect(row).to_have_count(0)
