"""Finance: all customers' months, and what to look at first."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from billing.statements import month, this_period
from billing.web.customer_lines import customer_lines, ordered, sums
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.web.conftest import Used
from tests.factories.usage import lived
from tests.world import World


def page(world: World, **query: str) -> str:
    answer = world.staff_client("finance").get("/msp/billing/", query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_each_customer_has_a_row_and_together_they_have_a_total(world: World, used: Used) -> None:
    text = page(world, period=str(used.period))
    with acting_as(DatabaseRole.STAFF):
        total = sum(one.total for one in month(used.period))

    assert f'data-total="{total}"' in text
    assert "/msp/billing/customers/acme/" in text
    assert "no plan in this month" in text
    assert "Contains generated history" in text


def test_the_heads_sort(world: World, used: Used) -> None:
    with acting_as(DatabaseRole.STAFF):
        lines = customer_lines(month(used.period))

    def names(column: str, *, turned: bool = False) -> list[str]:
        return [line.month.tenant_slug for line in ordered(lines, column, turned=turned)]

    assert names("total") == names("fixed") == names("customer") == ["acme", "globex"]
    assert names("total", turned=True) == names("customer", turned=True) == ["globex", "acme"]
    text = page(world, sort="customer")
    assert 'aria-sort="ascending"><a class="sort" href="?period=' in text
    assert "sort=customer&turned=1" in text
    assert 'aria-sort="descending"' in page(world, sort="no-such-column")


def test_currencies_are_never_one_sum(world: World, used: Used) -> None:
    with acting_as(DatabaseRole.STAFF):
        lines = customer_lines(month(used.period))

    (only,) = sums(lines)
    assert (only.currency, only.customers) == ("EUR", 1)
    assert only.total == only.fixed + only.traffic


def test_the_csv_has_the_lines_of_all_statements(world: World, used: Used) -> None:
    client = world.staff_client("finance")
    answer = client.get(f"/msp/billing/months/{used.period}.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    with acting_as(DatabaseRole.STAFF):
        total = sum(one.total for one in month(used.period))

    assert sum(Decimal(row["amount"]) for row in rows) == total
    assert {row["contains_generated"] for row in rows} == {"yes"}
    assert answer.content == client.get(f"/msp/billing/months/{used.period}.csv").content
    assert client.get("/msp/billing/months/2026-99.csv").status_code == 404


def test_what_is_counted_but_gone_is_named(world: World, used: Used) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    lived(world.globex, "vip", "ghost", f"{long_ago:%Y-%m-%dT%H:%M}")

    text = page(world)

    assert "Look at these first" in text
    assert "Vip ghost" in text
    assert "counted, but gone" in text


def test_nothing_wrong_is_not_talked_about(world: World) -> None:
    assert "Look at these first" not in page(world)


@pytest.mark.parametrize("more", [0, 8])
def test_it_takes_as_many_queries_for_many_as_for_few(
    world: World, used: Used, django_assert_max_num_queries: Any, more: int
) -> None:
    for number in range(more):
        lived(world.globex, "port", f"more-{number}", f"{this_period()}-01")
    client = world.staff_client("finance")
    client.get("/msp/billing/")
    with django_assert_max_num_queries(29):
        client.get("/msp/billing/", {"period": str(used.period)})
