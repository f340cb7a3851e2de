"""Customers as such."""

import pytest

from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tenants.models import AuditEvent, Tenant, TenantState
from tenants.services import tenants
from tests.factories.tenants import ref


@pytest.fixture
def operator(world):
    return world.staff_actor("operator")


def test_a_new_customer(world, operator):
    with acting_as(operator):
        made = tenants.create(operator, slug="initech", name="Initech")
        row = Tenant.objects.get(slug="initech")
        event = AuditEvent.objects.get()
    assert (row.id, row.name, row.state) == (made.id, "Initech", TenantState.ACTIVE)
    assert (event.verb, event.tenant_id) == ("tenant.create", made.id)


@pytest.mark.parametrize(
    ("slug", "name", "field"),
    [
        ("acme", "Another Acme", "slug"),
        ("new", "New", "slug"),
        ("No Slug", "No", "slug"),
        ("-x", "No", "slug"),
        ("", "No", "slug"),
        ("fine", "", "name"),
    ],
)
def test_refusals(world, operator, slug, name, field):
    with pytest.raises(Refusal) as refusal, acting_as(operator):
        tenants.create(operator, slug=slug, name=name)
    assert refusal.value.field == field


def test_another_name_and_another_state(world, operator):
    with acting_as(operator):
        renamed = tenants.rename(operator, ref(world.acme), name="Acme Corp")
        tenants.set_state(operator, renamed, state=TenantState.SUSPENDED)
        row = Tenant.objects.get(slug="acme")
    assert (row.name, row.state) == ("Acme Corp", "suspended")
    with acting_as(SYSTEM):
        details = list(AuditEvent.objects.order_by("id").values_list("detail", flat=True))
    assert details == [{"was": "Acme"}, {"was": "active", "is": "suspended"}]
