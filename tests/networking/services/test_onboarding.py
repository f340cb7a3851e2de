"""What a customer gets before its first network, and gives back."""

import pytest
from django.db.models import F

from networking.models import AllowedPrefix, Attachment, Change, Host, Scope, Verdict
from networking.services import infrastructure, onboarding
from networking.services.infrastructure import FabricInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import Actor, acting_as
from tenants.models import AuditEvent
from tests.factories.acts import (
    Frankfurt,
    add_network,
    add_site,
    attachment_input,
    register_provider,
)
from tests.factories.tenants import make_tenant
from tests.world import World


@pytest.fixture
def staff(world: World) -> Actor:
    """An operator of the provider."""
    return world.staff_actor("operator")


def test_a_claim_makes_the_way_out(world: World, fra: Frankfurt, staff: Actor):
    initech = make_tenant("initech")
    with acting_as(staff):
        change = onboarding.claim_attachment(staff, initech.id, fra.attachments[2].id)
        attachment = Attachment.objects.get(id=change.subject_id)
        assert (attachment.tenant_id, attachment.claimed_at is None) == (initech.id, False)
        assert AuditEvent.objects.filter(tenant=initech, verb="attachment.create").exists()
    assert change.state == "pending"
    assert [line["text"] for scope in change.plan for line in scope["lines"]] == [
        "way out c03 over VLAN 103 (gateway 100.64.3.2 on h1, h2)"
    ]


def test_networks_made_before_the_claim_get_their_routes(
    world: World, fra: Frankfurt, staff: Actor
):
    initech = make_tenant("initech")
    with acting_as(staff):
        onboarding.allow_prefix(staff, initech.id, "10.1.0.0/16")
    add_network(initech)
    with acting_as(staff):
        change = onboarding.claim_attachment(staff, initech.id, fra.attachments[2].id)
    texts = [line["text"] for scope in change.plan for line in scope["lines"]]
    assert "route 10.1.0.0/24 by way of 100.64.3.2 on pe-fra" in texts


def test_networks_follow_the_way_out_to_its_fabric_and_back(
    world: World, fra: Frankfurt, staff: Actor
):
    initech, wanted = make_tenant("initech"), FabricInput("fra-two", "simulator", fra.config)
    with acting_as(staff):
        onboarding.allow_prefix(staff, initech.id, "10.1.0.0/16")
        other = infrastructure.register_fabric(staff, fra.region, wanted)
        there = infrastructure.register_attachment(staff, fra.router, other, attachment_input(9))
    add_network(initech)
    with acting_as(staff):
        claim = onboarding.claim_attachment(staff, initech.id, there.id)
        assert moves(claim) == {"fra-sim": "delete", "fra-two": "create"}
        Scope.objects.update(verified=F("wanted"))
        release = onboarding.release_attachment(staff, initech.id, there.id)
        assert moves(release) == {"fra-sim": "create", "fra-two": "delete"}


def moves(change: Change) -> dict[str, str]:
    """What becomes of networks, by fabric."""
    return {
        scope["scope"]: line["action"]
        for scope in change.plan
        for line in scope["lines"]
        if line["text"].startswith("network ")
    }


def test_what_is_claimed_is_not_spare(world: World, fra: Frankfurt, staff: Actor):
    initech = make_tenant("initech")
    with acting_as(staff), pytest.raises(Refusal) as caught:
        onboarding.claim_attachment(staff, initech.id, fra.attachments[0].id)
    assert caught.value.code == "attachment-claimed"


def test_one_way_out_a_region(world: World, fra: Frankfurt, staff: Actor):
    with acting_as(staff), pytest.raises(Refusal) as caught:
        onboarding.claim_attachment(staff, world.acme.id, fra.attachments[2].id)
    assert "attached in Frankfurt already, by c01" in caught.value.message
    elsewhere = register_provider("ber", "Berlin")
    with acting_as(staff):
        onboarding.claim_attachment(staff, world.acme.id, elsewhere.attachments[0].id)


def test_the_providers_links_meet_no_network(world: World, fra: Frankfurt, staff: Actor):
    initech = make_tenant("initech")
    with acting_as(staff):
        onboarding.allow_prefix(staff, initech.id, "100.64.0.0/16")
    add_network(initech, prefix="100.64.3.0/24")
    with acting_as(staff), pytest.raises(Refusal) as caught:
        onboarding.claim_attachment(staff, initech.id, fra.attachments[2].id)
    assert caught.value.code == "prefix-overlap"
    assert "network web" in caught.value.message


def test_a_release_waits_for_the_sites_and_for_the_devices(
    world: World, fra: Frankfurt, staff: Actor
):
    attachment, initech = fra.attachments[0], make_tenant("initech")
    add_network(world.acme)
    site = add_site(world.acme, attachment, "Berlin")
    with acting_as(staff):
        with pytest.raises(Refusal) as caught:
            onboarding.release_attachment(staff, world.acme.id, attachment.id)
        assert "leads to Berlin" in caught.value.message
        site.delete()
        change = onboarding.release_attachment(staff, world.acme.id, attachment.id)
        assert {line["action"] for scope in change.plan for line in scope["lines"]} == {"delete"}
        with pytest.raises(Refusal) as caught:
            onboarding.claim_attachment(staff, initech.id, attachment.id)
        assert caught.value.code == "attachment-unclean"
        Scope.objects.update(verified=F("wanted"))
        onboarding.claim_attachment(staff, initech.id, attachment.id)
        former = Scope.objects.get(tenant=world.acme, router=fra.router)
        assert former.vrf == "", "one VRF never belongs to two customers"


