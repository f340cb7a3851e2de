"""The plan editor of finance: from a draft to what customers pay, and all refusals on the way."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing import selectors
from billing.models import Plan, PlanVersion
from billing.rating.period import moment
from billing.statements import this_period
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import AuditEvent
from tests.billing.prices import graduated, per_unit
from tests.billing.web.conftest import Used
from tests.factories.billing import make_plan, make_version
from tests.factories.usage import at
from tests.networking.web.test_budget import FREE
from tests.world import World

PLANS = "/msp/billing/plans/"
DRAFT = f"{PLANS}standard/2/"
GRID = {
    "components.0.meter": "port.hours",
    "components.0.model": "per_unit",
    "components.0.included": "",
    "components.0.where": "",
    "components.0.tiers.0.up_to": "",
    "components.0.tiers.0.unit_price": "0.02",
}


@pytest.fixture
def finance(world: World) -> Client:
    """The provider's finance at the pages."""
    return world.staff_client("finance")


@pytest.fixture
def plan(world: World) -> Plan:
    """A plan with one published version."""
    plan = make_plan()
    tiers = graduated("traffic.out", (1000, "0.05"), (None, "0.03"), included=100)
    make_version(plan, (per_unit("port.hours", "0.01"), tiers), at("2026-01-01"))
    return plan


@pytest.fixture
def draft(finance: Client, plan: Plan) -> Plan:
    """The plan with a draft of its second version."""
    assert finance.post(f"{PLANS}standard/").status_code == 302
    return plan


@pytest.fixture
def staff() -> Iterator[None]:
    """What finance's role sees in the database."""
    with acting_as(DatabaseRole.STAFF):
        yield


def version(number: int) -> selectors.VersionRow:
    with acting_as(DatabaseRole.STAFF):
        return selectors.numbered("standard", number)


def text(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_new_plan_begins_with_an_empty_draft(finance: Client, world: World) -> None:
    answer = finance.post(f"{PLANS}new", {"name": "Pro", "code": "pro", "currency": "EUR"})
    assert answer["Location"] == f"{PLANS}pro/1/edit"
    assert "No prices yet" in text(finance.get(f"{PLANS}pro/1/edit"))
    again = finance.post(f"{PLANS}new", {"name": "Pro", "code": "pro", "currency": "EUR"})
    assert again.status_code == 422
    assert "Choose another code" in " ".join(again.context["form"].errors["code"])


def test_the_list_says_what_holds(finance: Client, draft: Plan) -> None:
    found = text(finance.get(PLANS))
    assert "1, since 2026-01-01 00:00 UTC" in found
    assert f'href="{DRAFT}"' in found


def test_a_draft_has_the_prices_of_the_version_it_is_made_from(
    finance: Client, draft: Plan
) -> None:
    page = text(finance.get(f"{DRAFT}edit"))
    assert 'name="components.1.tiers.1.unit_price" value="0.03"' in page
    assert 'name="components.1.included" value="100"' in page
    assert "is a draft still" in text(finance.post(f"{PLANS}standard/", {"source": "1"}))
    assert finance.post(f"{PLANS}none/").status_code == 404


def test_the_grid_stores_what_is_written(finance: Client, draft: Plan) -> None:
    sent = GRID | {"components.0.where": "region=fra"}
    assert finance.post(f"{DRAFT}edit", sent)["Location"] == DRAFT
    expected = per_unit("port.hours", "0.02", where=(("region", "fra"),))
    assert version(2).prices.components == (expected,)


def test_rows_come_and_go_without_scripts_and_store_nothing(finance: Client, draft: Plan) -> None:
    before = version(2)
    grid = finance.post(f"{DRAFT}edit", GRID | {"do": "add"}).context["grid"]
    assert [row.meter for row in grid] == ["port.hours", ""]
    (row,) = finance.post(f"{DRAFT}edit", GRID | {"do": "add-tier:0"}).context["grid"]
    assert (len(row.tiers), row.model) == (2, "graduated")
    assert finance.post(f"{DRAFT}edit", GRID | {"do": "remove:0"}).context["grid"] == ()
    for odd in ("remove:7", "remove:x", "remove-tier:0:0", "explode"):
        assert len(finance.post(f"{DRAFT}edit", GRID | {"do": odd}).context["grid"]) == 1
    assert version(2) == before


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("meter", "moon.hours", "is no meter"),
        ("where", "family", "is no attribute and its value"),
        ("where", "family=dual", "cannot depend on"),
        ("tiers.0.unit_price", "cheap", "is no number"),
        ("tiers.0.unit_price", "-1", "below zero"),
        ("tiers.0.up_to", "5", "The last tier has no end"),
        ("included", "0.0000001", "decimals"),
    ],
)
def test_a_refusal_stands_at_its_field(
    finance: Client, draft: Plan, field: str, value: str, said: str
) -> None:
    before = version(2)
    answer = finance.post(f"{DRAFT}edit", GRID | {f"components.0.{field}": value})
    page = text(answer)
    assert answer.status_code == 422
    assert said in page
    assert f'name="components.0.{field}"' in page.split('aria-invalid="true"')[0][-400:]
    assert f'value="{value}"' in page or field == "meter"
    assert version(2) == before


def test_every_price_that_is_refused_says_why(finance: Client, draft: Plan) -> None:
    second = {name.replace("components.0", "components.1"): text for name, text in GRID.items()}
    wrong = {"components.0.tiers.0.unit_price": "cheap", "components.1.tiers.0.unit_price": "-1"}
    page = text(finance.post(f"{DRAFT}edit", GRID | second | wrong))
    assert "2 prices need another look" in page
    assert "is no number" in page
    assert "below zero" in page
    assert page.count('aria-invalid="true"') == 2


