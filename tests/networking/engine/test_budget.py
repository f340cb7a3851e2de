"""What one pass costs the database, however much a tenant has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.engine.reconcile import reconcile
from tests.networking.engine.acts import Acts, scope
from tests.networking.engine.deliver import deliver


@pytest.mark.parametrize(("device", "budget"), [("lab", 45), ("pe1", 61)])
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


def queries(device: str) -> int:
    row = scope(device)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        reconcile(row.pk)
    return len(captured)