def test_a_gateway_that_still_answers_is_not_handed_over(
    world: World, fra: Frankfurt, staff: Actor
):
    """The next customer's gateway would have its addresses, on the same VLAN."""
    attachment, initech = fra.attachments[0], make_tenant("initech")
    with acting_as(staff):
        release = onboarding.release_attachment(staff, world.acme.id, attachment.id)
        Scope.objects.filter(router=fra.router).update(verified=F("wanted"))
        with pytest.raises(Refusal) as caught:
            onboarding.claim_attachment(staff, initech.id, attachment.id)
        assert caught.value.code == "attachment-unclean"
        assert "fra-sim still removes the former customer's gateway" in caught.value.message

        Scope.objects.update(verified=F("wanted"))
        text = "h1 is silent since 12:04 UTC; it catches up when it returns"
        silent = Verdict.objects.create(
            tenant=world.acme,
            change=release,
            subject_type="host",
            subject_name="h1",
            state="behind",
            text=text,
            at=release.created_at,
        )
        with pytest.raises(Refusal) as caught:
            onboarding.claim_attachment(staff, initech.id, attachment.id)
        assert caught.value.code == "attachment-unclean"
        assert "h1 was silent when c01 was released" in caught.value.message

        silent.state = "ok"
        silent.save()
        onboarding.claim_attachment(staff, initech.id, attachment.id)


def test_a_host_without_gateways_may_be_silent(world: World, fra: Frankfurt, staff: Actor):
    attachment, initech = fra.attachments[0], make_tenant("initech")
    with acting_as(staff):
        release = onboarding.release_attachment(staff, world.acme.id, attachment.id)
        Scope.objects.update(verified=F("wanted"))
        Verdict.objects.create(
            tenant=world.acme,
            change=release,
            subject_type="host",
            subject_name="h1",
            state="behind",
            at=release.created_at,
        )
        Host.objects.filter(name="h1").update(gateway_priority=0)
        onboarding.claim_attachment(staff, initech.id, attachment.id)


def test_another_vrf_only_after_the_first_is_empty(world: World, fra: Frankfurt, staff: Actor):
    first, second = fra.attachments[0], fra.attachments[2]
    add_network(world.acme)
    with acting_as(staff):
        onboarding.release_attachment(staff, world.acme.id, first.id)
        with pytest.raises(Refusal) as caught:
            onboarding.claim_attachment(staff, world.acme.id, second.id)
        assert caught.value.code == "attachment-unclean"
        assert "still removes what the customer had in c01" in caught.value.message
        Scope.objects.update(verified=F("wanted"))
        onboarding.claim_attachment(staff, world.acme.id, second.id)
        assert Scope.objects.get(tenant=world.acme, router=fra.router).vrf == "c03"


def test_prefixes_come_and_go(world: World, fra: Frankfurt, staff: Actor):
    add_network(world.acme)
    with acting_as(staff):
        allowed = onboarding.allow_prefix(staff, world.acme.id, "10.7.0.0/16")
        with pytest.raises(Refusal) as caught:
            onboarding.allow_prefix(staff, world.acme.id, "10.7.3.0/24")
        assert caught.value.code == "prefix-overlap"
        onboarding.remove_prefix(staff, world.acme.id, allowed.id)
        used = AllowedPrefix.objects.get(tenant=world.acme, prefix="10.1.0.0/16")
        with pytest.raises(Refusal) as caught:
            onboarding.remove_prefix(staff, world.acme.id, used.id)
        assert "used by web" in caught.value.message
        verbs = AuditEvent.objects.filter(subject_name="10.7.0.0/16").order_by("id")
        assert [event.verb for event in verbs] == [
            "allowed_prefix.create",
            "allowed_prefix.delete",
        ]


@pytest.mark.parametrize("prefix", ["10.1.0.1/16", "224.0.0.0/8", "169.254.0.0/16", "x"])
def test_bad_prefixes_are_refused(world: World, staff: Actor, prefix: str):
    with acting_as(staff), pytest.raises(Refusal) as caught:
        onboarding.allow_prefix(staff, world.acme.id, prefix)
    assert caught.value.field == "prefix"


def test_it_is_not_for_tenants_nor_for_finance(world: World, fra: Frankfurt):
    for actor in (world.actor("acme", "admin"), world.staff_actor("finance")):
        with acting_as(actor):
            for act in (
                lambda who=actor: onboarding.allow_prefix(who, world.acme.id, "10.9.0.0/16"),
                lambda who=actor: onboarding.claim_attachment(
                    who, world.acme.id, fra.attachments[2].id
                ),
            ):
                with pytest.raises(Refusal) as caught:
                    act()
                assert caught.value.status == 403
    with in_role(DatabaseRole.WORKER):
        assert Change.objects.filter(tenant=world.acme).count() == 1
