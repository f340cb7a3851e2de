"""What the provider runs is registered once and brought up to date after."""

from dataclasses import replace

import pytest
from django.db import DatabaseError

from networking.models import Attachment, FabricAccess, Host, Region, RouterAccess
from networking.services import infrastructure
from networking.services.infrastructure import FabricInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tenants.models import AuditEvent
from tests.factories.acts import Frankfurt, attachment_input
from tests.world import World


def test_registering_again_updates(world: World, fra: Frankfurt):
    staff = world.staff_actor("operator")
    with acting_as(staff):
        region = infrastructure.register_region(staff, "fra", "Frankfurt am Main")
        assert region.id == fra.region.id
        assert Region.objects.get().name == "Frankfurt am Main"
        config = {"path": "memory:else"}
        infrastructure.register_fabric(
            staff, region, FabricInput("fra-sim", "simulator", config, 8942)
        )
        assert FabricAccess.objects.get().config == config
        infrastructure.register_host(staff, fra.fabric, "h2", 0)
        assert Host.objects.get(name="h2").gateway_priority == 0
        before = AuditEvent.objects.count()
        infrastructure.register_attachment(staff, fra.router, fra.fabric, attachment_input(1))
        assert AuditEvent.objects.count() == before, "what stays as it is makes no event"
        assert Attachment.objects.get(name="c01").tenant_id == world.acme.id


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"vlan": 4095}, "vlan"),
        ({"name": "C 1"}, "name"),
        ({"access_prefixes": ("172.31.1.1/30",)}, "access_prefixes"),
    ],
)
def test_a_bad_attachment_is_refused(
    world: World, fra: Frankfurt, fields: dict[str, object], field: str
):
    staff = world.staff_actor("operator")
    wanted = replace(attachment_input(9), **fields)
    with acting_as(staff), pytest.raises(Refusal) as caught:
        infrastructure.register_attachment(staff, fra.router, fra.fabric, wanted)
    assert caught.value.field == field


def test_what_a_customer_has_stays_in_its_vrf(world: World, fra: Frankfurt):
    """Its scope looks into the first VRF alone: the other one would never be filled."""
    staff = world.staff_actor("operator")
    mine, spare = (replace(attachment_input(number), vrf="elsewhere") for number in (1, 3))
    with acting_as(staff):
        with pytest.raises(Refusal) as caught:
            infrastructure.register_attachment(staff, fra.router, fra.fabric, mine)
        assert caught.value.code == "attachment-claimed"
        infrastructure.register_attachment(staff, fra.router, fra.fabric, spare)


def test_both_ends_are_on_the_link_and_differ(world: World, fra: Frankfurt):
    staff = world.staff_actor("operator")
    good = attachment_input(9)
    with acting_as(staff):
        for link in (
            replace(good.ipv4, gateway="10.0.0.1"),
            replace(good.ipv4, gateway="100.64.9.1"),
        ):
            with pytest.raises(Refusal) as caught:
                infrastructure.register_attachment(
                    staff, fra.router, fra.fabric, replace(good, ipv4=link)
                )
            assert caught.value.field == "gateway_ipv4"


def test_an_unknown_backend_is_refused(world: World, fra: Frankfurt):
    staff = world.staff_actor("operator")
    with acting_as(staff), pytest.raises(Refusal) as caught:
        infrastructure.register_fabric(staff, fra.region, FabricInput("fra-2", "magic", {}))
    assert "ovn, simulator" in caught.value.message


@pytest.mark.parametrize("access", [FabricAccess, RouterAccess])
def test_no_tenant_reads_how_a_device_is_reached(
    world: World, fra: Frankfurt, access: type[FabricAccess]
):
    with (
        in_role(DatabaseRole.WORKER),
        pytest.raises(DatabaseError, match="permission denied"),
        in_role(DatabaseRole.TENANT, world.acme.id),
    ):
        access.objects.first()


def test_a_tenant_sees_its_own_attachment_alone(world: World, fra: Frankfurt):
    with in_role(DatabaseRole.TENANT, world.acme.id):
        assert [row.name for row in Attachment.objects.all()] == ["c01"]
    with (
        in_role(DatabaseRole.WORKER),
        pytest.raises(DatabaseError, match="permission denied"),
        in_role(DatabaseRole.TENANT, world.acme.id),
    ):
        Attachment.objects.update(vlan=1)
