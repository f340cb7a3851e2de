"""The event stream: tells open pages what changed, so that they fetch the fragment anew.

Server-sent events (HTML Living Standard, section 9.2). A message holds a kind and an id, never
content: what a page may see is decided when it fetches.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import UUID

import redis.asyncio as redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal.lib import db, live
from portal.lib.db import DatabaseRole
from tenants import gate
from tenants.access import Actor, Capability
from tenants.web.base import StaffPage, TenantPage

HEARTBEAT = 15.0  # seconds of silence until a comment tells proxies that the stream lives
AUTHORISED_FOR = 60.0  # seconds until session and role are looked at again
LIFETIME = 600.0  # seconds; the browser then connects anew, also to a newer release
RECONNECT = 2000  # milliseconds the browser waits before it connects again
TOO_MANY = (
    "You have {} pages open that are told what changes. This one asks for itself until you close "
    "some of them."
)

_open: Counter[UUID | None] = Counter()
"""The streams of this process, by person."""


class TenantEvents(TenantPage):
    """What happens to one tenant's nouns and changes."""

    capability = Capability.NETWORK_VIEW

    async def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:
        """An endless answer; the gate let the actor in."""
        return _response(request, live.tenant_channel(self.tenant.id), Capability.NETWORK_VIEW)


class StaffEvents(StaffPage):
    """What happens to the provider's own things, and to every tenant's."""

    capability = Capability.INFRA_VIEW

    async def get(self, request: HttpRequest) -> HttpResponseBase:
        """An endless answer; the gate let the actor in."""
        return _response(request, live.STAFF_CHANNEL, Capability.INFRA_VIEW)


def _response(request: HttpRequest, channel: str, capability: Capability) -> HttpResponseBase:
    """A stream; or 429, upon which the page goes on polling, and asks again after a while. To end
    the oldest instead would have its page come back and end the next one, for ever."""
    response: HttpResponseBase
    if has_too_many(request):
        text = TOO_MANY.format(settings.STREAMS)
        response = HttpResponse(text, status=429, content_type="text/plain; charset=utf-8")
        response.headers["Retry-After"] = f"{AUTHORISED_FOR:g}"
    else:
        response = StreamingHttpResponse(
            stream(request, channel, capability), content_type="text/event-stream"
        )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def has_too_many(request: HttpRequest) -> bool:
    """Whether whoever sent `request` may open no more streams."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return 0 < settings.STREAMS <= _open[actor.id]


@asynccontextmanager
async def _counted(request: HttpRequest) -> AsyncIterator[None]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    _open[actor.id] += 1
    try:
        yield
    finally:
        _open[actor.id] -= 1
        if not _open[actor.id]:
            del _open[actor.id]


async def stream(
    request: HttpRequest, channel: str, capability: Capability
) -> AsyncIterator[bytes]:
    """The messages of `channel` until the actor may no longer listen, or for `LIFETIME` seconds.

    It ends at once while Redis does not answer, and where too many were asked for in the same
    moment: pages then poll. It holds no database connection: the middleware gave back the
    request's.
    """
    if has_too_many(request):
        return
    client = redis.from_url(settings.REDIS_URL, socket_connect_timeout=1.0)
    try:
        async with _counted(request), client.pubsub() as subscription:
            await subscription.subscribe(channel)
            again = "again" if "Last-Event-ID" in request.headers else "first"
            yield f"retry: {RECONNECT}\nid: 1\nevent: hello\ndata: {again}\n\n".encode()
            async for line in _listen(subscription, request, capability):
                yield line
    except redis.RedisError:
        return
    finally:
        await client.aclose()


async def _listen(
    subscription: Any, request: HttpRequest, capability: Capability
) -> AsyncIterator[bytes]:
    begun = authorised = monotonic()
    while (now := monotonic()) - begun < LIFETIME:
        if now - authorised >= AUTHORISED_FOR:
            if not await _may_still_listen(request, capability):
                return
            authorised = now
        message = await _next(subscription)
        yield b": alive\n\n" if message is None else b"id: 1\ndata: " + message + b"\n\n"


async def _next(subscription: Any) -> bytes | None:
    """The next message, or None after `HEARTBEAT` seconds without one."""
    try:
        async with asyncio.timeout(HEARTBEAT):
            async for message in subscription.listen():
                if message["type"] == "message":
                    data: bytes = message["data"]
                    return data
    except TimeoutError:
        return None
    return None


async def _may_still_listen(request: HttpRequest, capability: Capability) -> bool:
    """While the database is away nothing is published, so nobody needs to go."""
    try:
        return await sync_to_async(may_listen)(request, capability)
    except db.OUTAGES:
        return True


def may_listen(request: HttpRequest, capability: Capability) -> bool:
    """Whether whoever sent `request` still has the session, the role and the tenant for it.

    Nothing that the request found out before is believed; the connection goes back afterwards.
    """
    before: Actor = request.actor  # type: ignore[attr-defined]
    try:
        with db.acting_as(DatabaseRole.IDENTITY):
            request.session = type(request.session)(request.session.session_key)
            request.user = get_user(request)
            visitor = gate.identify(request)
    finally:
        connection.close()
    actor = visitor.actor
    return (
        actor is not None
        and not visitor.stranger
        and actor.id == before.id
        and actor.can(capability)
    )
