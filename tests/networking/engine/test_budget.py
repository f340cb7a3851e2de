"""What one pass costs the database, however much a tenant has."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.engine.reconcile import reconcile
from networking.services import ports
from tenants.access import acting_as
from tests.networking.engine.acts import Acts, scope
from tests.networking.engine.deliver import deliver


@pytest.mark.parametrize(("device", "budget"), [("lab", 42), ("pe1", 59)])
def test_a_pass_takes_the_same_queries_for_one_network_and_for_ten(
    acts: Acts, device: str, budget: int
) -> None:
    acts.add_network("first", "10.9.0.0/24")
    deliver()
    acts.add_network("one", "10.8.0.0/24")
    few = queries(device)
    deliver()
    for number in range(10):
        acts.add_network(f"net-{number}", f"10.2.{number}.0/24")
    assert queries(device) == few
    assert few <= budget


def test_a_machine_takes_the_same_queries_beside_few_and_beside_many(acts: Acts) -> None:
    network = acts.add_network("first", "10.9.0.0/24").subject_id
    deliver()
    few = queries_of_a_machine(acts, network, "one")
    for number in range(5):
        acts.add_network(f"net-{number}", f"10.2.{number}.0/24")
        add_machine(acts, network, f"m-{number}")
    deliver()
    assert queries_of_a_machine(acts, network, "other") == few <= 38


def queries_of_a_machine(acts: Acts, network: UUID, name: str) -> int:
    """The pass that brings it."""
    add_machine(acts, network, name)
    return queries("lab")


def add_machine(acts: Acts, network: UUID, name: str) -> None:
    with acting_as(acts.actor):
        ports.create(acts.actor, ports.PortInput(network, name))


def queries(device: str) -> int:
    row = scope(device)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        reconcile(row.pk)
    return len(captured)
