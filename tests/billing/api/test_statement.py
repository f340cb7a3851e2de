"""A statement by API: the bytes that its digest is of."""

import json
from hashlib import sha256

import pytest

from billing.statements import canonical, statement, this_period
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.web.conftest import Used, used  # noqa: F401 - the same month
from tests.world import World


def test_it_is_the_canonical_form_and_the_etag_its_digest(
    world: World,
    used: Used,  # noqa: F811
) -> None:
    url = f"/api/v1/tenants/acme/billing/statements/{used.period}"
    answer = world.api("acme", "billing").get(url)
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        told = statement(world.acme.id, used.period)

    assert answer.content == canonical(told)
    assert answer["ETag"] == f'"{sha256(answer.content).hexdigest()}"'
    assert answer["Content-Type"] == "application/json"
    body = json.loads(answer.content)
    assert body["total"] == str(told.total)
    assert (body["complete"], body["generated"]) == (True, True)
    assert world.api("acme", "billing").get(url).content == answer.content


def test_finance_gets_the_same_bytes(world: World, used: Used) -> None:  # noqa: F811
    own = world.api("acme", "billing").get(f"/api/v1/tenants/acme/billing/statements/{used.period}")
    finance = world.staff_client("finance").get(
        f"/api/v1/billing/customers/acme/statements/{used.period}"
    )

    assert finance.content == own.content


def test_a_month_that_lasts_is_not_complete(world: World, used: Used) -> None:  # noqa: F811
    url = f"/api/v1/tenants/acme/billing/statements/{this_period()}"

    assert world.api("acme", "billing").get(url).json()["complete"] is False


@pytest.mark.parametrize("period", ["2026-13", "2199-01", "x", "2026-1"])
def test_what_is_no_month_is_refused_with_a_sentence(world: World, period: str) -> None:
    for client, url in (
        (world.api("acme", "billing"), "/api/v1/tenants/acme/billing/statements/"),
        (world.staff_client("finance"), "/api/v1/billing/customers/acme/statements/"),
    ):
        answer = client.get(url + period)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "period"
        assert answer.json()["detail"].endswith(".")


def test_a_customer_that_is_not_there_is_not_found(world: World) -> None:
    client = world.staff_client("finance")

    answer = client.get(f"/api/v1/billing/customers/nobody/statements/{this_period()}")

    assert answer.status_code == 404
