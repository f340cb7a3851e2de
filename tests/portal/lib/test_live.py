"""Live updates: on commit, and never in the way."""

import json
import socket
import time

import pytest
import redis
from django.conf import settings
from django.db import transaction

from portal.lib import live
from portal.lib.ids import uuid7

MESSAGE = {"kind": "network", "id": str(uuid7()), "tenant": str(uuid7())}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(live, "_silent_until", 0.0)
    live._client.cache_clear()
    yield
    live._client.cache_clear()


@pytest.fixture
def listener():
    channel = live.tenant_channel(uuid7())
    with redis.Redis.from_url(settings.REDIS_URL).pubsub() as subscription:
        subscription.subscribe(channel)
        assert subscription.get_message(timeout=5)["type"] == "subscribe"
        yield channel, subscription


@pytest.mark.django_db(transaction=True)
def test_it_is_sent_on_commit_and_not_before(listener):
    channel, subscription = listener
    with transaction.atomic():
        live.publish(channel, MESSAGE)
        assert subscription.get_message(timeout=0.2) is None
    assert json.loads(subscription.get_message(timeout=5)["data"]) == MESSAGE


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_sent(listener):
    channel, subscription = listener
    with transaction.atomic():
        live.publish(channel, MESSAGE)
        transaction.set_rollback(True)
    assert subscription.get_message(timeout=0.2) is None


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_does_not_answer_costs_half_a_second_once(settings):
    with socket.create_server(("127.0.0.1", 0), backlog=8) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        for _ in range(5):
            live.publish("staff", MESSAGE)
        assert time.monotonic() - started < 0.6


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_is_not_there_raises_nothing(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
    live.publish("staff", MESSAGE)
