"""What pages cost: a number of queries that does not grow with the rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.models import Network
from tests.factories.acts import Frankfurt, add_network, add_port, add_site, newest_change
from tests.networking.web.conftest import Browser
from tests.world import World

# Entering a role and leaving it reads and writes nothing.
FREE = ("SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config(")
# Each page reads the session, the person and its memberships first.
PAGES = {
    "": 15,
    "networks/": 7,
    "networks/new": 9,
    "networks/{network}/": 9,
    "networks/{network}/edit": 10,
    "networks/{network}/delete": 39,
    "ports/": 6,
    "ports/new": 4,
    "ports/{port}/": 7,
    "ports/{port}/edit": 4,
    "sites/": 5,
    "sites/{site}/": 6,
    "changes/": 5,
    "changes/{change}/": 12,
}


def grow(world: World, fra: Frankfurt, numbers: range) -> Network:
    """More networks, each with machines, all with their changes."""
    for number in numbers:
        network = add_network(world.acme, f"net-{number}", f"10.1.{number}.0/24")
        for machine in range(2):
            add_port(world.acme, network, f"m-{number}-{machine}")
    return network


@pytest.mark.parametrize(("path", "budget"), PAGES.items())
def test_a_page_takes_as_many_queries_with_few_rows_as_with_many(
    engineer: Browser, world: World, fra: Frankfurt, path: str, budget: int
) -> None:
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    empty = add_network(world.acme, "empty", "10.1.0.0/24")
    change = newest_change(world.acme)
    port = add_port(world.acme, grow(world, fra, range(1, 2)), "web-1")
    network = empty if path.endswith("delete") else port.network
    path = path.format(network=network.id, port=port.id, site=site.id, change=change.id)

    few = queries(engineer, path)
    grow(world, fra, range(2, 5))
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=("10.200.2.0/24",))
    many = queries(engineer, path)

    assert many == few == budget


def queries(engineer: Browser, path: str) -> int:
    """How many statements on tables the page takes."""
    engineer.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert engineer.get(path).status_code == 200
    return sum(not query["sql"].startswith(FREE) for query in captured.captured_queries)
