"""Counts of what all processes do, added up in Redis: web, workers and verifier each see a part.

A process gathers what it counted and hands it over every few seconds, so that counting costs a
request nothing. Without Redis it goes on gathering; what a killed process had not handed over is
lost, and a Redis that was emptied counts from 0, which Prometheus takes for a restart.
"""

import json
import logging
import os
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping

import redis
from django.conf import settings

log = logging.getLogger(__name__)

KEY = "demarc:counters"
HANDED_OVER_AFTER = 2.0  # seconds
BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds; what takes longer is counted in `+Inf`."""

Labels = tuple[tuple[str, str], ...]
Series = tuple[str, Labels]


class Counters:
    """What one process counted and did not hand over yet."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin with nothing: what a parent has counted, and its thread, are the parent's."""
        self._lock = threading.Lock()
        self._pending: dict[Series, float] = defaultdict(float)
        self._timer: threading.Timer | None = None

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Count. Labels are few and say nothing of a tenant: each combination is a series."""
        self._add({(name, tuple(sorted(labels.items()))): amount})

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """Count a length of time: one more in its bucket, and the sum."""
        place = bisect_left(BUCKETS, seconds)
        bound = str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf"
        common = tuple(sorted(labels.items()))
        bucket = tuple(sorted({**labels, "le": bound}.items()))
        self._add({(f"{name}_bucket", bucket): 1.0, (f"{name}_sum", common): seconds})

    def hand_over(self) -> None:
        """Add what was counted to what all processes did. Never raises."""
        with self._lock:
            self._timer = None
            pending, self._pending = self._pending, defaultdict(float)
        if not pending:
            return
        try:
            with _client() as client, client.pipeline() as pipe:
                for series, amount in pending.items():
                    pipe.hincrbyfloat(KEY, json.dumps(series), amount)
                pipe.execute()
        except (redis.RedisError, OSError) as error:
            log.warning("counters kept back", extra={"reason": str(error)})
            with self._lock:
                for series, amount in pending.items():
                    self._pending[series] += amount

    def _add(self, amounts: Mapping[Series, float]) -> None:
        with self._lock:
            for series, amount in amounts.items():
                self._pending[series] += amount
            if self._timer is None:
                self._timer = threading.Timer(HANDED_OVER_AFTER, self.hand_over)
                self._timer.daemon = True
                self._timer.start()


counters = Counters()
os.register_at_fork(after_in_child=counters.reset)


def totals() -> dict[Series, float]:
    """What all processes counted. Raises redis.RedisError."""
    counters.hand_over()
    with _client() as client:
        stored = client.hgetall(KEY)
    found = {}
    for series, amount in stored.items():
        name, labels = json.loads(series)
        found[name, tuple((key, value) for key, value in labels)] = float(amount)
    return found


def _client() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS)
