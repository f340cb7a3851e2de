"""Tenants at random: small ones, in which rules meet often."""

from dataclasses import replace
from random import Random

from networking.intent import (
    ANY,
    FabricIntent,
    Member,
    PortRange,
    Protocol,
    Route,
    RouterIntent,
    Rule,
    RuleAction,
    Site,
    SitePrefixes,
    Term,
    Vip,
    VipPort,
)
from networking.reach import Address, AtSite, Endpoint, Machine, Probe, ToVip, View
from tests.networking.backends.ovn.intents import make_network, make_transit, new_tenant
from tests.networking.backends.ovn.policies import group_of, term

SITE = SitePrefixes("00000000-0000-4000-8000-00000000be71", "Berlin", ("10.200.1.0/24",
                    "fd10:200:1::/64"))  # fmt: skip
OUTSIDE = ("10.200.1.1", "10.200.1.77", "192.0.2.9", "fd10:200:1::1", "fd10:200:1::77",
           "2001:db8:ffff::9")  # fmt: skip
PORTS = (53, 80, 443, 8080, 8081)
PREFIXES = (
    "10.1.0.0/16", "10.1.0.0/25", "10.1.1.2/32", "10.200.1.0/25", "10.0.0.0/8", "0.0.0.0/0",
    "192.0.2.0/24", "10.99.0.0/24", "fd10:1::/32", "fd10:1:1::/64", "fd10:200:1::/120", "::/0",
)  # fmt: skip


def world(random: Random) -> View:
    """Three networks with three machines each, groups, rules, a site, two VIPs."""
    networks = tuple(
        replace(
            make_network(f"10.1.{n}.0/24", ports=3, ipv6_prefix=f"fd10:1:{n}::/64", name=f"n{n}"),
            default_deny=random.random() < 0.4,
        )
        for n in range(1, 4)
    )
    # The same MAC address in two networks of a tenant is allowed, and no test of rules.
    networks = tuple(
        replace(network, ports=tuple(replace(p, name=f"{network.name}-{p.name}")
                                     for p in network.ports))
        for network in networks
    )  # fmt: skip
    machines = [port for network in networks for port in network.ports]
    groups = tuple(
        group_of(
            f"g{n}",
            *random.sample(machines, random.randint(0, 4)),
            prefixes=random.sample(PREFIXES, random.choice((0, 0, 0, 1, 2))),
        )
        for n in range(5)
    )
    terms = [ANY, ANY, *map(term, groups), *map(term, groups), term(SITE), *map(term, PREFIXES)]
    vips = tuple(
        Vip(
            f"00000000-0000-4000-8000-00000000000{n}", f"v{n}",
            f"10.99.0.{n + 1}", f"fd10:99::{n + 1}",
            tuple(VipPort(p, 80, 8080) for p in (Protocol.TCP, Protocol.UDP)),
            tuple(Member(m.id, m.name, m.ipv4, m.ipv6) for m in random.sample(machines, n)),
        )
        for n in range(2)
    )  # fmt: skip
    count = random.randint(0, 14)
    fabric = FabricIntent(
        tenant=new_tenant(),
        generation=1,
        networks=networks,
        transit=make_transit(hosts=("h1",)),
        groups=groups,
        rules=tuple(_rule(random, rank, terms) for rank in random.sample(range(30_000), count)),
        vips=vips,
        sites=(SITE,),
        vip_prefixes=("10.99.0.0/24", "fd10:99::/64"),
    )
    return View(fabric, _router(fabric))


def probes(random: Random, view: View, count: int) -> list[Probe]:
    """Questions about the world; a machine does not call itself."""
    machines = [Machine(port.id) for network in view.fabric.networks for port in network.ports]
    outside = [Address(text) for text in OUTSIDE]
    targets: list[Endpoint] = [ToVip(vip.id) for vip in view.fabric.vips]
    sources: list[Endpoint] = [*machines * 3, AtSite(SITE.id), *outside[:2], *outside[3:5]]
    found: list[Probe] = []
    while len(found) < count:
        source = random.choice(sources)
        destination = random.choice([*machines * 2, *targets * 3, *outside])
        if source == destination or _never_inside(source, destination):
            continue
        protocol = random.choice((Protocol.TCP, Protocol.TCP, Protocol.UDP, Protocol.ICMP))
        port = 0 if protocol is Protocol.ICMP else random.choice((80, *PORTS))
        found.append(Probe(source, destination, protocol, port, random.choice((4, 6))))
    return found


def _never_inside(source: Endpoint, destination: Endpoint) -> bool:
    """Between two outsiders OVN has no say."""
    return not {type(source), type(destination)} & {Machine, ToVip}


def _rule(random: Random, rank: int, terms: list[Term]) -> Rule:
    protocol = random.choice((Protocol.ANY, *Protocol))
    ports: tuple[PortRange, ...] = ()
    if protocol in (Protocol.TCP, Protocol.UDP) and random.random() < 0.8:
        firsts = random.sample(PORTS, random.randint(1, 3))
        ports = tuple(PortRange(p, p + random.choice((0, 0, 1, 400))) for p in firsts)
    sides = (tuple(random.sample(terms, random.choice((1, 1, 2)))) for _ in range(2))
    source, destination = sides
    return Rule(
        id=f"00000000-0000-4000-8000-{rank:012d}",
        name=f"#{rank}",
        rank=rank,
        source=source,
        destination=destination,
        protocol=protocol,
        ports=ports,
        action=random.choice((*RuleAction, RuleAction.ALLOW)),
        enabled=random.random() < 0.9,
    )


def _router(fabric: FabricIntent) -> RouterIntent:
    """Everything is routed and learned."""
    prefixes = [p for n in fabric.networks for p in (n.ipv4_prefix, n.ipv6_prefix)]
    prefixes += fabric.vip_prefixes
    site = Site(SITE.id, SITE.name, 65101, ("172.31.1.2",), SITE.prefixes, tuple(prefixes), 50)
    routes = tuple(Route(prefix, "100.64.1.2", "", "") for prefix in prefixes)
    return RouterIntent(fabric.tenant, 1, "c01", 65000, routes, (site,))
