"""Answers by example: who decides, and what stands on the way."""

from dataclasses import replace

import pytest

from networking.intent import (
    FabricIntent,
    Member,
    Network,
    Port,
    Protocol,
    Route,
    RouterIntent,
    RuleAction,
    Site,
    SitePrefixes,
    TenantRef,
    Transit,
    Vip,
    VipPort,
)
from networking.reach import (
    Address,
    AtSite,
    Decider,
    Endpoint,
    Machine,
    Probe,
    ToVip,
    Verdict,
    View,
    reach,
)
from tests.networking.backends.ovn.policies import group_of, rule

ACME = TenantRef("acme-id", "acme")
ONE = Port("p1", "web-1", "02:00:00:00:00:01", "10.1.0.11", "fd10:1::11")
TWO = Port("p2", "web-2", "02:00:00:00:00:02", "10.1.0.12", "fd10:1::12")
DB = Port("p3", "db-1", "02:00:00:00:00:03", "10.1.1.11")
WEB = Network(
    "n1", "web", "10.1.0.0/24", "10.1.0.1", 1400, ipv6_prefix="fd10:1::/64",
    ipv6_gateway="fd10:1::1", ports=(ONE, TWO),
)  # fmt: skip
DATA = Network("n2", "data", "10.1.1.0/24", "10.1.1.1", 1400, ports=(DB,))
TRANSIT = Transit("t1", "c01", "wan", 101, "100.64.1.2/29", "100.64.1.1")
BERLIN = Site(
    "s1", "Berlin", 65101, ("172.31.1.2",), ("10.200.1.0/24",),
    ("10.1.0.0/24", "10.200.2.0/24", "10.99.0.0/28"), 50,
)  # fmt: skip
MUNICH = Site("s2", "Munich", 65102, ("172.31.1.6",), ("10.200.2.0/24",), ("10.200.1.0/24",), 50)
PREFIXES = ("10.1.0.0/24", "10.1.1.0/24", "10.99.0.0/28")
VIP = Vip(
    "v1", "shop", "10.99.0.1", "", (VipPort(Protocol.TCP, 80, 8080),),
    tuple(Member(port.id, port.name, port.ipv4) for port in (ONE, DB)),
)  # fmt: skip
FABRIC = FabricIntent(
    ACME, 1, (WEB, DATA), TRANSIT, vips=(VIP,), vip_prefixes=("10.99.0.0/28",),
    sites=(SitePrefixes("s1", "Berlin", BERLIN.accepted),),
)  # fmt: skip
ROUTER = RouterIntent(
    ACME, 1, "c01", 65000, tuple(Route(p, "100.64.1.2", "", "") for p in PREFIXES),
    (BERLIN, MUNICH),
)  # fmt: skip
VIEW = View(FABRIC, ROUTER)


def ask(
    source: Endpoint,
    destination: Endpoint,
    *,
    view: View = VIEW,
    protocol: Protocol = Protocol.TCP,
    port: int = 80,
    version: int = 4,
) -> Verdict:
    at = 0 if protocol is Protocol.ICMP else port
    return reach(view, Probe(source, destination, protocol, at, version))


def way(verdict: Verdict) -> str:
    return " - ".join(f"{hop.kind} {hop.name}" for hop in verdict.hops)


def with_fabric(**changes: object) -> View:
    return View(replace(FABRIC, **changes), ROUTER)


WEB1, WEB2, DB1 = Machine("p1"), Machine("p2"), Machine("p3")


def test_neighbours_meet_on_their_network() -> None:
    verdict = ask(WEB1, WEB2, version=6)
    assert verdict.allowed
    assert (verdict.source, verdict.destination) == ("fd10:1::11", "fd10:1::12")
    assert way(verdict) == "machine web-1 - network web - machine web-2"
    assert verdict.decision.by is Decider.DEFAULT


def test_another_network_is_reached_by_the_gateway() -> None:
    verdict = ask(WEB1, DB1)
    assert way(verdict) == (
        "machine web-1 - network web - gateway gateway - network data - machine db-1"
    )


