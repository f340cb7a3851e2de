"""Inviting people."""

import re

import pytest
from django.core import mail
from django.test import Client

from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent, Membership, Person
from tenants.services import people
from tests.factories.tenants import PASSWORD, ref


@pytest.fixture
def admin(world):
    return world.actor("acme", "admin")


def invite(world, actor, email="ada@new.example", role="network", name="Ada"):
    with acting_as(actor):
        return people.invite(actor, ref(world.acme), email=email, name=name, role=role)


def test_someone_new_gets_a_link_that_sets_the_password(
    world, admin, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(world, admin)
    (message,) = mail.outbox
    assert message.to == ["ada@new.example"]
    assert invitation.link in message.body
    browser = Client()
    path = re.sub(r"^https?://[^/]+", "", invitation.link)
    form = browser.get(path, follow=True)
    secret = "a long enough secret"
    done = browser.post(
        form.request["PATH_INFO"], {"password1": secret, "password2": secret}, follow=True
    )
    assert b"Your password is set" in done.content
    signed_in = browser.post(
        "/accounts/login/", {"login": "ada@new.example", "password": secret}, follow=True
    )
    assert signed_in.redirect_chain[-1][0] == "/t/acme/"
    # The link worked once.
    again = Client().get(path, follow=True)
    assert b"no longer works" in again.content


def test_someone_known_keeps_name_and_password(world, admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(world, admin, email="ADMIN@globex.example", name="Mallory")
    assert invitation.link == ""
    assert "http" in mail.outbox[0].body
    with in_role(DatabaseRole.IDENTITY):
        person = Person.objects.get(email="admin@globex.example")
    assert person.name == "Admin of Globex"
    assert person.check_password(PASSWORD)


def test_the_link_of_someone_whom_others_invited_is_in_the_mail_alone(
    world, admin, django_capture_on_commit_callbacks
):
    """Whoever were shown it could set the password, and enter where the others are."""
    globex = world.actor("globex", "admin")
    with acting_as(globex):
        first = people.invite(
            globex, ref(world.globex), email="ada@new.example", name="", role="admin"
        )
    people.admit_staff("op@new.example", name="", role="operator")
    with django_capture_on_commit_callbacks(execute=True):
        again = invite(world, admin)
        staff = invite(world, admin, email="op@new.example")
    assert first.link
    assert (again.link, staff.link) == ("", "")
    assert all("/accounts/password/reset/key/" in message.body for message in mail.outbox)


def test_row_and_audit_event_come_together(world, admin):
    invitation = invite(world, admin)
    with acting_as(SYSTEM):
        event = AuditEvent.objects.get(subject_id=invitation.membership_id)
    assert (event.verb, event.subject_name, event.tenant_id) == (
        "person.invite",
        "ada@new.example",
        world.acme.id,
    )
    assert event.actor_id == world.person("acme", "admin").id
    assert event.detail == {"role": "network"}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "no address"}, "invalid-email", "email"),
        ({"email": ""}, "invalid-email", "email"),
        ({"role": "emperor"}, "unknown-role", "role"),
        ({"email": "network@acme.example"}, "already-member", "email"),
    ],
)
def test_what_is_refused_writes_nothing(world, admin, given, code, field):
    with pytest.raises(Refusal) as refusal:
        invite(world, admin, **given)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    with acting_as(SYSTEM):
        assert Membership.objects.filter(tenant=world.acme).count() == 4
        assert not AuditEvent.objects.exists()


def test_staff_invites_a_first_admin(world):
    operator = world.staff_actor("operator")
    invitation = invite(world, operator, role="admin")
    with acting_as(SYSTEM):
        membership = Membership.objects.get(id=invitation.membership_id)
        event = AuditEvent.objects.get(subject_id=invitation.membership_id)
    assert (membership.tenant_id, membership.role) == (world.acme.id, "admin")
    assert event.tenant_id == world.acme.id
    assert event.actor_label == world.staff["operator"].label
