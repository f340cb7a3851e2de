"""Rules and groups as rows, without a database."""

from dataclasses import replace
from itertools import count

import pytest

from networking.backends.ovn.policy import DEFAULT_DENY, FIRST_RULE, PASS
from networking.backends.ovn.render import render
from networking.intent import (
    ANY,
    LAST_RANK,
    FabricIntent,
    Group,
    Protocol,
    Rule,
    RuleAction,
    SitePrefixes,
)
from networking.planning import Action, Resource, diff
from tests.networking.backends.ovn.intents import make_intent, make_network, new_tenant
from tests.networking.backends.ovn.policies import BERLIN, group_of, rule, with_policy

RULES = 1000


def acls(intent: FabricIntent, noun_id: str = "") -> list[Resource]:
    return [row for row in render(intent) if row.kind == "ACL" and noun_id in ("", row.noun.id)]


def matches(intent: FabricIntent, one: Rule) -> dict[tuple[str, str], str]:
    """By direction and family, what the ACLs of a rule match; without what tells it from others."""
    found = {}
    for row in acls(replace(intent, rules=(one,)), one.id):
        match = row.attrs["match"].removesuffix(f" /* {one.id} */")
        family, _, rest = match.partition(" && ")
        found[row.attrs["direction"], family] = rest
    return found


def held_name(group: Group | SitePrefixes, version: int, kind: str = "group") -> str:
    return f"$dm_{kind}_{group.id.replace('-', '_')}_{version}"


@pytest.fixture
def intent() -> FabricIntent:
    return make_intent()


@pytest.fixture
def web(intent: FabricIntent) -> Group:
    return group_of("web", intent.networks[0].ports[0])


def test_without_rules_and_default_deny_there_is_no_acl(intent: FabricIntent) -> None:
    held = replace(intent, groups=(group_of("web"),))
    assert acls(held) == []
    disabled = replace(rule(1, None, None), enabled=False)
    assert acls(replace(held, rules=(disabled,))) == []


def test_group_to_group_is_one_acl_a_family(intent: FabricIntent, web: Group) -> None:
    database = group_of("database", intent.networks[0].ports[1])
    held = replace(intent, groups=(web, database))
    one = rule(5, web, database, RuleAction.ALLOW, Protocol.TCP, 443, 80, (8000, 8100), 8101)
    ports = "(tcp.dst == {80, 443} || 8000 <= tcp.dst <= 8101)"
    assert matches(held, one) == {
        ("to-lport", f"ip{v}"): f"ip{v}.src == {held_name(web, v)} && "
        f"ip{v}.dst == {held_name(database, v)} && {ports}"
        for v in (4, 6)
    }


def test_a_rule_to_a_site_is_enforced_at_the_source_alone(intent: FabricIntent, web: Group) -> None:
    berlin = SitePrefixes("b-1", "Berlin", BERLIN)
    one = rule(5, web, berlin, RuleAction.DENY)
    found = matches(replace(intent, groups=(web,), sites=(berlin,)), one)
    assert found == {
        ("from-lport", f"ip{v}"): f"ip{v}.src == {held_name(web, v)} && "
        f"ip{v}.dst == {held_name(berlin, v, 'site')}"
        for v in (4, 6)
    }


@pytest.mark.parametrize(
    ("destination", "where"),
    [
        (None, {"to-lport", "from-lport"}),
        ("10.1.0.0/25", {"to-lport"}),
        ("10.1.0.7/32", {"to-lport"}),
        ("10.0.0.0/8", {"to-lport", "from-lport"}),
        ("192.0.2.0/24", {"from-lport"}),
        ("10.7.0.0/24", set()),
    ],
)
def test_where_a_destination_is_judged(
    intent: FabricIntent, destination: str | None, where: set[str]
) -> None:
    """10.7.0.0/16 is the tenant's on another fabric: that one judges it."""
    held = replace(intent, elsewhere=("10.7.0.0/16",))
    found = matches(held, rule(5, None, destination, RuleAction.DENY))
    assert {direction for direction, _ in found} == where


def test_families_are_never_mixed(intent: FabricIntent) -> None:
    assert {f for _, f in matches(intent, rule(5, "10.1.0.0/24", None))} == {"ip4"}
    assert {f for _, f in matches(intent, rule(5, "2001:db8:1::/64", None))} == {"ip6"}
    assert matches(intent, rule(5, "2001:db8:1::/64", "10.1.0.0/24")) == {}


def test_every_address_is_written_as_two_halves(intent: FabricIntent) -> None:
    found = matches(intent, rule(5, "0.0.0.0/0", "10.1.0.0/24"))
    assert found == {
        ("to-lport", "ip4"): "ip4.src == {0.0.0.0/1, 128.0.0.0/1} && ip4.dst == 10.1.0.0/24"
    }


