"""What a change opens and closes: by example, and as asking about every packet would say."""

from dataclasses import replace
from ipaddress import ip_address, ip_network
from itertools import permutations
from random import Random

import pytest

from networking.intent import FabricIntent, Protocol, RuleAction
from networking.reach import RuleIndex, effects
from networking.reach.services import Piece, pieces, text_of
from tests.networking.backends.ovn.policies import group_of, rule
from tests.networking.reach.test_reach import DATA, DB, FABRIC, ONE, TWO, WEB
from tests.networking.reach.worlds import world

CLIENTS, SERVERS = group_of("clients", ONE), group_of("servers", DB)
BASE = replace(FABRIC, vips=(), groups=(CLIENTS, SERVERS))


def told(before: FabricIntent, after: FabricIntent) -> list[str]:
    found = effects(before, after)
    assert found.complete
    return [
        f"{'+' if one.opens else '-'} {one.source} > {one.destination}: {one.services}"
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
        f"- {source} > servers: everything" for source in ("Berlin", "clients", "web")
    ]
    allow = rule(10, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.TCP, 443, (8000, 8100))
    assert told(closed, replace(BASE, rules=(allow, deny))) == [
        "+ clients > servers: tcp 443, 8000-8100"
    ]
    late = replace(allow, rank=30)
    assert told(closed, replace(BASE, rules=(deny, late))) == []


def test_default_deny_closes_inwards_and_to_the_outside() -> None:
    after = replace(BASE, networks=(replace(WEB, default_deny=True), DATA))
    assert told(BASE, after) == [
        "- Berlin > clients: everything",
        "- Berlin > web: everything",
        "- clients > Berlin: everything",
        "- clients > web: everything",
        "- servers > clients: everything",
        "- servers > web: everything",
        "- web > Berlin: everything",
        "- web > clients: everything",
    ]


def test_a_member_that_joins_takes_its_access_along() -> None:
    rules = (
        rule(10, CLIENTS, SERVERS, RuleAction.ALLOW, Protocol.UDP, 53),
        rule(20, None, SERVERS, RuleAction.DENY),
    )
    before = replace(BASE, rules=rules)
    grown = replace(CLIENTS, addresses=(*CLIENTS.addresses, TWO.ipv4))
    after = replace(before, groups=(grown, SERVERS))
    assert told(before, after) == ["+ clients > servers: udp 53"]
    # It is called what it is afterwards.
    assert told(after, before) == ["- web > servers: udp 53"]


@pytest.mark.parametrize("seed", range(6))
def test_effects_are_those_of_every_packet(seed: int) -> None:
    random = Random(seed)
    before = replace(world(random).fabric, vips=())
    after = _edited(random, before)
    assert _seen(before, after) == set(_by_packet(before, after))


def _edited(random: Random, fabric: FabricIntent) -> FabricIntent:
    rules = list(fabric.rules)
    if rules:
        edited = random.randrange(len(rules))
        rules[edited] = replace(rules[edited], action=random.choice(list(RuleAction)), ports=())
    networks = [replace(n, default_deny=random.random() < 0.3) for n in fabric.networks]
    first, *others = fabric.groups
    first = replace(first, addresses=first.addresses[1:])
    return replace(fabric, rules=tuple(rules), networks=tuple(networks), groups=(first, *others))


def _seen(before: FabricIntent, after: FabricIntent) -> set[tuple[bool, str, str, str]]:
    found = effects(before, after)
    return {(one.opens, one.source, one.destination, one.services) for one in found.found}


def _by_packet(before: FabricIntent, after: FabricIntent) -> list[tuple[bool, str, str, str]]:
    """The same, by a question about each pair of addresses in each piece."""
    homes = {
        address: network.name for network in after.networks for port in network.ports
        for address in (port.ipv4, port.ipv6)
    }  # fmt: skip
    everyone = [*homes, "10.200.1.1", "fd10:200:1::1"]
    moved: dict[tuple[bool, str, str], set] = {}
    for source, destination in permutations(everyone, 2):
        if (":" in source) != (":" in destination):
            continue
        for piece in pieces((*before.rules, *after.rules)):
            was, will = (_passes(f, homes, source, destination, piece) for f in (before, after))
            if was != will:
                names = (_name(after, a) or homes.get(a, "Berlin")
                         for a in (source, destination))  # fmt: skip
                moved.setdefault((will, *names), set()).add(piece)
    return [(*key, text_of(held)) for key, held in moved.items()]


def _passes(
    fabric: FabricIntent, homes: dict[str, str], source: str, destination: str, piece: Piece
) -> bool:
    index = RuleIndex(fabric.rules, fabric.groups, fabric.sites)
    found = index.first(ip_address(source), ip_address(destination), piece[0], piece[1])
    if found:
        return found.action is RuleAction.ALLOW
    judging = homes.get(destination) or homes[source]
    return not next(n for n in fabric.networks if n.name == judging).default_deny


def _name(fabric: FabricIntent, address: str) -> str:
    names = {
        group.name for group in fabric.groups
        if any(ip_address(address) in ip_network(a) for a in group.addresses)
    }  # fmt: skip
    return ", ".join(sorted(names))
