"""What a change means, in resources and in words."""

from dataclasses import fields, replace

import pytest

from networking.intent import (
    ANY,
    FabricIntent,
    Group,
    HealthCheck,
    Member,
    Network,
    Port,
    PortRange,
    Protocol,
    Route,
    RouterIntent,
    Rule,
    RuleAction,
    Site,
    SitePrefixes,
    TenantRef,
    Term,
    TermKind,
    Transit,
    Vip,
    VipPort,
)
from networking.planning import Plan, describe, foresee

ACME = TenantRef("acme-id", "acme")
PORT = Port("p1", "web-1", "02:00:00:00:00:01", "10.1.0.9", "fd10:1::9")
WEB = Network("n1", "web", "10.1.0.0/24", "10.1.0.1", 1400)
TRANSIT = Transit("a1", "c01", "wan", 101, "100.64.1.2/29", "100.64.1.1", hosts=("h1", "h2"))
ROUTE = Route("10.1.0.0/24", "100.64.1.2", "n1", "web")
BERLIN = Site("s1", "Berlin", 65101, ("172.31.1.2",), ("10.200.1.0/24",), (), 50)
SHOP = Group("g1", "shop", ("10.1.0.9", "fd10:1::9"))
RULE = Rule(
    "u1", "#10", 10, (Term(TermKind.GROUP, "g1", "shop"),), (ANY,), Protocol.TCP,
    (PortRange(443, 443), PortRange(8000, 8010)),
)  # fmt: skip
VIP = Vip(
    "v1", "www", "10.99.0.1", "", (VipPort(Protocol.TCP, 80, 8080),),
    (Member("p1", "web-1", "10.1.0.9"),),
)  # fmt: skip
MUNICH = replace(BERLIN, id="s2", name="Munich", neighbours=("172.31.1.6",))


def fabric(*networks: Network, transit: Transit | None = None) -> FabricIntent:
    """Acme on a fabric."""
    return FabricIntent(ACME, 7, networks, transit)


def router(*sites: Site, routes: tuple[Route, ...] = ()) -> RouterIntent:
    """Acme on a router."""
    return RouterIntent(ACME, 7, "c01", 65000, routes, sites)


def said(before: object, after: object, device: str = "pe1") -> list[str]:
    """The plan's lines with their signs."""
    signs = {"create": "+", "update": "~", "delete": "-"}
    plan = foresee(before, after)
    assert Plan.from_json(plan.to_json()) == plan
    return [f"{signs[line.action]} {line.text}" for line in describe(plan, device)]


def test_equal_intents_need_nothing():
    intent = fabric(replace(WEB, ports=(PORT,)), transit=TRANSIT)
    assert not foresee(intent, replace(intent, generation=8))


def test_a_first_intent_is_all_new():
    assert said(None, fabric(replace(WEB, ports=(PORT,)), transit=TRANSIT)) == [
        "+ way out c01 over VLAN 101 (gateway 100.64.1.2 on h1, h2)",
        "+ network web 10.1.0.0/24 (gateway 10.1.0.1, DHCP, MTU 1400)",
        "+ machine web-1 10.1.0.9, fd10:1::9 in network web (MAC 02:00:00:00:00:01)",
    ]


def test_an_update_tells_old_and_new():
    after = replace(WEB, mtu=1300, dhcp=False, ipv6_prefix="fd10:1::/64", ipv6_gateway="fd10:1::1")
    assert said(fabric(WEB), fabric(after)) == [
        "~ network web: MTU 1400 → 1300; DHCP on → off; IPv6 prefix none → fd10:1::/64"
    ]


def test_deletes_come_last_and_machines_before_their_network():
    before = fabric(replace(WEB, ports=(PORT,)))
    after = fabric(replace(WEB, id="n2", name="db", ipv4_prefix="10.1.1.0/24"))
    assert [line[:14] for line in said(before, after)] == [
        "+ network db 1",
        "- machine web-",
        "- network web ",
    ]


def test_sites_that_learn_the_same_share_a_line():
    before = router(BERLIN, replace(MUNICH, advertised=("10.1.9.0/24",)))
    after = router(
        replace(BERLIN, advertised=("10.1.0.0/24",)),
        replace(MUNICH, advertised=("10.1.0.0/24",)),
        routes=(ROUTE,),
    )
    assert said(before, after) == [
        "+ route 10.1.0.0/24 by way of 100.64.1.2 on pe1",
        "+ Berlin, Munich learn 10.1.0.0/24",
        "- Munich forgets 10.1.9.0/24",
    ]


