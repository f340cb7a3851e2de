"""The next address that a machine can have."""

from ipaddress import IPv4Address, IPv4Network

from django.db import connection

from networking.models import Network, Port
from networking.planning.addresses import gateway

# The address behind the gateway or behind a machine's, unless another machine has it: the lowest
# of these is the lowest of all. The index on (network, address) answers it.
LOWEST_FREE = """
SELECT host(min(candidate)) FROM (
    SELECT %(gateway)s::inet + 1 AS candidate
    UNION ALL
    SELECT ipv4_address + 1 FROM {ports} WHERE network_id = %(network)s
) AS candidates
WHERE candidate < %(broadcast)s::inet AND NOT EXISTS (
    SELECT 1 FROM {ports} WHERE network_id = %(network)s AND ipv4_address = candidate
)
"""


def free_address(network: Network) -> IPv4Address | None:
    """The lowest host address above the gateway that no machine has, retiring ones included; none
    when the network is full."""
    prefix: IPv4Network = network.ipv4_prefix
    with connection.cursor() as cursor:
        cursor.execute(
            LOWEST_FREE.format(ports=Port._meta.db_table),
            {
                "gateway": str(gateway(prefix)),
                "broadcast": str(prefix.broadcast_address),
                "network": network.id,
            },
        )
        (address,) = cursor.fetchone()
    return IPv4Address(address) if address else None
