"""How often one caller may ask the API."""

import math
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from tenants.gate import SAFE_METHODS

WINDOW = 60  # seconds


class ActorThrottle(BaseThrottle):
    """So many requests a minute for each token and each person, reads and writes apart.

    They are counted in Redis, for all web processes. Without it nobody is held up.
    """

    timer = staticmethod(time.time)

    def allow_request(self, request: Any, view: Any) -> bool:
        """Whether the caller has not asked too often in this minute."""
        reads = request.method in SAFE_METHODS
        limit = settings.API_READS if reads else settings.API_WRITES
        actor = getattr(request._request, "actor", None)
        if actor is None or not limit:
            return True
        minute = int(self.timer()) // WINDOW
        key = f"throttle:{actor.kind}:{actor.id}:{'read' if reads else 'write'}:{minute}"
        # Kept beyond the minute, so that no clock's haste lets it be counted anew.
        cache.add(key, 0, 2 * WINDOW)
        try:
            return int(cache.incr(key)) <= limit
        except ValueError:
            return True

    def wait(self) -> float:
        """Seconds until the next minute."""
        return WINDOW - math.floor(self.timer()) % WINDOW
