"""The price on every plan: on pages, in dry runs, and what it costs to say."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import Plan
from billing.statements import this_period
from networking.models import Network
from tests.billing.prices import flat, per_unit
from tests.factories.acts import (
    Frankfurt,
    add_network,
    attach,
    newest_change,
    register_provider,
)
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.networking.web.test_budget import FREE
from tests.world import World

HOURS = this_period().seconds // 3600
MONTHLY = f"{HOURS * Decimal('0.01'):.2f}"
SHOP = {"name": "shop", "region": "fra", "ipv4_prefix": "10.1.5.0/24"}
FORM = SHOP | {"learned_by": "all", "dhcp": "on", "mtu": "1400"}
NETWORKS = "/api/v1/tenants/acme/networks"


@pytest.fixture
def fra(world: World) -> Frankfurt:
    """Where Acme may use 10.1.0.0/16."""
    provider = register_provider()
    attach(world.acme, provider.attachments[0])
    return provider


@pytest.fixture
def plan(world: World, fra: Frankfurt) -> Plan:
    """What Acme is on: networks at a cent an hour, machines free but for what they send."""
    plan = make_plan()
    prices = (flat("25"), per_unit("network.hours", "0.01"), per_unit("traffic.out", "0.5"))
    make_version(plan, prices, at("2026-01-01"))
    subscribe(world.acme, plan, at("2026-01-01"))
    return plan


@pytest.fixture
def web(fra: Frankfurt, world: World) -> Network:
    """A network to put machines into."""
    return add_network(world.acme, "web", "10.1.1.0/24")


def post(world: World, path: str, intent: str, **fields: str) -> Any:
    client = world.client("acme", "network")
    answer = client.post(f"/t/acme/{path}", {"intent": intent, **fields})
    assert answer.status_code == 200
    return answer


def words(answer: Any) -> str:
    return " ".join(unescape(answer.content.decode()).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize("intent", ["review", "check"])
def test_form_and_review_say_what_a_network_costs(world: World, plan: Plan, intent: str) -> None:
    text = words(post(world, "networks/new", intent, **FORM))
    assert f"+ €{MONTHLY} a month" in text
    assert "by version 1 of the plan standard" in text
    assert "estimated" not in text


def test_the_traffic_of_a_machine_is_called_an_estimate(
    world: World, plan: Plan, web: Network
) -> None:
    other = lived(world.acme, "port", "m0", "2026-02-01")
    hour = this_period().previous.days[-1][0]
    counted(world.acme, other, f"{hour}T05:00", 0, 10**9)
    review = post(world, "ports/new", "review", name="web-1", network=str(web.id))
    assert "estimated from the last 30 days of 1 other machine" in words(review)


def test_the_page_of_a_change_says_as_of_when(world: World, plan: Plan, web: Network) -> None:
    change = newest_change(world.acme)
    make_page = world.client("acme", "read_only").get
    text = words(make_page(f"/t/acme/changes/{change.id}/"))
    assert f"+ €{MONTHLY} a month" in text
    assert "whose prices held when it was accepted" in text
    deletion = words(world.client("acme", "network").get(f"/t/acme/networks/{web.id}/delete"))
    assert f"\N{MINUS SIGN} €{MONTHLY} a month" in deletion


def test_without_a_plan_nothing_is_said(world: World, web: Network) -> None:
    assert 'class="price"' not in words(post(world, "networks/new", "review", **FORM))


def test_the_description_knows_the_price(world: World) -> None:
    schemas = (
        world.api("acme", "network")
        .get("/api/v1/schema?format=json")
        .json()["components"]["schemas"]
    )
    for name in ("Preview", "ChangeDetail"):
        assert "Price" in str(schemas[name]["properties"]["price"])
    assert "price" not in schemas["Change"]["properties"]


def queries(world: World, method: str, path: str, body: dict[str, Any]) -> int:
    """How many statements on tables a dry run takes."""
    send = getattr(world.api("acme", "network"), method)
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            answer = send(f"/api/v1/tenants/acme/{path}?dry_run=true", body)
    assert answer.status_code == 200
    return sum(not query["sql"].startswith(FREE) for query in captured.captured_queries)


def test_what_it_costs_to_say(world: World, web: Network) -> None:
    """Without a plan it takes a look for one, with one up to seven more; what is free, none."""
    acts = (
        ("post", "networks", SHOP),
        ("post", "ports", {"name": "web-1", "network": str(web.id)}),
        ("post", "groups", {"name": "all", "labels": {"a": "b"}}),
        ("patch", f"networks/{web.id}", {"name": "www"}),
    )
    before = [queries(world, *act) for act in acts]
    plan = make_plan()
    make_version(plan, (per_unit("network.hours", "0.01"),), at("2026-01-01"))
    subscribe(world.acme, plan, at("2026-01-01"))
    after = [queries(world, *act) for act in acts]
    assert [now - then for then, now in zip(before, after, strict=True)] == [4, 6, 0, 0]
