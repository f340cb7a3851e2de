"""The machines that the dashboard draws."""

import pytest
from django.utils import timezone

from networking.models import Network, Port
from networking.selectors.topology import fetch_machines
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_network_has_its_first_machines_by_name(
    world: World, fra: Frankfurt, django_assert_num_queries
):
    web, db = add_network(world.acme), add_network(world.acme, "db", "10.1.1.0/24")
    add_network(world.acme, "empty", "10.1.2.0/24")
    for network, name in ((web, "c"), (db, "y"), (web, "a"), (web, "b"), (db, "x"), (db, "z")):
        add_port(world.acme, network, name)
    with acting_as(DatabaseRole.WORKER):
        Port.objects.filter(name="a").update(retiring_at=timezone.now())

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        networks = list(Network.objects.filter(name__in=("web", "db", "empty")).order_by("name"))
        with django_assert_num_queries(1):
            fetch_machines(networks, 2)
            drawn = {
                network.name: [(port.name, port.host) for port in network.machines]
                for network in networks
            }
        fetch_machines([], 2)

    assert drawn == {
        "db": [("x", None), ("y", None)],
        "empty": [],
        "web": [("b", None), ("c", None)],
    }
