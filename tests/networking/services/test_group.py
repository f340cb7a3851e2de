"""Groups: what they are made of, what a label moves, and every refusal."""

from typing import Any
from uuid import uuid4

import pytest

from networking.models import Change, Group, Port
from networking.services import changes, groups, networks, ports
from networking.services.groups import GroupInput
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_vip,
    allow_vips,
)
from tests.world import World


def lines(change: Change | changes.Preview) -> list[str]:
    """All that the plan says."""
    return [line["text"] for scope in change.plan for line in scope["lines"]]


def test_a_group_is_told_with_the_addresses_of_its_members(world: World, fra: Frankfurt):
    web = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    port = add_port(world.acme, web, "web-1", labels={"app": "shop", "tier": "front"})
    add_port(world.acme, web, "web-2", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    wanted = GroupInput(
        "fronts", labels={"tier": "front", "app": "shop"}, prefixes=("192.0.2.0/24",)
    )
    with acting_as(actor):
        change = groups.create(actor, wanted)
    assert lines(change) == [f"group fronts of web-1 (10.1.0.2, {port.ipv6_address}), 192.0.2.0/24"]
    assert change.after["labels"] == {"app": "shop", "tier": "front"}


def test_a_label_moves_a_machine(world: World, fra: Frankfurt):
    web = add_network(world.acme)
    port = add_port(world.acme, web, "web-1", labels={"app": "shop"})
    add_group(world.acme, "shop", labels={"app": "shop"})
    add_group(world.acme, "till", labels={"app": "till"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.update(actor, port.id, {"labels": {"app": "till"}})
        assert lines(change) == [
            "group shop: web-1 (10.1.0.2) leaves",
            "group till: web-1 (10.1.0.2) joins",
        ]
        assert lines(changes.revert(actor, change.id)) == [
            "group shop: web-1 (10.1.0.2) joins",
            "group till: web-1 (10.1.0.2) leaves",
        ]


def test_a_machine_that_goes_leaves_its_groups(world: World, fra: Frankfurt):
    port = add_port(world.acme, add_network(world.acme), "web-1", labels={"app": "shop"})
    add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        assert "group shop: web-1 (10.1.0.2) leaves" in lines(ports.delete(actor, port.id))


def test_a_machine_is_named_whatever_its_labels_are(world: World, fra: Frankfurt):
    web = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    add_port(world.acme, web, "web-1", labels={"app": "shop"})
    named = add_port(world.acme, web, "web-2")
    group = add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = groups.update(actor, group.id, {"ports": (named.id, named.id)})
        assert lines(change) == [f"group shop: web-2 (10.1.0.3, {named.ipv6_address}) joins"]
        assert (change.before["machines"], change.after["machines"]) == ([], ["web-2"])
        moved = ports.update(actor, named.id, {"ipv4_address": "10.1.0.9"})
        assert "group shop: web-2 (10.1.0.9) joins; web-2 (10.1.0.3) leaves" in lines(moved)
        kept = groups.update(actor, group.id, {"description": "Those that sell."})
        assert kept.after["machines"] == ["web-2"]
        back = groups.update(actor, group.id, {"ports": ()})
        assert lines(back) == [f"group shop: web-2 (10.1.0.9, {named.ipv6_address}) leaves"]


def test_a_machine_that_is_labelled_and_named_is_there_once(world: World, fra: Frankfurt):
    port = add_port(world.acme, add_network(world.acme), "web-1", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        made = groups.create(actor, GroupInput("shop", labels={"app": "shop"}, ports=(port.id,)))
        assert lines(made) == ["group shop of web-1 (10.1.0.2)"]
        relabelled = ports.update(actor, port.id, {"labels": {}})
    assert relabelled.plan == []


def test_who_deletes_a_named_machine_is_warned_and_can_take_it_back(world: World, fra: Frankfurt):
    allow_vips(world.acme)
    port = add_port(world.acme, add_network(world.acme), "web-1")
    add_group(world.acme, "shop", ports=(port.id,))
    add_vip(world.acme, "front", members=(port.id,), health_check=False)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        gone = ports.delete(actor, port.id)
        assert gone.warnings == ["web-1 is named by group shop and VIP front, which lose it."]
        assert "group shop: web-1 (10.1.0.2) leaves" in lines(gone)
        with pytest.raises(Refusal) as caught:
            groups.create(actor, GroupInput("late", ports=(port.id,)))
        assert (caught.value.code, caught.value.status) == ("retiring", 409)
        Port.objects.update(name="old", mac="02:00:00:00:00:01", ipv4_address="10.1.0.77")
        back = changes.revert(actor, gone.id)
        assert {"group shop: web-1 (10.1.0.2) joins", "VIP front: web-1 joins"} <= set(lines(back))
        assert (back.after["groups"], back.after["vips"]) == (["shop"], ["front"])


def test_a_machine_that_is_gone_stays_away_from_a_group_that_comes_back(
    world: World, fra: Frankfurt
):
    web = add_network(world.acme)
    first, second = (add_port(world.acme, web, name) for name in ("web-1", "web-2"))
    group = add_group(world.acme, "shop", ports=(first.id, second.id))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        edit = groups.update(actor, group.id, {"ports": (second.id,)})
        ports.delete(actor, first.id)
        back = changes.revert(actor, edit.id)
    assert back.after["machines"] == ["web-2"]


def test_a_network_brings_its_prefixes_along(world: World, fra: Frankfurt):
    web = add_network(world.acme)
    add_group(world.acme, "webs", networks=(web.id,))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.update(actor, web.id, {"ipv6_prefix": "fd10:1:0:2::/64"})
        assert "group webs: fd10:1:0:2::/64 joins" in lines(change)
        with pytest.raises(Refusal) as caught:
            networks.delete(actor, web.id)
    assert caught.value.code == "network-in-use"
    assert "group webs" in caught.value.message


def test_a_label_that_no_group_asks_for_moves_nothing(world: World, fra: Frankfurt):
    port = add_port(world.acme, add_network(world.acme), "web-1", labels={"app": "shop"})
    add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.update(actor, port.id, {"labels": {"app": "shop", "tier": "db"}})
    assert (change.plan, change.state) == ([], Change.State.DONE)


@pytest.mark.parametrize(
    ("fields", "code", "field", "says"),
    [
        ({}, "members-needed", "labels", "app=shop"),
        ({"name": "My Shop", "prefixes": ("10.0.0.0/8",)}, "name-invalid", "name", "my-shop"),
        ({"name": "taken", "prefixes": ("10.0.0.0/8",)}, "name-taken", "name", "already"),
        ({"labels": {"App": "shop"}}, "labels-invalid", "labels", "lower case"),
        ({"prefixes": ("10.0.0.1/8",)}, "prefix-invalid", "prefixes", "10.0.0.0/8"),
        ({"prefixes": ("shop",)}, "prefix-invalid", "prefixes", "Write it like"),
        ({"networks": (uuid4(),)}, "network-unknown", "networks", "not there"),
        ({"ports": (uuid4(),)}, "port-unknown", "ports", "not there"),
        ({"ports": tuple(uuid4() for _ in range(1001))}, "ports-many", "ports", "label"),
        (
            {"prefixes": ("10.0.0.0/8",), "description": "x" * 256},
            "description-long",
            "description",
            "255",
        ),
    ],
)
def test_refusals(
    world: World, fra: Frankfurt, fields: dict[str, Any], code: str, field: str, says: str
):
    add_group(world.acme, "taken", prefixes=("192.0.2.0/24",))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            groups.create(actor, GroupInput(**{"name": "shop", **fields}))
        assert Group.objects.count() == 1
    assert (caught.value.code, caught.value.field) == (code, field)
    assert says in caught.value.message


def test_a_network_of_another_tenant_is_a_missing_one(world: World, fra: Frankfurt):
    theirs = add_network(world.globex, "office")
    actor = world.actor("acme", "network")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        groups.create(actor, GroupInput("shop", networks=(theirs.id,)))
    assert caught.value.code == "network-unknown"


def test_a_machine_of_another_tenant_is_a_missing_one(world: World, fra: Frankfurt):
    theirs = add_port(world.globex, add_network(world.globex, "office"), "desk")
    actor = world.actor("acme", "network")
    with acting_as(actor), pytest.raises(Refusal) as caught:
        groups.create(actor, GroupInput("shop", ports=(theirs.id,)))
    with acting_as(actor), pytest.raises(Refusal) as unknown:
        groups.create(actor, GroupInput("shop", ports=(uuid4(),)))
    assert (caught.value.code, caught.value.status) == ("port-unknown", 404)
    assert caught.value.message == unknown.value.message


def test_each_act_can_be_taken_back(world: World, fra: Frankfurt):
    web = add_network(world.acme)
    actor = world.actor("acme", "network")
    port = add_port(world.acme, web, "web-1")
    wanted = GroupInput(
        "webs", "All of them", {"app": "shop"}, (web.id,), ("192.0.2.0/24",), (port.id,)
    )
    with acting_as(actor):
        made = groups.create(actor, wanted)
        group = Group.objects.get()
        edit = groups.update(
            actor, group.id, {"networks": (), "ports": (), "name": "rest"}, expect=1
        )
        changes.revert(actor, edit.id)
        group.refresh_from_db()
        assert (group.name, [one.name for one in group.networks.all()]) == ("webs", ["web"])
        assert [one.name for one in group.ports.all()] == ["web-1"]
        gone = changes.revert(actor, made.id)
        assert gone.before == made.after
    with acting_as(actor):
        Group.objects.update(name="away")
        again = changes.revert(actor, gone.id)
    assert again.after == made.after
