"""What a change opens and closes: by example, and as asking about every packet would say."""

import time
from dataclasses import replace
from ipaddress import ip_address, ip_network
from itertools import permutations
from random import Random

import pytest

from networking.intent import FabricIntent, Network, Protocol, Rule, RuleAction
from networking.reach import End, RuleIndex, effects, gather, lists
from networking.reach.cut import Cut, Piece
from networking.reach.effects import Comparison, spoken
from networking.reach.lists import Lists
from networking.reach.services import text_of
from tests.networking.backends.ovn.policies import group_of, rule
from tests.networking.reach.test_reach import DATA, DB, FABRIC, ONE, TWO, WEB
from tests.networking.reach.worlds import world

LONG_LIST = 1.0  # seconds of processor time; it takes a twentieth
CLIENTS, SERVERS = group_of("clients", ONE), group_of("servers", DB)
BASE = replace(FABRIC, vips=(), groups=(CLIENTS, SERVERS))


def told(before: FabricIntent, after: FabricIntent) -> list[str]:
    found = effects(before, after)
    assert found.complete
    return [
        f"{'+' if one.opens else '-'} {one.source.name} > {one.destination.name}: {one.services}"
        + (f" ({one.family})" if one.family else "")
        for one in found.found
    ]


def test_nothing_changes_nothing() -> None:
    held = replace(BASE, rules=(rule(1, CLIENTS, SERVERS),))
    (same,) = held.rules
    assert told(held, replace(held, rules=(replace(same, name="x", log=True),))) == []


def test_a_rule_closes_what_it_denies_and_an_earlier_one_opens() -> None:
    deny = rule(20, None, SERVERS, RuleAction.DENY)
    closed = replace(BASE, rules=(deny,))
    assert told(BASE, closed) == [
        f"- {source} > servers: everything" for source in ("clients", "network web", "site Berlin")
    ]
    allow = rule(10, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.TCP, 443, (8000, 8100))
    assert told(closed, replace(BASE, rules=(allow, deny))) == [
        "+ clients > servers: TCP 443, 8000-8100"
    ]
    late = replace(allow, rank=30)
    assert told(closed, replace(BASE, rules=(deny, late))) == []


def test_default_deny_closes_inwards_and_to_the_outside() -> None:
    after = replace(BASE, networks=(replace(WEB, default_deny=True), DATA))
    assert told(BASE, after) == [
        "- clients > network web: everything",
        "- clients > site Berlin: everything",
        "- network web > clients: everything",
        "- network web > site Berlin: everything",
        "- servers > clients: everything",
        "- servers > network web: everything",
        "- site Berlin > clients: everything",
        "- site Berlin > network web: everything",
    ]


def test_a_member_that_joins_takes_its_access_along() -> None:
    rules = (
        rule(10, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.UDP, 53),
        rule(20, None, SERVERS, RuleAction.DENY),
    )
    before = replace(BASE, rules=rules)
    grown = replace(CLIENTS, addresses=(*CLIENTS.addresses, TWO.ipv4))
    after = replace(before, groups=(grown, SERVERS))
    assert told(before, after) == ["+ clients > servers: UDP 53"]
    # It is called what it is afterwards.
    assert told(after, before) == ["- network web > servers: UDP 53"]


def test_machines_are_counted_and_families_told_apart() -> None:
    both = group_of("both", ONE, TWO)
    base = replace(BASE, groups=(both, SERVERS))
    one = rule(10, "10.1.0.11/32", SERVERS, RuleAction.DENY, Protocol.TCP, 5432)
    (found,) = effects(base, replace(base, rules=(one,))).found
    assert (found.source, found.destination) == (End("both", 1, 2), End("servers", 1, 1))
    every = rule(10, both, both, RuleAction.DENY, Protocol.ICMP)
    (found,) = effects(base, replace(base, rules=(every,))).found
    assert (found.source, found.services, found.family) == (End("both", 2, 2), "ICMP", "")
    half = rule(10, "10.1.0.0/24", both, RuleAction.DENY, Protocol.ICMP)
    (found,) = effects(base, replace(base, rules=(half,))).found
    assert found.family == "IPv4"


