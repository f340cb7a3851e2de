"""Plans, versions and subscriptions by API: the same acts as on finance's pages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.billing.web.conftest import Used, used  # noqa: F401 - the same month
from tests.world import World

PLANS = "/api/v1/billing/plans"
VERSIONS = f"{PLANS}/pro/versions"
PRICES = {
    "components": [
        {"meter": "port.hours", "model": "per_unit", "tiers": [{"unit_price": "0.01"}]},
        {
            "meter": "traffic.out",
            "model": "graduated",
            "included": 100,
            "where": {"region": "fra"},
            "tiers": [{"up_to": "1000", "unit_price": "0.05"}, {"unit_price": "0.03"}],
        },
    ]
}


@pytest.fixture
def finance(world: World) -> Client:
    """The provider's finance with its session."""
    return world.staff_client("finance")


@pytest.fixture
def draft(finance: Client) -> dict[str, Any]:
    """The first version of a plan."""
    assert send(finance, "post", PLANS, {"code": "pro", "name": "Pro"}).status_code == 201
    assert send(finance, "post", VERSIONS, {}).status_code == 201
    answer = send(finance, "put", f"{VERSIONS}/1", PRICES)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def send(client: Client, method: str, url: str, body: Any) -> Any:
    return getattr(client, method)(url, body, content_type="application/json")


def test_prices_are_read_as_they_were_written(finance: Client, draft: dict[str, Any]) -> None:
    assert (draft["plan"], draft["number"], draft["state"]) == ("pro", 1, "draft")
    hours, traffic = draft["components"]
    assert (hours["included"], hours["where"]) == ("0", {})
    assert hours["tiers"] == [{"up_to": None, "unit_price": "0.01"}]
    assert traffic["tiers"][0] == {"up_to": "1000", "unit_price": "0.05"}
    assert finance.get(f"{PLANS}/pro").json()["versions"] == [draft]
    same = send(finance, "put", f"{VERSIONS}/1", {"components": draft["components"]})
    assert same.json() == draft


def test_a_refusal_names_the_field(finance: Client, draft: dict[str, Any]) -> None:
    hours, traffic = PRICES["components"]
    wrong = {"components": [hours, traffic | {"tiers": [{"unit_price": "-1"}]}]}
    answer = send(finance, "put", f"{VERSIONS}/1", wrong)
    assert answer.status_code == 422
    assert "components.1.tiers.0.unit_price" in answer.content.decode()
    floats = {"components": [hours | {"tiers": [{"unit_price": 0.1}]}]}
    assert send(finance, "put", f"{VERSIONS}/1", floats).status_code == 422
    assert finance.get(f"{VERSIONS}/1").json() == draft


def test_what_is_published_stays(finance: Client, draft: dict[str, Any]) -> None:
    made = send(finance, "post", f"{VERSIONS}/1/publish", {"valid_from": "2026-01-01T00:00:00Z"})
    assert made.json()["state"] == "published"
    assert len(made.json()["content_hash"]) == 64
    assert send(finance, "put", f"{VERSIONS}/1", PRICES).status_code == 409
    assert finance.delete(f"{VERSIONS}/1").status_code == 409
    again = send(finance, "post", VERSIONS, {"source": 1}).json()
    assert again["components"] == draft["components"]
    past = {"valid_from": "2026-02-01T00:00:00Z"}
    assert send(finance, "post", f"{VERSIONS}/2/publish", past).status_code == 422
    assert finance.delete(f"{VERSIONS}/2").status_code == 204
    assert finance.get(f"{VERSIONS}/2").status_code == 404


@pytest.mark.usefixtures("draft")
def test_nobody_publishes_prices_that_were_edited_meanwhile(finance: Client) -> None:
    """They could never be taken back."""
    meant = finance.get(f"{VERSIONS}/1")["ETag"]
    edited = send(finance, "put", f"{VERSIONS}/1", {"components": PRICES["components"][:1]})
    assert edited["ETag"] != meant

    def publish(tag: str) -> int:
        status: int = finance.post(
            f"{VERSIONS}/1/publish", {}, content_type="application/json", headers={"If-Match": tag}
        ).status_code
        return status

    assert publish(meant) == 412
    assert publish(edited["ETag"]) == 200


def test_the_difference_is_told_part_by_part(finance: Client, draft: dict[str, Any]) -> None:
    first = finance.get(f"{VERSIONS}/1/difference").json()
    assert [(one["meter"], one["sense"]) for one in first] == [
        ("port.hours", "dearer"),
        ("traffic.out", "dearer"),
    ]
    assert first[1]["where"] == {"region": "fra"}
    assert first[1]["parts"][0] == {
        "above": "100",
        "up_to": "1000",
        "before": "0",
        "after": "0.05",
    }
    assert finance.get(f"{VERSIONS}/1/difference?against=1").json() == []
    assert finance.get(f"{VERSIONS}/1/difference?against=7").status_code == 404


def test_a_version_is_rehearsed(
    finance: Client,
    used: Used,  # noqa: F811
) -> None:
    url = f"{PLANS}/standard/versions/1/preview"
    found = finance.get(url).json()
    assert (found["period"], found["currency"], found["others"]) == (str(used.period), "EUR", 1)
    (acme,) = found["customers"]
    assert (acme["customer"], Decimal(acme["difference"])) == ("acme", 0)
    assert acme["before"] == acme["after"] == found["after"]
    assert finance.get(f"{url}?period=2999-01").status_code == 422


def test_a_customer_is_put_on_a_plan(finance: Client, draft: dict[str, Any]) -> None:
    url = "/api/v1/billing/customers/acme/subscriptions"
    assert finance.get(url).json() == []
    assert send(finance, "post", url, {"plan": "pro"}).status_code == 201
    assert send(finance, "post", url, {"plan": "pro"}).status_code == 409
    send(finance, "post", PLANS, {"code": "basic", "name": "Basic"})
    start = (timezone.now() + timedelta(days=3)).isoformat()
    assert send(finance, "post", url, {"plan": "basic", "start": start}).status_code == 201
    now, later = finance.get(url).json()
    assert (now["plan"], later["plan"], later["end"]) == ("pro", "basic", None)
    assert now["end"] == later["start"]
    assert send(finance, "post", url, {"plan": "none"}).status_code == 404
