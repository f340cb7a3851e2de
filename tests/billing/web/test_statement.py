"""The statement: to read, and as CSV."""

import csv
import io
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from billing.exports.statement_csv import COLUMNS
from billing.rating.money import rounded
from billing.rating.period import SETTLING, moment
from billing.statements import statement, this_period
from billing.web.views import statement as view
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.web.conftest import Used
from tests.world import World


def download(world: World, period: Any, role: str = "billing") -> Any:
    return world.client("acme", role).get(f"/t/acme/billing/statements/{period}.csv")


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode(), newline="")))


def test_lines_tiers_and_total_are_on_the_page(world: World, used: Used) -> None:
    client = world.client("acme", "billing")
    text = unescape(client.get(f"/t/acme/billing/statements/{used.period}/").content.decode())
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        told = statement(world.acme.id, used.period)

    assert f'data-total="{told.total}"' in text
    assert "first 1\N{NO-BREAK SPACE}GB included" in text
    assert "above 1\N{NO-BREAK SPACE}GB" in text
    assert "€0.50" in text
    assert "web-1" in text
    assert "Contains generated history" in text
    assert "The month is not over" not in text


def test_a_month_that_lasts_says_until_when_it_counts(world: World, used: Used) -> None:
    client = world.client("acme", "billing")
    text = client.get(f"/t/acme/billing/statements/{this_period()}/").content.decode()

    assert "The month is not over" in text
    assert f"It closes about {moment(this_period().closes):%Y-%m-%d %H:%M} UTC" in text


def test_a_month_closes_when_the_last_of_it_is_in(
    world: World, used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("acme", "billing")
    pages = [f"/t/acme/billing/{more}" for more in (f"statements/{used.period}/", "?period=")]
    pages[1] += str(used.period)

    def told(after: int) -> tuple[str, str, str]:
        """Statement, spend and the name of the CSV, so many seconds after the month's end."""
        monkeypatch.setattr(timezone, "now", lambda: moment(used.period.end + after))
        texts = [client.get(page).content.decode() for page in pages]
        return texts[0], texts[1], download(world, used.period)["Content-Disposition"]

    closes = f"closes about {moment(used.period.closes):%H:%M} UTC"
    statement_page, spend_page, csv_name = told(SETTLING - 1)
    assert f"The month {closes}" in statement_page
    assert closes in spend_page
    assert "-so-far.csv" in csv_name
    statement_page, spend_page, csv_name = told(SETTLING)
    assert closes not in statement_page + spend_page
    assert "-so-far.csv" not in csv_name


def test_the_rows_of_the_csv_sum_to_the_lines_and_these_to_the_total(
    world: World, used: Used
) -> None:
    answer = download(world, used.period)
    rows = rows_of(answer)
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        told = statement(world.acme.id, used.period)

    assert tuple(rows[0]) == COLUMNS
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="acme-{used.period}.csv"' in answer["Content-Disposition"]
    exact: dict[str, Decimal] = {}
    amounts: dict[str, Decimal] = {}
    for row in rows:
        exact[row["line"]] = exact.get(row["line"], Decimal(0)) + Decimal(row["amount"])
        amounts[row["line"]] = Decimal(row["line_amount"])
    assert {line: rounded(amount) for line, amount in exact.items()} == amounts
    assert sum(amounts.values()) == told.total
    out = [row for row in rows if row["meter"] == "traffic.out"]
    assert sum(int(row["units"]) for row in out) == 5 * 10**9


def test_its_bytes_are_the_same_each_time(world: World, used: Used) -> None:
    assert download(world, used.period).getvalue() == download(world, used.period).getvalue()


def test_no_cell_is_a_formula_and_generated_rows_say_so(world: World, used: Used) -> None:
    rows = rows_of(download(world, used.period))

    assert {row["labels"] for row in rows if row["resource_name"] == "web-1"} == {"app==shop"}
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert {row["resource_name"] for row in rows if row["generated"] == "yes"} == {"old-1"}


def test_a_month_that_lasts_is_named_so(world: World, used: Used) -> None:
    assert "-so-far.csv" in download(world, this_period())["Content-Disposition"]


def test_finance_gets_the_same_bytes(world: World, used: Used) -> None:
    finance = world.staff_client("finance")
    answer = finance.get(f"/msp/billing/customers/acme/{used.period}.csv")

    assert answer.getvalue() == download(world, used.period).getvalue()
    page = finance.get(f"/msp/billing/customers/acme/{used.period}/")
    assert b"Statement, " in page.content


@pytest.mark.parametrize("role", ["network", "read_only"])
def test_who_may_not_see_it_is_not_shown_the_way(world: World, used: Used, role: str) -> None:
    assert download(world, used.period, role).status_code == 403
    assert b"/t/acme/billing/" not in world.client("acme", role).get("/t/acme/").content
    assert b"/t/acme/billing/" in world.client("acme", "billing").get("/t/acme/").content


def test_of_very_many_machines_the_page_has_the_same_lines_alone(
    world: World, used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("acme", "billing")
    url = f"/t/acme/billing/statements/{used.period}/"
    few = unescape(client.get(url).content.decode())
    monkeypatch.setattr(view, "MACHINES_ON_PAGE", 1)
    many = unescape(client.get(url).content.decode())

    def lines(text: str) -> str:
        return text[text.index('id="lines"') : text.index("</table>", text.index('id="lines"'))]

    assert lines(many) == lines(few)
    assert "web-1" in few
    assert "web-1" not in many
    assert "more machines than a page can show" in many
