"""Finance: all customers' months, and what to look at first."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from billing.statements import month, statement, this_period
from billing.web import month_table
from billing.web.customer_lines import customer_line, ordered, sums
from billing.web.month_table import MonthTable, work_out, worked_out_last
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.web.conftest import Used
from tests.factories.usage import lived
from tests.world import World

HTMX = {"HX-Request": "true"}


def page(world: World, headers: dict[str, str] | None = None, **query: str) -> str:
    answer = world.staff_client("finance").get("/msp/billing/", query, headers=headers)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def anew(world: World, **query: str) -> str:
    """The part of the page that adds everything up."""
    return page(world, HTMX, **query)


def test_each_customer_has_a_row_and_together_they_have_a_total(world: World, used: Used) -> None:
    text = anew(world, period=str(used.period))
    with acting_as(DatabaseRole.STAFF):
        total = sum(one.total for one in month(used.period))

    assert f'data-total="{total}"' in text
    assert "/msp/billing/customers/acme/" in text
    assert "no plan in this month" in text
    assert "Contains generated history" in text


def test_the_heads_sort(world: World, used: Used) -> None:
    with acting_as(DatabaseRole.STAFF):
        lines = [*map(customer_line, month(used.period))]

    def names(column: str, *, turned: bool = False) -> list[str]:
        return [line.slug for line in ordered(lines, column, turned=turned)]

    assert names("total") == names("fixed") == names("customer") == ["acme", "globex"]
    assert names("total", turned=True) == names("customer", turned=True) == ["globex", "acme"]
    text = anew(world, sort="customer")
    assert 'aria-sort="ascending"><a class="sort" href="?period=' in text
    assert "sort=customer&turned=1" in text
    assert 'aria-sort="descending"' in page(world, sort="no-such-column")


def test_currencies_are_never_one_sum(world: World, used: Used) -> None:
    with acting_as(DatabaseRole.STAFF):
        lines = [*map(customer_line, month(used.period))]

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

    text = anew(world)

    assert "Look at these first" in text
    assert "Vip ghost" in text
    assert "counted, but gone" in text


def test_nothing_wrong_is_not_talked_about(world: World) -> None:
    assert "Look at these first" not in anew(world)


def test_what_was_not_added_up_asks_for_that_at_once(world: World, used: Used) -> None:
    text = page(world, period=str(used.period), sort="traffic")

    assert "has to be added up" in text
    assert f'hx-get="/msp/billing/?period={used.period}&sort=traffic"' in text
    assert 'hx-trigger="load, click"' in text
    assert "data-total" not in text


def test_without_scripts_it_is_added_up_on_request(world: World, used: Used) -> None:
    text = page(world, now="1")

    assert "<h1" in text
    assert "data-total" in text


def test_what_was_added_up_is_shown_with_its_time_until_there_is_newer(
    world: World, used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = anew(world, period=str(used.period))
    assert "<h1" not in part
    lived(world.acme, "port", "newcomer", f"{used.period}-01")

    kept = page(world, period=str(used.period))
    assert total_in(kept) == total_in(part)
    assert f"As of {timezone.now():%Y-%m-%d}" in kept
    assert 'hx-trigger="click"' in kept
    monkeypatch.setattr(month_table, "FRESH", timedelta())
    assert 'hx-trigger="load, click"' in page(world, period=str(used.period))
    assert total_in(anew(world, period=str(used.period))) > total_in(kept)
    assert "has to be added up" in page(world, period=str(used.period.previous))


def test_the_sum_is_that_of_the_statements(world: World, used: Used) -> None:
    with acting_as(DatabaseRole.STAFF):
        work_out(used.period)
        kept = worked_out_last(used.period)
        assert isinstance(kept, MonthTable)
        owed = {
            tenant.slug: statement(tenant.id, used.period, kept.as_of)
            for tenant in (world.acme, world.globex)
        }

    assert {line.slug: line.total for line in kept.lines} == {
        slug: one.total for slug, one in owed.items()
    }
    assert all(line.total == line.fixed + line.traffic for line in kept.lines)
    assert [one.total for one in kept.sums] == [sum(one.total for one in owed.values())]
    assert kept.sums[0].total > 0


def test_without_a_cache_it_is_added_up_for_each_who_looks(
    world: World, used: Used, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

    assert "has to be added up" in page(world)
    assert 'hx-trigger="click"' in anew(world)


@pytest.mark.parametrize("more", [0, 8])
def test_it_takes_as_many_queries_for_many_as_for_few(
    world: World, used: Used, django_assert_max_num_queries: Any, more: int
) -> None:
    for number in range(more):
        lived(world.globex, "port", f"more-{number}", f"{this_period()}-01")
    client = world.staff_client("finance")
    client.get("/msp/billing/")
    with django_assert_max_num_queries(29):
        client.get("/msp/billing/", {"period": str(used.period)}, headers=HTMX)
    with django_assert_max_num_queries(15):
        client.get("/msp/billing/", {"period": str(used.period)})


def total_in(text: str) -> Decimal:
    found = re.search(r'data-total="([0-9.]+)"', text)
    assert found
    return Decimal(found[1])
