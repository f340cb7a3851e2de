"""The permission table and the database roles."""

import pytest

from portal.lib.db import DatabaseRole, entered
from portal.lib.ids import uuid7
from tenants.access import (
    PERMISSIONS,
    STAFF_PERMISSIONS,
    SYSTEM,
    TENANT_PERMISSIONS,
    Actor,
    Capability,
    TenantRef,
    acting_as,
    database_role,
)
from tenants.models import Role, StaffRole

ACME = TenantRef(uuid7(), "acme", "Acme")


def person(role="", staff_role="", tenant=None):
    return Actor("person", uuid7(), "Ada", tenant, role, staff_role)


def test_every_role_has_its_line():
    assert set(TENANT_PERMISSIONS) == set(Role.values)
    assert set(STAFF_PERMISSIONS) == set(StaffRole.values) - {""}
    assert not set(TENANT_PERMISSIONS) & set(STAFF_PERMISSIONS)


def test_every_capability_is_somebodys():
    assert set(Capability) == set().union(*PERMISSIONS.values())


def test_staff_and_tenant_capabilities_do_not_mix():
    of_tenants = set().union(*TENANT_PERMISSIONS.values())
    of_staff = set().union(*STAFF_PERMISSIONS.values())
    assert not of_tenants & of_staff


@pytest.mark.parametrize("role", Role.values)
def test_a_tenants_role_counts_inside_the_tenant_alone(role):
    inside, outside = person(role, tenant=ACME), person(role)
    assert {c for c in Capability if inside.can(c)} == TENANT_PERMISSIONS[role]
    assert not any(outside.can(c) for c in Capability)


@pytest.mark.parametrize("role", list(STAFF_PERMISSIONS))
def test_a_staff_role_counts_outside_of_tenants_alone(role):
    outside, inside = person(staff_role=role), person(staff_role=role, tenant=ACME)
    assert {c for c in Capability if outside.can(c)} == STAFF_PERMISSIONS[role]
    assert not any(inside.can(c) for c in Capability)


def test_an_unknown_role_may_nothing():
    assert not any(person("emperor", tenant=ACME).can(c) for c in Capability)


def test_reading_is_not_writing():
    for role in ("read_only", "billing"):
        for capability in ("NETWORK_WRITE", "PEOPLE_MANAGE", "TOKENS_MANAGE"):
            assert not person(role, tenant=ACME).can(Capability[capability])


@pytest.mark.parametrize(
    ("actor", "role", "tenant_id"),
    [
        (SYSTEM, DatabaseRole.WORKER, None),
        (person("admin", tenant=ACME), DatabaseRole.TENANT, ACME.id),
        (person("admin", "operator", ACME), DatabaseRole.TENANT, ACME.id),
        (person(staff_role="finance"), DatabaseRole.STAFF, None),
        (person(), DatabaseRole.IDENTITY, None),
    ],
)
def test_an_actor_works_in_the_narrowest_role(db, actor, role, tenant_id):
    assert database_role(actor) is role
    with acting_as(actor):
        scope = entered()
    assert (scope.role, scope.tenant_id) == (role, tenant_id)
