"""The address of a network from which members of VIPs are checked."""

from ipaddress import IPv4Network
from uuid import UUID

from networking.models import Network
from networking.planning.addresses import gateway
from networking.selectors.free_address import free_address


def give_probes(tenant_id: UUID, region_id: UUID) -> list[Network]:
    """Keep an address for health checks in each network of the region that has none yet. Those
    come back that are too full for one: their members are taken for healthy."""
    rows = Network.objects.filter(
        tenant_id=tenant_id, region_id=region_id, retiring_at=None, probe_ipv4=None
    )
    full = []
    for network in rows.order_by("name"):
        network.probe_ipv4 = free_address(network)
        if network.probe_ipv4 is None:
            full.append(network)
        else:
            network.save(update_fields=["probe_ipv4"])
    return full


def keep_probe(network: Network) -> None:
    """Move the address along when the network's prefix no longer has it; it is not saved."""
    prefix: IPv4Network = network.ipv4_prefix
    reserved = (prefix.network_address, gateway(prefix), prefix.broadcast_address)
    if network.probe_ipv4 is None:
        return
    if network.probe_ipv4 not in prefix or network.probe_ipv4 in reserved:
        network.probe_ipv4 = None
        network.probe_ipv4 = free_address(network)
