"""Live updates: ids published on Redis, which open pages turn into refreshed fragments."""

import json
import logging
import time
from functools import cache
from typing import Any
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

STAFF_CHANNEL = "staff"
TIMEOUT = 0.25  # seconds to connect, and again to send
PAUSE_AFTER_FAILURE = 5.0  # seconds without another try, so that a dead Redis slows nothing down

_silent_until = 0.0


def tenant_channel(tenant_id: UUID) -> str:
    """The channel that the pages of one tenant listen on."""
    return f"tenant:{tenant_id}"


def publish(channel: str, data: dict[str, Any]) -> None:
    """Send ``data`` to the listeners of ``channel`` once the transaction commits.

    Outside a transaction it is sent at once. It never raises and never blocks for longer than
    half a second: a lost message costs a page one polling interval.
    """
    message = json.dumps(data, default=str)
    transaction.on_commit(lambda: _send(channel, message), robust=True)


def _send(channel: str, message: str) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        _client().publish(channel, message)
    except (redis.RedisError, OSError) as error:
        _silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
        log.warning("live update lost", extra={"channel": channel, "reason": str(error)})


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=None,
    )
