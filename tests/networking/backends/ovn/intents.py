"""Intents to test with: made by hand, and made at random."""

from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network
from uuid import uuid4

from hypothesis import strategies as st

from networking.intent import (
    FabricIntent,
    Network,
    Port,
    ScopeRef,
    TenantRef,
    Transit,
    eui64_address,
)
from tests.networking.backends.ovn.policies import policies


def new_tenant(slug: str = "acme") -> TenantRef:
    """A tenant that nobody else has."""
    return TenantRef(id=str(uuid4()), slug=slug)


def scope_of(tenant: TenantRef) -> ScopeRef:
    return ScopeRef(id=str(uuid4()), tenant=tenant)


def make_port(number: int, *, network: str = "10.1.0.0/24", ipv6_prefix: str = "") -> Port:
    """Machine ``web-N`` at the N-th address after the gateway."""
    mac = f"02:00:00:00:{number // 256:02x}:{number % 256:02x}"
    ipv4 = str(IPv4Network(network)[number + 1])
    ipv6 = eui64_address(ipv6_prefix, mac) if ipv6_prefix else ""
    return Port(id=str(uuid4()), name=f"web-{number}", mac=mac, ipv4=ipv4, ipv6=ipv6)


def make_network(
    prefix: str = "10.1.0.0/24",
    *,
    ports: int = 2,
    ipv6_prefix: str = "",
    dhcp: bool = True,
    name: str = "web",
) -> Network:
    return Network(
        id=str(uuid4()),
        name=name,
        ipv4_prefix=prefix,
        ipv4_gateway=str(IPv4Network(prefix)[1]),
        mtu=1400,
        dhcp=dhcp,
        ipv6_prefix=ipv6_prefix,
        ipv6_gateway=str(IPv6Network(ipv6_prefix)[1]) if ipv6_prefix else "",
        ports=tuple(
            make_port(number, network=prefix, ipv6_prefix=ipv6_prefix)
            for number in range(1, ports + 1)
        ),
    )


def make_transit(vlan: int = 101, *, hosts: tuple[str, ...] = ("h1", "h2")) -> Transit:
    return Transit(
        id=str(uuid4()),
        name="pe1",
        bridge_mapping="wan",
        vlan=vlan,
        gateway_ipv4="100.64.1.2/29",
        router_ipv4="100.64.1.1",
        gateway_ipv6="2001:db8:ffff:1::2/64",
        router_ipv6="2001:db8:ffff:1::1",
        hosts=hosts,
    )


def make_intent(tenant: TenantRef | None = None) -> FabricIntent:
    """Two networks, one of them with IPv6, and a transit over two gateway hosts."""
    return FabricIntent(
        tenant=tenant or new_tenant(),
        generation=1,
        networks=(
            make_network("10.1.0.0/24", ipv6_prefix="2001:db8:1::/64"),
            make_network("10.1.1.0/24", name="db", dhcp=False),
        ),
        transit=make_transit(),
    )


def without_ports(intent: FabricIntent) -> FabricIntent:
    return replace(
        intent, networks=tuple(replace(network, ports=()) for network in intent.networks)
    )


# Whatever a person may call a thing, quotes and other scripts too; PostgreSQL knows no NUL and
# UTF-8 no surrogate.
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)


@st.composite
def networks(draw: st.DrawFn, index: int) -> Network:
    """The ``index``-th network, so that no two of a tenant overlap."""
    ipv6 = f"2001:db8:{index:x}::/{draw(st.sampled_from((64, 80)))}" if draw(st.booleans()) else ""
    network = make_network(
        f"10.{index}.0.0/{draw(st.integers(16, 27))}",
        ports=draw(st.integers(0, 4)),
        ipv6_prefix=ipv6 if ipv6.endswith("/64") else "",
        dhcp=draw(st.booleans()),
    )
    if ipv6.endswith("/80"):
        gateway = str(IPv6Network(ipv6)[1])
        ports = tuple(
            replace(port, ipv6=str(IPv6Network(ipv6)[place + 2]))
            for place, port in enumerate(network.ports)
        )
        network = replace(network, ipv6_prefix=ipv6, ipv6_gateway=gateway, ports=ports)
    return replace(network, name=draw(NAMES), mtu=draw(st.integers(1280, 9000)))


@st.composite
def transits(draw: st.DrawFn) -> Transit:
    hosts = draw(st.lists(st.sampled_from(("h1", "h2", "h3")), unique=True))
    transit = replace(
        make_transit(draw(st.integers(1, 4094)), hosts=tuple(hosts)), name=draw(NAMES)
    )
    return transit if draw(st.booleans()) else replace(transit, gateway_ipv6="", router_ipv6="")


@st.composite
def intents(draw: st.DrawFn, tenant: TenantRef | None = None) -> FabricIntent:
    """Any intent, the empty one too."""
    count = draw(st.integers(0, 3))
    intent = FabricIntent(
        tenant=tenant or new_tenant(draw(SLUGS)),
        generation=draw(st.integers(1, 1000)),
        networks=tuple(draw(networks(index)) for index in range(count)),
        transit=draw(st.none() | transits()),
    )
    return draw(policies(intent)) if draw(st.booleans()) else intent
