"""Traffic of a tenant, by stretch of time and by port."""

import pytest

from networking.selectors.traffic_sums import TrafficSum, traffic_sums
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import at, counted, lived
from tests.world import World

DAYS = [at("2026-03-01"), at("2026-03-02")]
END = at("2026-03-03")


def sums_of(world: World, groups: dict[object, int]) -> list[TrafficSum]:
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        return traffic_sums(world.acme.id, DAYS, END, groups)  # type: ignore[arg-type]


def test_the_same_bytes_are_summed_by_day_and_by_port(world: World) -> None:
    one = lived(world.acme, "port", "one", "2026-02-01")
    two = lived(world.acme, "port", "two", "2026-02-01")
    counted(world.acme, one, "2026-03-01T00:00", 1, 10)
    counted(world.acme, one, "2026-03-01T23:00", 2, 20, covered_seconds=60)
    counted(world.acme, two, "2026-03-02T00:00", 4, 40, generated=True)
    counted(world.acme, two, "2026-02-28T23:00", 1000, 1000)
    counted(world.acme, two, "2026-03-03T00:00", 1000, 1000)

    found = sums_of(world, {one: 1, two: 2})

    stretches = [row for row in found if row.port_id is None]
    ports = {row.port_id: row for row in found if row.port_id}
    assert stretches == [
        TrafficSum(0, 1, None, 3, 30, 3660, False),
        TrafficSum(1, 2, None, 4, 40, 3600, True),
    ]
    assert ports[one].bytes_out == 30
    assert ports[two].covered_seconds == 3600


def test_a_port_that_no_group_names_is_in_the_first(world: World) -> None:
    one = lived(world.acme, "port", "one", "2026-02-01")
    counted(world.acme, one, "2026-03-01T05:00", 7)

    found = sums_of(world, {})

    assert found[0] == TrafficSum(0, 0, None, 7, 0, 3600, False)


def test_nothing_counted_is_no_row(world: World) -> None:
    assert sums_of(world, {}) == []


def test_another_tenants_traffic_is_not_seen(world: World) -> None:
    other = lived(world.globex, "port", "app-1", "2026-02-01")
    counted(world.globex, other, "2026-03-01T05:00", 7)

    assert sums_of(world, {other: 1}) == []
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert traffic_sums(world.globex.id, DAYS, END, {}) == []


@pytest.mark.parametrize("hour", ["2026-03-01T12:00", "2026-03-01T13:00"])
def test_an_hour_is_of_the_stretch_in_which_it_begins(world: World, hour: str) -> None:
    one = lived(world.acme, "port", "one", "2026-02-01")
    counted(world.acme, one, hour, 7)
    starts = [at("2026-03-01"), at("2026-03-01T12:30")]

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        found = traffic_sums(world.acme.id, starts, END, {})

    assert found[0].cell == (0 if hour.endswith("12:00") else 1)