@pytest.mark.parametrize(
    ("protocol", "ports", "ip4", "ip6"),
    [
        (Protocol.ICMP, (), "icmp4", "icmp6"),
        (Protocol.UDP, (), "udp", "udp"),
        (Protocol.UDP, (53,), "udp.dst == 53", "udp.dst == 53"),
        (Protocol.TCP, ((1, 2), 3), "1 <= tcp.dst <= 3", "1 <= tcp.dst <= 3"),
    ],
)
def test_what_a_service_is_in_a_match(
    intent: FabricIntent, protocol: Protocol, ports: tuple[int, ...], ip4: str, ip6: str
) -> None:
    found = matches(intent, rule(5, None, None, RuleAction.DENY, protocol, *ports))
    assert found["to-lport", "ip4"] == found["from-lport", "ip4"] == ip4
    assert found["to-lport", "ip6"] == found["from-lport", "ip6"] == ip6


def test_bands_of_priorities_keep_their_order(intent: FabricIntent) -> None:
    first, last = rule(0, None, None), rule(LAST_RANK, None, None)
    held = with_policy(replace(intent))
    priorities = [row.attrs["priority"] for row in acls(replace(held, rules=(first, last)))]
    assert set(priorities) == {PASS, FIRST_RULE, FIRST_RULE - LAST_RANK, DEFAULT_DENY}
    assert PASS > FIRST_RULE > FIRST_RULE - LAST_RANK > DEFAULT_DENY


def test_default_deny_hangs_on_its_network_alone(intent: FabricIntent) -> None:
    closed, other = intent.networks
    one = replace(intent, networks=(replace(closed, default_deny=True), other))
    drops = [row for row in acls(one) if row.attrs["action"] == "drop"]
    assert {row.attrs["direction"] for row in drops} == {"to-lport", "from-lport"}
    both = replace(one, networks=tuple(replace(n, default_deny=True) for n in one.networks))
    assert [len(row.attrs["parents"]) for row in drops] == [1, 1]
    steps = diff(render(both), render(one)).steps
    touched = [(step.action, step.kind) for step in steps]
    assert touched == [(Action.UPDATE, "ACL"), (Action.UPDATE, "ACL")]


def test_reordering_two_rules_touches_their_acls_alone(intent: FabricIntent, web: Group) -> None:
    one, two, three = (rule(rank, web, web) for rank in (10, 20, 30))
    before = replace(intent, groups=(web,), rules=(one, two, three))
    after = replace(before, rules=(replace(two, rank=5), one, three))
    steps = diff(render(after), render(before)).steps
    assert [(step.action, step.noun.id) for step in steps] == [(Action.UPDATE, two.id)] * 2


def test_a_member_more_is_an_address_set_alone(intent: FabricIntent, web: Group) -> None:
    before = replace(intent, groups=(web,), rules=(rule(1, web, web), rule(2, None, web)))
    more = replace(web, addresses=(*web.addresses, "10.1.1.2"))
    empty = replace(web, addresses=())
    for changed in (more, empty):
        steps = diff(render(replace(before, groups=(changed,))), render(before)).steps
        assert {(step.action, step.kind) for step in steps} == {(Action.UPDATE, "Address_Set")}


def test_names_of_rules_are_nothing_to_the_fabric(intent: FabricIntent) -> None:
    one = rule(1, None, None)
    before = replace(intent, rules=(one,))
    assert not diff(render(replace(before, rules=(replace(one, name="x"),))), render(before))


@pytest.mark.parametrize("sides", ["any any", "prefix any", "web any", "any web", "web web"])
def test_rules_of_two_tenants_never_match_by_equal_words(sides: str) -> None:
    """Of equal ones the central daemon makes one flow, whose hits would be one rule's alone."""
    told = []
    for _ in range(2):
        held = make_intent()
        web = group_of("web", held.networks[0].ports[0])
        words = {"any": None, "prefix": "10.1.0.0/24", "web": web}
        one = rule(5, *(words[word] for word in sides.split()), RuleAction.DENY)
        rows = acls(replace(held, groups=(web,), rules=(one,)), one.id)
        told.append({row.attrs["match"] for row in rows})
    assert all(told)
    assert told[0].isdisjoint(told[1])


def test_logging_is_metered(intent: FabricIntent) -> None:
    one = rule(1, None, "10.1.0.0/24", log=True)
    held = replace(intent, rules=(one,))
    (meter,) = [row for row in render(held) if row.kind == "Meter"]
    (row,) = acls(held, one.id)
    assert row.attrs["log"] is True
    assert row.attrs["meter"] == meter.attrs["name"]
    assert not [r for r in render(make_intent()) if r.kind.startswith("Meter")]


def test_a_thousand_rules_in_both_families_stay_few_acls() -> None:
    networks = tuple(
        make_network(f"10.1.{n}.0/24", ports=4, ipv6_prefix=f"2001:db8:{n}::/64", name=f"n{n}")
        for n in range(3)
    )
    groups = tuple(group_of(f"g{n}", *networks[n % 3].ports) for n in range(40))
    pairs = ((a, b) for a in groups for b in groups)
    numbers = count()
    rules = tuple(
        rule(next(numbers) * 20, a, b, RuleAction.ALLOW, Protocol.TCP, 80, 443, (8000, 8010))
        for (a, b), _ in zip(pairs, range(RULES), strict=False)
    )
    closed = tuple(replace(network, default_deny=True) for network in networks)
    intent = FabricIntent(new_tenant(), 1, closed, groups=groups, rules=rules)
    assert len(rules) == RULES
    assert all(set(one.source).isdisjoint({ANY}) for one in rules)
    assert len(acls(intent)) <= 2.2 * RULES
