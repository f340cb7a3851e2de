"""Counters by packets: ports against the machines' own, VIPs and rules against what was sent."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TypeVar

import pytest

from lab import Lab
from lab.host import Host
from networking.backends.base import BackendError, Measurement, PortCount, UnreachableError
from networking.intent import FabricIntent, Protocol, RuleAction, Vip, VipPort
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.policies import VIP_PREFIXES, rule, vip_of
from tests.wire.fabric import Fabric, carried, machines, two_networks
from tests.wire.looks import tapped
from tests.wire.traffic import call, calls, send, serving, transfer
from tests.wire.uplink import learned

pytestmark = pytest.mark.wire

BERLIN = "acme-berlin"
PORT, SERVED, DENIED = 80, 8080, 9999
VIP_ADDRESSES = ("10.99.0.1", "fd10:99::1")
LAG = 30  # seconds: a switch writes down every 5 what its ports counted
LAST = 777  # bytes of the ping that ends a capture
LOOKS = 25  # each takes a twentieth of a second or more
TAG = 4  # bytes of the VLAN tag with which a site's packets come in


@pytest.fixture(scope="module")
def fabric(lab: Lab) -> Iterator[Fabric]:
    opened = Fabric(lab)
    with opened.backend:
        yield opened


def served(slug: str, lab: Lab, place: int) -> FabricIntent:
    """Two networks, the second one's machines behind a VIP, and a rule without groups. Of two
    tenants, all is equal but the ids."""
    intent = two_networks(slug, lab.plan.attachments[place])
    vip = vip_of(*intent.networks[1].ports, ipv6=VIP_ADDRESSES[1], port=PORT, member_port=SERVED)
    vip = replace(vip, check=None, ports=(*vip.ports, VipPort(Protocol.UDP, 53, 5353)))
    deny = rule(10, None, None, RuleAction.DENY, Protocol.UDP, DENIED)
    return replace(intent, vips=(vip,), vip_prefixes=VIP_PREFIXES, rules=(deny,))


@pytest.fixture(scope="module")
def acme(lab: Lab, fabric: Fabric) -> Iterator[FabricIntent]:
    """With servers on both databases. A tenant's machines go to the hosts in turn: the clients
    first, so that both hosts have one."""
    intent = served("acme", lab, 0)
    with carried(fabric, replace(intent, networks=intent.networks[:1])), ExitStack() as stack:
        fabric.settle(intent)
        eventually(lambda: len(machines(lab, intent)) == 4, within=30)
        for name in ("acme/db-1", "acme/db-2"):
            stack.enter_context(serving(lab, name, "tcp", SERVED))
            stack.enter_context(serving(lab, name, "udp", 5353))
        for client in ("acme/web-1", "acme/web-2"):
            for address in VIP_ADDRESSES:
                eventually(
                    lambda c=client, a=address: "/db-" in call(lab, c, "tcp", a, PORT), within=30
                )
        yield intent


def measured(fabric: Fabric) -> dict[str, Measurement]:
    """What each host counted until now."""
    # Flows are looked up once while a backend is open.
    with Fabric(fabric.lab).backend as backend:
        return {host.name: backend.measure(host.name) for host in fabric.lab.hosts}


def place(lab: Lab, name: str) -> Host:
    """The host of a machine of acme's."""
    (machine,) = [one for one in lab.machines() if (one.tenant, one.name) == ("acme", name)]
    return next(host for host in lab.hosts if host.name == machine.host)


Counts = tuple[int, int, int, int]
Seen = TypeVar("Seen")


def own(lab: Lab, name: str) -> Counts:
    """What a machine's card counted: bytes in, bytes out, packets in, packets out."""
    text = lab.exec(name, "cat", "/proc/net/dev").stdout
    fields = text.partition("eth0:")[2].split()
    return int(fields[0]), int(fields[8]), int(fields[1]), int(fields[9])


def told(count: PortCount) -> Counts:
    return count.bytes_in, count.bytes_out, count.packets_in, count.packets_out


def agreed(lab: Lab, fabric: Fabric, port_id: str, name: str) -> PortCount | None:
    """The one count of a port, once it is what the machine's card says."""
    card = own(lab, name)
    counts = [one for it in measured(fabric).values() for one in it.ports if one.port_id == port_id]
    return next((one for one in counts if told(one) == card == own(lab, name)), None)


