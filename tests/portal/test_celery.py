"""A worker that Redis was too slow for takes messages again."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from kombu import Connection
from kombu.transport import redis as transport

from portal.celery import ForgettingQoS

PAUSE = 200  # milliseconds for which the server answers nobody
PATIENCE = 0.05  # seconds


@pytest.fixture
def channel() -> Iterator[Any]:
    """A channel that takes one message at a time, as a worker's does."""
    options = {"socket_timeout": PATIENCE, "global_keyprefix": f"t-{secrets.token_hex(4)}-"}
    with Connection(settings.REDIS_URL, transport_options=options) as connection:
        made: Any = connection.channel()
        made.basic_qos(prefetch_count=1)
        yield made


def test_celery_uses_it(channel: Any) -> None:
    assert transport.Channel.QoS is ForgettingQoS
    assert isinstance(channel.qos, ForgettingQoS)


@pytest.mark.parametrize("slow", [False, True], ids=["in time", "too late"])
def test_an_acknowledged_message_frees_its_place(channel: Any, slow: bool) -> None:
    taken: list[Any] = []
    channel.queue_declare("work")
    channel.basic_consume("work", False, taken.append, "me")
    for body in ("first", "second"):
        channel.basic_publish(channel.prepare_message(body), "", "work")
    channel.connection._deliver(channel._get("work"), "work")
    assert not channel.qos.can_consume()
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        if slow:
            server.execute_command("CLIENT", "PAUSE", PAUSE, "ALL")
            with pytest.raises(redis.TimeoutError):
                channel.basic_ack(taken[0].delivery_tag)
            server.ping()  # it answers again
        else:
            channel.basic_ack(taken[0].delivery_tag)
    assert channel.qos.can_consume()
    channel.connection._deliver(channel._get("work"), "work")
    assert len(taken) == 2