def test_all_but_a_little_is_said_in_few_words() -> None:
    allow = rule(10, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.TCP, 443)
    before = replace(BASE, rules=(allow,))
    after = replace(before, networks=(WEB, replace(DATA, default_deny=True)))
    assert told(before, after)[0] == "- clients > servers: everything but TCP 443"


def test_who_is_everybody_is_called_any() -> None:
    ports = [
        replace(ONE, id=f"m{n}", name=f"m{n}", ipv4=f"10.1.0.{n}", ipv6="") for n in range(20, 25)
    ]
    groups = tuple(group_of(f"g{n}", port) for n, port in enumerate(ports))
    web = replace(WEB, ports=tuple(ports))
    before = replace(BASE, networks=(web, DATA), groups=(*groups, SERVERS))
    after = replace(before, networks=(web, replace(DATA, default_deny=True)))
    assert told(before, after) == [
        "- any > servers: everything",
        "- servers > site Berlin: everything",
    ]
    (first, _) = effects(before, after).found
    assert first.source == End("any", 5, 6)


def test_a_prefix_in_which_nobody_is_stands_for_itself() -> None:
    partner = rule(10, CLIENTS, "203.0.113.0/24", RuleAction.DENY)
    part = rule(20, CLIENTS, "10.200.1.128/25", RuleAction.REJECT)
    free = rule(30, "10.1.1.64/26", CLIENTS, RuleAction.DENY, Protocol.UDP)
    assert told(BASE, replace(BASE, rules=(partner, part, free))) == [
        "- clients > 203.0.113.0/24: everything",
        "- clients > site Berlin (10.200.1.128/25): everything",
        "- network data (10.1.1.64/26) > clients: UDP",
    ]


def test_machines_that_come_or_go_open_nothing_by_themselves() -> None:
    rules = (rule(20, None, CLIENTS, RuleAction.DENY),)
    less = replace(BASE, rules=rules, networks=(replace(WEB, ports=(ONE,)), DATA))
    more = replace(BASE, rules=rules)
    assert told(less, more) == told(more, less) == []


DENY = rule(20, None, SERVERS, RuleAction.DENY)
ALLOW = rule(30, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.TCP, 443)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ((DENY,), (DENY, ALLOW), f"Shadowed by rule {DENY.name}."),
        ((DENY, ALLOW), (DENY,), f"Shadowed by rule {DENY.name}."),
        ((), (ALLOW,), "What it allows passes anyway."),
        ((ALLOW,), (), "What it allowed passes anyway."),
        ((DENY,), (replace(ALLOW, rank=10, action=RuleAction.REJECT), DENY),
         "What it rejects is cut anyway."),
        ((), (rule(10, group_of("nobody"), SERVERS, RuleAction.DENY),),
         "No address is named by both of its sides yet."),
        ((DENY,), (DENY,), ""),
    ],
)  # fmt: skip
def test_why_nothing_is_opened_or_closed(
    before: tuple[Rule, ...], after: tuple[Rule, ...], said: str
) -> None:
    found = effects(replace(BASE, rules=before), replace(BASE, rules=after))
    assert (found.found, found.nothing) == ((), said)


def test_why_members_and_defaults_change_nothing() -> None:
    grown = replace(CLIENTS, addresses=(*CLIENTS.addresses, TWO.ipv4))
    bigger = replace(BASE, groups=(grown, SERVERS))
    assert effects(BASE, bigger).nothing == "No enabled rule names group clients."
    closed = replace(BASE, networks=(WEB, replace(DATA, default_deny=True, ports=())))
    empty = replace(BASE, networks=(WEB, replace(DATA, ports=())))
    assert effects(empty, closed).nothing == "Network data has no machines yet."


def test_too_much_to_ask_is_told_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    every = replace(BASE, rules=(rule(1, None, None, RuleAction.DENY),))
    monkeypatch.setattr(lists, "PAIRS", 2)
    found = effects(BASE, every)
    assert found.found
    assert not found.complete


