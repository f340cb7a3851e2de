"""Rules by packets: order, default deny, groups that change, sites, and two tenants alike."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from lab import Lab
from networking.intent import FabricIntent, Group, Port, Protocol, RuleAction, eui64_address
from tests.lab.byhand import eventually
from tests.networking.backends.ovn.policies import group_of, rule
from tests.wire.fabric import Fabric, carried, two_networks
from tests.wire.looks import pings, tapped
from tests.wire.traffic import call, calls, send, serving
from tests.wire.uplink import learned, site_prefixes

pytestmark = pytest.mark.wire

ALLOW, DENY, REJECT = RuleAction.ALLOW, RuleAction.DENY, RuleAction.REJECT
TCP = Protocol.TCP
BERLIN = "acme-berlin"


@pytest.fixture(scope="module")
def fabric(lab: Lab) -> Iterator[Fabric]:
    opened = Fabric(lab)
    with opened.backend:
        yield opened


@pytest.fixture(scope="module")
def acme(lab: Lab, fabric: Fabric) -> Iterator[FabricIntent]:
    """With servers on TCP 80 to 82 of both databases, all of them reached at first."""
    intent = two_networks("acme", lab.plan.attachments[0])
    with ExitStack() as stack:
        stack.enter_context(carried(fabric, intent))
        for port in (80, 81, 82):
            for name in ("acme/db-1", "acme/db-2"):
                stack.enter_context(serving(lab, name, "tcp", port))
        one, two = intent.networks[1].ports
        for address, name in ((one.ipv4, "db-1"), (one.ipv6, "db-1"), (two.ipv4, "db-2")):
            eventually(
                lambda a=address, n=name: call(lab, "acme/web-1", "tcp", a, 80) == f"acme/{n}",
                within=30,
            )
        yield intent


@pytest.fixture
def policy(fabric: Fabric, acme: FabricIntent) -> Iterator[Any]:
    """Enforces the tenant's intent with these changes; at the end, without."""
    yield lambda **changes: fabric.settle(replace(acme, **changes))
    fabric.settle(acme)


def sides(acme: FabricIntent) -> tuple[Group, Group]:
    web, database = acme.networks
    return group_of("web", *web.ports), group_of("database", *database.ports)


def server(acme: FabricIntent) -> Port:
    return acme.networks[1].ports[0]


def ask(lab: Lab, client: str, address: str) -> list[str]:
    """What a client is told on ports 80, 81 and 82."""
    return calls(lab, client, *(("tcp", address, port) for port in (80, 81, 82)))


