"""Renaming, suspending and taking back."""

import pytest

from portal.lib.errors import Refusal
from portal.services import customers
from tenants.access import acting_as
from tenants.models import Tenant
from tests.factories.tenants import ref


def test_name_and_state_change_in_one_act(world):
    operator = world.staff_actor("operator")
    with acting_as(operator):
        renamed = customers.update(operator, ref(world.acme), name="Acme AG", state="suspended")
        row = Tenant.objects.get(id=world.acme.id)
    assert (renamed.name, row.name, row.state) == ("Acme AG", "Acme AG", "suspended")


@pytest.mark.parametrize("state", ["closing", "gone", ""])
def test_other_states_are_refused_and_the_name_stays(world, state):
    operator = world.staff_actor("operator")
    with acting_as(operator):
        with pytest.raises(Refusal) as refused:
            customers.update(operator, ref(world.acme), name="New", state=state)
        assert Tenant.objects.get(id=world.acme.id).name == "Acme"
    assert refused.value.field == "state"
