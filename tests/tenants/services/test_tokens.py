"""Making and revoking API tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tenants.models import ApiToken, AuditEvent
from tenants.selectors import token_by_secret
from tenants.services import tokens


@pytest.fixture
def admin(world):
    return world.actor("acme", "admin")


def make(actor, **given):
    with acting_as(actor):
        return tokens.create(actor, **({"name": "pipeline", "role": "network"} | given))


def found(secret):
    with in_role(DatabaseRole.IDENTITY):
        return token_by_secret(secret)


def test_the_secret_is_stored_as_a_digest_alone(world, admin):
    new = make(admin)
    with in_role(DatabaseRole.IDENTITY):
        row = ApiToken.objects.get(id=new.id)
    stored = " ".join(str(value) for value in vars(row).values())
    assert new.secret not in stored
    assert new.secret.startswith("dmt_")
    assert len(new.secret) > 40
    assert found(new.secret).tenant.slug == "acme"
    with acting_as(SYSTEM):
        event = AuditEvent.objects.get(subject_id=new.id)
    assert new.secret not in str(event.detail)


def test_what_does_not_open(world, admin):
    new = make(admin)
    assert found(new.secret[:-1] + "!") is None
    assert found(new.secret[:12]) is None
    assert found("") is None
    assert found("dmt_nobody") is None


def test_a_revoked_token_does_not_open_and_stays_listed(world, admin):
    new = make(admin)
    with acting_as(admin):
        tokens.revoke(admin, new.id)
        tokens.revoke(admin, new.id)
    assert found(new.secret) is None
    with acting_as(SYSTEM):
        verbs = list(AuditEvent.objects.filter(subject_id=new.id).values_list("verb", flat=True))
    assert verbs == ["token.revoke", "token.create"]


def test_an_expired_token_does_not_open(world, admin):
    new = make(admin, expires_at=timezone.now() + timedelta(days=1))
    assert found(new.secret)
    with in_role(DatabaseRole.IDENTITY):
        row = ApiToken.objects.get(id=new.id)
    assert row.expires_at > timezone.now()
    with pytest.raises(Refusal) as refusal:
        make(admin, expires_at=timezone.now() - timedelta(seconds=1))
    assert refusal.value.field == "expires_at"


@pytest.mark.parametrize(
    ("given", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 101}, "name"), ({"role": "emperor"}, "role")],
)
def test_refusals(world, admin, given, field):
    with pytest.raises(Refusal) as refusal:
        make(admin, **given)
    assert refusal.value.field == field
