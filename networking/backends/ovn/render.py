"""From a tenant's intent to the northbound rows that realise it. Pure.

One logical router a tenant, one logical switch a network, so that two tenants share nothing and
may use the same prefixes. The transit is a switch of its own with a localnet port on the tenant's
own VLAN: on a shared one, a tenant could reach another's machines with a crafted route.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_interface, ip_network

from networking.backends.ovn.balancing import balance
from networking.backends.ovn.identity import RowUuid, router_mac, transit_mac
from networking.backends.ovn.policy import enforce
from networking.backends.ovn.rows import Rows
from networking.backends.ovn.spaces import FAMILIES, of_family
from networking.intent import FabricIntent, Network, Port, Transit
from networking.planning import Json, Noun, Resource

# Seconds; a machine renews at half of it (RFC 2131, 4.4.5), so that a new MTU spreads in 30 min.
LEASE_TIME = 3600
# SLAAC forms addresses in prefixes of this length alone (RFC 4862, 5.5.3; RFC 7421).
SLAAC_LENGTH = 64
# Priority of the first gateway host; each next one's is one less. ovn-nb takes 0 to 32767. A next
# one takes over by itself only where a third host is seen (BFD): of two, the one left takes itself
# for cut off, and the intent must name it alone.
TOP_PRIORITY = 1000

# Of policies on the router, ovn-nb takes 0 to 32767; there are no others yet.
REFUSAL_PRIORITY = 1000

_NO_REFERENCE: Mapping[str, Json] = {"dhcpv4_options": None, "dhcpv6_options": None}


def render(intent: FabricIntent) -> tuple[Resource, ...]:
    """All rows of the tenant; none for a tenant that wants nothing."""
    rows = Rows(intent.tenant)
    topology = _Topology(rows)
    if intent.networks or intent.transit:
        topology.router()
        for prefix in intent.vip_prefixes:
            topology.discard(prefix)
    for network in intent.networks:
        topology.network(network)
    if intent.transit:
        topology.transit(intent.transit, _own(intent))
    enforce(rows, intent)
    balance(rows, intent)
    return tuple(rows.resources)


class _Topology:
    """Makes the rows of the tenant's networks and of the way out."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._tenant = rows.tenant
        self._router = rows.uuid("Logical_Router")

    def router(self) -> None:
        """The tenant's logical router."""
        noun = Noun("tenant", self._tenant.id, self._tenant.slug)
        name = self._rows.name("router", self._tenant.id)
        self._rows.add("Logical_Router", self._router, noun, {"name": name})

    def network(self, network: Network) -> None:
        """A network's switch, its gateway and its ports."""
        noun = Noun("network", network.id, network.name)
        switch = self._switch(noun)
        gateways = [_interface(network.ipv4_gateway, network.ipv4_prefix)]
        if network.ipv6_prefix:
            gateways.append(_interface(network.ipv6_gateway, network.ipv6_prefix))
        mac = router_mac(self._rows.uuid("Logical_Router_Port", noun.id))
        announced = network.dhcp and network.ipv6_prefix
        self._connect(noun, switch, mac, gateways, _announcements(network) if announced else {})
        options = dict(_NO_REFERENCE)
        if network.dhcp:
            options["dhcpv4_options"] = self._dhcpv4(noun, network, mac)
        if announced:
            options["dhcpv6_options"] = self._dhcpv6(noun, network, mac)
        for port in network.ports:
            self._port(port, switch, options)

    def transit(self, transit: Transit, own: Sequence[str]) -> None:
        """The way to the provider's router: switch, VLAN, gateway hosts, default routes. `own` are
        prefixes from which nothing may come in by it."""
        noun = Noun("transit", transit.id, transit.name)
        switch = self._switch(noun)
        localnet = {
            "name": self._rows.name("localnet", transit.id),
            "type": "localnet",
            "options": {"network_name": transit.bridge_mapping},
            "tag": transit.vlan,
            "addresses": ["unknown"],
        }
        self._switch_port(noun, switch, localnet, "localnet", transit.id)
        gateways = [text for text in (transit.gateway_ipv4, transit.gateway_ipv6) if text]
        mac = transit_mac(transit.bridge_mapping, transit.vlan, transit.gateway_ipv4)
        port, name = self._connect(noun, switch, mac, gateways, {})
        for rank, host in enumerate(transit.hosts):
            self._gateway(noun, port, host, TOP_PRIORITY - rank)
        for next_hop, prefix in ((transit.router_ipv4, "0.0.0.0/0"), (transit.router_ipv6, "::/0")):
            if next_hop:
                self._route(noun, prefix, next_hop, name)
        self._refuse(noun, name, own)

    def _refuse(self, noun: Noun, port: str, own: Sequence[str]) -> None:
        """Drop what comes in by a port with one of our own addresses as its source: rules trust
        addresses, and port security guards machines' ports alone."""
        for family in FAMILIES:
            prefixes = [prefix for prefix in own if of_family(prefix, family)]
            if prefixes:
                sources = ", ".join(sorted(prefixes))
                columns = {
                    "priority": REFUSAL_PRIORITY,
                    "match": f'inport == "{port}" && {family.word}.src == {{{sources}}}',
                    "action": "drop",
                }
                uuid = self._rows.uuid("Logical_Router_Policy", noun.id, family.word)
                self._rows.add("Logical_Router_Policy", uuid, noun, columns, parents=[self._router])

    def discard(self, prefix: str) -> None:
        """Drop what is for the prefix and was not taken out before: the default route would send
        it to the provider's router, which would send it back."""
        noun = Noun("tenant", self._tenant.id, self._tenant.slug)
        self._route(noun, prefix, "discard", None)

    def _switch(self, noun: Noun) -> RowUuid:
        uuid = self._rows.uuid("Logical_Switch", noun.id)
        name = self._rows.name(noun.type, noun.id)
        self._rows.add("Logical_Switch", uuid, noun, {"name": name})
        return uuid

    def _connect(
        self,
        noun: Noun,
        switch: RowUuid,
        mac: str,
        gateways: list[str],
        announcements: Mapping[str, str],
    ) -> tuple[RowUuid, str]:
        """Join a switch to the tenant's router; UUID and name of the router's port."""
        uuid = self._rows.uuid("Logical_Router_Port", noun.id)
        name = self._rows.name("gateway", noun.id)
        columns = {
            "name": name,
            "mac": mac,
            "networks": sorted(gateways),
            "ipv6_ra_configs": dict(announcements),
        }
        self._rows.add("Logical_Router_Port", uuid, noun, columns, parents=[self._router])
        peer = {
            "name": self._rows.name("uplink", noun.id),
            "type": "router",
            "options": {"router-port": name},
            "addresses": ["router"],
        }
        self._switch_port(noun, switch, peer, "uplink", noun.id)
        return uuid, name

    def _port(self, port: Port, switch: RowUuid, options: Mapping[str, Json]) -> None:
        # Nothing but the port's own addresses passes in either direction: rules trust addresses.
        addresses = " ".join(filter(None, (port.mac, port.ipv4, port.ipv6)))
        columns = {
            "name": port.id,
            "type": "",
            "addresses": [addresses],
            "port_security": [addresses],
            **options,
        }
        if not port.ipv6:
            columns["dhcpv6_options"] = None
        noun = Noun("port", port.id, port.name)
        self._switch_port(noun, switch, columns, "port", port.id)

    def _switch_port(
        self, noun: Noun, switch: RowUuid, columns: Mapping[str, Json], *key: str
    ) -> None:
        uuid = self._rows.uuid("Logical_Switch_Port", *key)
        self._rows.add("Logical_Switch_Port", uuid, noun, columns, parents=[switch])

    def _dhcpv4(self, noun: Noun, network: Network, mac: str) -> RowUuid:
        options = {
            "server_id": network.ipv4_gateway,
            "server_mac": mac,
            "router": network.ipv4_gateway,
            "lease_time": str(LEASE_TIME),
            "mtu": str(network.mtu),
        }
        return self._dhcp(noun, "ipv4", network.ipv4_prefix, options)

    def _dhcpv6(self, noun: Noun, network: Network, mac: str) -> RowUuid:
        return self._dhcp(noun, "ipv6", network.ipv6_prefix, {"server_id": mac})

    def _dhcp(self, noun: Noun, family: str, prefix: str, options: dict[str, str]) -> RowUuid:
        uuid = self._rows.uuid("DHCP_Options", family, noun.id)
        self._rows.add("DHCP_Options", uuid, noun, {"cidr": prefix, "options": options})
        return uuid

    def _gateway(self, noun: Noun, port: RowUuid, host: str, priority: int) -> None:
        uuid = self._rows.uuid("Gateway_Chassis", noun.id, host)
        name = self._rows.name("gateway", noun.id, host)
        columns = {"name": name, "chassis_name": host, "priority": priority}
        self._rows.add("Gateway_Chassis", uuid, noun, columns, parents=[port])

    def _route(self, noun: Noun, prefix: str, next_hop: str, port: str | None) -> None:
        uuid = self._rows.uuid("Logical_Router_Static_Route", noun.id, prefix)
        columns = {
            "ip_prefix": prefix,
            "nexthop": next_hop,
            "output_port": port,
            "route_table": "",
        }
        self._rows.add("Logical_Router_Static_Route", uuid, noun, columns, parents=[self._router])


def _own(intent: FabricIntent) -> list[str]:
    """The prefixes that are on this fabric and nowhere else."""
    networks = (p for n in intent.networks for p in (n.ipv4_prefix, n.ipv6_prefix))
    return [prefix for prefix in (*networks, *intent.vip_prefixes) if prefix]


def _interface(gateway: str, prefix: str) -> str:
    return str(ip_interface(f"{gateway}/{ip_network(prefix).prefixlen}"))


def _announcements(network: Network) -> dict[str, str]:
    """Router advertisements (RFC 4861; ovn-nb ipv6_ra_configs).

    In a /64 machines form their address themselves: the kernel does that without any client, and
    a port whose recorded address is `eui64_address` gets just that one. DHCPv6 answers those that
    ask; in other lengths it is the only way.
    """
    slaac = ip_network(network.ipv6_prefix).prefixlen == SLAAC_LENGTH
    return {
        "address_mode": "slaac" if slaac else "dhcpv6_stateful",
        "mtu": str(network.mtu),
        "send_periodic": "true",
    }
