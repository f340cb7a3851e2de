"""Acme and Globex use the same addresses and never meet, also when one of them tries.

Each attempt is followed by one within the own tenant, so that a test which could not see a packet
would fail.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from lab import Lab
from networking.models import Port
from tests.lab.byhand import eventually
from tests.wire import frames
from tests.wire.looks import pings, routes, tapped
from tests.wire.portal import Customer, settle
from tests.wire.story import Story, told

pytestmark = pytest.mark.wire

BROADCAST = "ff:ff:ff:ff:ff:ff"
MARK = 4242  # UDP port of crafted datagrams
ONLY_GLOBEX = "10.66.0.0/24"  # a prefix that Acme does not use


@pytest.fixture(scope="module")
def story(lab: Lab, django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """Both on 10.1.0.0/24 with machines .11 and .12; Globex has .99 and another network, too."""
    with told(lab, django_db_blocker) as running:
        for customer in (running.acme, running.globex):
            made = customer.add_network("lan", "10.1.0.0/24", "fd10:1::/64")
            customer.add_port(made.subject_id, "one", "10.1.0.11")
            customer.add_port(made.subject_id, "two", "10.1.0.12")
            if customer is running.globex:
                customer.add_port(made.subject_id, "only", "10.1.0.99")
        other = running.globex.add_network("other", ONLY_GLOBEX)
        running.globex.add_port(other.subject_id, "far", "10.66.0.11")
        settle()
        eventually(lambda: len(lab.machines()) == 6)
        for customer in (running.acme, running.globex):
            eventually(lambda c=customer: pings(lab, f"{c.slug}/one", "10.1.0.12"), within=30)
        yield running


def port(customer: Customer, name: str) -> Port:
    return customer.port(name)


def test_each_reaches_its_own_machine_of_the_same_address(story: Story) -> None:
    for customer, other in ((story.acme, story.globex), (story.globex, story.acme)):
        mine, theirs = f"{customer.slug}/two", f"{other.slug}/two"
        with (
            tapped(story.lab, mine, "eth0", "icmp") as own,
            tapped(story.lab, theirs, "eth0", "icmp") as foreign,
        ):
            assert pings(story.lab, f"{customer.slug}/one", "10.1.0.12")
            assert eventually(lambda o=own: o)
        assert foreign == []


def test_an_address_that_only_the_other_has_does_not_answer(story: Story) -> None:
    assert pings(story.lab, "globex/one", "10.1.0.99")
    assert not pings(story.lab, "acme/one", "10.1.0.99")
    assert pings(story.lab, "globex/one", "10.66.0.11")
    assert not pings(story.lab, "acme/one", "10.66.0.11")


def test_sites_reach_their_own_customer_alone(story: Story) -> None:
    assert eventually(lambda: pings(story.lab, "globex-oslo", "10.1.0.99"))
    assert not pings(story.lab, "acme-berlin", "10.1.0.99")
    assert ONLY_GLOBEX in routes(story.lab, "globex-oslo")
    assert ONLY_GLOBEX not in routes(story.lab, "acme-berlin")


def test_a_machine_with_a_route_towards_the_others_transit_gets_no_answer(story: Story) -> None:
    lab = story.lab
    mine, theirs = lab.plan.attachments[0], lab.plan.attachments[1]
    assert pings(lab, "acme/one", str(mine.router_v4.ip)), "its own VRF answers"
    own_line = lab.plan.circuit(next(s for s in lab.plan.sites if s.name == "globex-oslo"))
    targets = [
        str(theirs.router_v4.ip),
        str(theirs.gateway_v4.ip),
        str(own_line.router_v4.ip),
        str(own_line.site_v4.ip),
        "10.66.0.11",
    ]
    with tapped(lab, "globex/far", "eth0", "icmp") as foreign:
        for via in ("10.1.0.1", str(mine.router_v4.ip), str(theirs.gateway_v4.ip)):
            for target in targets:
                route = ("ip", "route", "replace", target, "via", via, "dev", "eth0", "onlink")
                assert lab.exec("acme/one", *route).returncode == 0
                assert not pings(lab, "acme/one", target), (target, via)
                lab.exec("acme/one", "ip", "route", "del", target)
    assert foreign == []


def test_a_site_with_a_route_towards_the_other_gets_no_answer(story: Story) -> None:
    lab = story.lab
    berlin = lab.plan.circuit(next(s for s in lab.plan.sites if s.name == "acme-berlin"))
    via = str(berlin.router_v4.ip)
    for target in ("10.66.0.11", str(lab.plan.attachments[1].gateway_v4.ip)):
        assert lab.exec("acme-berlin", "ip", "route", "add", target, "via", via).returncode == 0
        try:
            assert not pings(lab, "acme-berlin", target)
        finally:
            lab.exec("acme-berlin", "ip", "route", "del", target)


def test_a_site_cannot_announce_what_is_not_accepted_of_it(story: Story) -> None:
    lab = story.lab
    lan = {str(site.lan_v4) for site in lab.plan.sites if site.name == "acme-berlin"}
    announce(lab, "network", "10.1.0.99/32", ONLY_GLOBEX)
    try:
        # The announcement that comes with them is accepted, so they were seen and refused.
        announce(lab, "network", *lan)
        eventually(lambda: lan <= routes(lab, "c01"))
        assert not {"10.1.0.99", ONLY_GLOBEX} & routes(lab, "c01")
        assert not {"10.1.0.99", ONLY_GLOBEX} & routes(lab, "acme-munich")
        assert pings(lab, "globex-oslo", "10.66.0.11")
    finally:
        announce(lab, "no network", "10.1.0.99/32", ONLY_GLOBEX)


def announce(lab: Lab, what: str, *prefixes: str) -> None:
    """Have Berlin's router originate prefixes, or stop it."""
    lines = ["configure terminal", "router bgp 65101", "no bgp network import-check"]
    lines += ["address-family ipv4 unicast", *(f"{what} {prefix}" for prefix in prefixes)]
    words = [word for line in lines for word in ("-c", line)]
    done = lab.exec("acme-berlin", "vtysh", *words)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("forged", ["address", "mac", "both"])
