"""What people say of a network, checked and written into its row."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import TypedDict
from uuid import UUID

from networking.compiler import Ways
from networking.models import Fabric, GroupNetwork, Network, Port, Region, Site
from networking.planning.addresses import Prefix, gateway
from networking.selectors.prefixes import address_space
from networking.services.guards import check_label, taken_name
from networking.services.prefixes import check_network_prefix, read_prefix
from portal.lib.errors import Refusal

# RFC 791: every IPv4 node takes 576 bytes; RFC 8200 section 5: every IPv6 link carries 1280.
IPV4_MTU_LEAST = 576
IPV6_MTU_LEAST = 1280
DEFAULT_MTU = 1400
MACHINES_NAMED = 5  # how many machines a refusal names


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """What a person says of a network. `region` is the region's code; prefixes are text, an empty
    `ipv6_prefix` means none; `mtu` is in bytes; `sites` are ids, used with "some" alone.
    With `default_deny` what no rule allows is cut."""

    name: str
    region: str
    ipv4_prefix: str
    ipv6_prefix: str = ""
    dhcp: bool = True
    mtu: int = DEFAULT_MTU
    learned_by: str = Network.LearnedBy.ALL
    sites: tuple[UUID, ...] = ()
    default_deny: bool = False


class NetworkPatch(TypedDict, total=False):
    """The fields of `NetworkInput` that can change; a network never moves to another region."""

    name: str
    ipv4_prefix: str
    ipv6_prefix: str
    dhcp: bool
    mtu: int
    learned_by: str
    sites: tuple[UUID, ...]
    default_deny: bool


def place(tenant_id: UUID, code: str) -> tuple[Region, Fabric]:
    """The region with this code and the fabric that carries the tenant's networks there."""
    region = Region.objects.filter(code=code).first()
    if region is None:
        codes = ", ".join(Region.objects.order_by("code").values_list("code", flat=True))
        raise Refusal(
            "region-unknown", f"There is no region {code!r}. There is: {codes}.", field="region"
        )
    fabric = Ways(tenant_id).fabric_of(region.id)
    if fabric is None:
        raise Refusal(
            "region-empty",
            f"{region.name} cannot carry networks yet: it has no fabric.",
            field="region",
        )
    return region, fabric


def fill(
    network: Network, wanted: NetworkInput, fabric: Fabric, current: NetworkInput | None = None
) -> list[Site]:
    """Check what is wanted and write it into the row; the chosen sites come back.

    A prefix that stays as it is stays allowed, whatever has become of the space around it.
    """
    network.name = _name(network, wanted.name)
    moved = _set_prefixes(network, wanted, current)
    if current is not None and network.ipv4_prefix in moved:
        _check_ports_fit(network)
    _check_mtu(wanted.mtu, fabric, ipv6=bool(network.ipv6_prefix))
    network.dhcp, network.mtu = wanted.dhcp, wanted.mtu
    network.default_deny = wanted.default_deny
    if wanted.learned_by not in Network.LearnedBy.values:
        known = ", ".join(Network.LearnedBy.values)
        raise Refusal(
            "learned-by-invalid",
            f"{wanted.learned_by!r} is not a way to choose sites. Use one of: {known}.",
            field="learned_by",
        )
    network.learned_by = wanted.learned_by
    return _sites(network, wanted.sites)


def _name(network: Network, name: str) -> str:
    check_label(name, "network")
    others = Network.objects.filter(tenant_id=network.tenant_id, name=name).exclude(id=network.id)
    other = others.first()
    if other is not None:
        raise taken_name("network", name, retiring=other.retiring_at is not None)
    return name