def test_a_long_list_between_the_same_groups_takes_one_walk() -> None:
    """Also where thousands of rules are about one pair of machines."""
    rules = tuple(
        rule(n, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.TCP, n + 1) for n in range(4_000)
    )
    before = replace(BASE, rules=(*rules, rule(4_000, None, SERVERS, RuleAction.DENY)))
    grown = replace(CLIENTS, addresses=(*CLIENTS.addresses, TWO.ipv4))
    began = time.process_time()
    assert told(before, replace(before, groups=(grown, SERVERS))) == [
        "+ clients > servers: TCP 1-4000"
    ]
    assert time.process_time() - began < LONG_LIST


@pytest.mark.parametrize("seed", range(12))
def test_effects_are_those_of_every_packet(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "FEW", 1000)  # nobody is told of as any
    random = Random(seed)
    before = replace(world(random).fabric, vips=())
    after = _edited(random, before)
    found = effects(before, after)
    seen = {(one.opens, one.source.name, one.destination.name, one.services) for one in found.found}
    assert found.complete
    assert seen == _by_packet(before, after)


def _edited(random: Random, fabric: FabricIntent) -> FabricIntent:
    rules = list(fabric.rules)
    if rules:
        edited = random.randrange(len(rules))
        rules[edited] = replace(rules[edited], action=random.choice(list(RuleAction)), ports=())
        moved = rules.pop(random.randrange(len(rules)))
        rules.insert(random.randrange(len(rules) + 1), moved)
        rules = [replace(one, rank=place) for place, one in enumerate(rules)]
    networks = [replace(n, default_deny=random.random() < 0.3) for n in fabric.networks]
    first, *others = fabric.groups
    first = replace(first, addresses=first.addresses[1:])
    return replace(fabric, rules=tuple(rules), networks=tuple(networks), groups=(first, *others))


def _by_packet(before: FabricIntent, after: FabricIntent) -> set[tuple[bool, str, str, str]]:
    """The same, by a question about each pair of addresses in each piece."""
    names = {str(kind.address): kind.label for kind in Comparison(before, after).kinds}
    changed = spoken(Lists(before.rules, after.rules).changed, before, after)
    for network in after.networks:
        for port in network.ports:
            for address in (port.ipv4, port.ipv6):
                names[address] = _name(after, address, changed) or f"network {network.name}"
    found = set()
    indices = [RuleIndex(one.rules, one.groups, one.sites) for one in (before, after)]
    for source, destination in permutations(names, 2):
        if (":" in source) != (":" in destination):
            continue
        held: dict[bool, list[Piece]] = {True: [], False: []}
        for piece in Cut((*before.rules, *after.rules)).pieces:
            was, will = (
                _passes(fabric, index, source, destination, piece)
                for fabric, index in zip((before, after), indices, strict=True)
            )
            if was != will:
                held[will].append(piece)
        found |= {
            (opens, names[source], names[destination], text_of(moved))
            for opens, moved in held.items()
            if moved
        }
    return found


def _passes(
    fabric: FabricIntent, index: RuleIndex, source: str, destination: str, piece: Piece
) -> bool:
    judging = _home(fabric, destination) or _home(fabric, source)
    if judging is None:
        return True  # it never comes by
    found = index.first(ip_address(source), ip_address(destination), piece[0], piece[1])
    return found.action is RuleAction.ALLOW if found else not judging.default_deny


def _home(fabric: FabricIntent, address: str) -> Network | None:
    return next(
        (
            network
            for network in fabric.networks
            for prefix in (network.ipv4_prefix, network.ipv6_prefix)
            if prefix and ip_address(address) in ip_network(prefix)
        ),
        None,
    )


def _name(after: FabricIntent, address: str, changed: set[str]) -> str:
    """By the groups that the change is about, or else by all."""
    held = {
        group.id: group.name
        for group in after.groups
        if any(ip_address(address) in ip_network(one) for one in group.addresses)
    }
    names = sorted(held[key] for key in (held.keys() & changed or held))
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
