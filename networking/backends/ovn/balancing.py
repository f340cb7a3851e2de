"""VIPs as load balancers on every switch and on the router (man 5 ovn-nb, Load_Balancer). Pure.

A machine's packet is balanced on the host that it starts from, by the load balancer of its
switch; a site's on the gateway host, by that of the router. One row a VIP and protocol carries
both families and all ports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from networking.backends.ovn.rows import Rows
from networking.backends.ovn.tables import ROUTERS
from networking.intent import FabricIntent, Member, Network, Protocol, Vip, VipPort
from networking.planning import Noun

# With no member left, a client is told at once instead of waiting (RST, or port unreachable).
_OPTIONS = {"reject": "true"}


def balance(rows: Rows, intent: FabricIntent) -> None:
    """Add the rows of the intent's VIPs."""
    if not (intent.networks or intent.transit):
        return
    homes = {port.id: network for network in intent.networks for port in network.ports}
    switches = [rows.uuid("Logical_Switch", network.id) for network in intent.networks]
    router = rows.uuid("Logical_Router")
    for vip in intent.vips:
        for protocol in (Protocol.TCP, Protocol.UDP):
            ports = [port for port in vip.ports if port.protocol is protocol]
            if not ports:
                continue
            fronts = [front for port in ports for front in _fronts(vip, port)]
            noun = Noun("vip", vip.id, vip.name)
            uuid = rows.uuid("Load_Balancer", vip.id, protocol)
            checked = vip.check is not None and protocol is Protocol.TCP
            columns = {
                "name": rows.name("vip", vip.id, protocol),
                "protocol": str(protocol),
                "vips": {front.address: ",".join(front.members) for front in fronts},
                "ip_port_mappings": _probes(vip, homes) if checked else {},
                "options": dict(_OPTIONS),
            }
            rows.add("Load_Balancer", uuid, noun, columns, parents=switches, **{ROUTERS: [router]})
            if checked:
                for front in fronts:
                    check = rows.uuid("Load_Balancer_Health_Check", vip.id, front.address)
                    settings = {"vip": front.address, "options": _timing(vip)}
                    rows.add("Load_Balancer_Health_Check", check, noun, settings, parents=[uuid])


def address_of(front: str) -> str:
    """The address in `ADDRESS:PORT`, canonical."""
    return str(ip_address(front.rpartition(":")[0].strip("[]")))


@dataclass(frozen=True, slots=True)
class _Front:
    """One address and port of a VIP, and those of its members."""

    address: str
    members: tuple[str, ...]


def _fronts(vip: Vip, port: VipPort) -> Iterator[_Front]:
    for address, of in ((vip.ipv4, _ipv4), (vip.ipv6, _ipv6)):
        if address:
            members = sorted(f"{_host(of(m))}:{port.member_port}" for m in vip.members if of(m))
            yield _Front(f"{_host(address)}:{port.port}", tuple(members))


def _probes(vip: Vip, homes: Mapping[str, Network]) -> dict[str, str]:
    """By member's address, its port and the address that health checks come from. A member that
    is not on this fabric, or whose network has no such address, is taken for healthy."""
    found = {}
    for member in vip.members:
        network = homes.get(member.port_id)
        if network and member.ipv4 and network.probe_ipv4:
            found[member.ipv4] = f"{member.port_id}:{network.probe_ipv4}"
        if network and member.ipv6 and network.probe_ipv6:
            found[_host(member.ipv6)] = f"{member.port_id}:{_host(network.probe_ipv6)}"
    return found


def _timing(vip: Vip) -> dict[str, str]:
    assert vip.check is not None
    return {
        "interval": str(vip.check.interval),
        "timeout": str(vip.check.timeout),
        "failure_count": str(vip.check.failures),
        "success_count": str(vip.check.successes),
    }


def _ipv4(member: Member) -> str:
    return member.ipv4


def _ipv6(member: Member) -> str:
    return member.ipv6


def _host(address: str) -> str:
    """An address where a port may follow."""
    return f"[{address}]" if ":" in address else address
