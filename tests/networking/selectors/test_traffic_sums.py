"""Traffic of a tenant, by stretch of time and by port."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from networking.selectors.traffic_sums import PortSum, StretchSum, port_sums, stretch_sums
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import at, counted, lived
from tests.world import World

DAYS = [at("2026-03-01"), at("2026-03-02")]
END = at("2026-03-03")


def stretches_of(world: World, groups: Mapping[UUID, int] | None = None) -> list[StretchSum]:
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        return stretch_sums(world.acme.id, DAYS, END, groups)


@pytest.fixture
def ports(world: World) -> tuple[UUID, UUID]:
    """Two ports that moved bytes on two days, and just before and after."""
    one = lived(world.acme, "port", "one", "2026-02-01")
    two = lived(world.acme, "port", "two", "2026-02-01")
    counted(world.acme, one, "2026-03-01T00:00", 1, 10)
    counted(world.acme, one, "2026-03-01T23:00", 2, 20, covered_seconds=60)
    counted(world.acme, two, "2026-03-02T00:00", 4, 40, generated=True)
    counted(world.acme, two, "2026-02-28T23:00", 1000, 1000)
    counted(world.acme, two, "2026-03-03T00:00", 1000, 1000)
    return one, two


def test_by_port(world: World, ports: tuple[UUID, UUID]) -> None:
    one, two = ports
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        found = {row.port_id: row for row in port_sums(world.acme.id, DAYS[0], END)}

    assert found == {
        one: PortSum(one, 3, 30, 3660, False),
        two: PortSum(two, 4, 40, 3600, True),
    }


def test_by_stretch(world: World, ports: tuple[UUID, UUID]) -> None:
    expected = [StretchSum(0, 0, 3, 30, 3660, False), StretchSum(1, 0, 4, 40, 3600, True)]

    assert stretches_of(world) == expected
    assert stretches_of(world, {}) == expected


def test_groups_are_told_apart_in_a_stretch(world: World, ports: tuple[UUID, UUID]) -> None:
    one, two = ports
    counted(world.acme, two, "2026-03-01T05:00", 7)
    more = {UUID(int=number): 2 for number in range(3)}

    expected = [
        StretchSum(0, 1, 3, 30, 3660, False),
        StretchSum(0, 2, 7, 0, 3600, False),
        StretchSum(1, 2, 4, 40, 3600, True),
    ]
    assert stretches_of(world, {one: 1, two: 2}) == expected
    assert stretches_of(world, {one: 1, two: 2, **more}) == expected


def test_nothing_counted_is_no_row(world: World) -> None:
    assert stretches_of(world) == []


def test_another_tenants_traffic_is_not_seen(world: World) -> None:
    other = lived(world.globex, "port", "app-1", "2026-02-01")
    counted(world.globex, other, "2026-03-01T05:00", 7)

    assert stretches_of(world) == []
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert stretch_sums(world.globex.id, DAYS, END) == []
        assert port_sums(world.globex.id, DAYS[0], END) == []


@pytest.mark.parametrize("hour", ["2026-03-01T12:00", "2026-03-01T13:00"])
def test_an_hour_is_of_the_stretch_in_which_it_begins(world: World, hour: str) -> None:
    one = lived(world.acme, "port", "one", "2026-02-01")
    counted(world.acme, one, hour, 7)
    starts = [at("2026-03-01"), at("2026-03-01T12:30")]

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        (found,) = stretch_sums(world.acme.id, starts, END)

    assert found.place == (0 if hour.endswith("12:00") else 1)
