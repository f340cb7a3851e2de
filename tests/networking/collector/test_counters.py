"""Counters, stored: what counts, in which hour, how well it is known, and that it counts once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from networking.backends.base import PortCount, VipCount
from networking.collector import counters
from networking.collector import heads as last_readings
from networking.collector.growth import LINE_RATE
from networking.models import CounterHead, CounterHour, CounterSample, Host, Port
from portal.lib.db import DatabaseRole, acting_as
from tests.networking.collector.measured import (
    START,
    Measured,
    at,
    counted,
    covered,
    flags,
    heads,
    hours,
    make_measured,
    port_count,
    samples,
    unknown,
)
from tests.networking.provider import Provider
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def measured(served: Provider, world: World) -> Measured:
    return make_measured(served, world.acme, world.globex)


@pytest.fixture
def port(measured: Measured) -> UUID:
    return measured.port()


def test_growth_since_the_first_reading(measured: Measured, port: UUID) -> None:
    assert measured.shows(port, 0, 10_000) == 1
    assert (flags(port), hours(port)) == (["first"], {})
    measured.shows(port, 60, 10_400)
    measured.shows(port, 120, 10_900)
    assert flags(port) == ["first", "normal", "normal"]
    assert counted(port) == (900, 450, 90, 45)
    assert covered(port) == {12: 120}
    assert [row.since for row in samples(port)] == [None, at(0), at(60)]


def test_a_reading_that_tells_nothing_new_takes_no_row(measured: Measured, port: UUID) -> None:
    """But it says that nothing came: that is covered, and it isn't the same as no data."""
    measured.shows(port, 0, 500)
    measured.shows(port, 60, 500)
    assert flags(port) == ["first"]
    assert covered(port) == {12: 60}
    assert heads(port)["h1", "a"].at == at(60)


def test_the_same_reading_twice_changes_nothing(measured: Measured, port: UUID) -> None:
    for seconds, size in ((0, 0), (60, 500), (60, 500), (0, 0), (30, 200)):
        measured.shows(port, seconds, size)
    assert counted(port) == (500, 250, 50, 25)
    assert covered(port) == {12: 60}
    assert measured.shows(port, 60, 900) == 0


def test_a_reading_twice_in_one_sweep_counts_once(measured: Measured, port: UUID) -> None:
    measured.shows(port, 0, 0)
    measured.reads("h1", at(60), [port_count(port, "a", 300), port_count(port, "a", 300)])
    assert counted(port) == (300, 150, 30, 15)


def test_a_reset_counts_what_was_shown_since(measured: Measured, port: UUID) -> None:
    for seconds, size in ((0, 0), (60, 1000), (120, 400)):
        measured.shows(port, seconds, size)
    assert flags(port) == ["first", "normal", "reset"]
    assert counted(port) == (1400, 700, 140, 70)
    assert covered(port) == {12: 60}
    assert hours(port)[12].resets == 1


def test_a_hole_is_exact_but_not_covered(measured: Measured, port: UUID) -> None:
    for seconds, size in ((0, 0), (60, 1000), (4000, 5000), (4060, 5600)):
        measured.shows(port, seconds, size)
    assert flags(port) == ["first", "normal", "gap", "normal"]
    assert counted(port)[0] == 5600
    assert covered(port) == {12: 60, 13: 60}
    assert (hours(port)[12].gaps, hours(port)[13].gaps) == (0, 1)


def test_growth_counts_in_the_hour_of_its_reading(measured: Measured, port: UUID) -> None:
    measured.shows(port, 3570, 0)
    measured.shows(port, 3630, 800)
    assert {hour: row.bytes_in for hour, row in hours(port).items()} == {12: 0, 13: 800}
    assert covered(port) == {12: 30, 13: 30}


def test_coverage_of_uneven_times_adds_up(measured: Measured, port: UUID) -> None:
    """Sweeps come a little early or late; each second of an hour counts once."""
    times = [0.0]
    while times[-1] < 3660:
        times.append(times[-1] + 59.937)
    for seconds in times:
        measured.shows(port, seconds, int(seconds) * 100)
    assert covered(port) == {12: 3600, 13: int(times[-1]) - 3600}


