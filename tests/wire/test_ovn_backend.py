"""What the OVN backend writes, seen by packets: addresses, two hosts, the gateway, a dead host."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from lab import Lab
from lab.topology import Attachment
from networking.intent import FabricIntent
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.intents import make_network, new_tenant
from tests.wire.fabric import Fabric, carried, machines, way_out

pytestmark = pytest.mark.wire


@pytest.fixture(scope="module")
def fabric(lab: Lab) -> Iterator[Fabric]:
    opened = Fabric(lab)
    with opened.backend:
        yield opened


def intent_for(slug: str, attachment: Attachment, *hosts: str) -> FabricIntent:
    """Two machines on 10.1.0.0/24 and fd10:1::/64, and the way out by the attachment."""
    network = make_network("10.1.0.0/24", ports=2, ipv6_prefix="fd10:1::/64")
    return FabricIntent(new_tenant(slug), 1, (network,), way_out(attachment, *hosts))


@pytest.fixture(scope="module")
def acme(lab: Lab, fabric: Fabric) -> Iterator[FabricIntent]:
    intent = intent_for("acme", lab.plan.attachments[0], "h1", "h2")
    with carried(fabric, intent):
        yield intent


@pytest.fixture(scope="module")
def globex(lab: Lab, fabric: Fabric) -> Iterator[FabricIntent]:
    intent = intent_for("globex", lab.plan.attachments[1], "h2", "h1")
    with carried(fabric, intent):
        yield intent


def pings(lab: Lab, where: str, address: str, *options: str) -> bool:
    return lab.exec(where, "ping", "-n", "-c", "1", "-W", "1", *options, address).returncode == 0


def addresses(lab: Lab, where: str) -> str:
    return lab.exec(where, "ip", "-o", "addr", "show", "dev", "eth0", "scope", "global").stdout


def test_machines_get_the_recorded_addresses_and_mtu(lab: Lab, acme: FabricIntent) -> None:
    for port in acme.networks[0].ports:
        where = f"acme/{port.name}"
        eventually(lambda w=where, p=port: f"{p.ipv4}/24" in addresses(lab, w))
        eventually(lambda w=where, p=port: f"{p.ipv6}/64" in addresses(lab, w))
        assert "mtu 1400" in lab.exec(where, "ip", "link", "show", "eth0").stdout


def test_machine_reaches_machine_on_the_other_host(lab: Lab, acme: FabricIntent) -> None:
    assert set(machines(lab, acme).values()) == {"h1", "h2"}
    _, second = acme.networks[0].ports
    assert eventually(lambda: pings(lab, "acme/web-1", second.ipv4))
    assert eventually(lambda: pings(lab, "acme/web-1", second.ipv6))
    full = ("-M", "do", "-s", str(1400 - 28))
    assert pings(lab, "acme/web-1", second.ipv4, *full)


def test_the_router_reaches_the_gateway_and_what_is_behind(lab: Lab, acme: FabricIntent) -> None:
    attachment = lab.plan.attachments[0]
    for gateway in (attachment.gateway_v4, attachment.gateway_v6):
        assert eventually(lambda g=gateway: pings(lab, attachment.vrf, str(g.ip)))
    first, second = acme.networks[0].ports
    by_hand = ("10.1.0.0/24", "via", str(attachment.gateway_v4.ip))
    assert lab.exec(attachment.vrf, "ip", "route", "replace", *by_hand).returncode == 0
    try:
        for port in (first, second):
            assert eventually(lambda p=port: pings(lab, attachment.vrf, p.ipv4))
            assert pings(lab, f"acme/{port.name}", str(attachment.router_v4.ip))
    finally:
        lab.exec(attachment.vrf, "ip", "route", "del", *by_hand)


def test_a_machine_cannot_speak_from_another_address(lab: Lab, acme: FabricIntent) -> None:
    first, second = acme.networks[0].ports
    forged = "10.1.0.77"
    eventually(lambda: pings(lab, "acme/web-1", second.ipv4))
    lab.exec("acme/web-1", "ip", "addr", "add", f"{forged}/24", "dev", "eth0")
    before = echoes(lab, "acme/web-2")
    try:
        assert not pings(lab, "acme/web-1", second.ipv4, "-I", forged)
        assert echoes(lab, "acme/web-2") == before
    finally:
        lab.exec("acme/web-1", "ip", "addr", "del", f"{forged}/24", "dev", "eth0")
    assert pings(lab, "acme/web-1", second.ipv4, "-I", first.ipv4)


def test_equal_addresses_of_two_tenants_never_meet(
    lab: Lab, acme: FabricIntent, globex: FabricIntent
) -> None:
    _, second = acme.networks[0].ports
    assert second.ipv4 == globex.networks[0].ports[1].ipv4
    eventually(lambda: pings(lab, "globex/web-1", second.ipv4))
    before = echoes(lab, "acme/web-2"), echoes(lab, "globex/web-2")
    for _ in range(3):
        assert pings(lab, "globex/web-1", second.ipv4)
    assert echoes(lab, "acme/web-2") == before[0]
    assert echoes(lab, "globex/web-2") == before[1] + 3


def echoes(lab: Lab, machine: str) -> int:
    """Echo requests that a machine received (``Icmp: InEchos``, man 5 proc_pid_net)."""
    lines = lab.exec(machine, "cat", "/proc/net/snmp").stdout.splitlines()
    names, values = (line.split() for line in lines if line.startswith("Icmp:"))
    return int(values[names.index("InEchos")])


def test_ports_are_located_where_their_machines_are(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    ports = {port.id: port.name for port in acme.networks[0].ports}
    eventually(lambda: all(place.up for place in fabric.backend.locate(list(ports))))
    located = {ports[place.port_id]: place.host for place in fabric.backend.locate(list(ports))}
    assert located == machines(lab, acme)


def test_a_host_says_when_it_enforced_a_change(fabric: Fabric, acme: FabricIntent) -> None:
    begun = time.time()
    number = fabric.enforce(replace(acme, networks=(replace(acme.networks[0], mtu=1390),)))
    eventually(lambda: fabric.settled(number))
    for host in fabric.backend.progress().hosts:
        assert host.at is not None
        assert begun - 0.1 <= host.at.timestamp() <= time.time() + 0.1
    again = fabric.enforce(acme)
    eventually(lambda: fabric.settled(again))


def test_a_dead_host_holds_nobody_up_and_catches_up(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    lab.fail("controller", "h2")
    try:
        begun = time.monotonic()
        number = fabric.enforce(acme)
        eventually(lambda: fabric.host("h1").cfg >= number, within=5)
        dead = fabric.host("h2")
        assert dead.cfg < number
        assert time.monotonic() - begun < 5
    finally:
        lab.heal("controller", "h2")
    eventually(lambda: fabric.host("h2").cfg >= number, within=10)


def test_another_host_carries_the_gateway_when_told_to(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    """With two hosts nobody fails over by itself: one that sees no other takes itself for the
    one that is cut off. The intent must leave the dead one out."""
    attachment = lab.plan.attachments[0]
    gateway = str(attachment.gateway_v4.ip)
    eventually(lambda: pings(lab, attachment.vrf, gateway))
    assert acme.transit is not None
    lab.fail("host", "h1")
    try:
        fabric.enforce(replace(acme, transit=replace(acme.transit, hosts=("h2",))))
        assert eventually(lambda: pings(lab, attachment.vrf, gateway))
    finally:
        lab.heal("host", "h1")
    back = fabric.enforce(acme)
    eventually(lambda: fabric.settled(back))
    assert eventually(lambda: pings(lab, attachment.vrf, gateway))