def _set_prefixes(
    network: Network, wanted: NetworkInput, current: NetworkInput | None
) -> set[Prefix]:
    """Write both prefixes into the row and return those that are new."""
    ipv4 = read_prefix(wanted.ipv4_prefix, 4, "ipv4_prefix")
    ipv6 = read_prefix(wanted.ipv6_prefix, 6, "ipv6_prefix") if wanted.ipv6_prefix else None
    old = {current.ipv4_prefix, current.ipv6_prefix} if current else set()
    moved: set[Prefix] = set()
    space = address_space(network.tenant_id, without=network.id)
    for field, prefix in (("ipv4_prefix", ipv4), ("ipv6_prefix", ipv6)):
        if prefix is not None and str(prefix) not in old:
            check_network_prefix(prefix, space, field)
            moved.add(prefix)
    network.ipv4_prefix, network.ipv6_prefix = ipv4, ipv6
    return moved


def _check_ports_fit(network: Network) -> None:
    """Machines keep their addresses, so a new IPv4 prefix must hold them all."""
    prefix: IPv4Network = network.ipv4_prefix
    reserved = (prefix.network_address, gateway(prefix), prefix.broadcast_address)
    ports = Port.objects.filter(tenant_id=network.tenant_id, network=network).order_by("name")
    outside = [
        port for port in ports if port.ipv4_address not in prefix or port.ipv4_address in reserved
    ]
    if outside:
        raise Refusal(
            "prefix-in-use",
            f"{prefix} has no place for {_named(outside)}. "
            "Choose a prefix that holds all machines, or delete those first.",
            field="ipv4_prefix",
        )


def _check_mtu(mtu: int, fabric: Fabric, *, ipv6: bool) -> None:
    least = IPV6_MTU_LEAST if ipv6 else IPV4_MTU_LEAST
    if mtu > fabric.mtu:
        text = (
            f"An MTU of {mtu} does not fit: the tunnels between the hosts leave {fabric.mtu} bytes."
        )
    elif mtu < least:
        text = f"An MTU of {mtu} is too small: IPv{6 if ipv6 else 4} needs at least {least}."
    else:
        return
    raise Refusal("mtu-invalid", f"{text} Choose one from {least} to {fabric.mtu}.", field="mtu")


def _sites(network: Network, ids: tuple[UUID, ...]) -> list[Site]:
    """The chosen sites; none unless only some learn the network."""
    if network.learned_by != Network.LearnedBy.SOME:
        return []
    sites = list(
        Site.objects.filter(tenant_id=network.tenant_id, id__in=ids, retiring_at=None)
        .select_related("attachment__fabric")
        .order_by("name")
    )
    if len(sites) != len(set(ids)):
        raise Refusal(
            "site-unknown", "One of the chosen sites is not there. Choose again.", field="sites"
        )
    if not sites:
        raise Refusal(
            "sites-needed",
            "Choose at least one site, or say that no site learns the network.",
            field="sites",
        )
    return sites


def check_empty(network: Network) -> None:
    """Refuse to lose a network with machines in it, and name them. Those on their way out go with
    it."""
    ports = Port.objects.filter(tenant_id=network.tenant_id, network=network, retiring_at=None)
    live = list(ports.order_by("name")[: MACHINES_NAMED + 1])
    if live:
        raise Refusal(
            "network-in-use",
            f"Network {network.name} still has machines: {_named(live)}. Delete them first.",
            status=409,
        )


def check_ungrouped(network: Network) -> None:
    """Refuse to lose a network that a group holds, and name the groups. Raises Refusal."""
    links = GroupNetwork.objects.filter(
        tenant_id=network.tenant_id, network=network, group__retiring_at=None
    )
    names = list(links.order_by("group__name").values_list("group__name", flat=True))
    if names:
        raise Refusal(
            "network-in-use",
            f"Network {network.name} belongs to group {', '.join(names)}. "
            "Take it out of there first.",
            status=409,
        )


def _named(ports: list[Port]) -> str:
    names = ", ".join(f"{port.name} ({port.ipv4_address})" for port in ports[:MACHINES_NAMED])
    return names + (" and more" if len(ports) > MACHINES_NAMED else "")
