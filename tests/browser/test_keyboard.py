"""Everything by the keyboard, with the focus in sight."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakeVisitor

ADMIN = "admin@acme.example"
# Whether the focused element differs from its neighbours by an outline or a shadow.
IN_SIGHT = """
() => {
  const style = getComputedStyle(document.activeElement);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return outlined || style.boxShadow !== "none";
}
"""
FOCUSED = """
() => {
  const element = document.activeElement;
  return element.labels?.[0]?.textContent.trim() || element.textContent.trim() || element.tagName;
}
"""


def test_a_letter_opens_the_form_and_tab_goes_through_it(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    page = visitor.page
    visitor.go("/t/acme/networks/")
    page.keyboard.press("n")
    expect(visitor.heading()).to_have_text("New network")
    page.get_by_label("Name", exact=True).focus()
    seen = tabbed(page, "Review")
    wanted = ["Region", "IPv4 prefix", "IPv6 prefix (optional)", "Every site", "DHCP and MTU"]
    assert [name for name in seen if name in wanted] == wanted, seen
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("typed")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("10.1.77.0/24")
    page.keyboard.press("Enter")
    expect(visitor.heading()).to_have_text("Add network typed 10.1.77.0/24?")
    expect(page.get_by_role("button", name="Confirm")).to_be_focused()


def tabbed(page: Page, last: str) -> list[str]:
    """The names on the way while Tab is pressed until `last`, each with its focus in sight."""
    names: list[str] = []
    while last not in names:
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED))
        assert page.evaluate(IN_SIGHT), f"the focus on {names[-1]} cannot be seen"
        assert len(names) < 40, names
    return names


def test_the_first_tab_skips_to_the_content(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    visitor.go("/t/acme/")
    visitor.page.keyboard.press("Tab")
    skip = visitor.page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()


def test_keys_go_to_menu_entries_search_and_help(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN)
    page = visitor.page
    visitor.go("/t/acme/")
    page.keyboard.press("g")
    page.keyboard.press("n")
    expect(visitor.heading()).to_have_text("Networks")
    page.keyboard.press("/")
    expect(page.get_by_label("Search networks")).to_be_focused()
    page.keyboard.type("db")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    visitor.look("help")