def test_the_page_says_what_gets_dearer_and_what_cheaper(finance: Client, draft: Plan) -> None:
    finance.post(f"{DRAFT}edit", GRID)
    page = text(finance.get(DRAFT))
    assert "<b>Dearer:</b> Machines" in page
    assert "<s>€0.01 per hour</s>" in page
    assert "+100.0 %" in page
    assert "<b>Cheaper:</b> Traffic from machines" in page
    assert "is not charged" in page
    assert finance.get(DRAFT, {"against": "9"}).status_code == 404


def test_publishing_needs_what_was_looked_at(finance: Client, draft: Plan) -> None:
    page = finance.get(f"{DRAFT}publish")
    looked_at = page.context["form"]["prices"].value()
    finance.post(f"{DRAFT}edit", GRID)
    stale = finance.post(f"{DRAFT}publish", {"prices": looked_at})
    assert stale.status_code == 412
    assert "Look at them again" in text(stale)
    assert version(2).state == "draft"


def test_a_version_is_published_from_a_moment_on(finance: Client, draft: Plan) -> None:
    finance.post(f"{DRAFT}edit", GRID)
    form = finance.get(f"{DRAFT}publish").context["form"]
    assert form["valid_from"].value() == moment(this_period().next.start).replace(tzinfo=None)
    prices = form["prices"].value()
    late = finance.post(f"{DRAFT}publish", {"prices": prices, "valid_from": "2026-02-01T00:00"})
    assert late.status_code == 422
    assert "cannot begin in the past" in " ".join(late.context["form"].errors["valid_from"])

    start = (timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    sent = {"prices": prices, "valid_from": f"{start:%Y-%m-%dT%H:%M}"}
    assert finance.post(f"{DRAFT}publish", sent)["Location"] == DRAFT
    made = version(2)
    assert (made.state, made.valid_from, version(1).valid_to) == ("published", start, start)

    # From now on nothing about it changes.
    assert finance.get(f"{DRAFT}edit")["Location"] == DRAFT
    assert finance.post(f"{DRAFT}edit", GRID).status_code == 409
    assert finance.post(f"{DRAFT}discard").status_code == 409
    assert version(2) == made


def test_a_draft_is_discarded(finance: Client, draft: Plan, staff: None) -> None:
    assert finance.post(f"{DRAFT}discard").status_code == 302
    assert finance.get(DRAFT).status_code == 404
    verbs = AuditEvent.objects.filter(subject_type="plan_version").values_list("verb", flat=True)
    assert set(verbs) == {"plan_version.create", "plan_version.discard"}


def test_a_customer_changes_its_plan_from_a_date(finance: Client, world: World, plan: Plan) -> None:
    at_acme = "/msp/billing/subscriptions/acme"
    assert "On no plan" in text(finance.get(at_acme))
    assert finance.post(at_acme, {"plan": "standard", "start": ""}).status_code == 302
    again = finance.post(at_acme, {"plan": "standard", "start": ""})
    assert again.status_code == 409
    assert "is on Standard already" in " ".join(again.context["form"].errors["plan"])
    make_plan("pro")
    start = f"{timezone.now() + timedelta(days=9):%Y-%m-%dT00:00}"
    assert finance.post(at_acme, {"plan": "pro", "start": start}).status_code == 302
    page = text(finance.get("/msp/billing/subscriptions/", {"q": "acm"}))
    assert f"Pro from {start.replace('T', ' ')}" in page
    assert "Globex" not in page
    assert finance.get("/msp/billing/subscriptions/nobody").status_code == 404


def test_a_draft_is_rehearsed_on_everybodys_last_month(
    finance: Client, world: World, used: Used
) -> None:
    """Acme's machines cost twice as much and nothing else is charged; Globex is on no plan."""
    finance.post(f"{PLANS}standard/")
    prices = GRID | {"components.0.tiers.0.unit_price": "0.04"}
    finance.post(f"{DRAFT}edit", prices)
    answer = finance.get(f"{DRAFT}preview")
    found = answer.context["rehearsal"]
    assert found.period == used.period
    (acme,) = found.customers
    hours = used.days * 24
    assert float(acme.after) == pytest.approx(2 * hours * 0.04, abs=0.005)
    assert float(acme.before) == pytest.approx(25 + hours * (0.01 + 2 * 0.02) + 4 * 0.5, abs=0.01)
    assert (found.others, found.difference) == (1, acme.after - acme.before)
    page = text(answer)
    assert f'data-total="{found.difference}"' in page
    assert "For 1 other customer nothing would have changed" in page


@pytest.mark.parametrize("path", ["", "standard/", "standard/2/", "standard/2/edit"])
def test_pages_take_as_many_queries_for_many_versions(
    finance: Client, plan: Plan, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert finance.get(PLANS + path).status_code == 200
        return sum(not query["sql"].startswith(FREE) for query in captured.captured_queries)

    finance.post(f"{PLANS}standard/")
    queries()
    few = queries()
    with acting_as(DatabaseRole.STAFF):
        for number in range(3, 9):
            row = PlanVersion(plan=plan, number=number, state="published", content_hash="0")
            row.valid_from = at(f"2025-0{number}-01")
            row.valid_to = at(f"2025-0{number}-02")
            row.save()
    for number in range(3):
        make_version(make_plan(f"more-{number}"), (per_unit("vip.hours", "1"),), at("2026-01-01"))
    assert queries() == few <= 11
