"""The page of spend, for the customer and for finance."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from billing.statements import this_period
from tests.billing.web.conftest import Used
from tests.factories.usage import lived
from tests.world import World


def page(world: World, role: str = "billing", **query: str) -> str:
    answer = world.client("acme", role).get("/t/acme/billing/", query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def total(text: str) -> Decimal:
    """What stands below the meters."""
    return Decimal(re.findall(r'data-total="([0-9.]+)"', text)[0])


def test_the_month_is_there_by_meter_day_network_and_label(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))

    hours = 24 * used.days
    machines = 2 * hours * Decimal("0.02")
    assert total(text) == 25 + hours * Decimal("0.01") + machines + 2
    assert f"{2 * hours:,}\N{NO-BREAK SPACE}h" in text
    assert "5\N{NO-BREAK SPACE}GB" in text
    assert "€25.00" in text
    assert "app==shop" in text
    for heading in ("By day", "By meter", "By network", "By label"):
        assert heading in text


def test_the_chart_is_a_table_with_a_row_a_day(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))

    table = text[text.index('<figure class="chart') : text.index("</figure>")]
    heads = re.findall(r'data-series="\d">([^<]+)', table)
    assert heads == ["Subscription", "Networks", "Machines", "Traffic from machines"]
    rows = re.findall(r"<tr.*?</tr>", table[table.index("<tbody") : table.index("</tbody")], re.S)
    assert len(rows) == used.days
    drawn = [Decimal(value) for value in re.findall(r'data-value="([0-9.]+)"', table)]
    assert sum(drawn) == total(text)
    assert "style=" not in text


def test_generated_history_is_marked(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))

    assert "Contains generated history" in text
    assert text.count('data-mark="generated"') == used.days


def test_this_month_has_a_forecast_and_says_how_it_comes_about(world: World, used: Used) -> None:
    text = page(world)

    assert "Forecast to the month's end" in text
    assert "is exact if nothing is added or deleted" in text
    assert "none was observed yet" in text
    assert "counted until" in text


def test_a_month_that_is_over_has_none(world: World, used: Used) -> None:
    assert "Forecast" not in page(world, period=str(used.period))


def test_months_can_be_walked_through(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))

    assert f'rel="next" href="?period={this_period()}"' in text
    assert f'rel="prev" href="?period={used.period.previous}"' in text
    assert 'rel="next"' not in page(world)


def test_little_observation_is_said(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))

    assert "Traffic was observed for 0.0" in text
    assert "may have been more" in text


@pytest.mark.parametrize("period", ["2026-13", "next", "2199-01", "2001-01", "'"])
def test_what_is_no_month_is_not_found(world: World, period: str) -> None:
    client = world.client("acme", "billing")

    assert client.get("/t/acme/billing/", {"period": period}).status_code == 404
    for path in ("2199-01", "x", "2026-1"):
        assert client.get(f"/t/acme/billing/statements/{path}/").status_code == 404
        assert client.get(f"/t/acme/billing/statements/{path}.csv").status_code == 404


def test_without_usage_and_without_a_plan_the_next_step_is_said(world: World) -> None:
    assert "No plan in this month" in page(world)


def test_a_plan_without_usage_is_empty_too(world: World, used: Used) -> None:
    before = used.period.previous.previous.previous

    assert "No plan in this month" in page(world, period=str(before))


def test_a_label_that_nobody_has_is_the_first_one(world: World, used: Used) -> None:
    text = page(world, period=str(used.period), label="nobody")

    assert "Spend by label app" in text


def test_the_page_takes_as_many_queries_for_many_machines_as_for_few(
    world: World, used: Used, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        lived(world.acme, "port", f"more-{number}", f"{used.period}-02")
    client = world.client("acme", "billing")
    page(world)
    with django_assert_max_num_queries(32):
        client.get("/t/acme/billing/", {"period": str(used.period)})


def test_finance_sees_the_same(world: World, used: Used) -> None:
    client = world.staff_client("finance")
    answer = client.get("/msp/billing/customers/acme/", {"period": str(used.period)})
    text = unescape(answer.content.decode())

    assert total(text) == total(page(world, period=str(used.period)))
    assert f"/msp/billing/customers/acme/{used.period}.csv" in text
    assert client.get("/msp/billing/customers/nobody/").status_code == 404
