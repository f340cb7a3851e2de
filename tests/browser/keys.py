"""What somebody does who has no mouse."""

import re

from playwright.sync_api import Page, expect

from tests.browser import acts
from tests.browser.visitor import Visitor

MOST_TABS = 120
# The name that a screen reader says of the focused element, as far as its page writes it.
FOCUSED = """
() => {
  const element = document.activeElement;
  const name = element.getAttribute("aria-label") || element.labels?.[0]?.textContent
    || element.textContent;
  return name.replace(/\\s+/g, " ").trim().replace(" (optional)", "");
}
"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element of this name has the focus."""
    seen: list[str] = []
    while not seen or seen[-1] != name:
        assert len(seen) < MOST_TABS, f"Tab never comes to {name}: {seen}"
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))


def enter(page: Page) -> None:
    """Press Enter, and wait for the page that it leads to."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_and_enter(page: Page, name: str) -> None:
    """Go to a link or button by Tab and follow it by Enter."""
    tab_to(page, name)
    enter(page)


def fill(page: Page, **fields: str) -> None:
    """Type into the fields of a form in their order; a space in a label is an underscore here."""
    for label, text in fields.items():
        tab_to(page, label.replace("_", " "))
        # A field that one tabs into is selected, so typing takes the place of what it holds.
        page.keyboard.type(text)


def go(visitor: Visitor, letter: str, heading: str) -> None:
    """To a page of the menu by `g` and its letter."""
    visitor.page.keyboard.press("g")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press(letter)
    expect(visitor.heading()).to_have_text(heading)


def new(visitor: Visitor, heading: str) -> None:
    """To the form of a new one by `n`."""
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("n")
    expect(visitor.heading()).to_have_text(heading)


def confirm(visitor: Visitor, summary: str, button: str = "Confirm") -> None:
    """On a page that shows this plan: Enter, then watch its change become done."""
    page = visitor.page
    expect(visitor.heading()).to_have_text(re.compile(summary))
    expect(page.get_by_role("button", name=button, exact=True)).to_be_focused()
    enter(page)
    page.wait_for_url(acts.CHANGE_PAGE)
    with visitor.without_reload():
        acts.wait_until_done(visitor)
