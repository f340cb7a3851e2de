"""VIPs: where they can be, who serves them, every refusal, and the way back."""

from typing import Any
from uuid import uuid4

import pytest

from networking.models import AllowedPrefix, Network, Vip
from networking.services import changes, onboarding, ports, vips
from networking.services.vips import VipInput, VipPortInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_site,
    add_vip,
    allow_vips,
    register_provider,
)
from tests.networking.services.test_group import lines
from tests.world import World

HTTPS = (VipPortInput("tcp", 443, 8443),)


@pytest.fixture
def web(world: World, fra: Frankfurt) -> Network:
    """A network whose machines may serve VIPs, and prefixes for those."""
    allow_vips(world.acme)
    return add_network(world.acme)


def test_a_vip_is_published_to_fabric_router_and_sites(world: World, fra: Frankfurt, web: Network):
    add_site(world.acme, fra.attachments[0], "Berlin")
    port = add_port(world.acme, web, "web-1")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        first = vips.create(actor, VipInput("shop", "fra", HTTPS, members=(port.id,)))
        second = vips.create(actor, VipInput("till", "fra", HTTPS, members=(port.id,)))
    assert lines(first) == [
        "VIP shop 10.99.0.1 (TCP 443 to 8443) over web-1, open to whom rules let reach these",
        "network web: source of health checks none → 10.1.0.3",
        "route 10.99.0.0/28 by way of 100.64.1.2 on pe-fra",
        "Berlin learns 10.99.0.0/28",
    ]
    assert lines(second) == [
        "VIP till 10.99.0.2 (TCP 443 to 8443) over web-1, open to whom rules let reach these"
    ]


def test_the_last_vip_takes_the_prefix_back(world: World, fra: Frankfurt, web: Network):
    port = add_port(world.acme, web, "web-1")
    vip = add_vip(world.acme, members=(port.id,))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = vips.delete(actor, vip.id)
    assert "route 10.99.0.0/28 by way of 100.64.1.2 on pe-fra" in lines(change)


def test_a_label_moves_a_machine_into_a_vip(world: World, fra: Frankfurt, web: Network):
    port = add_port(world.acme, web, "web-1")
    group = add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = vips.create(actor, VipInput("shop", "fra", HTTPS, group=group.id))
        assert "has no machine" in change.warnings[0]
        moved = ports.update(actor, port.id, {"labels": {"app": "shop"}})
        assert lines(moved) == ["group shop: web-1 (10.1.0.2) joins", "VIP shop: web-1 joins"]
        gone = ports.delete(actor, port.id)
        assert "VIP shop: web-1 leaves" in lines(gone)


def test_no_machine_gets_the_address_that_checks_come_from(
    world: World, fra: Frankfurt, web: Network
):
    port = add_port(world.acme, web, "web-1")
    add_vip(world.acme, members=(port.id,))
    assert str(add_port(world.acme, web, "web-2").ipv4_address) == "10.1.0.4"
    later = add_network(world.acme, "later", "10.1.1.0/24")
    assert str(later.probe_ipv4) == "10.1.1.2"
    with pytest.raises(Refusal) as caught:
        add_port(world.acme, web, "web-3", ipv4_address="10.1.0.3")
    assert "where health checks come from" in caught.value.message


