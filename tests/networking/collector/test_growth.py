"""What counters grow by: all ways in which two readings may follow each other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from networking.collector.growth import (
    GAP,
    LINE_PACKETS,
    LINE_RATE,
    MODULUS,
    NOTHING,
    Counts,
    Flag,
    Growth,
    Reading,
    growth,
    masked,
)

H1, H2 = UUID(int=1), UUID(int=2)
START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(seconds=60)


def reading(counts: Counts, after: timedelta = timedelta(0), **fields: object) -> Reading:
    return replace(Reading(H1, "a", START + after, counts), **fields)


BEFORE = reading((1000, 500, 10, 5))


def within(counts: Counts, time: timedelta = MINUTE) -> Growth:
    return growth(reading(counts, time), BEFORE, BEFORE, card=True)


def anew(counts: Counts, card: bool = True, **fields: object) -> Growth:
    now = reading(counts, MINUTE, **({"series": "b"} | fields))
    return growth(now, None, BEFORE, card=card)


def test_the_first_reading_counts_nothing() -> None:
    assert growth(BEFORE, None, None, card=True) == Growth(Flag.FIRST, None, NOTHING)


def test_growth_within_a_series() -> None:
    found = within((1500, 500, 12, 5))
    assert found == Growth(Flag.NORMAL, START, (500, 0, 2, 0))
    assert found.covered


def test_growth_over_a_hole_is_exact_and_marked() -> None:
    assert within((1500, 500, 12, 5), GAP).flag == Flag.NORMAL
    found = within((1500, 500, 12, 5), GAP + timedelta(microseconds=1))
    assert found == Growth(Flag.GAP, START, (500, 0, 2, 0))
    assert not found.covered


def test_one_counter_that_fell_means_that_all_began_anew() -> None:
    """Bytes out went past where they stood, but the others tell."""
    found = within((30, 600, 1, 6))
    assert found == Growth(Flag.RESET, START, (30, 600, 1, 6))
    assert not found.covered


def test_a_counter_that_runs_over_goes_on() -> None:
    full = reading((MODULUS - 100, 500, 10, 5))
    found = growth(reading((50, 600, 12, 6), MINUTE), full, full, card=True)
    assert found == Growth(Flag.WRAP, START, (150, 100, 2, 1))
    assert found.covered


def test_a_reading_with_the_topmost_bit_set_is_one_without_it() -> None:
    """OVSDB shows an unsigned counter of 2⁶³ and more as a negative number."""
    assert masked((-1, 2**63, 2**64 - 1, 5)) == (MODULUS - 1, 0, MODULUS - 1, 5)


def test_no_more_than_a_line_carries() -> None:
    second = timedelta(seconds=1)
    most = (1000 + LINE_RATE, 500, 10 + LINE_PACKETS, 5)
    assert within(most, second) == Growth(Flag.NORMAL, START, (LINE_RATE, 0, LINE_PACKETS, 0))
    more = (1001 + LINE_RATE, 507, 10, 5)
    assert within(more, second) == Growth(Flag.IMPLAUSIBLE, START, (LINE_RATE, 7, 0, 0))
    moved = anew((2 * 60 * LINE_RATE, 0, 0, 0), host_id=H2)
    assert moved == Growth(Flag.IMPLAUSIBLE, START, (60 * LINE_RATE, 0, 0, 0))


def test_a_machine_that_moved_counts_from_nothing_there() -> None:
    assert anew((2000, 900, 20, 9), host_id=H2) == Growth(Flag.MOVED, START, (2000, 900, 20, 9))


def test_a_machine_plugged_in_anew_on_its_host() -> None:
    """A lower counter began at 0; one that is not lower may be the same, and nothing is charged
    twice."""
    assert anew((999, 900, 9, 9)) == Growth(Flag.MOVED, START, (999, 900, 9, 9))
    assert anew((1002, 500, 11, 5)) == Growth(Flag.MOVED, START, (2, 0, 1, 0))


def test_a_new_flow_of_a_vip_counts_from_nothing() -> None:
    assert anew((2000, 0, 20, 0), card=False).deltas == (2000, 0, 20, 0)


COUNTS = st.tuples(*[st.integers(0, 10**12)] * 4)


@given(
    COUNTS,
    COUNTS,
    st.timedeltas(timedelta(microseconds=1), timedelta(days=3)),
    st.booleans(),
    st.booleans(),
    st.sampled_from((H1, H2)),
)
def test_growth_is_never_negative_and_never_above_the_line(
    before: Counts, now: Counts, time: timedelta, known: bool, card: bool, host: UUID
) -> None:
    first = reading(before)
    second = reading(now, time, host_id=host)
    found = growth(second, first if known else None, first, card=card)
    seconds = time / timedelta(seconds=1)
    assert all(delta >= 0 for delta in found.deltas)
    assert all(delta <= LINE_RATE * seconds + 1 for delta in found.deltas[:2])
    assert all(delta <= LINE_PACKETS * seconds + 1 for delta in found.deltas[2:])