def test_a_forged_source_leaves_no_port(story: Story, forged: str) -> None:
    lab = story.lab
    one, two = port(story.acme, "one"), port(story.acme, "two")
    honest = {"mac": str(one.mac), "address": str(one.ipv4_address)}
    lie = {"mac": "02:66:66:66:66:66", "address": "10.1.0.99"}
    used = {key: lie[key] if forged in (key, "both") else honest[key] for key in honest}
    target = (str(two.mac), str(two.ipv4_address))

    def craft(source: dict[str, str]) -> bytes:
        return frames.udp(source["mac"], target[0], source["address"], target[1], MARK)

    with (
        tapped(lab, "acme/two", "eth0", "udp", "port", str(MARK)) as own,
        tapped(lab, "globex/two", "eth0", "udp", "port", str(MARK)) as foreign,
    ):
        frames.send(lab, "acme/one", craft(used))
        frames.send(lab, "acme/one", craft(honest))
        assert eventually(lambda: len(own) >= 10)
    assert not any(lie["address"] in line or lie["mac"] in line for line in own)
    assert foreign == []


def test_a_claimed_address_is_not_believed(story: Story) -> None:
    """ARP that gives the gateway's address to a machine would draw the others' traffic to it."""
    lab = story.lab
    one, two = port(story.acme, "one"), port(story.acme, "two")
    lie = frames.arp_reply(str(one.mac), "10.1.0.1", str(two.mac), str(two.ipv4_address))
    truth = frames.arp_reply(
        str(one.mac), str(one.ipv4_address), str(two.mac), str(two.ipv4_address)
    )
    with tapped(lab, "acme/two", "eth0", "arp[6:2] = 2 and ether src " + str(one.mac)) as seen:
        frames.send(lab, "acme/one", lie)
        frames.send(lab, "acme/one", truth)
        assert eventually(lambda: len(seen) >= 10)
    assert not any("10.1.0.1 " in line for line in seen)


@pytest.mark.parametrize("vlan", [101, 102, 1, 4094])
def test_a_tag_takes_no_frame_out_of_the_tenant(story: Story, vlan: int) -> None:
    """101 is Acme's own transit, 102 Globex's."""
    lab = story.lab
    one, two = port(story.acme, "one"), port(story.acme, "two")
    victim = port(story.globex, "two")
    plain = frames.udp(str(one.mac), str(two.mac), str(one.ipv4_address), "10.1.0.12", MARK)
    aimed = [
        frames.udp(str(one.mac), mac, str(one.ipv4_address), "10.1.0.12", MARK)
        for mac in (BROADCAST, str(victim.mac))
    ]
    mark = ("udp", "port", str(MARK), "or", "(vlan and udp port", f"{MARK})")
    with (
        tapped(lab, "acme/two", "eth0", *mark) as own,
        tapped(lab, "globex/two", "eth0", *mark) as foreign,
        tapped(lab, "c02", "c02-core", *mark) as router,
    ):
        for frame in aimed:
            frames.send(lab, "acme/one", frames.tagged(frame, vlan))
            frames.send(lab, "acme/one", frames.tagged(frames.tagged(frame, vlan), 101))
        frames.send(lab, "acme/one", plain)
        assert eventually(lambda: len(own) >= 10)
        assert router == []
        # The capture at the router would have seen it: Globex's own datagram passes there.
        send_honestly(lab, "globex/one", str(lab.plan.attachments[1].router_v4.ip))
        assert eventually(lambda: router)
    assert foreign == []


def send_honestly(lab: Lab, machine: str, address: str) -> None:
    """A marked datagram by way of the machine's own stack."""
    program = f"import socket; socket.socket(2, 2).sendto(b'x', ({address!r}, {MARK}))"
    assert lab.exec(machine, "/usr/bin/python3", "-c", program).returncode == 0