def test_a_machine_that_moves(measured: Measured, port: UUID) -> None:
    measured.shows(port, 0, 0)
    measured.shows(port, 60, 700)
    measured.reads("h1", at(120))
    measured.shows(port, 121, 900, host="h2", series="b")
    measured.shows(port, 181, 1000, host="h2", series="b")
    assert flags(port) == ["first", "normal", "moved", "normal"]
    assert counted(port)[0] == 700 + 900 + 100
    assert covered(port) == {12: 120}
    assert hours(port)[12].moves == 1
    assert heads(port)["h1", "a"].gone_at == at(120)
    assert heads(port)["h2", "b"].gone_at is None


def test_a_machine_that_comes_back_to_a_series(measured: Measured, port: UUID) -> None:
    """The old host still had it: nothing of it counts again."""
    measured.shows(port, 0, 0)
    measured.shows(port, 60, 700)
    measured.shows(port, 110, 50, host="h2", series="b")
    measured.shows(port, 120, 700)
    measured.shows(port, 180, 750)
    assert counted(port)[0] == 700 + 50 + 50
    assert covered(port) == {12: 180}
    assert heads(port)["h1", "a"].gone_at is None


def test_readings_of_two_hosts_in_the_wrong_order(measured: Measured, port: UUID) -> None:
    """The first sight of a machine on a host counts nothing when it comes late: what was read
    since then may contain it."""
    measured.shows(port, 0, 0)
    measured.shows(port, 60, 700)
    measured.shows(port, 120, 900)
    measured.shows(port, 110, 5_000, host="h2", series="b")
    assert flags(port) == ["first", "normal", "first", "normal"]
    assert counted(port)[0] == 900


def test_what_no_line_carries_is_cut(measured: Measured, port: UUID) -> None:
    measured.shows(port, 0, 0)
    measured.shows(port, 1, 3 * LINE_RATE)
    measured.shows(port, 61, 3 * LINE_RATE + 100)
    assert flags(port) == ["first", "implausible", "normal"]
    assert counted(port)[0] == LINE_RATE + 100
    assert hours(port)[12].capped == 1
    assert covered(port) == {12: 60}


def test_strangers_and_deleted_machines_are_left_out(measured: Measured, port: UUID) -> None:
    """What came since the last reading before the deletion is not charged."""
    stranger = unknown()
    for seconds, size in ((0, 0), (60, 100)):
        found = [port_count(stranger, "s", size), port_count(port, "a", size)]
        measured.reads("h1", at(seconds), found)
    with acting_as(DatabaseRole.WORKER):
        Port.objects.filter(pk=port).update(retiring_at=at(90))
    measured.reads("h1", at(120), [port_count(stranger, "s", 500), port_count(port, "a", 500)])
    assert counted(port)[0] == 100
    assert heads(port)["h1", "a"].gone_at == at(120)
    assert (samples(stranger), hours(stranger), heads(stranger)) == ([], {}, {})


def test_each_reading_is_its_owners(measured: Measured, world: World) -> None:
    mine, theirs = measured.port(), measured.port(world.globex)
    for seconds, size in ((0, 0), (60, 100)):
        measured.reads("h1", at(seconds), [port_count(one, "a", size) for one in (mine, theirs)])
    with acting_as(DatabaseRole.TENANT, world.globex.id):
        for model in (CounterHead, CounterSample, CounterHour):
            assert set(model.objects.values_list("noun_id", flat=True)) == {theirs}


