"""How much of the traffic is known: no data is no zero."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from networking.models import CounterHour
from networking.selectors.coverage import low_coverage
from portal.lib.db import DatabaseRole, acting_as
from tests.networking.collector.measured import START, Measured, at, make_measured, port_count
from tests.networking.provider import Provider
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

LATER = START + timedelta(hours=2)


@pytest.fixture
def measured(served: Provider, world: World) -> Measured:
    return make_measured(served, world.acme, world.globex)


@pytest.fixture
def port(measured: Measured) -> UUID:
    return measured.port()


def sweeps(measured: Measured, port: UUID, minutes: Iterator[int] | range) -> None:
    for minute in minutes:
        measured.reads("h1", at(60 * minute), [port_count(port, "a", minute * 100)])


def found(start: datetime = START, end: datetime = LATER, **fields: object) -> dict:
    """(expected, covered) by port, of all tenants."""
    with acting_as(DatabaseRole.STAFF):
        rows = low_coverage(None, start, end, **fields)
    return {row.port_id: (row.expected_seconds, row.covered_seconds) for row in rows}


def test_a_machine_that_is_always_read_is_not_low(measured: Measured, port: UUID) -> None:
    sweeps(measured, port, range(121))
    assert found() == {}
    assert found(below=1.1) == {port: (7200, 7200)}


def test_a_hole_is_missing(measured: Measured, port: UUID) -> None:
    sweeps(measured, port, [*range(61), *range(90, 121)])
    assert found() == {port: (7200, 3600 + 1800)}
    with acting_as(DatabaseRole.STAFF):
        (row,) = low_coverage(None, START, LATER)
    assert row.part == 0.75
    assert found(below=0.7) == {}


def test_a_host_that_is_never_read_again_leaves_the_rest_missing(
    measured: Measured, port: UUID
) -> None:
    sweeps(measured, port, range(31))
    assert found() == {port: (7200, 1800)}
    assert found(start=START + timedelta(hours=1)) == {port: (3600, 0)}


def test_a_machine_that_was_unplugged_is_not_expected(measured: Measured, port: UUID) -> None:
    sweeps(measured, port, range(31))
    measured.reads("h1", at(60 * 31))
    assert found() == {}
    assert found(below=1.1) == {port: (31 * 60, 1800)}


def test_time_on_two_hosts_is_expected_once(measured: Measured, port: UUID) -> None:
    sweeps(measured, port, range(31))
    for minute in range(20, 41):
        measured.shows(port, 60 * minute, minute, host="h2", series="b")
    measured.reads("h1", at(60 * 31))
    measured.reads("h2", at(60 * 41))
    assert found(below=1.1) == {port: (41 * 60, 40 * 60)}


def test_the_newest_moment_is_not_expected_yet(measured: Measured, port: UUID) -> None:
    now = timezone.now()
    for minute in range(-20, 0):
        when = now + timedelta(minutes=minute)
        measured.reads("h1", when, [port_count(port, "a", 1000 + minute)])
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    assert found(start, start + timedelta(hours=3)) == {}


def test_a_machine_that_was_never_plugged_in(measured: Measured, port: UUID) -> None:
    assert found(below=1.1) == {}


def test_made_up_hours_are_not_expected_and_cover_nothing(measured: Measured, port: UUID) -> None:
    with acting_as(DatabaseRole.WORKER):
        CounterHour.objects.create(
            tenant=measured.tenant,
            noun="port",
            noun_id=port,
            hour=START,
            covered_seconds=3000,
            generated=True,
        )
    assert found(below=1.1) == {}
    sweeps(measured, port, range(60, 62))
    assert found() == {port: (3600, 60)}


def test_each_sees_its_own(measured: Measured, world: World) -> None:
    mine, theirs = measured.port(), measured.port(world.globex)
    for minute in (0, 1):
        counts = [port_count(one, "a", minute) for one in (mine, theirs)]
        measured.reads("h1", at(60 * minute), counts)
    assert set(found()) == {mine, theirs}
    with acting_as(DatabaseRole.STAFF):
        assert [one.port_id for one in low_coverage([world.globex.pk], START, LATER)] == [theirs]
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert [one.port_id for one in low_coverage(None, START, LATER)] == [mine]


def test_one_query_whatever_the_number(measured: Measured, django_assert_num_queries) -> None:
    ports = [measured.port() for _ in range(5)]
    for minute in (0, 1):
        measured.reads("h1", at(60 * minute), [port_count(one, "a", minute) for one in ports])
    with acting_as(DatabaseRole.STAFF), django_assert_num_queries(1):
        assert len(low_coverage(None, START, LATER)) == 5