def test_the_first_match_decides(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    web, database = sides(acme)
    allow = rule(10, web, database, ALLOW, TCP, 80)
    reject = rule(20, web, database, REJECT, TCP, 80, 81)
    deny = rule(30, web, database, DENY)
    policy(groups=(web, database), rules=(allow, reject, deny))
    for address in (server(acme).ipv4, server(acme).ipv6):
        assert ask(lab, "acme/web-1", address) == ["acme/db-1", "refused", "silence"]
    assert not pings(lab, "acme/web-1", server(acme).ipv4)
    policy(groups=(web, database), rules=(replace(reject, rank=5), allow, deny))
    assert ask(lab, "acme/web-1", server(acme).ipv4) == ["refused", "refused", "silence"]
    disabled = replace(deny, enabled=False)
    policy(groups=(web, database), rules=(allow, disabled))
    assert ask(lab, "acme/web-1", server(acme).ipv4) == ["acme/db-1"] * 3


def test_replies_are_not_judged(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    """Nor what only passes a switch on its way to the router."""
    web, database = sides(acme)
    policy(groups=(web, database), rules=(rule(10, database, None, DENY),))
    for address in (server(acme).ipv4, server(acme).ipv6):
        assert call(lab, "acme/web-1", "tcp", address, 80) == "acme/db-1"
    assert not pings(lab, "acme/db-1", acme.networks[0].ports[0].ipv4)


def test_default_deny_cuts_what_comes_in(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    web, database = acme.networks
    closed = (web, replace(database, default_deny=True))
    policy(networks=closed)
    for address in (server(acme).ipv4, server(acme).ipv6):
        assert call(lab, "acme/web-1", "tcp", address, 80) == "silence"
    neighbour = database.ports[1]
    assert call(lab, "acme/db-2", "tcp", server(acme).ipv4, 80) == "silence"
    assert neighbour.ipv4 in lab.exec("acme/db-2", "ip", "-o", "addr").stdout
    groups = sides(acme)
    policy(networks=closed, groups=groups, rules=(rule(10, *groups, ALLOW, TCP, 80),))
    assert ask(lab, "acme/web-1", server(acme).ipv4) == ["acme/db-1", "silence", "silence"]
    # What machines need to be on the network at all goes on.
    assert pings(lab, "acme/db-1", database.ipv4_gateway)
    assert pings(lab, "acme/db-1", database.ipv6_gateway)
    for flush in ("-4", "-6"):
        lab.exec("acme/db-1", "ip", flush, "neigh", "flush", "dev", "eth0")
    assert pings(lab, "acme/db-1", acme.networks[0].ports[0].ipv4)


def test_default_deny_and_rules_towards_a_site(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    web, database = acme.networks
    site = site_prefixes(lab, BERLIN)
    plan = next(one for one in lab.plan.sites if one.name == BERLIN)
    there = (str(plan.host_v4.ip), str(plan.host_v6.ip))
    closed = (replace(web, default_deny=True), database)
    here = web.ports[0]
    with (
        learned(lab, acme, lab.plan.attachments[0], BERLIN),
        serving(lab, BERLIN, "tcp", 80),
        serving(lab, BERLIN, "tcp", 81),
        serving(lab, "acme/web-1", "tcp", 80),
    ):
        for address in there:
            assert eventually(
                lambda a=address: call(lab, "acme/web-1", "tcp", a, 80) == BERLIN, within=30
            )
        policy(networks=closed)
        for address in there:
            assert call(lab, "acme/web-1", "tcp", address, 80) == "silence"
        assert call(lab, BERLIN, "tcp", here.ipv4, 80) == "silence"
        assert call(lab, "acme/web-1", "tcp", server(acme).ipv4, 80) == "acme/db-1"
        group = group_of("web", *web.ports)
        rules = (
            rule(10, group, site, ALLOW, TCP, 80),
            rule(20, group, site, REJECT, TCP, 81),
            rule(30, site, group, ALLOW, TCP, 80),
        )
        policy(networks=closed, groups=(group,), sites=(site,), rules=rules)
        for address in there:
            assert call(lab, "acme/web-1", "tcp", address, 80) == BERLIN
            assert call(lab, "acme/web-1", "tcp", address, 81) == "refused"
        assert call(lab, BERLIN, "tcp", here.ipv4, 80) == "acme/web-1"
        assert not pings(lab, "acme/web-1", there[0])
        assert not pings(lab, BERLIN, here.ipv4)


def test_a_moved_machine_takes_its_access_along(
    lab: Lab, fabric: Fabric, acme: FabricIntent, policy: Any
) -> None:
    """A label that moves is a membership that moves: no rule is edited, no host is asked."""
    first, second = acme.networks[0].ports
    _, database = sides(acme)
    web = group_of("web", first)
    rules = (rule(10, web, database, ALLOW), rule(20, None, database, DENY))
    held = {"groups": (web, database), "rules": rules}
    policy(**held)
    address = server(acme).ipv4
    assert call(lab, "acme/web-1", "tcp", address, 80) == "acme/db-1"
    assert call(lab, "acme/web-2", "tcp", address, 80) == "silence"
    asked = fabric.backend.progress().requested
    moved = replace(web, addresses=group_of("web", second).addresses)
    plan = fabric.change(replace(acme, groups=(moved, database), rules=rules))
    assert {step.kind for step in plan.steps} == {"Address_Set"}
    assert fabric.backend.quiet(plan)
    eventually(lambda: fabric.backend.confirm(plan), within=5)
    eventually(lambda: call(lab, "acme/web-2", "tcp", address, 80) == "acme/db-1", within=5)
    assert call(lab, "acme/web-1", "tcp", address, 80) == "silence"
    assert fabric.backend.progress().requested == asked


def test_a_site_cannot_pretend_to_be_a_machine(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    """Rules trust addresses: one of ours that comes in by the way out is a lie."""
    web, database = sides(acme)
    policy(groups=(web, database), rules=(rule(10, web, database), rule(20, None, database, DENY)))
    attachment = lab.plan.attachments[0]
    vrf, honest, forged = attachment.vrf, "100.64.1.1", acme.networks[0].ports[0].ipv4
    via = ("via", str(attachment.gateway_v4.ip))
    target = acme.networks[0].ports[1].ipv4
    lab.exec(vrf, "ip", "route", "replace", "10.1.0.0/16", *via)
    lab.exec(vrf, "ip", "addr", "add", f"{forged}/32", "dev", "lo")
    lab.exec(vrf, "ip", "link", "set", "lo", "up")
    try:
        assert eventually(lambda: pings(lab, vrf, target, "-I", honest))
        with (
            tapped(lab, "acme/db-1", "eth0", "icmp") as protected,
            tapped(lab, "acme/web-2", "eth0", "icmp") as open_to_all,
        ):
            assert not pings(lab, vrf, server(acme).ipv4, "-I", forged)
            assert not pings(lab, vrf, target, "-I", forged)
            assert pings(lab, vrf, target, "-I", honest)
            assert eventually(lambda: any(honest in line for line in open_to_all))
        assert protected == []
        assert not any(forged in line for line in open_to_all)
    finally:
        lab.exec(vrf, "ip", "addr", "del", f"{forged}/32", "dev", "lo")
        lab.exec(vrf, "ip", "route", "del", "10.1.0.0/16")


def test_a_machine_boots_where_all_is_denied(lab: Lab, acme: FabricIntent, policy: Any) -> None:
    """DHCP, router advertisements and neighbour discovery are no matter of rules."""
    web, database = acme.networks
    mac = "02:00:00:00:01:33"
    address = eui64_address(database.ipv6_prefix, mac)
    late = Port("5d0c9b53-0f6f-4f0a-8d11-000000000033", "db-3", mac, "10.1.1.33", address)
    closed = replace(database, default_deny=True, ports=(*database.ports, late))
    everything = rule(1, None, None, DENY)
    policy(networks=(web, closed), rules=(everything,))

    def has(text: str) -> bool:
        rows = [row for row in lab.machines() if row.name == "db-3"]
        return bool(rows) and text in lab.exec("acme/db-3", "ip", "-o", "addr").stdout

    assert eventually(lambda: has("10.1.1.33/24"), within=30)
    assert eventually(lambda: has(address), within=30)
    assert pings(lab, "acme/db-3", database.ipv4_gateway)
    assert not pings(lab, "acme/db-3", server(acme).ipv4)


def hits(fabric: Fabric) -> Counter[str]:
    """The packets that each rule counted, on all hosts together."""
    found: Counter[str] = Counter()
    # Flows are looked up once while a backend is open.
    with Fabric(fabric.lab).backend as backend:
        for host in fabric.lab.hosts:
            for one in backend.measure(host.name).rules:
                found[one.rule_id] += one.packets
    return found


def test_hits_are_the_packets_sent(
    lab: Lab, fabric: Fabric, acme: FabricIntent, policy: Any
) -> None:
    web, database = sides(acme)
    site = site_prefixes(lab, BERLIN)
    pinged = rule(10, web, database, ALLOW, Protocol.ICMP)
    denied = rule(20, web, database, DENY, Protocol.UDP, 9999)
    outwards = rule(30, web, site, DENY, Protocol.UDP, 9999)
    idle = rule(40, database, web, ALLOW)
    policy(groups=(web, database), sites=(site,), rules=(pinged, denied, outwards, idle))
    before = hits(fabric)
    ping = ("ping", "-n", "-q", "-i", "0.05", "-c", "20")
    assert lab.exec("acme/web-1", *ping, server(acme).ipv4).returncode == 0
    plan = next(one for one in lab.plan.sites if one.name == BERLIN)
    send(lab, "acme/web-1", server(acme).ipv4, 9999, 7)
    send(lab, "acme/web-2", server(acme).ipv6, 9999, 4)
    send(lab, "acme/web-1", str(plan.host_v4.ip), 9999, 5)
    wanted = Counter({pinged.id: 20, denied.id: 11, outwards.id: 5})
    # The switch adds up what passed its cache once a second.
    eventually(lambda: hits(fabric) - before == wanted, within=10)
    assert hits(fabric) - before == wanted


def test_two_tenants_with_equal_addresses_and_opposite_rules(
    lab: Lab, fabric: Fabric, acme: FabricIntent, policy: Any
) -> None:
    globex = two_networks("globex", lab.plan.attachments[1])
    rules = {slug: [] for slug in ("acme", "globex")}
    one, two = "10.1.0.2/32", "10.1.1.2/32"
    rules["acme"] = [rule(10, one, two, ALLOW, TCP, 80), rule(20, one, two, DENY)]
    rules["globex"] = [rule(10, one, two, DENY, TCP, 80), rule(20, one, two, ALLOW)]
    with (
        carried(fabric, globex),
        serving(lab, "globex/db-1", "tcp", 80),
        serving(lab, "globex/db-1", "tcp", 81),
    ):
        ports = (("tcp", server(acme).ipv4, 80), ("tcp", server(acme).ipv4, 81))
        eventually(lambda: calls(lab, "globex/web-1", *ports) == ["globex/db-1"] * 2, within=30)
        policy(rules=tuple(rules["acme"]))
        fabric.settle(replace(globex, rules=tuple(rules["globex"])))
        assert calls(lab, "acme/web-1", *ports) == ["acme/db-1", "silence"]
        assert calls(lab, "globex/web-1", *ports) == ["silence", "globex/db-1"]