def test_ports_count_what_their_machines_do_through_a_crash_of_the_switch(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    port, server = acme.networks[0].ports[0].id, acme.networks[1].ports[0]
    host = place(lab, "web-1")
    transfer(lab, "acme/web-1", server.ipv4, SERVED, 2_000_000, "acme/db-1")
    before = eventually(lambda: agreed(lab, fabric, port, "acme/web-1"), within=LAG)
    assert min(before.bytes_in, before.bytes_out) > 2_000_000

    lab.fail("switch", host.name)
    # Its database still says what it last counted; that is no news.
    with pytest.raises(UnreachableError, match=f"host {host.name}"):
        fabric.backend.measure(host.name)
    (other,) = (one for one in lab.hosts if one is not host)
    assert fabric.backend.measure(other.name).ports
    lab.heal("switch", host.name)

    eventually(lambda: call(lab, "acme/web-1", "tcp", server.ipv4, SERVED) == "acme/db-1")
    transfer(lab, "acme/web-1", server.ipv4, SERVED, 1_000_000, "acme/db-1")
    after = eventually(lambda: agreed(lab, fabric, port, "acme/web-1"), within=LAG)
    assert after.series == before.series
    assert min(after.bytes_in - before.bytes_in, after.bytes_out - before.bytes_out) > 1_000_000


def test_a_port_that_is_plugged_anew_begins_another_series(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    port = acme.networks[0].ports[1].id
    host = place(lab, "web-2")
    (machine,) = [one for one in lab.machines() if one.logical == port]
    before = eventually(lambda: agreed(lab, fabric, port, "acme/web-2"), within=LAG)
    host.unplug(machine.part)
    try:
        eventually(lambda: port not in {one.port_id for one in measured(fabric)[host.name].ports})
    finally:
        host.plug(machine.part, port)
    after = eventually(lambda: agreed(lab, fabric, port, "acme/web-2"), within=LAG)
    assert after.series != before.series


def asked(fabric: Fabric, vip: Vip) -> Counter[tuple[str, str]]:
    """Packets and bytes that were sent to a VIP, by host."""
    found: Counter[tuple[str, str]] = Counter()
    for host, it in measured(fabric).items():
        for one in it.vips:
            if one.vip_id == vip.id:
                found[host, "packets"] += one.packets
                found[host, "bytes"] += one.bytes
    return found


def sent(host: str, lines: list[str], more: int = 0) -> Counter[tuple[str, str]]:
    """The same of captured packets, which were `more` bytes longer at the host."""
    sizes = [int(re.search(r", length (\d+):", line)[1]) + more for line in lines]  # type: ignore[index]
    return Counter({(host, "packets"): len(sizes), (host, "bytes"): sum(sizes)})


TO_VIP = " or ".join(f"dst host {address}" for address in VIP_ADDRESSES)


def use(lab: Lab, client: str, packets: list[str]) -> None:
    """First and later packets of connections to the VIP, of both protocols and families; what goes
    to a port that it has not, and pings that nobody answers. The capture has seen them all once it
    has seen the last one, by its size."""
    v4, v6 = VIP_ADDRESSES
    answers = calls(lab, client, *[("tcp", v4, PORT)] * 4, ("udp", v4, 53), ("tcp", v6, PORT))
    assert all("/db-" in answer for answer in answers), answers
    assert call(lab, client, "tcp", v4, PORT + 1) == "silence"
    for address in VIP_ADDRESSES:
        transfer(lab, client, address, PORT, 200_000, "acme/db-1")
    lab.exec(client, "ping", "-n", "-c", "2", "-i", "0.2", "-W", "1", "-s", str(LAST), v4)
    seen = f"ICMP echo request, id \\d+, seq 2, length {LAST + 8}"
    eventually(lambda: any(re.search(seen, line) for line in packets), within=LAG)


@pytest.mark.parametrize("client", ["web-1", "web-2"])
def test_each_packet_of_a_machine_to_a_vip_counts_once_at_its_host(
    lab: Lab, fabric: Fabric, acme: FabricIntent, client: str
) -> None:
    assert place(lab, "web-1") is not place(lab, "web-2")
    (vip,) = acme.vips
    before = quiet(fabric, vip)
    with tapped(lab, f"acme/{client}", "eth0", TO_VIP) as packets:
        use(lab, f"acme/{client}", packets)
    assert len(packets) > 300
    wanted = sent(place(lab, client).name, packets)
    becomes(lambda: asked(fabric, vip) - before, wanted)


def test_each_packet_of_a_site_to_a_vip_counts_once_at_the_gateway(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    (vip,) = acme.vips
    with learned(lab, acme, lab.plan.attachments[0], BERLIN):
        eventually(lambda: "/db-" in call(lab, BERLIN, "tcp", VIP_ADDRESSES[0], PORT), within=30)
        eventually(lambda: "/db-" in call(lab, BERLIN, "tcp", VIP_ADDRESSES[1], PORT), within=30)
        before = quiet(fabric, vip)
        with tapped(lab, BERLIN, "wan0", TO_VIP) as packets:
            use(lab, BERLIN, packets)
        assert len(packets) > 300
        # The gateway is on the first of the transit's hosts.
        wanted = sent("h1", packets, TAG)
        becomes(lambda: asked(fabric, vip) - before, wanted)


def becomes(look: Callable[[], Seen], wanted: Seen) -> None:
    """Wait for what is wanted; the difference is told when it does not come."""
    with suppress(AssertionError):
        eventually(lambda: look() == wanted, within=LAG)
    assert look() == wanted


def quiet(fabric: Fabric, vip: Vip) -> Counter[tuple[str, str]]:
    """What was sent, once it does not change: flows learn up to a second late what passed."""
    seen: list[Counter[tuple[str, str]]] = []

    def still() -> bool:
        seen.append(asked(fabric, vip))
        return len(seen) > LOOKS and all(one == seen[-1] for one in seen[-LOOKS:])

    eventually(still, within=LAG)
    return seen[-1]


def matched(fabric: Fabric) -> Counter[str]:
    """Packets by rule and by VIP."""
    found: Counter[str] = Counter()
    for it in measured(fabric).values():
        for hit in it.rules:
            found[hit.rule_id] += hit.packets
        for one in it.vips:
            found[one.vip_id] += one.packets
    return found


def test_equal_rules_and_vips_of_two_tenants_count_their_own(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    globex = served("globex", lab, 1)
    server = acme.networks[1].ports[0].ipv4
    with carried(fabric, globex):
        eventually(lambda: call(lab, "globex/web-1", "tcp", server, 81) == "refused", within=30)
        quiet(fabric, acme.vips[0])
        before = matched(fabric)
        wanted: Counter[str] = Counter()
        for slug, intent, hits, requests in (("acme", acme, 7, 5), ("globex", globex, 4, 3)):
            send(lab, f"{slug}/web-1", server, DENIED, hits)
            send(lab, f"{slug}/web-1", VIP_ADDRESSES[0], 53, requests)
            wanted += {intent.rules[0].id: hits, intent.vips[0].id: requests}
        becomes(lambda: matched(fabric) - before, wanted)


def test_a_controller_that_starts_anew_counts_from_zero(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    """In the same series: whoever adds up growth sees that it fell."""
    (deny,) = acme.rules
    server = acme.networks[1].ports[0].ipv4
    host = place(lab, "db-1").name

    def series() -> dict[str, int]:
        hits = measured(fabric)[host].rules
        return {one.series: one.packets for one in hits if one.rule_id == deny.id and one.packets}

    def counted() -> int:
        return sum(series().values())

    start = counted()
    send(lab, "acme/web-1", server, DENIED, 9)
    becomes(counted, start + 9)
    before = series().keys()
    lab.fail("controller", host)
    lab.heal("controller", host)
    eventually(lambda: not series(), within=LAG)
    send(lab, "acme/web-1", server, DENIED, 3)
    becomes(counted, 3)
    assert series().keys() <= before


def test_a_host_that_is_not_the_fabrics_is_refused(fabric: Fabric) -> None:
    with pytest.raises(BackendError, match="no host h9"):
        fabric.backend.measure("h9")
