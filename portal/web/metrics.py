"""`/metrics`: how the installation is doing, for Prometheus.

It is answered before sessions and actors, as health is. What no single process knows is computed
from the database when it is asked for; what processes count is added up in Redis.
"""

import hmac
import ipaddress
from collections.abc import Callable, Iterator

import redis
from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from networking.selectors.gauges import Gauges, gauges
from portal.lib.counters import Labels, Series, totals
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.exposition import CONTENT_TYPE, Metric, by, gauge, render, render_histogram

PATH = "/metrics"
QUEUE = "celery"
# Headers by which a proxy says for whom it asks: what comes through one is not from this machine.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")
COUNTED = {
    "demarc_requests_total": "Requests answered, by route and status.",
    "demarc_tasks_total": "Tasks ended, by name and outcome.",
}
TIMED = {
    "demarc_request_seconds": "How long requests took in the server.",
    "demarc_task_seconds": "How long tasks took.",
}


class MetricsMiddleware:
    """Answers to whoever has the token of `DEMARC_METRICS_TOKEN`; where none is set, to this
    machine alone. For anybody else the address does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Anything else goes on."""
        if request.path != PATH:
            return self.get_response(request)
        if not may_read(request):
            return HttpResponseNotFound(content_type="text/plain")
        return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def may_read(request: HttpRequest) -> bool:
    """With a token set, who sends it; else who asks from this machine without a proxy."""
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    host = request.get_host().rpartition(":")[0] or request.get_host()
    here = host.strip("[]") in ("localhost", "127.0.0.1", "::1")
    return here and _loopback(request.META.get("REMOTE_ADDR", ""))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def exposition() -> str:
    """All metrics as text; a server that is away is said to be, and what it knows is missing."""
    try:
        counted: dict[Series, float] | None = totals()
        queued = _queued()
    except (redis.RedisError, OSError):
        counted, queued = None, 0
    try:
        with acting_as(DatabaseRole.STAFF):
            found: Gauges | None = gauges()
    except Error:
        found = None
    up = {"database": float(found is not None), "redis": float(counted is not None)}
    parts = [render([by("demarc_up", "Whether a server answers.", "server", up)])]
    if found is not None:
        parts.append(render(_of_database(found)))
    if counted is not None:
        parts.append(render([gauge("demarc_tasks_queued", "Tasks that wait.", queued)]))
        parts.append(render(_of_processes(counted)))
        parts += [render_histogram(name, text, counted) for name, text in TIMED.items()]
    return "".join(parts)


def _queued() -> int:
    with redis.Redis.from_url(settings.REDIS_URL, **settings.REDIS_TIMEOUTS) as client:
        return int(client.llen(QUEUE))


def _of_processes(counted: dict[Series, float]) -> Iterator[Metric]:
    for name, text in COUNTED.items():
        samples = {labels: count for (series, labels), count in counted.items() if series == name}
        yield Metric(name, "counter", text, samples)


def _of_database(found: Gauges) -> Iterator[Metric]:
    accepted: dict[Labels, float] = {(): float(found.accepted)}
    yield Metric("demarc_changes_accepted_total", "counter", "Changes accepted.", accepted)
    yield by("demarc_changes", "Unfinished changes.", "state", found.changes)
    yield gauge(
        "demarc_change_oldest_seconds", "Age of the oldest unfinished change.", found.oldest_change
    )
    yield gauge("demarc_scopes", "Tenants on devices.", found.scopes)
    yield by("demarc_scopes_behind", "Scopes that want work.", "device", found.behind)
    yield by(
        "demarc_verifier_lag_seconds",
        "How long the oldest of what was applied waits for the hosts.",
        "fabric",
        found.verifier_lag,
    )
    yield gauge(
        "demarc_sweep_age_seconds",
        "How long ago the scope was compared that waits longest.",
        found.sweep_age,
    )
    yield gauge("demarc_drift_open", "Scopes with a difference to repair.", found.drift_open)
    yield gauge("demarc_drift_found_1h", "Scopes that differed within an hour.", found.drift_recent)
    samples: dict[Labels, float] = {
        (("kind", kind), ("state", state)): float(count)
        for (kind, state), count in found.devices.items()
    }
    yield Metric("demarc_devices", "gauge", "Fabrics and routers.", samples)
    yield by("demarc_hosts", "Hosts.", "state", found.hosts)
    yield by("demarc_alerts_open", "Alerts that are not over.", "kind", found.alerts)
    yield by("demarc_bgp_sessions", "Sites by their session.", "state", found.sessions)
