"""Health endpoints, answered before sessions and actors so that they stay cheap and need none."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from portal.lib.db import is_full
from portal.lib.patience import patience

LIVE = "/health/live"
READY = "/health/ready"
# More than fits in the memory that it is given, so that the server writes some 100 kB to its disk,
# and no row of anybody's.
SPILL = "SELECT count(*) FROM generate_series(1, 8000)"
PATIENCE = 2.0  # seconds for each answer; whoever asks for health does not wait for long


class HealthMiddleware:
    """``/health/live``: the process answers. ``/health/ready``: so do its servers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Anything else goes on."""
        if request.path == LIVE:
            return JsonResponse({"status": "live"})
        if request.path == READY:
            return _ready()
        return self.get_response(request)


def _ready() -> JsonResponse:
    checks = {"database": _database(), "redis": _redis()}
    ready = checks["database"] == "ok"
    return JsonResponse(
        {"status": "ready" if ready else "not ready", "checks": checks},
        status=200 if ready else 503,
    )


def _database() -> str:
    try:
        with patience(PATIENCE), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64kB'")
            cursor.execute(SPILL)
    except Error as error:
        return "full" if is_full(error) else "unreachable"
    return "ok"


def _redis() -> str:
    # Without Redis pages work and changes wait for the sweep: worth saying, not worth a 503.
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS)
        client.ping()
        client.close()
    except (redis.RedisError, OSError):
        return "unreachable"
    return "ok"
