"""Redis that hangs, dies, forgets or is full: nobody waits for it, and no change is lost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis

from tests.faults import hurt
from tests.faults.caller import Caller
from tests.polling import eventually
from tests.stack import Stack

# A request asks Redis for the limits of its sender, and once for a worker.
SLOW = 6.0  # seconds that a request may take while Redis hangs, on a busy machine
CONNECTED_WITHIN = 30.0  # seconds
READY = "/health/ready"
UNTOUCHED = ("Pending", "No worker has begun with it yet")


@pytest.fixture
def broker(stack: Stack) -> Iterator[redis.Redis]:
    """An administrator's connection to the stack's Redis."""
    with redis.Redis.from_url(stack.servers["REDIS_URL"]) as client:
        yield client


@contextmanager
def answering(acme: Caller) -> Iterator[None]:
    """Afterwards, pages and the API still answer quickly."""
    yield
    for path in ("/t/acme/", "/t/acme/changes/", "/api/v1/tenants/acme/networks"):
        began = time.monotonic()
        answer = acme.get(path)
        assert answer.status == 200, (path, answer.status)
        assert time.monotonic() - began < SLOW, path


def test_while_redis_hangs_people_are_answered(stack: Stack, acme: Caller) -> None:
    with hurt.paused(stack, "valkey"), answering(acme):
        began = time.monotonic()
        change = acme.add_network("hung")
        assert time.monotonic() - began < SLOW
        hurt.let_changes_age(stack)
        acme.wait_until_told(change, *UNTOUCHED)
        assert acme.get(READY).json["checks"]["redis"] == "unreachable"
    acme.wait_until_done(change)
    acme.remove_networks("hung")


def test_what_redis_forgets_or_never_heard_of_is_swept(
    stack: Stack, acme: Caller, globex: Caller, broker: redis.Redis
) -> None:
    with hurt.paused(stack, "worker"), answering(acme):
        changes = [(acme, acme.add_network("forgotten"))]
        broker.flushall()
        hurt.kill(stack, "valkey")
        changes.append((globex, globex.add_network("unsaid")))
        hurt.let_changes_age(stack)
        for caller, change in changes:
            caller.wait_until_told(change, *UNTOUCHED)
        hurt.killed_and_back(stack, "valkey")
    for caller, change in changes:
        caller.wait_until_done(change)
    acme.remove_networks("forgotten")
    globex.remove_networks("unsaid")


def test_while_redis_is_full_people_are_answered(
    stack: Stack, acme: Caller, broker: redis.Redis
) -> None:
    broker.config_set("maxmemory-policy", "noeviction")
    broker.config_set("maxmemory", 1)
    try:
        with answering(acme):
            change = acme.add_network("squeezed")
            hurt.let_changes_age(stack)
            acme.wait_until_told(change, *UNTOUCHED)
    finally:
        broker.config_set("maxmemory", 0)
    acme.wait_until_done(change)
    acme.remove_networks("squeezed")
    eventually(lambda: acme.get(READY).json["checks"]["redis"] == "ok", within=CONNECTED_WITHIN)
