"""The next address that a machine can have."""

from ipaddress import IPv4Address, IPv4Network

from django.db import connection

from networking.models import Network, Port
from networking.planning.addresses import gateway

# The address behind the gateway, behind a machine's or behind the probe's, unless it is taken: the
# lowest of these is the lowest of all. The index on (network, address) answers it.
LOWEST_FREE = """
SELECT host(min(candidate)) FROM (
    SELECT %(gateway)s::inet + 1 AS candidate
    UNION ALL
    SELECT %(probe)s::inet + 1
    UNION ALL
    SELECT ipv4_address + 1 FROM {ports} WHERE network_id = %(network)s
) AS candidates
WHERE candidate < %(broadcast)s::inet
AND candidate IS DISTINCT FROM %(probe)s::inet
AND NOT EXISTS (
    SELECT 1 FROM {ports} WHERE network_id = %(network)s AND ipv4_address = candidate
)
"""


def free_address(network: Network) -> IPv4Address | None:
    """The lowest host address above the gateway that no machine has, retiring ones included, nor
    the health checks; none when the network is full."""
    prefix: IPv4Network = network.ipv4_prefix
    with connection.cursor() as cursor:
        cursor.execute(
            LOWEST_FREE.format(ports=Port._meta.db_table),
            {
                "gateway": str(gateway(prefix)),
                "probe": str(network.probe_ipv4) if network.probe_ipv4 else None,
                "broadcast": str(prefix.broadcast_address),
                "network": network.id,
            },
        )
        (address,) = cursor.fetchone()
    return IPv4Address(address) if address else None
