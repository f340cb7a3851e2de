"""What a tenant used, in sums: what was there, traffic by stretch, and whose it was."""

from uuid import UUID

import pytest

from networking.selectors.spent import Share, Stretch, lives, shares, stretches
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.factories.usage import at, counted, lived
from tests.world import World

DAYS = [at("2026-03-01"), at("2026-03-02")]
START, END = DAYS[0], at("2026-03-03")
DAY = 86400


def stretches_of(world: World, *, by_attributes: bool = False) -> list[Stretch]:
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        return stretches(world.acme.id, DAYS, END, by_attributes=by_attributes)


@pytest.fixture
def ports(world: World) -> tuple[UUID, UUID]:
    """Two ports that moved bytes on two days, and just before and after."""
    one = lived(world.acme, "port", "one", "2026-02-01")
    two = lived(world.acme, "port", "two", "2026-02-01", attributes={"region": "ams"})
    counted(world.acme, one, "2026-03-01T00:00", 1, 10)
    counted(world.acme, one, "2026-03-01T23:00", 2, 20, covered_seconds=60)
    counted(world.acme, two, "2026-03-02T00:00", 4, 40, generated=True)
    counted(world.acme, two, "2026-02-28T23:00", 1000, 1000)
    counted(world.acme, two, "2026-03-03T00:00", 1000, 1000)
    return one, two


def test_by_stretch(world: World, ports: tuple[UUID, UUID]) -> None:
    assert stretches_of(world) == [
        Stretch(0, (), 3, 30, 3660, False),
        Stretch(1, (), 4, 40, 3600, True),
    ]


def test_attributes_are_told_apart_in_a_stretch(world: World, ports: tuple[UUID, UUID]) -> None:
    counted(world.acme, ports[1], "2026-03-01T05:00", 7)
    counted(world.acme, uuid7(), "2026-03-02T05:00", 9)

    assert stretches_of(world, by_attributes=True) == [
        Stretch(0, (("region", "ams"),), 7, 0, 3600, False),
        Stretch(0, (("region", "fra"),), 3, 30, 3660, False),
        Stretch(1, (), 9, 0, 3600, False),
        Stretch(1, (("region", "ams"),), 4, 40, 3600, True),
    ]


def test_nothing_counted_is_no_row(world: World) -> None:
    assert stretches_of(world) == []
    assert stretches_of(world, by_attributes=True) == []


def test_another_tenants_traffic_is_not_seen(world: World) -> None:
    other = lived(world.globex, "port", "app-1", "2026-02-01", labels={"app": "shop"})
    counted(world.globex, other, "2026-03-01T05:00", 7)

    assert stretches_of(world) == []
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        for by_attributes in (False, True):
            assert stretches(world.globex.id, DAYS, END, by_attributes=by_attributes) == []
        assert lives(world.globex.id, START, END, END) == []
        found = shares(world.globex.id, START, END)
    assert (found.networks, found.attributes, found.labels, found.values) == ((), (), (), ())


@pytest.mark.parametrize("hour", ["2026-03-01T12:00", "2026-03-01T13:00"])
def test_an_hour_is_of_the_stretch_in_which_it_begins(world: World, hour: str) -> None:
    one = lived(world.acme, "port", "one", "2026-02-01")
    counted(world.acme, one, hour, 7)
    starts = [at("2026-03-01"), at("2026-03-01T12:30")]

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        (found,) = stretches(world.acme.id, starts, END)

    assert found.place == (0 if hour.endswith("12:00") else 1)


def test_lives_that_are_alike_are_one(world: World) -> None:
    for number in range(3):
        lived(world.acme, "port", f"old-{number}", "2026-02-01")
    lived(world.acme, "port", "late", "2026-03-02T12:00", "2026-03-09")
    lived(world.acme, "port", "short", "2026-02-01", "2026-03-02")
    lived(world.acme, "port", "before", "2026-02-01", "2026-02-02")
    last = at("2026-03-05")

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        found = lives(world.acme.id, START, END, last)

    start = int(START.timestamp())
    assert {(row.start - start, row.end and row.end - start, row.many) for row in found} == {
        (0, None, 3),
        (0, DAY, 1),
        (DAY * 3 // 2, None, 1),
    }


def test_traffic_goes_with_the_newest_life_of_its_port(world: World) -> None:
    web = lived(world.acme, "network", "web", "2026-02-01")
    inside = {"network_id": web, "network_name": "old name"}
    port = lived(world.acme, "port", "m", "2026-02-01", "2026-03-02", labels={"a": "1"}, **inside)
    lived(
        *(world.acme, "port", "m", "2026-03-02"),
        noun_id=port,
        labels={"a": "2", "b": "x"},
        **inside,
    )
    counted(world.acme, port, "2026-03-01T00:00", 3, 5)
    counted(world.acme, uuid7(), "2026-03-01T00:00", 7)

    with acting_as(DatabaseRole.TENANT, world.acme.id):
        found, other = (shares(world.acme.id, START, END, name) for name in ("a", "b"))

    assert found.networks == (
        Share(None, "", "", 0, 7, 0, 3600),
        Share(str(web), "web", "network", 2 * DAY, 0, 0, 0),
        Share(str(web), "old name", "port", 2 * DAY, 3, 5, 3600),
    )
    assert (found.labels, found.label, other.label) == (("a", "b"), "a", "b")
    assert [row for row in found.values if row.noun == "port"] == [
        Share("1", "", "port", DAY, 0, 0, 0),
        Share("2", "", "port", DAY, 3, 5, 3600),
    ]
    assert [row.seconds for row in other.values if row.noun == "port"] == [DAY, DAY]
