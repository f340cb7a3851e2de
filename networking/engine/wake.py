"""Wakes the verifier of a fabric. A lost signal costs one of its polling intervals."""

import logging
import time
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

log = logging.getLogger(__name__)

TIMEOUT = 0.25  # seconds to connect, and again to send
PAUSE_AFTER_FAILURE = 5.0  # seconds without another try
LIFETIME = 10  # seconds that a signal nobody waits for is kept

_silent_until = 0.0


def send(fabric_id: UUID) -> None:
    """Say that the fabric has something to verify. Never raises."""
    key = _key(fabric_id)
    if _muted():
        return
    try:
        with _client().pipeline() as pipe:
            pipe.lpush(key, 1)
            pipe.ltrim(key, 0, 0)
            pipe.expire(key, LIFETIME)
            pipe.execute()
    except (redis.RedisError, OSError) as error:
        _mute(error)


def wait(fabric_id: UUID, timeout: float) -> None:
    """Return at a signal, or after `timeout` seconds. Never raises."""
    started = time.monotonic()
    if not _muted():
        try:
            if _client().blpop([_key(fabric_id)], timeout):
                return
        except (redis.RedisError, OSError) as error:
            _mute(error)
    time.sleep(max(0.0, timeout - (time.monotonic() - started)))


def _key(fabric_id: UUID) -> str:
    return f"demarc:verify:{fabric_id}"


def _muted() -> bool:
    return time.monotonic() < _silent_until


def _mute(error: Exception) -> None:
    global _silent_until
    _silent_until = time.monotonic() + PAUSE_AFTER_FAILURE
    log.warning("verifier signal lost", extra={"reason": str(error)})


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=2.0, socket_connect_timeout=TIMEOUT, retry=None
    )
