"""What the tenant role may not do even where a service forgot to ask."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from networking.models import (
    AllowedPrefix,
    Change,
    Generation,
    Network,
    NetworkSite,
    Port,
    Scope,
    Site,
    Verdict,
)
from networking.services import networks
from networking.services.networks import NetworkInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import acting_as
from tests.factories.acts import Frankfurt, add_network, add_port, add_site
from tests.world import World

FORBIDDEN: dict[str, Callable[[], object]] = {
    "remove a network that devices may hold": lambda: Network.objects.all()._raw_delete("default"),
    "remove a port that devices may hold": lambda: Port.objects.all()._raw_delete("default"),
    "say that a device verified it": lambda: Scope.objects.update(verified=99),
    "take a fencing token": lambda: Scope.objects.update(token=99),
    "say that a change is done": lambda: Change.objects.update(state="done"),
    "remove a change": lambda: Change.objects.all()._raw_delete("default"),
    "speak for a host": lambda: Verdict.objects.create(subject_type="host"),
    "use more address space": lambda: AllowedPrefix.objects.update(prefix="10.0.0.0/8"),
    "change a site": lambda: Site.objects.update(max_prefixes=9999),
    "remove its generation": lambda: Generation.objects.all()._raw_delete("default"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_tenant_may_not(world: World, fra: Frankfurt, what: str):
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_port(world.acme, add_network(world.acme))
    with (
        in_role(DatabaseRole.WORKER),
        pytest.raises(DatabaseError, match="permission denied"),
        in_role(DatabaseRole.TENANT, world.acme.id),
    ):
        FORBIDDEN[what]()


def test_no_reference_leaves_the_tenant(world: World, fra: Frankfurt):
    """Row-level security does not bind foreign keys; the composite ones do, for every role."""
    mine, foreign = add_network(world.acme), add_network(world.globex)
    oslo = add_site(world.globex, fra.attachments[1], "Oslo")
    stray = Port(
        tenant=world.acme,
        network=foreign,
        name="stray",
        mac="02:00:00:00:00:09",
        ipv4_address="10.1.0.9",
    )
    link = NetworkSite(tenant=world.acme, network=mine, site=oslo)
    for role in (DatabaseRole.TENANT, DatabaseRole.WORKER):
        for row in (stray, link):
            with (
                in_role(DatabaseRole.WORKER),
                pytest.raises(DatabaseError, match="same_tenant"),
                in_role(role, world.acme.id),
            ):
                row.save(force_insert=True)


def test_a_write_takes_the_same_queries_however_much_there_is(world: World, fra: Frankfurt):
    actor = world.actor("acme", "network")

    def queries(name: str, prefix: str) -> int:
        with acting_as(actor), CaptureQueriesContext(connection) as captured:
            networks.create(actor, NetworkInput(name, "fra", prefix))
        return len(captured)

    add_site(world.acme, fra.attachments[0], "Berlin")
    few = queries("first", "10.1.200.0/24")
    for index in range(6):
        network = add_network(world.acme, f"n-{index}", f"10.1.{index}.0/24")
        add_port(world.acme, network, f"m-{index}")
    assert queries("last", "10.1.201.0/24") == few <= 46
