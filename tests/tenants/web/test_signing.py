"""Sign-ins are in the audit trail, and those that were refused; old sessions go."""

from datetime import timedelta

import pytest
from celery import current_app
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from portal.lib.db import DatabaseRole, acting_as
from portal.tasks import sweep_sessions
from tenants.models import AuditEvent, Person
from tests.factories.tenants import make_membership
from tests.world import World

WORD = "a long and odd one"


@pytest.fixture
def person(world: World) -> Person:
    found = world.person("acme", "network")
    with acting_as(DatabaseRole.IDENTITY):
        found.set_password(WORD)
        found.save()
    return found


def events(verb: str) -> list[AuditEvent]:
    with acting_as(DatabaseRole.WORKER):
        return list(AuditEvent.objects.filter(verb=verb).order_by("pk"))


def sign_in(email: str, password: str = WORD) -> Client:
    browser = Client(headers={"X-Request-ID": "trace-0123456789"})
    browser.post("/accounts/login/", {"login": email, "password": password})
    return browser


def test_a_sign_in_is_told_to_each_customer_of_the_person(world: World, person: Person) -> None:
    make_membership(world.globex, person, "read_only")
    sign_in(person.email)
    told = events("person.sign_in")
    assert {event.tenant_id for event in told} == {world.acme.id, world.globex.id}
    assert {event.actor_label for event in told} == {person.label}
    assert {event.subject_name for event in told} == {person.email}
    assert told[0].detail == {"address": "127.0.0.1"}
    assert told[0].request_id == "trace-0123456789"
    page = world.client("acme", "admin").get("/t/acme/audit/").content.decode()
    assert "person.sign_in" in page


def test_one_of_the_providers_people_is_told_to_the_provider(world: World) -> None:
    operator = world.staff["operator"]
    with acting_as(DatabaseRole.IDENTITY):
        operator.set_password(WORD)
        operator.save()
    sign_in(operator.email)
    (event,) = events("person.sign_in")
    assert event.tenant_id is None


def test_a_wrong_password_is_told_without_it(world: World, person: Person) -> None:
    sign_in(person.email.upper(), "wrong-secret")
    (event,) = events("person.sign_in_refused")
    assert (event.tenant_id, event.subject_name) == (world.acme.id, person.email)
    assert (event.actor_kind, event.actor_id) == ("anonymous", None)
    assert "wrong-secret" not in str(vars(event))
    assert events("person.sign_in") == []


def test_an_unknown_address_is_told_to_the_provider_alone(world: World) -> None:
    sign_in("nobody@elsewhere.example")
    (event,) = events("person.sign_in_refused")
    assert (event.tenant_id, event.subject_name) == (None, "nobody@elsewhere.example")


def test_what_is_no_address_may_be_a_password(world: World) -> None:
    sign_in("hunter2-and-more")
    assert "hunter2" not in "".join(
        event.subject_name for event in events("person.sign_in_refused")
    )


def test_a_sign_out_is_told(world: World, person: Person) -> None:
    sign_in(person.email).post("/accounts/logout/")
    (event,) = events("person.sign_out")
    assert event.actor_id == person.id


def test_old_sessions_are_swept_and_others_stay(world: World) -> None:
    world.client("acme", "admin")
    with acting_as(DatabaseRole.IDENTITY):
        gone = timezone.now() - timedelta(seconds=1)
        Session.objects.create(session_key="old", session_data="", expire_date=gone)
        before = Session.objects.count()
    sweep_sessions()
    with acting_as(DatabaseRole.IDENTITY):
        assert Session.objects.count() == before - 1
    current_app.finalize()
    assert "sweep sessions" in current_app.conf.beat_schedule
