"""Namespaces and cables of the whole lab, laid before any daemon starts."""

from collections.abc import Iterator

from lab import netns
from lab.host import UPLINK, WAN_UPLINK
from lab.place import Place
from lab.topology import Topology

FORWARDING = ("ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1")

# An address must be usable at once: nobody else can hold it on these cables, and duplicate
# address detection would delay the first BGP session by more than a second (RFC 4862, 5.4).
NO_DAD = ("ipv6/conf/all/accept_dad=0", "ipv6/conf/default/accept_dad=0")


def parts(plan: Topology) -> list[str]:
    """All parts that have a namespace, machines apart."""
    routers = [plan.router.name, *(a.vrf for a in plan.attachments)]
    hosts = [host.name for host in plan.hosts]
    return ["central", "underlay", "wan", *hosts, *routers, *(site.name for site in plan.sites)]


def lay(place: Place, plan: Topology) -> None:
    """Create all namespaces and cables and switch every cable's ends on."""
    netns.create([place.namespace(part) for part in parts(plan)])
    for part in [plan.router.name, *(a.vrf for a in plan.attachments)]:
        netns.write_sysctls(place.namespace(part), [*FORWARDING, *NO_DAD])
    for site in plan.sites:
        netns.write_sysctls(place.namespace(site.name), [*FORWARDING, *NO_DAD])
    cables = list(_cables(plan))
    netns.batch(
        netns.veth((place.namespace(a), b), (place.namespace(c), d)) for (a, b), (c, d) in cables
    )
    ends = interfaces(plan)
    for part, names in ends.items():
        namespace = place.namespace(part)
        netns.batch((f"link set {name} up" for name in names), namespace=namespace)
        netns.no_tx_checksum(namespace, names)
    _underlay(place, ends["underlay"])


def interfaces(plan: Topology) -> dict[str, list[str]]:
    """The cables' ends by part."""
    ends: dict[str, list[str]] = {}
    for part, interface in (end for cable in _cables(plan) for end in cable):
        ends.setdefault(part, []).append(interface)
    return ends


def _cables(plan: Topology) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for host in plan.hosts:
        yield (host.name, UPLINK), ("underlay", host.name)
        yield (host.name, WAN_UPLINK), ("wan", host.name)
    for attachment in plan.attachments:
        yield (attachment.vrf, attachment.interface), ("wan", attachment.name)
    for site in plan.sites:
        yield (site.attachment, plan.circuit(site).interface), (site.name, "wan0")
        # The LAN is a cable with both ends in the site: an interface with carrier and no more.
        yield (site.name, "lan0"), (site.name, "lan-end")


def _underlay(place: Place, ports: list[str]) -> None:
    bridge = ["link add br0 type bridge", "link set br0 up"]
    joined = [f"link set {port} master br0" for port in ports]
    netns.batch([*bridge, *joined], namespace=place.namespace("underlay"))
