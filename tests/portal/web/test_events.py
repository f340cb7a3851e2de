"""The event stream: who may listen, what it says, when it ends."""

import asyncio
import json
import threading
from collections import Counter
from contextlib import aclosing
from typing import Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.test.utils import override_settings

from portal.lib import live
from portal.lib.db import DatabaseRole, acting_as
from portal.web.views import events
from portal.web.views.events import may_listen, stream
from tenants.access import Actor, Capability
from tenants.models import Membership
from tests.world import World

CHANNEL = f"tenant:{uuid4()}"


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("network", 200), ("read_only", 200), ("billing", 200)]
)
def test_who_sees_networks_may_listen(world: World, role: str, status: int) -> None:
    response = world.client("acme", role).get("/t/acme/events")

    assert response.status_code == status


def test_it_is_a_stream_that_nobody_stores(world: World) -> None:
    response = world.client("acme", "admin").get("/t/acme/events")

    assert response.headers["Content-Type"] == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"


def test_strangers_find_nothing_and_the_anonymous_are_sent_to_sign_in(world: World) -> None:
    assert world.client("globex", "admin").get("/t/acme/events").status_code == 404
    assert Client().get("/t/acme/events").status_code == 302


def test_the_providers_stream_is_for_operators(world: World) -> None:
    assert world.staff_client("operator").get("/msp/events").status_code == 200
    assert world.staff_client("finance").get("/msp/events").status_code == 403
    assert world.client("acme", "admin").get("/msp/events").status_code == 403


def test_a_published_message_arrives() -> None:
    message = {"kind": "network", "id": "17", "tenant": "4"}

    lines = asyncio.run(_listen(publish=message, lines=2))

    assert b"event: hello\ndata: first" in lines[0]
    assert json.loads(lines[1].partition(b"data: ")[2]) == message


def test_whoever_comes_back_is_told_to_look_at_everything_again() -> None:
    lines = asyncio.run(_listen(lines=1, headers={"Last-Event-ID": "1"}))

    assert b"event: hello\ndata: again" in lines[0]


def test_silence_is_broken_by_a_comment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.05)

    lines = asyncio.run(_listen(lines=3))

    assert lines[1:] == [b": alive\n\n"] * 2


def test_it_ends_after_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    monkeypatch.setattr(events, "LIFETIME", 0.1)

    lines = asyncio.run(_listen(lines=100))

    assert 1 < len(lines) < 20


def test_it_ends_when_the_actor_may_no_longer_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    monkeypatch.setattr(events, "AUTHORISED_FOR", 0.05)
    answers = [True, False]
    monkeypatch.setattr(events, "may_listen", lambda request, capability: answers.pop(0))

    asyncio.run(_listen(lines=100))

    assert answers == []


@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_without_redis_it_ends_at_once_and_pages_poll() -> None:
    assert asyncio.run(_listen(lines=1)) == []


def test_a_database_that_is_away_ends_no_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT", 0.02)
    monkeypatch.setattr(events, "AUTHORISED_FOR", 0.05)
    answers: list[Any] = [OperationalError("no answer"), True, False]
    monkeypatch.setattr(events, "may_listen", Mock(side_effect=answers))

    lines = asyncio.run(_listen(lines=100))

    assert events.may_listen.call_count == 3  # type: ignore[attr-defined]
    assert len(lines) < 100


@override_settings(STREAMS=2)
def test_one_person_holds_so_many_streams_and_no_more() -> None:
    async def three() -> tuple[list[bytes], list[bytes]]:
        ada = Actor("person", uuid4(), "Ada")
        async with aclosing(_stream(ada)) as first, aclosing(_stream(ada)) as second:
            assert b"hello" in await anext(first)
            assert b"hello" in await anext(second)
            refused = await _listen(lines=1, actor=ada)
            assert len(await _listen(lines=1)) == 1, "somebody else may listen"
        return refused, await _listen(lines=1, actor=ada)

    refused, later = asyncio.run(three())

    assert (len(refused), len(later)) == (0, 1)
    assert not events._open


def test_who_has_too_many_pages_open_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = world.person("acme", "admin")
    monkeypatch.setattr(events, "_open", Counter({ada.pk: settings.STREAMS}))

    response = world.client("acme", "admin").get("/t/acme/events")

    assert response.status_code == 429
    assert "20 pages open" in response.content.decode()
    assert response.headers["Retry-After"] == "60"
    assert response.headers["Cache-Control"] == "no-store"
    assert world.client("acme", "network").get("/t/acme/events").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_session_a_role_and_a_membership_are_needed_all_along(world: World) -> None:
    request = _request(world, "read_only")
    assert may_listen(request, Capability.NETWORK_VIEW)
    assert not may_listen(request, Capability.NETWORK_WRITE)

    with acting_as(DatabaseRole.STAFF):
        Membership.objects.filter(person=world.person("acme", "read_only")).delete()

    assert not may_listen(request, Capability.NETWORK_VIEW)


@pytest.mark.django_db(transaction=True)
def test_who_signed_out_hears_no_more(world: World) -> None:
    request = _request(world, "admin")
    client = world.client("acme", "admin")

    client.post("/accounts/logout/")

    assert not may_listen(request, Capability.NETWORK_VIEW)


def _request(world: World, role: str) -> Any:
    """A request of that person's browser, as the middleware leaves it behind."""
    request = RequestFactory().get("/t/acme/events")
    request.session = world.client("acme", role).session  # type: ignore[assignment]
    request.user = AnonymousUser()
    request.actor = world.actor("acme", role)  # type: ignore[attr-defined]
    return request


def _stream(actor: Actor, headers: dict[str, str] | None = None) -> Any:
    request = RequestFactory().get("/t/acme/events", headers=headers)
    request.actor = actor  # type: ignore[attr-defined]
    return stream(request, CHANNEL, Capability.NETWORK_VIEW)


async def _listen(
    *,
    lines: int,
    publish: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
    actor: Actor | None = None,
) -> list[bytes]:
    """The first `lines` pieces of a stream, within five seconds."""
    opened = _stream(actor or Actor("person", uuid4(), "Ada"), headers)
    heard: list[bytes] = []
    async with asyncio.timeout(5), aclosing(opened):
        async for line in opened:
            heard.append(line)
            if publish and len(heard) == 1:
                sender = threading.Thread(target=live._send, args=(CHANNEL, json.dumps(publish)))
                sender.start()
            if len(heard) == lines:
                break
    return heard