def test_requests_to_a_vip_are_added_up_over_hosts_and_flows(measured: Measured) -> None:
    vip = measured.vip()

    def shows(host: str, seconds: float, **flows: int) -> None:
        counts = [VipCount(str(vip), name, size, size // 10) for name, size in flows.items()]
        measured.reads(host, at(seconds), vips=counts)

    shows("h1", 0, a=100, b=50)
    shows("h1", 60, a=300, b=50)
    shows("h2", 61, a=70)
    shows("h1", 120, a=300, c=500)
    assert counted(vip) == (200 + 70 + 500, 0, 20 + 7 + 50, 0)
    assert covered(vip) == {12: 120}


def test_ports_that_others_put_on_a_host_hold_nothing_up(measured: Measured, port: UUID) -> None:
    for seconds, size in ((0, 0), (60, 70)):
        alien = PortCount("vm-17-eth0", "x", 5, 5, 5, 5)
        assert measured.reads("h1", at(seconds), [alien, port_count(port, "a", size)]) == 1
    assert counted(port)[0] == 70


def test_a_reading_of_the_future_is_refused(measured: Measured, port: UUID) -> None:
    """It would make all until then look late."""
    soon = timezone.now() + counters.SKEW + timedelta(seconds=30)
    assert measured.reads("h1", soon, [port_count(port, "a", 5)]) == 0
    assert heads(port) == {}


def test_a_month_that_is_missing_is_made(measured: Measured, port: UUID) -> None:
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('networking_counterhour_2018_03')")
        assert cursor.fetchone() == (None,)
    early = START.replace(year=2018, month=3, day=1, hour=0)
    measured.reads("h1", early, [port_count(port, "a", 0)])
    measured.reads("h1", early + timedelta(seconds=60), [port_count(port, "a", 10)])
    assert counted(port)[0] == 10


def test_a_host_that_nobody_knows(measured: Measured) -> None:
    measured.hosts["h9"] = unknown()
    with pytest.raises(Host.DoesNotExist):
        measured.reads("h9", at(0))


def test_all_or_nothing(measured: Measured, port: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that dies while it stores is stored by the next one, once."""
    measured.shows(port, 0, 0)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(counters.heads, "write", die)
        with pytest.raises(KeyboardInterrupt):
            measured.shows(port, 60, 400)
    assert (flags(port), hours(port), heads(port)["h1", "a"].at) == (["first"], {}, at(0))
    measured.shows(port, 120, 700)
    assert counted(port)[0] == 700


def test_workers_that_store_the_same_at_once(measured: Measured, port: UUID) -> None:
    """The first one counts it; the others wait for that, and find it counted."""
    measured.shows(port, 0, 0)
    together = Barrier(4)

    def worker(_: int) -> int:
        try:
            together.wait(10)
            return sum(measured.shows(port, 60 * minute, 300 * minute) for minute in (1, 2, 3))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        stored = sum(pool.map(worker, range(4)))
    assert 1 <= stored <= 3
    assert counted(port) == (900, 450, 90, 45)
    assert covered(port) == {12: 180}


def test_upkeep_closes_what_was_deleted_and_forgets_what_is_long_gone(
    measured: Measured, port: UUID
) -> None:
    other = measured.port()
    measured.reads("h1", at(0), [port_count(port, "a", 0), port_count(other, "b", 0)])
    with acting_as(DatabaseRole.WORKER):
        Port.objects.filter(pk=port).delete()
    last_readings.keep()
    assert heads(port)["h1", "a"].gone_at is not None
    assert heads(other)["h1", "b"].gone_at is None
    with acting_as(DatabaseRole.WORKER):
        long_ago = timezone.now() - last_readings.KEPT["port"] - timedelta(days=1)
        CounterHead.objects.filter(noun_id=port).update(gone_at=long_ago)
    last_readings.keep()
    assert (heads(port), len(heads(other))) == ({}, 1)


def test_a_sweep_takes_the_same_queries_for_one_machine_and_many(
    measured: Measured,
) -> None:
    few, many = [measured.port()], [measured.port() for _ in range(30)]
    spent = []
    for ports in (few, many):
        for seconds in (0, 60):
            count = Count()
            with connection.execute_wrapper(count):
                measured.reads("h1", at(seconds), [port_count(one, "a", 5) for one in ports])
        spent.append(count.seen)
    assert spent[0] == spent[1]


class Count:
    """Counts queries."""

    seen = 0

    def __call__(self, execute, *args):
        self.seen += 1
        return execute(*args)
