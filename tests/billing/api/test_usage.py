"""Usage rows by API: with a cursor, for the customer and for finance."""

from typing import Any

import pytest

from billing.exports.usage import pages, reading
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.web.conftest import Used, used  # noqa: F401 - the same month
from tests.factories.usage import at
from tests.world import World

TENANT = "/api/v1/tenants/acme/billing/usage"
STAFF = "/api/v1/billing/usage"


def everything(client: Any, url: str, **query: Any) -> list[dict[str, Any]]:
    """All rows, page by page."""
    found: list[dict[str, Any]] = []
    answer = client.get(url, query)
    while True:
        assert answer.status_code == 200, answer.content
        body = answer.json()
        found += body["results"]
        if body["next"] is None:
            return found
        answer = client.get(body["next"])


@pytest.mark.parametrize("page_size", [7, 40, 1000])
def test_all_rows_come_once_in_pages_of_any_size(
    world: World,
    used: Used,  # noqa: F811
    page_size: int,
) -> None:
    client = world.staff_client("finance")
    rows = everything(client, STAFF, period=str(used.period), page_size=page_size)
    with acting_as(DatabaseRole.STAFF):
        expected = [row for page in pages(reading(used.period, at("2199-01-01"))) for row in page]

    assert [(row["resource"], row["meter"], row["day"], row["units"]) for row in rows] == [
        (str(row.place.resource_id), row.place.meter.value, row.place.day.isoformat(), row.units)
        for row in expected
    ]


def test_a_row_says_what_whose_when_and_how_much(world: World, used: Used) -> None:  # noqa: F811
    rows = everything(world.api("acme", "billing"), TENANT, period=str(used.period))

    (out,) = [row for row in rows if row["meter"] == "traffic.out"]
    assert out | {"day": "", "network": ""} == {
        "customer": "acme",
        "resource": str(used.machine),
        "resource_type": "port",
        "resource_name": "web-1",
        "network": "",
        "network_name": "web",
        "attributes": {"region": "fra"},
        "labels": {"app": "=shop"},
        "meter": "traffic.out",
        "day": "",
        "units": 5 * 10**9,
        "unit": "byte",
        "quantity": "5.000000",
        "quantity_unit": "GB",
        "covered_seconds": 3600,
        "generated": False,
    }
    assert {row["customer"] for row in rows} == {"acme"}
    assert {row["resource_name"] for row in rows if row["generated"]} == {"old-1"}


def test_one_customer_of_all(world: World, used: Used) -> None:  # noqa: F811
    client = world.staff_client("finance")

    rows = everything(client, STAFF, period=str(used.period), customer="globex")

    assert {row["customer"] for row in rows} == {"globex"}
    refused = client.get(STAFF, {"period": str(used.period), "customer": "nobody"})
    assert refused.status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "period"),
        ({"period": "2026-13"}, "period"),
        ({"period": "2199-01"}, "period"),
        ({"period": "2026-10", "cursor": "nonsense"}, "cursor"),
        ({"period": "2026-10", "cursor": "W10="}, "cursor"),
        ({"period": "2026-10", "page_size": "0"}, "page_size"),
        ({"period": "2026-10", "page_size": "5000"}, "page_size"),
        ({"period": "2026-10", "perid": "1"}, "perid"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(
    world: World, query: dict[str, str], field: str
) -> None:
    for client, url in (
        (world.api("acme", "billing"), TENANT),
        (world.staff_client("finance"), STAFF),
    ):
        answer = client.get(url, query)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["field"] == field
        assert len(error["message"]) > 10


def test_a_cursor_of_another_customer_shows_nothing_of_it(
    world: World,
    used: Used,  # noqa: F811
) -> None:
    finance = world.staff_client("finance")
    first = finance.get(STAFF, {"period": str(used.period), "page_size": 1}).json()
    cursor = first["next"].split("cursor=")[1].split("&")[0]

    rows = world.api("globex", "billing").get(
        "/api/v1/tenants/globex/billing/usage",
        {"period": str(used.period), "cursor": cursor.replace("%3D", "=")},
    )

    assert rows.status_code == 200
    assert {row["customer"] for row in rows.json()["results"]} <= {"globex"}


def test_a_page_is_a_handful_of_queries(
    world: World,
    used: Used,  # noqa: F811
    django_assert_max_num_queries: Any,
) -> None:
    client = world.api("acme", "billing")
    with django_assert_max_num_queries(14):
        client.get(TENANT, {"period": str(used.period), "page_size": 50})
