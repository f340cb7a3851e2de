"""Roles and leaving."""

import pytest
from django.http import Http404

from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent, Membership
from tenants.services import memberships
from tests.factories.tenants import make_membership, make_person


@pytest.fixture
def admin(world):
    return world.actor("acme", "admin")


def membership(world, tenant, role):
    with acting_as(SYSTEM):
        return Membership.objects.get(
            person=world.person(tenant, role), tenant=world.tenant(tenant)
        )


def test_another_role(world, admin):
    row = membership(world, "acme", "billing")
    with acting_as(admin):
        memberships.change_role(admin, row.id, role="network")
    with acting_as(SYSTEM):
        row.refresh_from_db()
        event = AuditEvent.objects.get()
    assert row.role == "network"
    assert (event.verb, event.detail) == ("membership.role", {"was": "billing", "is": "network"})


def test_the_same_role_is_no_event(world, admin):
    row = membership(world, "acme", "billing")
    with acting_as(admin):
        memberships.change_role(admin, row.id, role="billing")
    with acting_as(SYSTEM):
        assert not AuditEvent.objects.exists()


def test_removal(world, admin):
    row = membership(world, "acme", "billing")
    with acting_as(admin):
        memberships.remove(admin, row.id)
    with acting_as(SYSTEM):
        assert not Membership.objects.filter(id=row.id).exists()
        assert AuditEvent.objects.get().subject_name == "billing@acme.example"


LEAVE = {
    "demote": lambda admin, id_: memberships.change_role(admin, id_, role="network"),
    "remove": memberships.remove,
}


@pytest.mark.parametrize("leave", LEAVE.values(), ids=LEAVE)
def test_the_last_admin_stays(world, admin, leave):
    row = membership(world, "acme", "admin")
    with pytest.raises(Refusal, match="only admin"), acting_as(admin):
        leave(admin, row.id)


def test_one_of_two_admins_may_leave(world, admin):
    make_membership(world.acme, make_person("second@acme.example"), "admin")
    with acting_as(admin):
        memberships.remove(admin, membership_id=membership(world, "acme", "admin").id)


def test_another_tenants_member_is_not_there(world, admin):
    row = membership(world, "globex", "billing")
    with pytest.raises(Http404), acting_as(admin):
        memberships.remove(admin, row.id)
    with pytest.raises(Http404), acting_as(admin):
        memberships.change_role(admin, row.id, role="network")


def test_an_unknown_role_is_refused(world, admin):
    row = membership(world, "acme", "billing")
    with pytest.raises(Refusal) as refusal, acting_as(admin):
        memberships.change_role(admin, row.id, role="emperor")
    assert refusal.value.field == "role"
