"""VIPs by packets: spread over both hosts, a dead member left out and taken back, sites."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from lab import Lab
from networking.backends.base import Health
from networking.intent import (
    FabricIntent,
    Protocol,
    RuleAction,
    Vip,
    VipPort,
    eui64_address,
)
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.intents import make_network, new_tenant
from tests.networking.backends.ovn.policies import VIP_PREFIXES, group_of, rule, vip_of
from tests.wire.fabric import Fabric, carried, machines, way_out
from tests.wire.traffic import call, calls, serving
from tests.wire.uplink import learned, site_prefixes

pytestmark = pytest.mark.wire

BERLIN = "acme-berlin"
PORT, SERVED = 80, 8080
TRIES = 24
SERVERS = ("acme/srv-1", "acme/srv-2", "acme/srv-3")


@pytest.fixture(scope="module")
def fabric(lab: Lab) -> Iterator[Fabric]:
    opened = Fabric(lab)
    with opened.backend:
        yield opened


def shop(intent: FabricIntent) -> Vip:
    """TCP over all three servers, checked, of both families; and UDP."""
    vip = vip_of(*intent.networks[1].ports, ipv6="fd10:99::1", port=PORT, member_port=SERVED)
    return replace(vip, ports=(*vip.ports, VipPort(Protocol.UDP, 53, 5353)))


@pytest.fixture(scope="module")
def acme(lab: Lab, fabric: Fabric) -> Iterator[FabricIntent]:
    """web-1 and web-2 in one network; srv-1 to srv-3 in another, behind the VIP."""
    web = make_network("10.1.0.0/24", ipv6_prefix="fd10:1::/64")
    servers = make_network("10.1.1.0/24", ports=3, ipv6_prefix="fd10:1:1::/64", name="srv")
    renamed = tuple(
        replace(port, name=f"srv-{index}", mac=mac, ipv6=eui64_address(servers.ipv6_prefix, mac))
        for index, port in enumerate(servers.ports, 1)
        for mac in (f"02:00:00:01:00:0{index}",)
    )
    probes = {"probe_ipv4": "10.1.1.254", "probe_ipv6": "fd10:1:1::fffe"}
    servers = replace(servers, ports=renamed, **probes)
    way = way_out(lab.plan.attachments[0], "h1", "h2")
    intent = FabricIntent(new_tenant("acme"), 1, (web, servers), way, vip_prefixes=VIP_PREFIXES)
    intent = replace(intent, vips=(shop(intent),))
    # A tenant's machines go to the hosts in turn: servers first, so that both hosts have some.
    with carried(fabric, replace(intent, networks=(servers,))):
        fabric.settle(intent)
        eventually(lambda: len(machines(lab, intent)) == 5, within=30)
        yield intent


@pytest.fixture
def serve(lab: Lab, fabric: Fabric, acme: FabricIntent) -> Iterator[ExitStack]:
    """Servers on all three machines, taken for healthy; each in the stack's order."""
    fabric.settle(acme)
    with ExitStack() as stack:
        for name in SERVERS:
            stack.enter_context(serving(lab, name, "tcp", SERVED))
            stack.enter_context(serving(lab, name, "udp", 5353))
        eventually(lambda: all_are(fabric, acme, Health.ONLINE), within=30)
        eventually(lambda: len(spread(lab, "acme/web-1")) == len(SERVERS), within=30)
        yield stack


def healths(fabric: Fabric, intent: FabricIntent) -> dict[tuple[str, bool], Health]:
    """By the machine's name, and whether it is asked by IPv6."""
    names = {port.id: port.name for network in intent.networks for port in network.ports}
    found = fabric.backend.members(intent.tenant.id)
    return {(names[one.port_id], ":" in one.address): one.health for one in found}


def all_are(fabric: Fabric, intent: FabricIntent, health: Health) -> bool:
    found = healths(fabric, intent)
    return len(found) == 2 * len(SERVERS) and set(found.values()) == {health}


def spread(
    lab: Lab, client: str, protocol: str = "tcp", port: int = PORT, vip: str = "10.99.0.1"
) -> Counter[str]:
    """Who answered, of many tries."""
    return Counter(calls(lab, client, *[(protocol, vip, port)] * TRIES))


