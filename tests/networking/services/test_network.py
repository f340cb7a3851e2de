"""Networks: what is written, and every refusal."""

import pytest

from networking.models import Change, ChangeScope, Network, NetworkSite, Scope
from networking.services import changes, networks, ports
from networking.services.networks import NetworkInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tenants.models import AuditEvent, Tenant
from tests.factories.acts import Frankfurt, add_network, add_port, add_site
from tests.world import World


def shop(**fields: object) -> NetworkInput:
    """A network that nothing is wrong with, but for what the test says."""
    wanted = {"name": "shop", "region": "fra", "ipv4_prefix": "10.1.5.0/24"}
    return NetworkInput(**(wanted | fields))


def refusal(world: World, wanted: NetworkInput) -> Refusal:
    """What Acme's network role is told; nothing was written."""
    actor = world.actor("acme", "network")
    with acting_as(actor):
        before = Change.objects.count()
        with pytest.raises(Refusal) as caught:
            networks.create(actor, wanted)
        assert Change.objects.count() == before
        assert not Network.objects.filter(name="shop").exists()
    return caught.value


def test_create_writes_network_change_scopes_and_audit_event(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.create(actor, shop(ipv6_prefix="fd10:1:0:5::/64"))
        network = Network.objects.get(id=change.subject_id)
        scopes = Scope.objects.filter(id__in=change.touched_scopes.values("scope"))
        event = AuditEvent.objects.filter(verb="network.create").get()

        assert str(network.ipv4_prefix) == "10.1.5.0/24"
        assert (change.state, change.verb, change.generation) == ("pending", "create", 2)
        assert {scope.name for scope in scopes} == {"fra-sim", "pe-fra"}
        assert {scope.wanted for scope in scopes} == {2}
        assert event.actor_id == actor.id
        assert event.detail["change"] == str(change.id)
        assert [line["text"] for scope in change.plan for line in scope["lines"]] == [
            "network shop 10.1.5.0/24, fd10:1:0:5::/64 (gateway 10.1.5.1, DHCP, MTU 1400)",
            "route 10.1.5.0/24 by way of 100.64.1.2 on pe-fra",
            "route fd10:1:0:5::/64 by way of fd00:64:1::2 on pe-fra",
        ]


@pytest.mark.parametrize(
    ("wanted", "code", "field", "says"),
    [
        (shop(ipv4_prefix="10.1.5.7/24"), "prefix-invalid", "ipv4_prefix", "10.1.5.0/24"),
        (shop(ipv4_prefix="rubbish"), "prefix-invalid", "ipv4_prefix", "Write it like"),
        (shop(ipv4_prefix="10.1.5.0"), "prefix-invalid", "ipv4_prefix", "Write it like"),
        (shop(ipv4_prefix="fd10:1::/64"), "prefix-invalid", "ipv4_prefix", "IPv4"),
        (shop(ipv4_prefix="10.0.0.0/7"), "prefix-length", "ipv4_prefix", "8 to 29"),
        (shop(ipv4_prefix="10.1.5.0/30"), "prefix-length", "ipv4_prefix", "too small"),
        (shop(ipv4_prefix="0.0.0.0/1"), "prefix-length", "ipv4_prefix", "too large"),
        (shop(ipv6_prefix="fd10:1::/56"), "prefix-length", "ipv6_prefix", "length 64"),
        (shop(ipv4_prefix="10.2.0.0/24"), "prefix-not-allowed", "ipv4_prefix", "10.1.0.0/16"),
        (
            shop(ipv4_prefix="10.2.0.0/24"),
            "prefix-not-allowed",
            "ipv4_prefix",
            "10.1.0.0/24 is free",
        ),
        (shop(ipv6_prefix="fd99::/64"), "prefix-not-allowed", "ipv6_prefix", "fd10:1::/48"),
        (shop(mtu=1500), "mtu-invalid", "mtu", "1442"),
        (shop(mtu=500), "mtu-invalid", "mtu", "576"),
        (shop(mtu=1200, ipv6_prefix="fd10:1::/64"), "mtu-invalid", "mtu", "1280"),
        (shop(name="Web Shop!"), "name-invalid", "name", "'web-shop' would do"),
        (shop(name=""), "name-invalid", "name", "lower-case"),
        (shop(region="nowhere"), "region-unknown", "region", "fra"),
        (shop(learned_by="most"), "learned-by-invalid", "learned_by", "all, some, none"),
        (shop(learned_by="some"), "sites-needed", "sites", "at least one site"),
    ],
)
def test_bad_input_is_refused(
    world: World, fra: Frankfurt, wanted: NetworkInput, code: str, field: str, says: str
):
    refused = refusal(world, wanted)
    assert (refused.code, refused.field, refused.status) == (code, field, 422)
    assert says in refused.message


def test_overlap_names_the_network_and_a_free_prefix(world: World, fra: Frankfurt):
    add_network(world.acme, "web", "10.1.0.0/22")
    refused = refusal(world, shop(ipv4_prefix="10.1.3.0/24"))
    assert (refused.code, refused.field) == ("prefix-overlap", "ipv4_prefix")
    assert refused.message == (
        "10.1.3.0/24 overlaps network web (10.1.0.0/22). 10.1.4.0/24 is free."
    )


def test_overlap_with_what_a_site_announces(world: World, fra: Frankfurt):
    add_site(world.acme, fra.attachments[0], "Berlin", accepted=("10.1.5.128/25",))
    assert "site Berlin announces" in refusal(world, shop()).message


def test_overlap_with_the_providers_links(world: World, fra: Frankfurt):
    with in_role(DatabaseRole.STAFF):
        fra.attachments[0].access_prefixes = ["10.1.5.0/30"]
        fra.attachments[0].save()
    assert "access line of c01" in refusal(world, shop()).message


def test_two_customers_may_use_the_same_prefix(world: World, fra: Frankfurt):
    add_network(world.globex, "shop", "10.1.5.0/24")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        assert networks.create(actor, shop()).state == "pending"


def test_a_taken_name_is_refused(world: World, fra: Frankfurt):
    add_network(world.acme, "cash", "10.1.5.0/24")
    refused = refusal(world, shop(name="cash", ipv4_prefix="10.1.6.0/24"))
    assert (refused.code, refused.field) == ("name-taken", "name")


def test_a_suspended_tenant_changes_nothing(world: World, fra: Frankfurt):
    with in_role(DatabaseRole.STAFF):
        Tenant.objects.filter(id=world.acme.id).update(state="suspended")
    refused = refusal(world, shop())
    assert (refused.code, refused.status) == ("tenant-suspended", 403)


def test_reading_is_not_writing(world: World, fra: Frankfurt):
    actor = world.actor("acme", "read_only")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        networks.create(actor, shop())
    assert caught.value.status == 403


def test_no_site_learns_it_and_it_says_so(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.create(actor, shop())
    assert change.warnings == ["No site learns shop: you have none in Frankfurt."]


def test_only_the_chosen_sites_learn_it(world: World, fra: Frankfurt):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=())
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.create(actor, shop(learned_by="some", sites=(berlin.id,)))
        router = next(scope for scope in change.plan if scope["device"] == "router")
        assert router["lines"][-1] == {"action": "create", "text": "Berlin learns 10.1.5.0/24"}
        assert NetworkSite.objects.count() == 1

        network = Network.objects.get(id=change.subject_id)
        change = networks.update(actor, network.id, {"learned_by": "all"}, expect=1)
        assert [line["text"] for line in change.plan[0]["lines"]] == ["Munich learns 10.1.5.0/24"]
        assert change.summary == "Change network shop: learned by some → all, sites"
        assert not NetworkSite.objects.exists()


def test_another_tenants_site_cannot_be_chosen(world: World, fra: Frankfurt):
    oslo = add_site(world.globex, fra.attachments[1], "Oslo")
    refused = refusal(world, shop(learned_by="some", sites=(oslo.id,)))
    assert (refused.code, refused.field) == ("site-unknown", "sites")


def test_update_counts_the_version_and_refuses_a_stale_one(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.update(actor, network.id, {"mtu": 1300, "dhcp": False}, expect=1)
        assert change.before["mtu"] == 1400
        assert change.after["mtu"] == 1300
        assert change.plan[0]["lines"][0]["text"] == "network web: MTU 1400 → 1300; DHCP on → off"
        assert len(change.plan) == 1
        with pytest.raises(Refusal) as caught:
            networks.update(actor, network.id, {"mtu": 1200}, expect=1)
    assert (caught.value.code, caught.value.status) == ("stale-version", 412)


def test_a_prefix_may_grow_but_not_leave_its_machines(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1", ipv4_address="10.1.0.200")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            networks.update(actor, network.id, {"ipv4_prefix": "10.1.0.0/25"})
        assert "web-1 (10.1.0.200)" in caught.value.message
        assert networks.update(actor, network.id, {"ipv4_prefix": "10.1.0.0/23"}).plan


def test_a_new_ipv6_prefix_gives_machines_their_address(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    port = add_port(world.acme, network, mac="02:00:00:00:00:01")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.update(actor, network.id, {"ipv6_prefix": "fd10:1::/64"})
        port.refresh_from_db()
        assert str(port.ipv6_address) == "fd10:1::ff:fe00:1"
        assert "machine web-1: IPv6 address none → fd10:1::ff:fe00:1" in [
            line["text"] for line in change.plan[0]["lines"]
        ]
        networks.update(actor, network.id, {"ipv6_prefix": ""})
        port.refresh_from_db()
        assert port.ipv6_address is None


def test_delete_retires_and_keeps_the_prefix_taken(world: World, fra: Frankfurt):
    network = add_network(world.acme, "old", "10.1.5.0/24")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.delete(actor, network.id, expect=1)
        assert [line["action"] for scope in change.plan for line in scope["lines"]] == [
            "delete",
            "delete",
        ]
        assert Network.objects.get(id=network.id).retiring_at
        with pytest.raises(Refusal) as again:
            networks.delete(actor, network.id)
    assert (again.value.code, again.value.status) == ("retiring", 409)
    assert "old (being deleted)" in refusal(world, shop()).message


def test_a_network_with_machines_stays(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            networks.delete(actor, network.id)
        ports.delete(actor, network.ports.get().id)
        assert networks.delete(actor, network.id).verb == "delete"
    assert (caught.value.code, caught.value.status) == ("network-in-use", 409)
    assert "web-1 (10.1.0.2)" in caught.value.message


def test_a_foreign_network_is_as_missing_as_none(world: World, fra: Frankfurt):
    foreign = add_network(world.globex)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            networks.update(actor, foreign.id, {"mtu": 1300})
        with pytest.raises(Refusal) as missing:
            networks.update(actor, world.acme.id, {"mtu": 1300})
    assert caught.value.status == 404
    assert caught.value.message == missing.value.message


def test_a_change_that_reaches_no_device_is_done(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.update(actor, network.id, {"mtu": 1400})
        assert (change.state, change.plan) == ("done", [])
        assert not ChangeScope.objects.filter(change=change).exists()


def test_default_deny_says_what_it_cuts(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        on = networks.update(actor, network.id, {"default_deny": True})
        renamed = networks.update(actor, network.id, {"name": "front"})
        off = changes.revert(actor, on.id)
    (scope,) = on.plan
    assert [line["text"] for line in scope["lines"]] == ["network web: default deny off → on"]
    assert "What no rule allows is cut" in on.warnings[0]
    assert "outside your networks" in on.warnings[0]
    assert not any("cut" in text for text in renamed.warnings)
    assert "What no rule denies passes" in off.warnings[0]
    assert off.after["default_deny"] is False
