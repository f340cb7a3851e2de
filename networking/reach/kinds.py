"""Addresses that fare alike, before a change and after it.

A comparison asks about one of each kind. Machines count that are there both times: what a machine
may that comes or goes is a matter of the groups that it joins or leaves.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from networking.intent import FabricIntent, TermKind
from networking.reach.area import Area, first_host
from networking.reach.naming import Key, Naming
from networking.reach.tables import Ip

NAMES = 3
"""Groups that a label tells of an address that is in very many."""


@dataclass(frozen=True, slots=True)
class Home:
    """The network that addresses are in, as far as it matters to policy."""

    id: str
    name: str
    default_deny: bool


@dataclass(eq=False, slots=True)
class Kind:
    """One of the addresses, what they are called, and where they are.

    `named` are the terms that name them before or after, `moved` those of them that do so at one
    time alone; `machines` are port ids, none for what no machine has. `several` tells of other
    addresses.
    """

    address: Ip
    label: str
    before: Home | None
    after: Home | None
    named: frozenset[Key]
    moved: frozenset[Key]
    machines: set[str] = field(default_factory=set)
    several: bool = False


class Census:
    """Sorts addresses into kinds. `namings` are by the terms of all rules, at both times; `spoken`
    are ids of groups that the change is about: an address in one of them is called by it,
    whatever else it is in."""

    def __init__(
        self, areas: tuple[Area, Area], namings: tuple[Naming, Naming], spoken: Collection[str]
    ) -> None:
        self._areas, self._namings, self._spoken = areas, namings, frozenset(spoken)
        self._groups = {
            (str(TermKind.GROUP), group.id): group for area in areas for group in area.fabric.groups
        }
        self._homes: dict[int, Home] = {}
        self._found: dict[object, Kind] = {}

    def kinds(self, prefixes: Iterable[str]) -> list[Kind]:
        """Of machines, of sites, and of those of the prefixes in which none of them is."""
        machines = {
            ip_address(text): port_id
            for text, port_id in _machines(area.fabric for area in self._areas).items()
        }
        for address, port_id in machines.items():
            self._add(address).machines.add(port_id)
        sites = {
            first_host(prefix): None
            for area in self._areas
            for site in area.fabric.sites
            for prefix in site.prefixes
        }
        for address in sites:
            self._add(address)
        known = _Known((*machines, *sites))
        for prefix in dict.fromkeys(prefixes):
            if not known.within(prefix):
                kind = self._add(first_host(prefix), prefix)
                kind.several = kind.several or not prefix.endswith(("/32", "/128"))
        return list(self._found.values())

    def _add(self, address: Ip, prefix: str = "") -> Kind:
        before, after = (self._home(area, address) for area in self._areas)
        was, will = self._named(address)
        where = "" if before or after else self._site(address)
        signature = (address.version, before, after, was, will, where, prefix)
        kind = self._found.get(signature)
        if kind is not None:
            kind.several = True
            return kind
        part = f" ({prefix})" if prefix else ""
        homes = [f"network {home.name}{part}" if home else "" for home in (after, before)]
        site = f"site {where}{part}" if where else prefix or str(address)
        groups = self._group_names(will), self._group_names(was)
        label = groups[0] or homes[0] or groups[1] or homes[1] or site
        kind = Kind(address, label, before, after, was | will, was ^ will)
        return self._found.setdefault(signature, kind)

    def _named(self, address: Ip) -> tuple[frozenset[Key], frozenset[Key]]:
        was, will = self._namings
        named = frozenset(will.of(address))
        return (named if was is will else frozenset(was.of(address)), named)

    def _home(self, area: Area, address: Ip) -> Home | None:
        network = area.networks.first(address)
        if network is None:
            return None
        if id(network) not in self._homes:
            self._homes[id(network)] = Home(network.id, network.name, network.default_deny)
        return self._homes[id(network)]

    def _site(self, address: Ip) -> str:
        """The site that the address is at."""
        names = (sorted(area.site_names(address)) for area in reversed(self._areas))
        return next((found[0] for found in names if found), "")

    def _group_names(self, named: frozenset[Key]) -> str:
        """What the groups among the terms are called now, or were."""
        groups = [self._groups[key] for key in named if key in self._groups]
        spoken = [group for group in groups if group.id in self._spoken]
        names = sorted(group.name for group in spoken or groups)
        more = len(names) - NAMES
        return ", ".join(names[:NAMES]) + (f" and {more} more" if more > 0 else "")


class _Known:
    """Addresses in order."""

    def __init__(self, addresses: Iterable[Ip]) -> None:
        self._in_order: dict[int, list[int]] = {4: [], 6: []}
        for address in addresses:
            self._in_order[address.version].append(int(address))
        for held in self._in_order.values():
            held.sort()

    def within(self, prefix: str) -> bool:
        """Whether one of them is in the prefix."""
        network = ip_network(prefix, strict=False)
        held = self._in_order[network.version]
        place = bisect_left(held, int(network.network_address))
        return place < len(held) and held[place] <= int(network.broadcast_address)


def prefixes_of(fabrics: Iterable[FabricIntent]) -> Iterator[str]:
    """The prefixes that groups hold."""
    for fabric in fabrics:
        for group in fabric.groups:
            yield from (text for text in group.addresses if "/" in text)


def _machines(fabrics: Iterable[FabricIntent]) -> dict[str, str]:
    """Port ids by the addresses that they have both times."""
    was, will = (
        {
            text: port.id
            for network in fabric.networks
            for port in network.ports
            for text in (port.ipv4, port.ipv6)
            if text
        }
        for fabric in fabrics
    )
    return {text: port_id for text, port_id in will.items() if was.get(text) == port_id}