@pytest.mark.parametrize(
    ("fields", "code", "field", "says"),
    [
        ({"ipv4_address": "10.1.0.9"}, "vip-inside", "ipv4_address", "network web"),
        ({"ipv4_address": "10.50.0.9"}, "address-outside", "ipv4_address", "10.99.0.0/28"),
        ({"ipv4_address": "10.99.0.7"}, "address-taken", "ipv4_address", "VIP taken"),
        ({"ipv4_address": "fd10::1"}, "address-invalid", "ipv4_address", "IPv4"),
        ({"ipv6_address": "fd10:50::1"}, "address-outside", "ipv6_address", "fd10:99::/64"),
        ({"name": "taken"}, "name-taken", "name", "already"),
        ({"ports": ()}, "ports-needed", "ports", "TCP 443"),
        ({"ports": (VipPortInput("icmp", 1),)}, "protocol-unknown", "ports", "udp"),
        ({"ports": (VipPortInput("tcp", 70000),)}, "ports-invalid", "ports", "70000"),
        ({"ports": HTTPS * 2}, "ports-invalid", "ports", "twice"),
        ({"members": ()}, "members-needed", "members", "group"),
        ({"members": (uuid4(),)}, "member-unknown", "members", "not there"),
        ({"group": uuid4()}, "group-unknown", "group", "Choose"),
        ({"check_interval": 0}, "check-invalid", "check_interval", "1 to 300"),
        ({"region": "ber"}, "region-unknown", "region", "fra"),
    ],
)
def test_refusals(
    world: World, web: Network, fields: dict[str, Any], code: str, field: str, says: str
):
    port = add_port(world.acme, web, "web-1")
    add_vip(world.acme, "taken", ipv4_address="10.99.0.7", members=(port.id,))
    actor = world.actor("acme", "network")
    given = {"name": "shop", "region": "fra", "ports": HTTPS, "members": (port.id,), **fields}
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            vips.create(actor, VipInput(**given))
        assert Vip.objects.count() == 1
    assert (caught.value.code, caught.value.field) == (code, field)
    assert says in caught.value.message


def test_a_member_of_another_tenant_is_a_missing_one(world: World, web: Network):
    theirs = add_port(world.globex, add_network(world.globex, "office"), "pc")
    actor = world.actor("acme", "network")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        vips.create(actor, VipInput("shop", "fra", HTTPS, members=(theirs.id,)))
    assert (caught.value.code, caught.value.status) == ("member-unknown", 404)


def test_a_prefix_leads_to_one_region(world: World, fra: Frankfurt, web: Network):
    add_vip(world.acme, members=(add_port(world.acme, web, "web-1").id,))
    register_provider("ber", "Berlin")
    far = add_network(world.acme, "far", "10.1.9.0/24", region="ber")
    port = add_port(world.acme, far, "far-1")
    actor = world.actor("acme", "network")
    for address, code in (("10.99.0.9", "vip-prefix-elsewhere"), ("", "vip-prefix-needed")):
        wanted = VipInput("far", "ber", HTTPS, ipv4_address=address, members=(port.id,))
        with acting_as(actor), pytest.raises(Refusal) as caught:
            vips.create(actor, wanted)
        assert caught.value.code == code
    with acting_as(actor), pytest.raises(Refusal) as caught:
        vips.create(actor, VipInput("near", "fra", HTTPS, members=(port.id,)))
    assert caught.value.code == "member-elsewhere"


def test_a_prefix_with_a_vip_cannot_be_taken_back(world: World, web: Network):
    add_vip(world.acme, members=(add_port(world.acme, web, "web-1").id,))
    with in_role(DatabaseRole.STAFF):
        home = AllowedPrefix.objects.get(tenant=world.acme, prefix="10.99.0.0/28")
        with pytest.raises(Refusal) as caught:
            onboarding.remove_prefix(SYSTEM, world.acme.id, home.id)
    assert "VIP shop" in caught.value.message


def test_each_act_can_be_taken_back(world: World, web: Network):
    port = add_port(world.acme, web, "web-1")
    group = add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        made = vips.create(actor, VipInput("shop", "fra", HTTPS, members=(port.id,)))
        edit = vips.update(
            actor,
            made.subject_id,
            {"members": (), "group": group.id, "ports": (VipPortInput("udp", 53),)},
            expect=1,
        )
        undone = changes.revert(actor, edit.id)
        assert undone.after == made.after
        gone = changes.revert(actor, made.id)
    with in_role(DatabaseRole.WORKER):
        Vip.objects.update(name="away", ipv4_address="10.99.0.9")
    with acting_as(actor):
        again = changes.revert(actor, gone.id)
    assert again.after == made.after
