"""Health endpoints, answered before sessions and actors so that they stay cheap and need none."""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

LIVE = "/health/live"
READY = "/health/ready"


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
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
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
