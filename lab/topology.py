"""What the lab is made of, as plain frozen data: nothing here starts or touches anything.

Addresses are chosen so that no customer prefix of the demo (10.0.0.0/8, fd10::/16) meets
one of the provider: transit in 100.64.0.0/16, site access in 172.31.0.0/16, underlay in
172.30.0.0/24.
"""

from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network

ROUTE_TAG = 4200
"""Tag of the static routes that the router hands on to BGP; all others stay local."""

UNDERLAY_MTU = 1500
"""Bytes of IP that the wire between the hosts carries."""

GENEVE_OVERHEAD = 58
"""Bytes that Geneve over IPv4 adds as OVN sends it: 20 IP + 8 UDP + 8 Geneve + 8 option
+ 14 inner Ethernet (RFC 8926, section 3)."""

WAN_NETWORK = "wan"
"""The physical network name of ``ovn-bridge-mappings`` and of localnet ports."""


@dataclass(frozen=True)
class Host:
    """A hypervisor host: one Open vSwitch and one ovn-controller."""

    name: str
    tunnel: IPv4Interface


@dataclass(frozen=True)
class Circuit:
    """One access line of an attachment, from the router to a customer site."""

    interface: str
    router_v4: IPv4Interface
    site_v4: IPv4Interface
    router_v6: IPv6Interface
    site_v6: IPv6Interface


@dataclass(frozen=True)
class Attachment:
    """A pre-provisioned hand-off on the router: one VRF, one VLAN to the hosts, two circuits."""

    name: str
    vlan: int
    interface: str
    router_v4: IPv4Interface
    gateway_v4: IPv4Interface
    router_v6: IPv6Interface
    gateway_v6: IPv6Interface
    circuits: tuple[Circuit, ...]

    @property
    def vrf(self) -> str:
        """The VRF on the router; each attachment has its own, of the same name."""
        return self.name


@dataclass(frozen=True)
class Router:
    """The provider edge router."""

    name: str
    asn: int


@dataclass(frozen=True)
class Site:
    """A customer site: a router that speaks BGP, and one host address in its LAN."""

    name: str
    attachment: str
    circuit: int
    asn: int
    lan_v4: IPv4Network
    lan_v6: IPv6Network
    host_v4: IPv4Interface
    host_v6: IPv6Interface


@dataclass(frozen=True)
class Topology:
    """A whole provider."""

    region_code: str
    region_name: str
    fabric: str
    hosts: tuple[Host, ...]
    router: Router
    attachments: tuple[Attachment, ...]
    sites: tuple[Site, ...]

    @property
    def machine_mtu(self) -> int:
        """The largest IP packet, in bytes, that a machine may send to another host."""
        return UNDERLAY_MTU - GENEVE_OVERHEAD

    def circuit(self, site: Site) -> Circuit:
        """The line that connects ``site``."""
        return next(a for a in self.attachments if a.name == site.attachment).circuits[site.circuit]


def _circuit(number: int, index: int) -> Circuit:
    v4 = IPv4Network(f"172.31.{number}.{4 * index}/30")
    v6 = IPv6Network(f"fd00:31:{number}:{index + 1}::/64")
    return Circuit(
        interface=f"c{number:02}-a{index + 1}",
        router_v4=IPv4Interface((v4[1], 30)),
        site_v4=IPv4Interface((v4[2], 30)),
        router_v6=IPv6Interface((v6[1], 64)),
        site_v6=IPv6Interface((v6[2], 64)),
    )


def _attachment(number: int) -> Attachment:
    v4 = IPv4Network(f"100.64.{number}.0/29")
    v6 = IPv6Network(f"fd00:64:{number}::/64")
    return Attachment(
        name=f"c{number:02}",
        vlan=100 + number,
        interface=f"c{number:02}-core",
        router_v4=IPv4Interface((v4[1], 29)),
        gateway_v4=IPv4Interface((v4[2], 29)),
        router_v6=IPv6Interface((v6[1], 64)),
        gateway_v6=IPv6Interface((v6[2], 64)),
        circuits=(_circuit(number, 0), _circuit(number, 1)),
    )


def _site(name: str, attachment: str, circuit: int, asn: int, lan: tuple[str, str]) -> Site:
    v4, v6 = IPv4Network(lan[0]), IPv6Network(lan[1])
    return Site(
        name=name,
        attachment=attachment,
        circuit=circuit,
        asn=asn,
        lan_v4=v4,
        lan_v6=v6,
        host_v4=IPv4Interface((v4[10], v4.prefixlen)),
        host_v6=IPv6Interface((v6[0x10], v6.prefixlen)),
    )


DEMO = Topology(
    region_code="fra",
    region_name="Frankfurt",
    fabric="fra-ovn",
    hosts=(
        Host("h1", IPv4Interface("172.30.0.1/24")),
        Host("h2", IPv4Interface("172.30.0.2/24")),
    ),
    router=Router("pe1", 65000),
    attachments=tuple(_attachment(number) for number in range(1, 10)),
    sites=(
        _site("acme-berlin", "c01", 0, 65101, ("10.200.1.0/24", "fd10:200:1::/64")),
        _site("acme-munich", "c01", 1, 65102, ("10.200.2.0/24", "fd10:200:2::/64")),
        # The same LAN as Berlin's on purpose: two customers may use equal prefixes.
        _site("globex-oslo", "c02", 0, 65201, ("10.200.1.0/24", "fd10:200:1::/64")),
        _site("spare-hamburg", "c03", 0, 65301, ("10.210.1.0/24", "fd10:210:1::/64")),
    ),
)
"""The provider of the demo and of the wire tests: c01 is Acme's, c02 Globex's, c03 has a
site that waits for the next customer, c04 to c09 are spare."""
