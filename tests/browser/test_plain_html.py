"""The portal with scripts turned off."""

from playwright.sync_api import expect

from tests.browser.conftest import MakeVisitor
from tests.polling import eventually

ADMIN = "admin@acme.example"
DONE_WITHIN = 30.0  # seconds


def test_a_network_is_added_and_deleted_without_scripts(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN, scripts=False)
    page = visitor.page
    visitor.go("/t/acme/networks/")
    visitor.follow("New network")
    page.get_by_label("Name", exact=True).fill("plain")
    page.locator(".suggestions button").first.click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("plain")
    expect(page.get_by_label("IPv4 prefix")).not_to_have_value("")
    visitor.press("Review")
    visitor.press("Back to editing")
    expect(page.get_by_label("Name", exact=True)).to_have_value("plain")
    visitor.press("Review")
    visitor.press("Confirm")
    state = page.locator("dl.facts dd").first

    def done() -> bool:
        page.reload()
        return state.inner_text().strip() == "Done"

    def see_it_done() -> None:
        # A page that is still on its way can't be reloaded.
        page.wait_for_url("**/changes/*/")
        eventually(done, within=DONE_WITHIN)

    see_it_done()
    visitor.follow("plain")
    visitor.follow("Delete")
    visitor.press("Delete")
    see_it_done()


def test_lists_are_searched_without_scripts(visit: MakeVisitor) -> None:
    visitor = visit(ADMIN, scripts=False)
    visitor.go("/t/acme/ports/")
    visitor.page.get_by_role("searchbox").fill("db-1")
    visitor.press("Search")
    expect(visitor.page.locator("tbody tr")).to_have_count(1)
