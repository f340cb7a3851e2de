"""A caller who asks too often is told to wait, and no other one with it."""

import socket

import pytest
from django.test import override_settings

from portal.lib.cache import ForgivingRedisCache
from tenants.api.throttles import ActorThrottle
from tests.world import World

ME = "/api/v1/me"


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of a test happens at second 20 of a minute."""
    monkeypatch.setattr(ActorThrottle, "timer", staticmethod(lambda: 1_800_000_020.5))


@override_settings(API_READS=2)
def test_reads_are_counted_for_each_token_and_person(world: World) -> None:
    token, other = world.api("acme", "admin"), world.api("acme", "network")
    assert [token.get(ME).status_code for _ in range(3)] == [200, 200, 429]
    assert other.get(ME).status_code == 200
    person = world.client("acme", "admin")
    assert [person.get(ME).status_code for _ in range(3)] == [200, 200, 429]


@override_settings(API_READS=0, API_WRITES=1)
def test_writes_are_counted_apart_and_the_answer_says_how_long(world: World) -> None:
    token = world.api("acme", "network")
    address = "/api/v1/tenants/acme/networks"
    assert token.post(address, {}).status_code == 422
    refused = token.post(address, {})
    assert refused.status_code == 429
    assert refused["Retry-After"] == "40"
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert "40 seconds" in refused.json()["detail"]
    assert token.get(ME).status_code == 200


@override_settings(API_READS=1)
def test_the_next_minute_is_a_new_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    token = world.api("acme", "admin")
    assert [token.get(ME).status_code for _ in range(2)] == [200, 429]
    monkeypatch.setattr(ActorThrottle, "timer", staticmethod(lambda: 1_800_000_061.0))
    assert token.get(ME).status_code == 200


@override_settings(API_READS=1)
def test_without_redis_nobody_is_held_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    away = ForgivingRedisCache(f"redis://127.0.0.1:{port}/0", {})
    monkeypatch.setattr("tenants.api.throttles.cache", away)
    token = world.api("acme", "admin")
    assert [token.get(ME).status_code for _ in range(3)] == [200, 200, 200]


@override_settings(API_READS=1)
def test_pages_are_not_counted(world: World) -> None:
    browser = world.client("acme", "admin")
    assert [browser.get("/t/acme/").status_code for _ in range(3)] == [200, 200, 200]
