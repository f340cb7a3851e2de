"""Structured logs: one JSON object a line, each with the id of the request that caused it."""

import json
import logging
import logging.config
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponse

from portal.lib.counters import counters
from portal.lib.ids import uuid7

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_STANDARD = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "request"}
# The address of a mail by which a password is set: whoever reads logs is not to set it.
_SECRET = re.compile(r"(?<=/password/reset/key/).+")
_request_id: ContextVar[str] = ContextVar("request_id", default="")
_carried: ContextVar[tuple[str, ...]] = ContextVar("carried_requests", default=())

METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})

access_log = logging.getLogger("demarc.access")


def current_request_id() -> str:
    """The id of the request, or of the task's request; empty outside of both."""
    return _request_id.get()


def set_request_id(request_id: str) -> None:
    """Name the request that the following work belongs to."""
    _request_id.set(request_id)


@contextmanager
def carrying(request_ids: Iterable[str]) -> Iterator[None]:
    """Name the requests that the work of the block is done for: a device is brought up to date for
    several at once. Every line that is logged meanwhile lists them as ``requests``."""
    token = _carried.set(tuple(sorted({one for one in request_ids if one})))
    try:
        yield
    finally:
        _carried.reset(token)


class JsonFormatter(logging.Formatter):
    """A record and its ``extra`` fields as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Time (UTC), level, logger, message, request id, extras, and a traceback if any."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        entry: dict[str, Any] = {
            "at": f"{stamp}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := current_request_id():
            entry["request_id"] = request_id
        if carried := _carried.get():
            entry["requests"] = list(carried)
        entry |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


def logging_config(*, debug: bool) -> dict[str, Any]:
    """A ``logging`` configuration: JSON to standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            # Each 4xx is on the access line already.
            "django.request": {"level": "ERROR"},
            "demarc": {"level": "DEBUG" if debug else "INFO"},
            "asyncssh": {"level": "WARNING"},
        },
    }


def configure_logging(config: dict[str, Any]) -> None:
    """Apply ``config`` in a process that Django did not set up."""
    logging.config.dictConfig(config)


class RequestLogMiddleware:
    """Names the request, tells the client the name, and writes one access line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """A sane X-Request-ID of the client is kept, so that a trace may start before us."""
        offered = request.headers.get(HEADER, "")
        request_id = offered if _ACCEPTABLE.fullmatch(offered) else str(uuid7())
        set_request_id(request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response.headers[HEADER] = request_id
        _count(request, response.status_code, seconds)
        access_log.info(
            "request",
            extra={
                "method": request.method,
                "path": _SECRET.sub("…", request.path),
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "actor": getattr(getattr(request, "actor", None), "label", ""),
            },
        )
        return response


def _count(request: HttpRequest, status: int, seconds: float) -> None:
    """By the route's name: an address may hold ids, and whatever somebody makes up."""
    match = request.resolver_match
    route = (match.view_name or match.route) if match else "none"
    method = request.method if request.method in METHODS else "other"
    counters.add("demarc_requests_total", route=route, method=str(method), status=str(status))
    counters.observe("demarc_request_seconds", seconds, route=route)
