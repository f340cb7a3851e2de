"""Ports: addresses that are chosen, and every refusal."""

import pytest

from networking.models import Port
from networking.services import networks, ports
from networking.services.ports import PortInput
from portal.lib.errors import Refusal
from tenants.access import acting_as
from tests.factories.acts import Frankfurt, add_network, add_port
from tests.world import World


def refusal(world: World, wanted: PortInput) -> Refusal:
    """What Acme's network role is told; nothing was written."""
    actor = world.actor("acme", "network")
    with acting_as(actor):
        before = Port.objects.count()
        with pytest.raises(Refusal) as caught:
            ports.create(actor, wanted)
        assert Port.objects.count() == before
    return caught.value


def test_address_and_mac_are_chosen(world: World, fra: Frankfurt):
    network = add_network(world.acme, ipv6_prefix="fd10:1::/64")
    taken = add_port(world.acme, network, "web-1", ipv4_address="10.1.0.3", labels={"app": "shop"})
    first = add_port(world.acme, network, "web-2")
    second = add_port(world.acme, network, "web-3")
    assert [str(port.ipv4_address) for port in (taken, first, second)] == [
        "10.1.0.3",
        "10.1.0.2",
        "10.1.0.4",
    ]
    assert int(str(first.mac)[:2], 16) & 0b11 == 0b10
    # RFC 4291, appendix A: ff:fe in the middle and the local bit turned over.
    octets = [int(octet, 16) for octet in str(first.mac).split(":")]
    address = first.ipv6_address.packed
    assert address[:8] == bytes.fromhex("fd10000100000000")
    assert address[8:] == bytes((octets[0] ^ 2, *octets[1:3], 0xFF, 0xFE, *octets[3:]))


def test_only_the_fabric_hears_of_a_machine(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.create(actor, PortInput(network.id, "web-1", mac="02:00:00:00:00:01"))
        (scope,) = change.plan
        assert scope["scope"] == "fra-sim"
        assert scope["lines"] == [
            {
                "action": "create",
                "text": "machine web-1 10.1.0.2 in network web (MAC 02:00:00:00:00:01)",
            }
        ]


@pytest.mark.parametrize(
    ("fields", "code", "field", "says"),
    [
        ({"ipv4_address": "10.1.9.4"}, "address-outside", "ipv4_address", "10.1.0.3 is free"),
        ({"ipv4_address": "10.1.0.1"}, "address-outside", "ipv4_address", "its gateway"),
        ({"ipv4_address": "10.1.0.0"}, "address-outside", "ipv4_address", "the network itself"),
        ({"ipv4_address": "10.1.0.255"}, "address-outside", "ipv4_address", "broadcast"),
        ({"ipv4_address": "10.1.0.2"}, "address-taken", "ipv4_address", "web-1. 10.1.0.3 is free"),
        ({"ipv4_address": "ten"}, "address-invalid", "ipv4_address", "Write it like"),
        ({"ipv4_address": "10.1.0.4/24"}, "address-invalid", "ipv4_address", "without a length"),
        ({"mac": "02:00:00:00:00:01"}, "mac-taken", "mac", "web-1"),
        ({"mac": "02-00-00-00-00-01"}, "mac-taken", "mac", "web-1"),
        ({"mac": "01:00:5e:00:00:01"}, "mac-invalid", "mac", "single network card"),
        ({"mac": "02:00"}, "mac-invalid", "mac", "Write it like"),
        ({"name": "web-1"}, "name-taken", "name", "web-1"),
        ({"name": "Web_1"}, "name-invalid", "name", "web-1"),
        ({"labels": {"App": "shop"}}, "labels-invalid", "labels", "App=shop"),
        ({"labels": {"app": "a b"}}, "labels-invalid", "labels", "app=shop"),
        ({"labels": {f"k{n}": "" for n in range(33)}}, "labels-invalid", "labels", "32"),
    ],
)
def test_bad_input_is_refused(
    world: World, fra: Frankfurt, fields: dict[str, object], code: str, field: str, says: str
):
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1", mac="02:00:00:00:00:01")
    refused = refusal(world, PortInput(**({"network": network.id, "name": "web-9"} | fields)))
    assert (refused.code, refused.field, refused.status) == (code, field, 422)
    assert says in refused.message


def test_a_full_network_says_so(world: World, fra: Frankfurt):
    network = add_network(world.acme, prefix="10.1.0.0/29")
    for index in range(5):
        add_port(world.acme, network, f"web-{index}")
    refused = refusal(world, PortInput(network.id, "web-9"))
    assert refused.code == "network-full"
    assert "room for 5 machines" in refused.message


def test_a_foreign_network_is_as_unknown_as_none(world: World, fra: Frankfurt):
    foreign = add_network(world.globex)
    messages = {
        refusal(world, PortInput(object_id, "web-9")).message
        for object_id in (foreign.id, world.acme.id)
    }
    assert len(messages) == 1


def test_a_network_on_its_way_out_takes_no_machine(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        networks.delete(actor, network.id)
    refused = refusal(world, PortInput(network.id, "web-9"))
    assert (refused.code, refused.status) == ("retiring", 409)


def test_labels_reach_no_device(world: World, fra: Frankfurt):
    port = add_port(world.acme, add_network(world.acme))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.update(actor, port.id, {"labels": {"app": "shop"}}, expect=1)
        port.refresh_from_db()
        assert (port.labels, port.version) == ({"app": "shop"}, 2)
        assert (change.state, change.plan) == ("done", [])


def test_a_machine_moves_to_another_address(world: World, fra: Frankfurt):
    port = add_port(world.acme, add_network(world.acme))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.update(actor, port.id, {"ipv4_address": "10.1.0.9", "name": "web-9"})
        assert change.summary == "Change machine web-1: name web-1 → web-9, IPv4 address " + (
            "10.1.0.2 → 10.1.0.9"
        )
        with pytest.raises(Refusal) as caught:
            ports.update(actor, port.id, {"name": "web-1"}, expect=1)
    assert caught.value.status == 412


def test_an_address_is_taken_until_the_machine_is_gone(world: World, fra: Frankfurt):
    network = add_network(world.acme)
    port = add_port(world.acme, network)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = ports.delete(actor, port.id, expect=1)
        assert [line["action"] for line in change.plan[0]["lines"]] == ["delete"]
    refused = refusal(world, PortInput(network.id, "web-9", ipv4_address="10.1.0.2"))
    assert "web-1, which is being deleted" in refused.message
    refused = refusal(world, PortInput(network.id, "web-1"))
    assert "still being deleted" in refused.message
