"""The cache, on a Redis that may be away."""

import logging
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """Redis; while it is away everything is a miss, so that people can still sign in.

    What lives here are rate limits and conveniences, nothing that a page is wrong without.
    """

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or ``default`` when there is none or no Redis."""
        try:
            return super().get(key, default, version)
        except (redis.RedisError, OSError) as error:
            return _forgive(error, default)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Keep the value if possible."""
        try:
            super().set(key, value, timeout, version)
        except (redis.RedisError, OSError) as error:
            _forgive(error, None)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        """Keep the value if there is none; without Redis it counts as kept."""
        try:
            return bool(super().add(key, value, timeout, version))
        except (redis.RedisError, OSError) as error:
            return bool(_forgive(error, True))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count; without Redis there is nothing to count from. Raises ValueError then, as for a
        key that is missing."""
        try:
            return int(super().incr(key, delta, version))
        except (redis.RedisError, OSError) as error:
            _forgive(error, None)
            raise ValueError("the cache is away") from error

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget the value."""
        try:
            return bool(super().delete(key, version))
        except (redis.RedisError, OSError) as error:
            return bool(_forgive(error, False))


def _forgive(error: Exception, answer: Any) -> Any:
    log.warning("cache unreachable", extra={"reason": str(error)})
    return answer
