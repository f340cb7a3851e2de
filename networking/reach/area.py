"""One fabric with its router, made ready for look-ups: who has an address, and what is routed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address

from networking.intent import FabricIntent, Network, Port, RouterIntent, Site, Vip
from networking.reach.rules import RuleIndex
from networking.reach.tables import Ip, PrefixTable


@dataclass(frozen=True, slots=True)
class View:
    """What the tenant wants of one fabric, and of the router that leads out of it."""

    fabric: FabricIntent
    router: RouterIntent | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """An address in one of the tenant's networks; `port` is none where no machine has it."""

    network: Network
    port: Port | None
    gateway: bool = False


class Area:
    """A view, indexed. What costs more than a glance is made when it is first asked for."""

    def __init__(self, view: View) -> None:
        self.fabric = view.fabric
        self.router = view.router
        self.networks: PrefixTable[Network] = PrefixTable()
        self._by_address: dict[str, Port] = {}
        self._by_id: dict[str, tuple[Port, Network]] = {}
        for network in view.fabric.networks:
            for prefix in filter(None, (network.ipv4_prefix, network.ipv6_prefix)):
                self.networks.add(prefix, network)
            for port in network.ports:
                self._by_id[port.id] = (port, network)
                self._by_address.update({a: port for a in (port.ipv4, port.ipv6) if a})

    @cached_property
    def rules(self) -> RuleIndex:
        """The tenant's list."""
        return RuleIndex(self.fabric.rules, self.fabric.groups, self.fabric.sites)

    def machine(self, port_id: str) -> tuple[Port, Network] | None:
        """The machine's port and its network, if they are on this fabric."""
        return self._by_id.get(port_id)

    def inside(self, address: Ip) -> Inside | None:
        """Who has an address of the tenant's networks on this fabric; None for any other."""
        network = self.networks.first(address)
        if network is None:
            return None
        text = str(address)
        gateway = text in (network.ipv4_gateway, network.ipv6_gateway)
        return Inside(network, self._by_address.get(text), gateway)

    def vip(self, vip_id: str) -> Vip | None:
        """The VIP, if it is on this fabric."""
        return next((vip for vip in self.fabric.vips if vip.id == vip_id), None)

    def vip_at(self, address: Ip) -> Vip | None:
        """The VIP that has this address."""
        text = str(address)
        return next((vip for vip in self.fabric.vips if text in (vip.ipv4, vip.ipv6)), None)

    def for_vips(self, address: Ip) -> bool:
        """Whether the address is of a prefix that is kept for VIPs."""
        return self._vip_prefixes.first(address) is not None

    def site(self, site_id: str) -> Site | None:
        """The site, if it has a session with this fabric's router."""
        return next((site for site in self._sites() if site.id == site_id), None)

    def site_at(self, address: Ip) -> Site | None:
        """The site that may announce the address."""
        return self._accepted.first(address)

    def site_names(self, address: Ip) -> set[str]:
        """The names of the sites that the address stands for in rules."""
        return set(self._rule_sites.covering(address))

    def leads_out(self, version: int) -> bool:
        """Whether packets of the family have a way to the router."""
        transit = self.fabric.transit
        if transit is None or self.router is None:
            return False
        return bool(transit.gateway_ipv4 if version == 4 else transit.gateway_ipv6)

    def routed(self, address: Ip) -> bool:
        """Whether the router has a static route towards the address."""
        return self._routes.first(address) is not None

    def learns(self, site: Site, address: Ip) -> bool:
        """Whether the site is sent a route towards the address."""
        return covers(site.advertised, address)

    def _sites(self) -> Iterable[Site]:
        return self.router.sites if self.router else ()

    @cached_property
    def _rule_sites(self) -> PrefixTable[str]:
        table: PrefixTable[str] = PrefixTable()
        for site in self.fabric.sites:
            for prefix in site.prefixes:
                table.add(prefix, site.name)
        return table

    @cached_property
    def _accepted(self) -> PrefixTable[Site]:
        table: PrefixTable[Site] = PrefixTable()
        for site in self._sites():
            for prefix in site.accepted:
                table.add(prefix, site)
        return table

    @cached_property
    def _routes(self) -> PrefixTable[str]:
        prefixes = (route.prefix for route in self.router.routes) if self.router else ()
        return _table(prefixes)

    @cached_property
    def _vip_prefixes(self) -> PrefixTable[str]:
        return _table(self.fabric.vip_prefixes)


def covers(prefixes: Iterable[str], address: Ip) -> bool:
    """Whether one of the prefixes has the address."""
    return _table(prefixes).first(address) is not None


def of_version(text: str, version: int) -> bool:
    """Whether an address or prefix is of the family."""
    return (":" in text) == (version == 6)


def first_host(prefix: str) -> Ip:
    """The address after the prefix's own; that itself where it is one address."""
    base, _, length = prefix.partition("/")
    address = ip_address(base)
    return address if length in ("", "32", "128") else address + 1


def _table(prefixes: Iterable[str]) -> PrefixTable[str]:
    table: PrefixTable[str] = PrefixTable()
    for prefix in prefixes:
        table.add(prefix, prefix)
    return table
