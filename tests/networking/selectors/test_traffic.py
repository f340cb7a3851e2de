"""Traffic in stretches of time, port by port and tenant by tenant."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.selectors.traffic import PortTraffic, TenantTraffic, traffic, traffic_totals
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import at, counted, lived
from tests.world import World

pytestmark = pytest.mark.django_db

DAYS = [at("2026-03-01"), at("2026-03-02T12:30")]
END = at("2026-03-03")


@pytest.fixture
def ports(world: World):
    """Two ports of Acme and one of Globex, with traffic within the days and around them."""
    one, two = (lived(world.acme, "port", name, "2026-02-01") for name in ("one", "two"))
    other = lived(world.globex, "port", "app-1", "2026-02-01")
    counted(world.acme, one, "2026-02-28T23:00", 1000, 1000)
    counted(world.acme, one, "2026-03-01T00:00", 1, 10)
    counted(world.acme, one, "2026-03-02T12:00", 2, 20, covered_seconds=60)
    counted(world.acme, one, "2026-03-02T13:00", 3, 30)
    counted(world.acme, two, "2026-03-02T23:00", 4, 40, generated=True)
    counted(world.acme, two, "2026-03-03T00:00", 1000, 1000)
    counted(world.globex, other, "2026-03-01T00:00", 5, 50)
    return one, two, other


def test_by_port_and_stretch(world: World, ports):
    one, two, _ = ports
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert traffic(world.acme.id, DAYS, END) == sorted(
            [
                PortTraffic(one, 0, 3, 30, 3660, False),
                PortTraffic(one, 1, 3, 30, 3600, False),
                PortTraffic(two, 1, 4, 40, 3600, True),
            ],
            key=lambda row: (row.port_id, row.place),
        )
        assert [row.bytes_in for row in traffic(world.acme.id, DAYS, END, [two])] == [4]
        assert traffic(world.acme.id, DAYS, END, []) == []
        assert traffic(world.globex.id, DAYS, END) == []


def test_by_tenant_and_stretch(world: World, ports):
    with acting_as(DatabaseRole.STAFF):
        found = traffic_totals(None, DAYS, END)
        assert traffic_totals([world.globex.id], DAYS, END) == found[2:]
    assert found == [
        TenantTraffic(world.acme.id, 0, (), 3, 30, 3660, False),
        TenantTraffic(world.acme.id, 1, (), 7, 70, 7200, True),
        TenantTraffic(world.globex.id, 0, (), 5, 50, 3600, False),
    ]
    with acting_as(DatabaseRole.TENANT, world.globex.id):
        assert traffic_totals(None, DAYS, END) == found[2:]


def test_one_stretch_is_all_of_it_in_one_query(world: World, ports):
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as queries:
        assert [row.bytes_in for row in traffic_totals(None, DAYS[:1], END)] == [10, 5]
    assert len(queries) == 1


def test_attributes_are_told_apart(world: World, ports):
    ams = lived(world.globex, "port", "b", "2026-02-01", attributes={"region": "ams"})
    counted(world.globex, ams, "2026-03-01T05:00", 6, 60)
    with acting_as(DatabaseRole.STAFF):
        found = traffic_totals([world.globex.id], DAYS, END, by_attributes=True)
    assert found == [
        TenantTraffic(world.globex.id, 0, (("region", "ams"),), 6, 60, 3600, False),
        TenantTraffic(world.globex.id, 0, (("region", "fra"),), 5, 50, 3600, False),
    ]
