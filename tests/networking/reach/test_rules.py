"""First match over indexed rules: as the plain way says, and fast."""

import time
from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from networking.intent import (
    ANY,
    FabricIntent,
    Group,
    PortRange,
    Protocol,
    Rule,
    RuleAction,
    SitePrefixes,
    Term,
    TermKind,
)
from networking.reach import Evaluator, Machine, Probe, RuleIndex, View
from networking.reach.cut import Cut
from tests.networking.backends.ovn.intents import make_network, new_tenant
from tests.networking.reach.worlds import OUTSIDE, PORTS, SITE, world

MANY = 10_000
LIMIT = 0.005  # seconds a probe
ADDRESSES = (*OUTSIDE, "10.1.1.2", "10.1.2.3", "fd10:1:1::ff:fe00:1", "fd10:1:3::ff:fe00:2")


def plainly(
    rules: Sequence[Rule],
    groups: Sequence[Group],
    sites: Sequence[SitePrefixes],
    source: str,
    destination: str,
    protocol: Protocol,
    port: int,
) -> Rule | None:
    """Each rule in turn, each term in turn."""
    members = {group.id: group.addresses for group in groups}
    members |= {site.id: site.prefixes for site in sites}

    def named(terms: Sequence[Term], address: str) -> bool:
        for term in terms:
            held = {
                TermKind.ANY: ("0.0.0.0/0", "::/0"),
                TermKind.PREFIX: (term.value,),
            }.get(term.kind, members.get(term.value, ()))
            if any(ip_address(address) in ip_network(prefix) for prefix in held):
                return True
        return False

    for rule in sorted(rules, key=lambda one: one.rank):
        if (
            rule.enabled
            and named(rule.source, source)
            and named(rule.destination, destination)
            and rule.protocol in (Protocol.ANY, protocol)
            and (not rule.ports or any(one.first <= port <= one.last for one in rule.ports))
        ):
            return rule
    return None


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    source=st.sampled_from(ADDRESSES),
    destination=st.sampled_from(ADDRESSES),
    protocol=st.sampled_from((Protocol.TCP, Protocol.UDP, Protocol.ICMP)),
    port=st.sampled_from((*PORTS, 54, 479, 65535)),
)
def test_the_index_matches_as_the_plain_way_does(
    seed: int, source: str, destination: str, protocol: Protocol, port: int
) -> None:
    fabric = world(Random(seed)).fabric
    held = (fabric.rules, fabric.groups, fabric.sites)
    at = 0 if protocol is Protocol.ICMP else port
    found = RuleIndex(*held).first(ip_address(source), ip_address(destination), protocol, at)
    assert found == plainly(*held, source, destination, protocol, at)


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    source=st.sampled_from(ADDRESSES),
    destination=st.sampled_from(ADDRESSES),
)
def test_one_walk_decides_about_each_piece_as_a_probe_does(
    seed: int, source: str, destination: str
) -> None:
    fabric = world(Random(seed)).fabric
    index = RuleIndex(fabric.rules, fabric.groups, fabric.sites)
    ends = ip_address(source), ip_address(destination)
    about = index.matching(*ends)
    cut = Cut(fabric.rules)
    probed = [index.first(*ends, protocol, first) for protocol, first, _ in cut.pieces]
    assert cut.deciders(about) == probed
    some = Random(seed).sample(about, len(about) // 2)
    assert cut.concerned(some) == [
        place
        for place, (protocol, first, _) in enumerate(cut.pieces)
        if any(
            one.protocol in (Protocol.ANY, protocol)
            and (not one.ports or any(p.first <= first <= p.last for p in one.ports))
            for one in some
        )
    ]


def test_a_site_that_no_rule_names_and_an_unknown_group_match_nothing() -> None:
    unknown = Term(TermKind.GROUP, "nobody")
    rule = Rule("r", "r", 1, (unknown,), (ANY,))
    index = RuleIndex([rule], sites=[SITE])
    one = ip_address("10.200.1.1")
    assert index.first(one, one, Protocol.TCP, 80) is None


def large() -> FabricIntent:
    """Ten thousand rules among groups, prefixes and sites; the last one denies all."""
    random = Random(1)
    networks = tuple(
        make_network(f"10.{n}.0.0/22", ports=100, ipv6_prefix=f"fd10:{n:x}::/64", name=f"n{n}")
        for n in range(1, 9)
    )
    machines = [port for network in networks for port in network.ports]
    groups = tuple(
        Group(f"g{n}", f"g{n}", tuple(a for m in random.sample(machines, 20)
                                      for a in (m.ipv4, m.ipv6)))
        for n in range(500)
    )  # fmt: skip
    terms = [Term(TermKind.GROUP, group.id) for group in groups]
    terms += [
        Term(TermKind.PREFIX, f"10.{random.randrange(1, 9)}.{random.randrange(4)}.{n}/32")
        for n in range(200)
    ]

    def rule(rank: int) -> Rule:
        first = random.randrange(1, 60_000)
        ports = (PortRange(first, first), PortRange(first + 2, first + random.randrange(2, 999)))
        sides = ((random.choice(terms),) for _ in range(2))
        return Rule(f"r{rank}", f"#{rank}", rank, *sides, Protocol.TCP, ports)

    rules = [rule(rank) for rank in range(MANY - 1)]
    rules.append(Rule("last", "last", MANY, (ANY,), (ANY,), action=RuleAction.DENY))
    return FabricIntent(new_tenant(), 1, networks, groups=groups, rules=tuple(rules))


def test_a_probe_of_ten_thousand_rules_takes_milliseconds() -> None:
    intent = large()
    evaluator = Evaluator(View(intent))
    machines = [Machine(port.id) for network in intent.networks for port in network.ports]
    random = Random(2)
    asked = [
        Probe(random.choice(machines), random.choice(machines), Protocol.TCP, port)
        for port in (80, 443, 8080, 30_000)
    ]
    evaluator.reach(asked[0])  # makes the index
    for probe in asked:
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            verdict = evaluator.reach(probe)
            times.append(time.perf_counter() - begun)
        assert verdict.decision.id
        assert min(times) < LIMIT, times
