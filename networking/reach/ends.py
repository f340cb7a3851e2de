"""From what a probe names to addresses, and where they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from networking.intent import Site
from networking.reach.area import Area, Inside, first_host, of_version
from networking.reach.probe import (
    Address,
    AtSite,
    Decider,
    Decision,
    Endpoint,
    Hop,
    HopKind,
    Machine,
    Probe,
    ToVip,
)
from networking.reach.tables import Ip


class NoSuchEndError(Exception):
    """A probe's end has no address to try; `decision` says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.text)
        self.decision = decision


@dataclass(frozen=True, slots=True)
class End:
    """An address and where it is: in a network of the area's fabric, at a site of its router, or
    in neither. `area` is none for what no fabric and no router knows."""

    address: Ip
    area: Area | None = None
    inside: Inside | None = None
    site: Site | None = None

    @property
    def hop(self) -> Hop:
        """The end as the first or last thing on the way."""
        if self.inside and self.inside.port:
            return Hop(HopKind.MACHINE, self.inside.port.id, self.inside.port.name)
        if self.inside:
            return Hop(HopKind.NETWORK, self.inside.network.id, self.inside.network.name)
        if self.site:
            return Hop(HopKind.SITE, self.site.id, self.site.name)
        return Hop(HopKind.OUTSIDE, "", str(self.address))


def version_of(probe: Probe) -> int:
    """The address family that is asked about."""
    for end in (probe.source, probe.destination):
        if isinstance(end, Address):
            return ip_address(end.text).version
    return probe.version


def find(areas: Sequence[Area], endpoint: Endpoint, version: int) -> End:
    """The end that is meant. Raises NoSuchEndError where it has no address of the family, and
    LookupError for an id that no intent holds."""
    match endpoint:
        case Machine(port_id):
            return _machine(areas, port_id, version)
        case AtSite(site_id):
            return _site(areas, site_id, version)
        case ToVip(vip_id):
            return _vip(areas, vip_id, version)
        case Address(text):
            return _address(areas, ip_address(text), version)


def locate(areas: Sequence[Area], address: Ip) -> End:
    """Where an address is."""
    for area in areas:
        if inside := area.inside(address):
            return End(address, area, inside)
    for area in areas:
        if area.vip_at(address) or area.for_vips(address):
            return End(address, area)
    for area in areas:
        if site := area.site_at(address):
            return End(address, area, site=site)
    return End(address)


def _machine(areas: Sequence[Area], port_id: str, version: int) -> End:
    for area in areas:
        if found := area.machine(port_id):
            port, network = found
            text = port.ipv4 if version == 4 else port.ipv6
            if not text:
                raise _without(port.id, port.name, version)
            return End(ip_address(text), area, Inside(network, port))
    raise LookupError(f"no port has the id {port_id}")


def _site(areas: Sequence[Area], site_id: str, version: int) -> End:
    for area in areas:
        if site := area.site(site_id):
            prefixes = [text for text in site.accepted if of_version(text, version)]
            if not prefixes:
                raise _without(site.id, site.name, version)
            return End(first_host(prefixes[0]), area, site=site)
    raise LookupError(f"no site has the id {site_id}")


def _vip(areas: Sequence[Area], vip_id: str, version: int) -> End:
    for area in areas:
        if vip := area.vip(vip_id):
            text = vip.ipv4 if version == 4 else vip.ipv6
            if not text:
                raise _without(vip.id, vip.name, version)
            return End(ip_address(text), area)
    raise LookupError(f"no VIP has the id {vip_id}")


def _address(areas: Sequence[Area], address: Ip, version: int) -> End:
    if address.version != version:
        raise NoSuchEndError(
            Decision(Decider.ADDRESS, "", "IPv4 and IPv6 addresses do not reach each other.")
        )
    return locate(areas, address)


def _without(noun_id: str, name: str, version: int) -> NoSuchEndError:
    return NoSuchEndError(
        Decision(Decider.ADDRESS, noun_id, f"{name} has no IPv{version} address.")
    )
