"""Usage as rows: all of it once, to the second and the byte, in pieces of any size."""

from datetime import date
from uuid import UUID

import pytest

from billing.exports.usage import Place, UsageRow, pages, reading, rows_after
from billing.rating.meters import Meter
from billing.rating.period import Period
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.usage import at, counted, lived
from tests.world import World

MARCH = Period(2026, 3)
LATER = at("2026-05-01")
DAY = 86400


@pytest.fixture
def ids(world: World) -> dict[str, UUID]:
    """A network, a port that changed its region, one that is gone, and another customer's."""
    acme = world.acme
    found = {
        "web": lived(acme, "network", "web", "2026-01-01"),
        "moved": lived(acme, "port", "old", "2026-03-01", "2026-03-02T12:00"),
        "gone": lived(acme, "port", "gone", "2026-01-01", "2026-02-28T23:59:59"),
        "app-1": lived(world.globex, "port", "app-1", "2026-03-31T23:59:59", generated=True),
    }
    lived(
        *(acme, "port", "moved", "2026-03-02T12:00"),
        noun_id=found["moved"],
        attributes={"region": "ams"},
        labels={"app": "shop"},
        network_name="web",
    )
    counted(acme, found["moved"], "2026-03-01T00:00", 5, 50)
    counted(acme, found["moved"], "2026-03-01T23:00", 6, 60, covered_seconds=30)
    counted(acme, found["gone"], "2026-03-01T00:00", 0, 1, covered_seconds=5)
    return found


def everything(at_once: int = 100) -> list[UsageRow]:
    with acting_as(DatabaseRole.STAFF):
        return [row for page in pages(reading(MARCH, LATER), at_once) for row in page]


def test_seconds_and_bytes_are_exact(world: World, ids: dict[str, UUID]) -> None:
    units: dict[tuple[UUID, Meter], int] = {}
    for row in everything():
        key = row.place.resource_id, row.place.meter
        units[key] = units.get(key, 0) + row.units

    assert units == {
        (ids["web"], Meter.NETWORK_HOURS): 31 * DAY,
        (ids["moved"], Meter.PORT_HOURS): 31 * DAY,
        (ids["moved"], Meter.TRAFFIC_IN): 11,
        (ids["moved"], Meter.TRAFFIC_OUT): 110,
        (ids["gone"], Meter.TRAFFIC_IN): 0,
        (ids["gone"], Meter.TRAFFIC_OUT): 1,
        (ids["app-1"], Meter.PORT_HOURS): 1,
    }


def test_another_attribute_is_another_row_of_the_day(ids: dict[str, UUID]) -> None:
    rows = [
        row
        for row in everything()
        if row.place.resource_id == ids["moved"] and row.place.day == date(2026, 3, 2)
    ]

    assert [(row.place.attributes, row.units) for row in rows] == [
        ((("region", "ams"),), DAY // 2),
        ((("region", "fra"),), DAY // 2),
    ]
    assert {row.name for row in rows} == {"moved"}
    assert {row.network for row in rows} == {"web"}


def test_what_was_not_read_is_told_from_what_was_nothing(ids: dict[str, UUID]) -> None:
    rows = {row.place: row for row in everything() if row.place.resource_id == ids["gone"]}

    (incoming, outgoing) = rows.values()
    assert (incoming.units, incoming.covered_seconds) == (0, 5)
    assert outgoing.name == str(ids["gone"])
    days = {row.place.day for row in everything() if row.place.meter is Meter.TRAFFIC_IN}
    assert days == {date(2026, 3, 1)}


def test_generated_rows_say_so(ids: dict[str, UUID]) -> None:
    assert {row.place.resource_id for row in everything() if row.place.generated} == {ids["app-1"]}


@pytest.mark.parametrize("limit", [1, 2, 7, 40, 1000])
def test_rows_can_be_read_on_from_any_of_them(ids: dict[str, UUID], limit: int) -> None:
    found: list[UsageRow] = []
    after: Place | None = None
    more = True
    with acting_as(DatabaseRole.STAFF):
        while more:
            rows, more = rows_after(reading(MARCH, LATER), after, limit)
            assert len(rows) == limit or not more
            found += rows
            after = found[-1].place

    assert found == everything() == everything(at_once=1)
    assert [row.place for row in found] == sorted({row.place for row in found})


def test_one_customer_alone(world: World, ids: dict[str, UUID]) -> None:
    what = reading(MARCH, LATER, [world.globex.id])
    with acting_as(DatabaseRole.STAFF):
        rows, more = rows_after(what, None, 10)

    assert [row.place.resource_id for row in rows] == [ids["app-1"]]
    assert not more


def test_a_month_that_lasts_ends_now(ids: dict[str, UUID]) -> None:
    what = reading(MARCH, at("2026-03-02T06:00"))
    with acting_as(DatabaseRole.STAFF):
        rows = [row for page in pages(what) for row in page]

    hours = sum(row.units for row in rows if row.place.resource_id == ids["web"])
    assert hours == DAY + DAY // 4
    assert not what.complete


def test_a_month_to_come_has_nothing(ids: dict[str, UUID]) -> None:
    with acting_as(DatabaseRole.STAFF):
        what = reading(Period(2027, 1), LATER)
        assert list(pages(what)) == []
        assert rows_after(what, None, 5) == ([], False)
