"""The next free address, against the plain and slow way."""

import pytest

from networking.models import Network, Port
from networking.selectors.free_address import free_address
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network
from tests.world import World


@pytest.mark.parametrize(
    "taken",
    [(), (2,), (3, 4), (2, 3, 5), (14,), tuple(range(2, 15)), (2, 4, 6, 8), tuple(range(3, 15))],
)
def test_it_is_the_lowest_above_the_gateway(world: World, fra: Frankfurt, taken: tuple[int, ...]):
    network = add_network(world.acme, prefix="10.1.0.0/28")
    other = add_network(world.acme, "other", "10.1.1.0/28")
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        _fill(other, (2, 3))
        _fill(network, taken)
        slow = [host for host in range(2, 15) if host not in taken]
        expected = network.ipv4_prefix[slow[0]] if slow else None
        assert free_address(network) == expected


def _fill(network: Network, hosts: tuple[int, ...]) -> None:
    for host in hosts:
        Port.objects.create(
            tenant_id=network.tenant_id,
            network=network,
            name=f"{network.name}-{host}",
            mac=f"02:00:00:00:{len(network.name):02x}:{host:02x}",
            ipv4_address=network.ipv4_prefix[host],
        )