def test_connections_spread_over_members_on_both_hosts(
    lab: Lab, acme: FabricIntent, serve: ExitStack
) -> None:
    hosts = machines(lab, acme)
    assert {hosts[name.removeprefix("acme/")] for name in SERVERS} == {"h1", "h2"}
    assert {hosts[name] for name in ("web-1", "web-2")} == {"h1", "h2"}
    for client in ("acme/web-1", "acme/web-2"):
        answered = spread(lab, client)
        assert set(answered) == set(SERVERS)
    assert set(spread(lab, "acme/web-1", "udp", 53)) == set(SERVERS)
    assert set(spread(lab, "acme/web-1", vip="fd10:99::1")) == set(SERVERS)


def test_a_member_reaches_itself_and_its_neighbours(lab: Lab, serve: ExitStack) -> None:
    assert set(spread(lab, "acme/srv-1")) == set(SERVERS)


def test_a_site_reaches_the_vip(lab: Lab, acme: FabricIntent, serve: ExitStack) -> None:
    with learned(lab, acme, lab.plan.attachments[0], BERLIN):
        eventually(lambda: call(lab, BERLIN, "tcp", "10.99.0.1", PORT) in SERVERS, within=30)
        assert set(spread(lab, BERLIN)) == set(SERVERS)
        # What no VIP serves goes nowhere: it must not circle between gateway and router.
        hops = lab.exec(BERLIN, "ping", "-n", "-c", "1", "-W", "1", "10.99.0.9").stdout
        assert "exceeded" not in hops
        assert "0 received" in hops


def test_a_dead_member_is_left_out_in_time_and_taken_back(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    check = acme.vips[0].check
    assert check is not None
    # A check may have just begun: failures intervals, one more to notice, and time to compile.
    within = check.interval * (check.failures + 1) + check.timeout + 2
    with ExitStack() as stack:
        for name in SERVERS[:2]:
            stack.enter_context(serving(lab, name, "tcp", SERVED))
        with serving(lab, SERVERS[2], "tcp", SERVED):
            eventually(lambda: all_are(fabric, acme, Health.ONLINE), within=30)
            eventually(lambda: set(spread(lab, "acme/web-1")) == set(SERVERS), within=10)
        dead = time.monotonic()
        eventually(lambda: set(spread(lab, "acme/web-1")) == set(SERVERS[:2]), within=within)
        assert time.monotonic() - dead < within
        assert healths(fabric, acme)["srv-3", False] is Health.OFFLINE
        with serving(lab, SERVERS[2], "tcp", SERVED):
            eventually(lambda: set(spread(lab, "acme/web-1")) == set(SERVERS), within=within)
            assert healths(fabric, acme)["srv-3", False] is Health.ONLINE


def test_without_a_healthy_member_the_client_is_told_at_once(
    lab: Lab, fabric: Fabric, acme: FabricIntent
) -> None:
    eventually(lambda: all_are(fabric, acme, Health.OFFLINE), within=30)
    eventually(lambda: call(lab, "acme/web-1", "tcp", "10.99.0.1", PORT) == "refused")


def test_rules_see_the_member_and_checks_need_none(
    lab: Lab, fabric: Fabric, acme: FabricIntent, serve: ExitStack
) -> None:
    """Default deny on the members' network; a rule for the VIP's address opens nothing."""
    web, servers = acme.networks
    closed = replace(acme, networks=(replace(web, default_deny=True), replace(
        servers, default_deny=True)))  # fmt: skip
    useless = rule(5, "10.1.0.0/24", "10.99.0.1/32")
    fabric.settle(replace(closed, rules=(useless,)))
    assert call(lab, "acme/web-1", "tcp", "10.99.0.1", PORT) == "silence"
    clients, members = group_of("web", *web.ports), group_of("srv", *servers.ports)
    site = site_prefixes(lab, BERLIN)
    opened = rule(10, clients, members, RuleAction.ALLOW, Protocol.TCP, SERVED)
    fabric.settle(
        replace(closed, groups=(clients, members), sites=(site,), rules=(useless, opened))
    )
    assert set(spread(lab, "acme/web-1")) == set(SERVERS)
    assert all_are(fabric, acme, Health.ONLINE)
