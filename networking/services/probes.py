"""The address of a network from which members of VIPs are checked."""

from ipaddress import IPv4Network
from uuid import UUID

from django.db.models import QuerySet

from networking.models import Network, Vip
from networking.planning.addresses import gateway
from networking.selectors.free_address import free_address


def give_probes(tenant_id: UUID, region_id: UUID) -> list[Network]:
    """Keep an address for health checks in each network of the region that has none yet. Those
    come back that are too full for one: their members are taken for healthy."""
    full = []
    for network in without_probe(tenant_id, region_id).order_by("name"):
        network.probe_ipv4 = free_address(network)
        if network.probe_ipv4 is None:
            full.append(network)
        else:
            network.save(update_fields=["probe_ipv4"])
    return full


def without_probe(tenant_id: UUID, region_id: UUID) -> QuerySet[Network]:
    """The networks of the region that have no address for health checks."""
    return Network.objects.filter(
        tenant_id=tenant_id, region_id=region_id, retiring_at=None, probe_ipv4=None
    )


def first_probe(network: Network) -> None:
    """Give a new network its address when members are checked in its region; it is not saved."""
    checked = Vip.objects.filter(
        tenant_id=network.tenant_id,
        region_id=network.region_id,
        health_check=True,
        retiring_at=None,
    )
    if checked.exists():
        network.probe_ipv4 = free_address(network)


def keep_probe(network: Network) -> None:
    """Move the address along when the network's prefix no longer has it; it is not saved."""
    prefix: IPv4Network = network.ipv4_prefix
    reserved = (prefix.network_address, gateway(prefix), prefix.broadcast_address)
    if network.probe_ipv4 is None:
        return
    if network.probe_ipv4 not in prefix or network.probe_ipv4 in reserved:
        network.probe_ipv4 = None
        network.probe_ipv4 = free_address(network)
