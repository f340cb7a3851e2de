"""The provider's people, who look at all customers and act for one with a reason."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import MakeVisitor

OPERATOR = "operator@msp.example"


def test_who_acts_for_a_customer_is_named_with_the_reason(visit: MakeVisitor) -> None:
    operator, admin = visit(OPERATOR), visit("admin@acme.example")
    reason = f"Ticket {datetime.now(UTC):%H%M%S}, asked on the phone"
    operator.go("/msp/customers/acme/")
    operator.page.get_by_role("link", name="Act for Acme").first.click()
    operator.page.get_by_label("Reason").fill(reason)
    operator.look("act")
    operator.press("Act for Acme")
    banner = operator.page.locator(".banner")
    expect(banner).to_contain_text(f"You act for Acme: {reason}")
    operator.look("acting-dashboard")

    acts.add_network(operator, "acme", "on-behalf")
    made = acts.follow_change(operator)
    admin.go(made.path)
    expect(admin.page.locator(".lead")).to_contain_text("Olga Operator")
    expect(admin.page.locator(".lead")).to_contain_text(reason)
    admin.go("/t/acme/audit/?q=on-behalf")
    event = admin.page.locator("tbody tr").first
    expect(event).to_contain_text("Olga Operator")
    expect(event).to_contain_text("operator@msp.example")
    expect(event).to_contain_text(reason)
    admin.look("audit-on-behalf")

    operator.follow("on-behalf")
    acts.delete(operator)
    operator.page.get_by_role("button", name="Stop acting").click()
    expect(banner).to_have_count(0)
    with operator.expecting(403, 404):
        operator.go("/t/acme/networks/new")
        expect(operator.heading()).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "customers/",
        "customers/acme/",
        "customers/acme/sites/new",
        "regions/",
        "alerts/",
        "audit/",
    ],
)
def test_a_page_of_the_provider(visit: MakeVisitor, path: str) -> None:
    visitor = visit(OPERATOR)
    visitor.go(f"/msp/{path}")
    expect(visitor.heading()).to_be_visible()
    visitor.look(f"msp-{path.strip('/').replace('/', '-') or 'overview'}")
