"""What a tenant wants of a fabric: networks with their ports, and the way out to its router."""

from dataclasses import dataclass

from networking.intent.policy import Group, Rule, SitePrefixes
from networking.intent.scope import TenantRef
from networking.intent.vip import Vip


@dataclass(frozen=True, slots=True)
class Port:
    """A machine's connection to a network (OVN: Logical_Switch_Port).

    `ipv4` and `ipv6` are host addresses without a length; `ipv6` is empty on an IPv4-only network.
    """

    id: str
    name: str
    mac: str
    ipv4: str
    ipv6: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """A subnet of the tenant. The gateway is the prefix's first host address.

    `mtu` is in bytes, as handed out by DHCP (RFC 2132 option 26) and router advertisements.
    `default_deny` cuts what no rule allows: towards the network's machines, and from them to
    destinations outside the tenant's networks. What a machine needs to be on the network at all
    (DHCP, ARP, neighbour discovery, router advertisements), health checks, and replies pass.
    `probe_*` are addresses of the network that nobody else has: health checks come from them.
    Without one, members in the network are taken for healthy in that family.
    """

    id: str
    name: str
    ipv4_prefix: str
    ipv4_gateway: str
    mtu: int
    dhcp: bool = True
    ipv6_prefix: str = ""
    ipv6_gateway: str = ""
    ports: tuple[Port, ...] = ()
    default_deny: bool = False
    probe_ipv4: str = ""
    probe_ipv6: str = ""


@dataclass(frozen=True, slots=True)
class Transit:
    """The link between the tenant's logical router and its VRF on a provider edge router.

    `gateway_*` are the fabric's addresses with prefix length (`100.64.1.2/29`), `router_*` the
    VRF's addresses on the same link, without one. `bridge_mapping` is the physical network name
    of the localnet port (ovn-nb: Logical_Switch_Port options:network_name); `vlan` its 802.1Q tag.
    `hosts` may carry the gateway, the first preferred (ovn-nb: HA chassis priority).
    """

    id: str
    name: str
    bridge_mapping: str
    vlan: int
    gateway_ipv4: str
    router_ipv4: str
    gateway_ipv6: str = ""
    router_ipv6: str = ""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FabricIntent:
    """Everything one tenant wants of one fabric, at one generation.

    `groups`, `rules` and `sites` are the tenant's, the same on each of its fabrics. `elsewhere`
    are the prefixes of its networks on other fabrics, which are not outside for a rule.
    `vip_prefixes` are those that routers send to this fabric for its VIPs; what is sent to an
    address of them that no VIP serves goes nowhere.
    """

    tenant: TenantRef
    generation: int
    networks: tuple[Network, ...] = ()
    transit: Transit | None = None
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    vips: tuple[Vip, ...] = ()
    sites: tuple[SitePrefixes, ...] = ()
    elsewhere: tuple[str, ...] = ()
    vip_prefixes: tuple[str, ...] = ()
