"""Whether one reaches another, by API: now, and with a write that is only asked about."""

import pytest
from rest_framework.test import APIClient

from networking.models import Rule
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_group, add_network, add_port, add_rule
from tests.networking.api.conftest import ACME
from tests.world import World

ASK = "source=web-1&destination=db-1&port=5432"
STOP = {"name": "stop", "destination": ["group:db"], "action": "deny"}


@pytest.fixture(autouse=True)
def machines(world: World, fra: Frankfurt) -> None:
    """web-1 and db-1, of the groups web and db."""
    for name, prefix in (("web", "10.1.0.0/24"), ("db", "10.1.1.0/24")):
        network = add_network(world.acme, name, prefix)
        add_port(world.acme, network, f"{name}-1", labels={"app": name})
        add_group(world.acme, name, labels={"app": name})


def test_a_question_is_answered_on_what_is_wanted_now(world: World, api: APIClient) -> None:
    now = api.get(f"{ACME}/reach?{ASK}").json()
    assert now["allowed"]
    assert [hop["name"] for hop in now["hops"]] == ["web-1", "web", "gateway", "db", "db-1"]
    rule = add_rule(world.acme, "stop", destination=("group:db",), action="deny")
    then = api.get(f"{ACME}/reach?{ASK}").json()
    assert not then["allowed"]
    assert then["decision"] == {
        "by": "rule", "id": str(rule.id), "text": "Rule stop denies it.",
    }  # fmt: skip


def test_a_dry_run_answers_before_and_after_it(api: APIClient) -> None:
    plan = api.post(f"{ACME}/rules?dry_run=true&{ASK}", STOP).json()
    assert (plan["reach"]["before"]["allowed"], plan["reach"]["after"]["allowed"]) == (True, False)
    assert plan["reach"]["after"]["decision"]["text"] == "Rule stop denies it."
    assert "effects" not in plan["plan"][0]
    (closed,) = plan["effects"]["closes"]
    assert closed["text"] == "web → db everything (1 → 1 machine)"
    assert closed["source"] == {"name": "web", "machines": 1, "total": 1}
    with acting_as(DatabaseRole.WORKER):
        assert not Rule.objects.exists()
    assert "reach" not in api.post(f"{ACME}/rules?dry_run=true", STOP).json()
    made = api.post(f"{ACME}/rules", STOP).json()
    assert api.get(f"{ACME}/changes/{made['id']}").json()["effects"] == plan["effects"]


def test_what_a_write_makes_or_deletes_is_missing_on_one_side(api: APIClient) -> None:
    port = api.get(f"{ACME}/ports?q=db-1").json()["results"][0]
    gone = api.delete(f"{ACME}/ports/{port['id']}?dry_run=true&{ASK}").json()["reach"]
    assert gone["before"]["allowed"]
    assert (gone["after"]["allowed"], gone["after"]["missing"]) == (None, "db-1")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("source=nobody&destination=db-1&port=1", "source"),
        ("source=web-1&destination=10.1.0.0/24&port=1", "destination"),
        ("source=web-1&destination=db-1", "port"),
        ("source=web-1&destination=db-1&port=70000", "port"),
        ("source=web-1&destination=db-1&protocol=icmp&port=1", "port"),
        ("source=web-1&destination=db-1&protocol=smoke&port=1", "protocol"),
        ("source=vip:shop&destination=db-1&port=1", "source"),
        ("source=web-1&port=1", "destination"),
        ("source=web-1&destination=db-1&port=1&version=5", "version"),
        ("source=web-1&destination=db-1&port=1&speed=5", "speed"),
    ],
)
def test_a_bad_question_is_refused(api: APIClient, query: str, field: str) -> None:
    for answer in (
        api.get(f"{ACME}/reach?{query}"),
        api.post(f"{ACME}/rules?dry_run=true&{query}", STOP),
    ):
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_a_question_goes_with_a_dry_run_alone(api: APIClient) -> None:
    answer = api.post(f"{ACME}/rules?{ASK}", STOP)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["message"] == "A question goes with dry_run=true."


def test_another_tenants_machine_is_nobody(world: World, api: APIClient) -> None:
    network = add_network(world.globex, "theirs", "10.1.0.0/24")
    add_port(world.globex, network, "their-machine")
    answer = api.get(f"{ACME}/reach?source=their-machine&destination=db-1&port=1")
    assert answer.status_code == 422
