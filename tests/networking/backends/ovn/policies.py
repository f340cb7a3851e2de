"""Groups, rules and VIPs to test with: made by hand, and made at random."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from hypothesis import strategies as st

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
    Rule,
    RuleAction,
    SitePrefixes,
    Term,
    TermKind,
    Vip,
    VipPort,
)

BERLIN = ("10.200.1.0/24", "fd10:200:1::/64")
VIP_PREFIXES = ("10.99.0.0/28", "fd10:99::/64")


def group_of(name: str, *ports: Port, prefixes: Sequence[str] = ()) -> Group:
    """A group of these machines, and of prefixes."""
    addresses = [address for port in ports for address in (port.ipv4, port.ipv6) if address]
    return Group(str(uuid4()), name, (*addresses, *prefixes))


def term(thing: Group | SitePrefixes | str) -> Term:
    """What a rule names a group, a site or a prefix by."""
    match thing:
        case Group():
            return Term(TermKind.GROUP, thing.id, thing.name)
        case SitePrefixes():
            return Term(TermKind.SITE, thing.id, thing.name)
    return Term(TermKind.PREFIX, thing)


def rule(
    rank: int,
    source: Group | SitePrefixes | str | None,
    destination: Group | SitePrefixes | str | None,
    action: RuleAction = RuleAction.ALLOW,
    protocol: Protocol = Protocol.ANY,
    *ports: int | tuple[int, int],
    log: bool = False,
) -> Rule:
    """A rule; None stands for any address."""
    return Rule(
        id=str(uuid4()),
        name=f"#{rank}",
        rank=rank,
        source=(term(source) if source is not None else ANY,),
        destination=(term(destination) if destination is not None else ANY,),
        protocol=protocol,
        ports=tuple(
            PortRange(*one) if isinstance(one, tuple) else PortRange(one, one) for one in ports
        ),
        action=action,
        log=log,
    )


def vip_of(
    *ports: Port, ipv4: str = "10.99.0.1", ipv6: str = "", port: int = 80, member_port: int = 8080
) -> Vip:
    """A checked TCP service of these machines."""
    members = tuple(Member(one.id, one.name, one.ipv4, one.ipv6) for one in ports)
    served = (VipPort(Protocol.TCP, port, member_port),)
    return Vip(str(uuid4()), "shop", ipv4, ipv6, served, members, HealthCheck())


def with_policy(intent: FabricIntent) -> FabricIntent:
    """Two groups, a site, rules of each kind, default deny on the first network, and a VIP."""
    first, *others = intent.networks
    one, two, *_ = first.ports
    web, database = group_of("web", one), group_of("database", two)
    berlin = SitePrefixes(str(uuid4()), "Berlin", BERLIN)
    probe = {"probe_ipv4": "10.1.0.254", "probe_ipv6": "2001:db8:1::fffe"}
    return replace(
        intent,
        networks=(replace(first, default_deny=True, **probe), *others),
        groups=(web, database),
        sites=(berlin,),
        rules=(
            rule(10, web, database, RuleAction.ALLOW, Protocol.TCP, 443, 80, (8000, 8100)),
            rule(20, None, database, RuleAction.REJECT, log=True),
            rule(30, web, berlin, RuleAction.ALLOW),
            rule(40, None, None, RuleAction.DENY, Protocol.ICMP),
            replace(rule(50, "0.0.0.0/0", "10.1.0.0/24"), enabled=False),
        ),
        vips=(vip_of(one, two, ipv6="fd10:99::1"),),
        vip_prefixes=VIP_PREFIXES,
    )


PORT_RANGES = st.tuples(st.integers(1, 65500), st.sampled_from((0, 1, 35))).map(
    lambda pair: PortRange(pair[0], pair[0] + pair[1])
)


@st.composite
def rules(draw: st.DrawFn, rank: int, terms: Sequence[Term]) -> Rule:
    """Any rule over these terms."""
    sides = st.lists(st.sampled_from(terms), min_size=1, max_size=3, unique=True).map(tuple)
    protocol = draw(st.sampled_from(Protocol))
    some_ports = st.lists(PORT_RANGES, max_size=3).map(tuple)
    return Rule(
        id=str(uuid4()),
        name=draw(st.text(max_size=5)),
        rank=rank,
        source=draw(sides),
        destination=draw(sides),
        protocol=protocol,
        ports=draw(some_ports) if protocol in (Protocol.TCP, Protocol.UDP) else (),
        action=draw(st.sampled_from(RuleAction)),
        enabled=draw(st.sampled_from((True, True, False))),
        log=draw(st.booleans()),
    )


@st.composite
def policies(draw: st.DrawFn, intent: FabricIntent) -> FabricIntent:
    """The intent with any policy and VIPs upon its networks."""
    ports = [port for network in intent.networks for port in network.ports]
    some = st.lists(st.sampled_from(ports), max_size=3, unique=True) if ports else st.just([])
    more = st.lists(st.sampled_from((*BERLIN, "0.0.0.0/0", "10.0.0.0/15")), max_size=2, unique=True)
    groups = tuple(
        group_of(f"g{index}", *draw(some), prefixes=draw(more))
        for index in range(draw(st.integers(0, 3)))
    )
    sites = (SitePrefixes(str(uuid4()), "Berlin", BERLIN),)
    prefixes = ("10.0.0.0/24", "0.0.0.0/0", "::/0", "192.0.2.7/32", "2001:db8:0:1::/64")
    terms = (ANY, *map(term, (*groups, *sites, *prefixes)))
    return replace(
        intent,
        networks=tuple(_denying(network, draw(st.booleans())) for network in intent.networks),
        groups=groups,
        sites=sites,
        rules=tuple(draw(rules(rank, terms)) for rank in range(draw(st.integers(0, 4)))),
        vips=tuple(
            replace(vip_of(*draw(some), ipv4=f"10.99.0.{index + 1}"), check=draw(CHECKS))
            for index in range(draw(st.integers(0, 2)))
        ),
        vip_prefixes=draw(st.sampled_from(((), VIP_PREFIXES))),
    )


CHECKS = st.none() | st.builds(HealthCheck, interval=st.integers(1, 9))


def _denying(network: Network, deny: bool) -> Network:
    # 10.x.0.30 is in no network's machines' range.
    probe = network.ipv4_prefix.split("/")[0].rpartition(".")[0] + ".30"
    return replace(network, default_deny=deny, probe_ipv4=probe)
