"""The benchmark of the control plane with three tenants on real daemons: it must not rot."""

import pytest

from bench import central, fabric
from bench.rows import ROWS, SIZES
from tests.contracts.ovn_central import require_tools

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_small_fabric_is_filled_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    require_tools()
    monkeypatch.setattr(fabric, "ROUNDS", 1)
    monkeypatch.setattr(fabric, "FRESH", 0)
    assert (ROWS["fabric"], SIZES["fabric"]) == (fabric.fabric, "tenants")

    change, membership, together, against_raw, sweep = fabric.fabric(3)

    for one in (change, membership, together, against_raw, sweep):
        assert one.seconds > 0
        assert one.floor > 0
    assert "3 tenants" in together.name
    assert together.seconds == against_raw.seconds


def test_what_raw_says_of_a_broken_request() -> None:
    require_tools()
    with central.run() as centre, centre.raw() as (north, _):
        with pytest.raises(AssertionError, match="No table named Nothing"):
            north.transact({"op": "select", "table": "Nothing", "where": []})
        central.compiled(north)
