"""What people do in the portal, step by step, with what they must see at each."""

import re
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from playwright.sync_api import expect

from tests.browser.visitor import Visitor

CHANGE_PAGE = re.compile(r"/changes/[0-9a-f-]{36}/$")
CHANGE_WITHIN = 30.0  # seconds; a busy machine takes more than the usual one or two
MACHINE_WITHIN = 20.0  # seconds from a port to its machine with an address


@dataclass(frozen=True)
class Followed:
    """A change that was watched until it was done."""

    path: str
    seconds: float
    """From the confirming click until its page said that it is done."""
    verdicts: tuple[str, ...]


def follow_change(visitor: Visitor, button: str = "Confirm") -> Followed:
    """Confirm the plan on the page, then watch its change become done, without a reload."""
    began = time.monotonic()
    visitor.press(button)
    visitor.page.wait_for_url(CHANGE_PAGE)
    with visitor.without_reload():
        wait_until_done(visitor)
    seconds = time.monotonic() - began
    verdicts = visitor.page.locator(".verdicts li").all_inner_texts()
    said = tuple(" ".join(text.split()) for text in verdicts)
    return Followed(visitor.path, seconds, said)


def wait_until_done(visitor: Visitor) -> None:
    """Until the change's page, which is open, says that it is done."""
    state = visitor.page.locator("dl.facts dd").first
    expect(state).to_have_text("Done", timeout=CHANGE_WITHIN * 1000)


def add_network(visitor: Visitor, slug: str, name: str, prefix: str = "") -> IPv4Network:
    """Fill in the form, by default with the first suggested prefix; end at the plan."""
    page = visitor.page
    visitor.go(f"/t/{slug}/networks/new")
    page.get_by_label("Name", exact=True).fill(name)
    field = page.get_by_label("IPv4 prefix")
    if prefix:
        field.fill(prefix)
    else:
        page.locator(".suggestions .chip").first.click()
        expect(field).not_to_have_value("")
    chosen = IPv4Network(field.input_value())
    expect(page.locator("#foreseen .steps-list li").first).to_be_visible()
    visitor.press("Review")
    expect(visitor.heading()).to_contain_text(name)
    return chosen


def add_port(visitor: Visitor, machine: str, address: str = "") -> IPv4Address:
    """From a network's page: connect a machine, watch the change, and end at the port's page."""
    page = visitor.page
    visitor.follow("New port")
    page.get_by_label("Machine", exact=True).fill(machine)
    page.get_by_label("IPv4 address").fill(address)
    visitor.press("Review")
    follow_change(visitor)
    visitor.follow(machine)
    expect(visitor.heading()).to_have_text(machine)
    return IPv4Address(fact(visitor, "IPv4 address"))


def delete(visitor: Visitor) -> Followed:
    """From the page of a network or port: delete it and watch the change."""
    visitor.follow("Delete")
    return follow_change(visitor, "Delete")


def fact(visitor: Visitor, label: str) -> str:
    """What the page's facts say of `label`."""
    term = visitor.page.locator("dl.facts dt").get_by_text(label, exact=True)
    return term.locator("xpath=following-sibling::dd[1]").inner_text().strip()