def test_the_deciding_rule_is_told() -> None:
    web = group_of("web", ONE)
    first = rule(10, web, "10.1.1.0/24", RuleAction.REJECT, Protocol.TCP, 80)
    view = with_fabric(groups=(web,), rules=(first, rule(20, None, None)))
    verdict = ask(WEB1, DB1, view=view)
    assert not verdict.allowed
    assert (verdict.decision.by, verdict.decision.id) == (Decider.RULE, first.id)
    assert verdict.decision.text == "Rule #10 rejects it."
    assert way(verdict).endswith("network data")
    assert ask(WEB1, DB1, port=81, view=view).decision.text == "Rule #20 allows it."
    assert ask(WEB2, DB1, view=view).allowed


def test_default_deny_is_the_destinations_inside_and_the_sources_outwards() -> None:
    closed = with_fabric(networks=(replace(WEB, default_deny=True), DATA))
    assert ask(WEB1, DB1, view=closed).allowed
    refused = ask(DB1, WEB1, view=closed)
    assert not refused.allowed
    assert (refused.decision.by, refused.decision.id) == (Decider.DEFAULT, "n1")
    outwards = ask(WEB1, AtSite("s1"), view=closed)
    assert not outwards.allowed
    assert outwards.decision.id == "n1"
    opened = replace(closed.fabric, rules=(rule(1, "10.1.0.0/24", "10.200.1.0/24"),))
    assert ask(WEB1, AtSite("s1"), view=View(opened, ROUTER)).allowed


def test_to_a_site_and_back() -> None:
    verdict = ask(WEB1, AtSite("s1"))
    assert verdict.allowed
    assert verdict.destination == "10.200.1.1"
    there = "machine web-1 - network web - gateway gateway - transit c01 - router c01 - site Berlin"
    assert way(verdict) == there
    back = ask(Address("10.200.1.77"), WEB1)
    assert back.allowed
    assert way(back) == " - ".join(reversed(there.split(" - ")))


@pytest.mark.parametrize(
    ("source", "destination"), [(DB1, AtSite("s1")), (AtSite("s1"), DB1), (WEB1, AtSite("s2"))]
)
def test_a_site_that_does_not_learn_a_network_is_not_reached(
    source: Endpoint, destination: Endpoint
) -> None:
    verdict = ask(source, destination)
    assert not verdict.allowed
    assert verdict.decision.by is Decider.ROUTE
    assert "does not learn" in verdict.decision.text


def test_sites_reach_each_other_by_what_they_learn() -> None:
    assert ask(AtSite("s1"), AtSite("s2")).allowed
    deaf = replace(ROUTER, sites=(BERLIN, replace(MUNICH, advertised=())))
    assert not ask(AtSite("s1"), AtSite("s2"), view=View(FABRIC, deaf)).allowed


@pytest.mark.parametrize(
    ("source", "destination", "says"),
    [
        (WEB1, Address("192.0.2.1"), "No site may announce 192.0.2.1: nothing leads there."),
        (Address("192.0.2.1"), WEB1, "No site may announce 192.0.2.1: nothing leads there."),
        (WEB1, Address("10.1.1.99"), "No machine of network data has 10.1.1.99."),
        (Address("10.1.1.99"), WEB1, "No machine of network data has 10.1.1.99."),
        (WEB1, Address("10.1.1.1"), "The gateway of network data answers nothing but pings."),
        (WEB1, Address("10.99.0.7"), "No VIP has 10.99.0.7: it is dropped."),
        (AtSite("s1"), Address("10.99.0.7"), "No VIP has 10.99.0.7: it is dropped."),
        (Address("10.1.0.11"), Address("fd10:1::12"),
         "IPv4 and IPv6 addresses do not reach each other."),
    ],
)  # fmt: skip
def test_what_is_nowhere_is_said(source: Endpoint, destination: Endpoint, says: str) -> None:
    verdict = ask(source, destination)
    assert not verdict.allowed
    assert verdict.decision.text == says


def test_a_machine_without_the_family_has_no_address() -> None:
    verdict = ask(WEB1, DB1, version=6)
    assert not verdict.allowed
    assert verdict.decision.text == "db-1 has no IPv6 address."


def test_the_gateway_answers_pings() -> None:
    assert ask(WEB1, Address("10.1.1.1"), protocol=Protocol.ICMP).allowed


