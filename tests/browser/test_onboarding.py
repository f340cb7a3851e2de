"""A third customer, from the provider's form to a ping from its site."""

import re
import secrets
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser import acts
from tests.browser.conftest import MakeVisitor
from tests.browser.visitor import Visitor
from tests.polling import eventually
from tests.stack import Stack

OPERATOR = "operator@msp.example"
SITE = "spare-hamburg"
PREFIX = "10.1.0.0/24"
ADDRESS = "10.1.0.11"
TWINS = ("acme/web-1", "globex/app-1")
"""Machines of others that have the same address."""
LEARN_WITHIN = 30.0  # seconds; the site's first BGP session takes some


@dataclass(frozen=True)
class Newcomer:
    """A customer that is onboarded in the browser."""

    name: str
    slug: str
    admin: str
    password: str


def test_a_third_customer_is_onboarded_and_reaches_its_machine(
    visit: MakeVisitor, stack: Stack
) -> None:
    # A name of its own each time: customers stay, and the stack may outlive the test.
    tag = secrets.token_hex(2)
    newcomer = Newcomer(
        f"Initech {tag}", f"initech-{tag}", f"admin@{tag}.example", secrets.token_urlsafe(12)
    )
    operator = visit(OPERATOR)
    invitation = onboard(operator, newcomer, stack)
    admin = visit()
    accept(admin, newcomer, invitation)

    admin.go(f"/t/{newcomer.slug}/")
    admin.look("newcomer-dashboard")
    acts.add_network(admin, newcomer.slug, "office", PREFIX)
    made = acts.follow_change(admin)
    assert any(f"Hamburg learned {PREFIX}" in text for text in made.verdicts), made.verdicts
    eventually(lambda: PREFIX in stack.routes(SITE), within=LEARN_WITHIN)
    admin.follow("office")
    acts.add_port(admin, "desk-1", ADDRESS)
    eventually(lambda: stack.pings(SITE, ADDRESS), within=acts.MACHINE_WITHIN)
    assert answers(stack, SITE, f"{newcomer.slug}/desk-1", not_these=TWINS)
    assert answers(stack, "acme-berlin", "acme/web-1", not_these=(f"{newcomer.slug}/desk-1",))
    watch_the_customer(operator, newcomer)


def onboard(operator: Visitor, newcomer: Newcomer, stack: Stack) -> str:
    """Fill in the provider's form; return the invitation's link."""
    page = operator.page
    site = stack.site(SITE)
    operator.go("/msp/customers/")
    operator.follow("Onboard a customer")
    page.get_by_label("Name", exact=True).fill(newcomer.name)
    page.get_by_label("Short name").fill(newcomer.slug)
    page.get_by_label("Prefixes that it may use").fill("10.1.0.0/16")
    choose(operator, "Attachment", f"{site['attachment']} on ")
    # The first free line of the attachment, which is this site's.
    expect(page.get_by_label("Neighbour, IPv4")).to_have_value(str(site["neighbour_v4"]))
    expect(page.get_by_label("Neighbour, IPv6")).to_have_value(str(site["neighbour_v6"]))
    page.get_by_label("Site's name").fill("Hamburg")
    page.get_by_label("AS number").fill(str(site["asn"]))
    page.get_by_label("Accepted prefixes").fill(f"{site['lan_v4']}\n{site['lan_v6']}")
    page.get_by_label("E-mail").fill(newcomer.admin)
    operator.look("onboarding-form")
    operator.press("Onboard")
    expect(operator.heading()).to_have_text(f"{newcomer.name} is onboarded")
    with operator.without_reload():
        done = page.locator("#changes").get_by_text("Done", exact=True)
        expect(done).to_have_count(2, timeout=acts.CHANGE_WITHIN * 1000)
    operator.look("onboarding-done")
    return page.locator("#invitation-link").inner_text()


def choose(visitor: Visitor, label: str, beginning: str) -> None:
    """Select the option whose text begins like this."""
    select = visitor.page.get_by_role("combobox", name=label)
    options = select.locator("option").all_inner_texts()
    select.select_option(label=next(text for text in options if text.startswith(beginning)))


def accept(admin: Visitor, newcomer: Newcomer, invitation: str) -> None:
    """Open the invitation's link, set a password and sign in with it."""
    page = admin.page
    page.goto(invitation)
    admin.look("invitation")
    for field in page.locator("input[type=password]").all():
        field.fill(newcomer.password)
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url(re.compile("done/$"))
    admin.look("invitation-done")
    admin.sign_in(newcomer.admin, newcomer.password)
    expect(admin.heading()).to_have_text(newcomer.name)
    with admin.expecting(400, 404):
        page.goto(invitation)
        expect(page.locator("input[type=password]")).to_have_count(0)


def answers(stack: Stack, site: str, machine: str, *, not_these: tuple[str, ...]) -> bool:
    """Whether pings from the site to `ADDRESS` arrive at this machine and at none of the others."""
    before = {name: stack.echoes(name) for name in (machine, *not_these)}
    assert stack.pings(site, ADDRESS)
    after = {name: stack.echoes(name) for name in before}
    return [name for name in before if after[name] > before[name]] == [machine]


def watch_the_customer(operator: Visitor, newcomer: Newcomer) -> None:
    """The provider sees the new customer among the others, and well."""
    operator.go("/msp/customers/")
    row = operator.page.get_by_role("row").filter(has_text=newcomer.name)
    expect(row).to_be_visible()
    operator.look("customers")
    operator.follow(newcomer.name)
    expect(operator.heading()).to_have_text(newcomer.name)
    operator.look("customer")