def test_a_new_site_and_a_changed_one():
    after = replace(BERLIN, max_prefixes=9, accepted=("10.200.1.0/24", "10.200.3.0/24"))
    assert said(router(), router(BERLIN)) == [
        "+ site Berlin (AS 65101, neighbour 172.31.1.2, may announce 10.200.1.0/24) on pe1"
    ]
    assert said(router(BERLIN), router(after)) == [
        "~ site Berlin: accepted prefixes 10.200.1.0/24 → 10.200.1.0/24, 10.200.3.0/24; "
        "prefix limit 50 → 9"
    ]


def test_a_router_does_not_hear_of_a_networks_new_name():
    renamed = replace(ROUTE, network_name="shop")
    assert not foresee(router(routes=(ROUTE,)), router(routes=(renamed,)))


OTHER = {str: lambda _: "x", int: lambda n: n + 7, bool: lambda b: not b, tuple: lambda _: ("x",)}
OTHER |= {Protocol: lambda _: Protocol.UDP, RuleAction: lambda _: RuleAction.DENY}
OTHER |= {type(None): lambda _: HealthCheck()}
BESIDE = {"sites": (SitePrefixes("s1", "Berlin", ("10.200.1.0/24",)),)}


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (lambda one: fabric(transit=one), TRANSIT),
        (lambda one: fabric(one), WEB),
        (lambda one: fabric(replace(WEB, ports=(one,))), PORT),
        (lambda one: router(one), BERLIN),
        (lambda one: replace(fabric(), groups=(one,)), SHOP),
        (lambda one: replace(fabric(), rules=(one,)), RULE),
        (lambda one: replace(fabric(), vips=(one,)), VIP),
        (lambda one: replace(fabric(), sites=(one,)), BESIDE["sites"][0]),
    ],
)
def test_no_field_of_the_intent_is_missed(make, value):
    """A field that the outline left out could change without any device being asked."""
    for field in fields(value):
        if field.name == "id" or (field.name == "ports" and isinstance(value, Network)):
            continue
        held = getattr(value, field.name)
        other = () if field.name == "ports" else OTHER[type(held)](held)
        changed = replace(value, **{field.name: other})
        assert foresee(make(value), make(changed)), field.name


@pytest.mark.parametrize(
    "changes", [BESIDE, {"elsewhere": ("10.3.0.0/24",)}, {"vip_prefixes": ("10.99.0.0/28",)}]
)
def test_what_is_beside_the_nouns_is_not_missed_and_not_said(changes):
    before, after = fabric(WEB), replace(fabric(WEB), **changes)
    assert foresee(before, after)
    assert said(before, after) == []


def test_a_policy_in_words():
    after = replace(fabric(), groups=(SHOP,), rules=(RULE,), vips=(VIP,))
    assert said(fabric(), after) == [
        "+ group shop of 10.1.0.9, fd10:1::9",
        "+ rule #10 allows TCP 443, 8000-8010 from shop to any",
        "+ VIP www 10.99.0.1 (TCP 80 to 8080) over web-1, open to whom rules let reach these",
    ]
    other = replace(
        after,
        groups=(replace(SHOP, addresses=("10.1.0.9", "10.1.0.10")),),
        rules=(replace(RULE, action=RuleAction.REJECT, ports=()),),
        vips=(replace(VIP, members=(), check=HealthCheck()),),
    )
    assert said(after, other) == [
        "~ group shop: 10.1.0.10 joins; fd10:1::9 leaves",
        "~ rule #10: ports 443, 8000-8010 → none; action allow → reject",
        "~ VIP www: web-1 leaves; health check none → every 2 s, out after 2 failures",
    ]


def test_a_groups_new_name_is_told_once():
    renamed = replace(RULE, source=(Term(TermKind.GROUP, "g1", "store"),))
    before = replace(fabric(), groups=(SHOP,), rules=(RULE,))
    after = replace(fabric(), groups=(replace(SHOP, name="store"),), rules=(renamed,))
    assert said(before, after) == ["~ group store: name shop → store"]