def test_a_vip_is_judged_at_its_members() -> None:
    verdict = ask(WEB2, ToVip("v1"))
    assert verdict.allowed
    assert verdict.destination == "10.99.0.1"
    assert verdict.member == "p1"
    assert "vip shop" in way(verdict)
    deny = rule(10, None, "10.1.1.11/32", RuleAction.DENY, Protocol.TCP, 8080)
    refused = ask(WEB2, Address("10.99.0.1"), view=with_fabric(rules=(deny,)))
    assert not refused.allowed
    assert (refused.member, refused.decision.id) == ("p3", deny.id)
    assert ask(WEB2, ToVip("v1"), view=with_fabric(rules=(replace(deny, rank=2, ports=()),
               ))).decision.id == deny.id  # fmt: skip
    to_the_vip = rule(1, None, "10.99.0.1/32", RuleAction.DENY)
    assert ask(WEB2, ToVip("v1"), view=with_fabric(rules=(to_the_vip,))).allowed


def test_a_vip_that_serves_nothing_there_says_so() -> None:
    assert ask(WEB1, ToVip("v1"), port=81).decision.text == "VIP shop does not serve TCP 81."
    pings = ask(WEB1, ToVip("v1"), protocol=Protocol.ICMP)
    assert pings.decision.text == "VIP shop does not serve pings."
    lone = with_fabric(vips=(replace(VIP, members=()),))
    assert ask(WEB1, ToVip("v1"), view=lone).decision.by is Decider.VIP


def test_a_site_reaches_a_vip_that_it_learned() -> None:
    verdict = ask(AtSite("s1"), ToVip("v1"))
    assert verdict.allowed, verdict.decision
    refused = ask(AtSite("s2"), ToVip("v1"))
    assert "Site Munich does not learn 10.99.0.1" in refused.decision.text


def test_a_member_that_calls_itself_comes_from_the_vip() -> None:
    lone = replace(VIP, members=VIP.members[:1])
    closed = (replace(WEB, default_deny=True), DATA)
    own = rule(1, "10.1.0.0/24", "10.1.0.0/24")
    view = with_fabric(vips=(lone,), networks=closed, rules=(own,))
    assert not ask(WEB1, ToVip("v1"), view=view).allowed
    by_vip = rule(2, "10.99.0.1/32", "10.1.0.0/24")
    assert ask(WEB1, ToVip("v1"), view=with_fabric(
        vips=(lone,), networks=closed, rules=(own, by_vip))).allowed  # fmt: skip


def test_without_a_way_out_nothing_leaves() -> None:
    view = View(replace(FABRIC, transit=None), ROUTER)
    for source, destination in ((WEB1, AtSite("s1")), (AtSite("s1"), WEB1)):
        verdict = ask(source, destination, view=view)
        assert not verdict.allowed
        assert "no way out" in verdict.decision.text


def test_two_fabrics_meet_where_their_routers_lead_to_each_other() -> None:
    far = Network("n9", "far", "10.9.0.0/24", "10.9.0.1", 1400,
                  ports=(Port("p9", "far-1", "02:00:00:00:00:09", "10.9.0.11"),))  # fmt: skip
    fabric = FabricIntent(ACME, 1, (far,), replace(TRANSIT, id="t9", name="c09"),
                          elsewhere=("10.1.0.0/16",))  # fmt: skip
    apart = (VIEW, View(fabric, replace(ROUTER, vrf="c09", routes=(), sites=())))
    probe = Probe(WEB1, Machine("p9"), Protocol.TCP, 80)
    assert "has no route" in reach(apart, probe).decision.text
    routes = (*ROUTER.routes, Route("10.9.0.0/24", "100.64.9.2", "", ""))
    shared = replace(ROUTER, routes=routes)
    together = (View(FABRIC, shared), View(fabric, shared))
    verdict = reach(together, probe)
    assert verdict.allowed
    assert way(verdict).endswith("network far - machine far-1")


def test_a_question_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="opens no connections"):
        ask(ToVip("v1"), WEB1)
    with pytest.raises(LookupError, match="nobody"):
        ask(Machine("nobody"), WEB1)
    with pytest.raises(ValueError, match="TCP or UDP"):
        Probe(WEB1, WEB2, Protocol.TCP, 0)
    with pytest.raises(ValueError, match="TCP, UDP or ICMP"):
        Probe(WEB1, WEB2, Protocol.ANY, 1)
