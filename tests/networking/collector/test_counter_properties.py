"""What was counted adds up, whatever the order in which readings come and how often."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networking.collector.growth import GAP, LINE_RATE, MODULUS
from networking.models import CounterSample
from tests.networking.collector.measured import (
    Measured,
    at,
    counted,
    covered,
    hours,
    make_measured,
    port_count,
    samples,
)
from tests.networking.provider import Provider
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

SERIES = (("h1", "a"), ("h1", "b"), ("h2", "c"))
Seen = tuple[str, str, float, int]  # host, series, seconds, bytes in
# Eighths of a second have no rounding error.
STEPS = (1.0, 59.875, 60.0, 61.5, 149.0, 400.0, 4000.0)


@pytest.fixture
def measured(served: Provider, world: World) -> Measured:
    return make_measured(served, world.acme)


@st.composite
def histories(draw: st.DrawFn) -> list[Seen]:
    """True readings in order of time: machines that move and come back, counters that begin anew,
    run over, stand still, leave holes, and leap further than a line carries."""
    shown = {key: draw(st.sampled_from((0, 5000, MODULUS - 3000))) for key in SERIES}
    seconds, found = 0.0, []
    for _ in range(draw(st.integers(1, 9))):
        seconds += draw(st.sampled_from(STEPS))
        key = draw(st.sampled_from(SERIES))
        before = shown[key] if draw(st.integers(0, 4)) else 0
        leap = draw(st.sampled_from((0, 20, 4000, 40_000, 10**9, 10**15)))
        shown[key] = (before + leap) % MODULUS
        found.append((*key, seconds, shown[key]))
    return found


@st.composite
def deliveries(draw: st.DrawFn) -> list[Seen]:
    """The same with some of them lost, doubled, late and replayed."""
    true = draw(histories())
    kept = [one for one in true if draw(st.integers(0, 5))] or true
    doubled = [one for one in kept for _ in range(draw(st.integers(1, 2)))]
    replayed = draw(st.lists(st.sampled_from(kept), max_size=4))
    if draw(st.booleans()):
        return [*doubled, *replayed]
    return [*draw(st.permutations(doubled)), *replayed]


def deliver(measured: Measured, port: UUID, seen: list[Seen]) -> None:
    for host, series, seconds, size in seen:
        measured.shows(port, seconds, size, host=host, series=series)


def taken(seen: list[Seen]) -> list[Seen]:
    """Those that are newer than the one before of their series, as they came."""
    last: dict[tuple[str, str], float] = {}
    found = []
    for one in seen:
        if one[2] > last.get(one[:2], -1.0):
            last[one[:2]] = one[2]
            found.append(one)
    return found


def most(row: CounterSample) -> int:
    """What a line carries in the time of a row."""
    return int(LINE_RATE * (row.at - row.since).total_seconds())


def expected(seen: list[Seen], rows: dict[tuple[str, float], CounterSample]) -> int:
    """Last less first of each series, and what was banked where it began anew: told from the
    readings alone, and from what they were flagged as."""
    total = 0
    before: dict[tuple[str, str], int] = {}
    for host, series, seconds, size in taken(seen):
        row = rows.get((series, seconds))
        flag = row.flag if row else "normal"
        earlier = before.get((host, series))
        before[host, series] = size
        if flag == "implausible":
            assert row is not None
            assert row.delta_bytes_in == most(row)
            total += row.delta_bytes_in
        elif flag in ("first", "moved"):
            assert earlier is None
            # Put back on its host, a counter may go on where another series stood.
            total += row.delta_bytes_in if row else 0
            assert row is None or row.delta_bytes_in <= size
        elif flag == "reset":
            assert earlier is not None
            total += size
        else:
            assert earlier is not None
            total += (size - earlier) % MODULUS
    return total


RUNS = settings(max_examples=25)


@RUNS
@given(seen=deliveries())
def test_growth_is_last_less_first_and_what_was_banked(
    measured: Measured, seen: list[Seen]
) -> None:
    """And never more than a line carries, never negative, and the hours are the samples."""
    port = measured.port()
    deliver(measured, port, seen)
    found = samples(port)
    rows = {(row.series, (row.at - at(0)).total_seconds()): row for row in found}
    assert counted(port)[0] == expected(seen, rows)
    assert counted(port) == tuple(
        sum(getattr(row, f"delta_{name}") for row in found)
        for name in ("bytes_in", "bytes_out", "packets_in", "packets_out")
    )
    for row in found:
        if row.since is None:
            assert (row.flag, row.delta_bytes_in) == ("first", 0)
        else:
            assert 0 <= row.delta_bytes_in <= most(row)


@RUNS
@given(seen=deliveries())
def test_coverage_is_the_time_between_readings_that_follow_each_other(
    measured: Measured, seen: list[Seen]
) -> None:
    """Each second once, and none of a hole: a model of single seconds says the same."""
    port = measured.port()
    deliver(measured, port, seen)
    flags = {(row.series, row.at): row.flag for row in samples(port)}
    last: dict[tuple[str, str], float] = {}
    known: set[int] = set()
    until = 0.0
    for host, series, seconds, _ in taken(seen):
        before = last.get((host, series))
        last[host, series] = seconds
        if before is None or seconds - before > GAP.total_seconds():
            continue
        if flags.get((series, at(seconds)), "normal") in ("normal", "wrap"):
            known |= set(range(int(max(before, until)), int(seconds)))
            until = max(until, seconds)
    by_hour = {hour: count for hour, count in covered(port).items() if count}
    wanted: dict[int, int] = {}
    for second in known:
        wanted[12 + second // 3600] = wanted.get(12 + second // 3600, 0) + 1
    assert by_hour == wanted


@RUNS
@given(seen=deliveries(), data=st.data())
def test_what_comes_twice_changes_nothing(
    measured: Measured, seen: list[Seen], data: st.DataObject
) -> None:
    """Row by row: once each, and with every reading delivered again at some later time."""
    once, again = measured.port(), measured.port()
    clean = list(dict.fromkeys(seen))
    deliver(measured, once, clean)
    noisy: list[Seen] = []
    for one in clean:
        noisy.append(one)
        noisy += data.draw(st.lists(st.sampled_from(noisy), max_size=2))
    deliver(measured, again, noisy)
    assert [_told(row) for row in samples(once)] == [_told(row) for row in samples(again)]
    assert [_summed(row) for row in hours(once).values()] == [
        _summed(row) for row in hours(again).values()
    ]


def _told(row: CounterSample) -> tuple[object, ...]:
    return (row.at, row.since, row.series, row.flag, row.bytes_in, row.delta_bytes_in)


def _summed(row: object) -> tuple[object, ...]:
    names = ("hour", "bytes_in", "packets_out", "covered_seconds", "gaps", "resets", "moves")
    return tuple(getattr(row, name) for name in names)


def test_a_late_sweep_of_many(measured: Measured) -> None:
    """Readings of one sweep stand alone: one that is late holds no other up."""
    one, other = measured.port(), measured.port()
    measured.reads("h1", at(0), [port_count(one, "a", 0), port_count(other, "b", 0)])
    measured.reads("h1", at(120), [port_count(one, "a", 50)])
    measured.reads("h1", at(60), [port_count(one, "a", 20), port_count(other, "b", 70)])
    assert (counted(one)[0], counted(other)[0]) == (50, 70)
