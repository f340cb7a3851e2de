"""The demo's made-up past: plausible, the same each time, and with gaps."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.services.demo import past
from portal.services.demo.past import Load, PastHour

START = datetime(2026, 8, 1, tzinfo=UTC)
END = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)
LOAD = Load(bytes_in=400_000_000, bytes_out=900_000_000)


def made(name: str = "web-1") -> list[PastHour]:
    return list(past.hours(name, LOAD, START, END))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (END, START),
        (datetime(2026, 2, 28, 23, 59, tzinfo=UTC), datetime(2025, 11, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC)),
    ],
)
def test_the_past_begins_three_whole_months_ago(now: datetime, expected: datetime) -> None:
    assert past.first_day(now) == expected


def test_the_same_machine_has_the_same_past_each_time_and_another_has_another() -> None:
    assert made() == made()
    assert made() != made("web-2")


def test_whole_hours_alone_in_order_and_inside_the_range() -> None:
    hours = [row.hour for row in made()]

    assert hours == sorted(set(hours))
    assert all(START <= hour <= END - timedelta(hours=1) for hour in hours)
    assert all(hour.minute == hour.second == hour.microsecond == 0 for hour in hours)


def test_a_range_that_begins_within_an_hour_begins_with_the_next() -> None:
    rows = list(
        past.hours("web-1", LOAD, START + timedelta(minutes=20), START + timedelta(hours=3))
    )

    assert [row.hour for row in rows] == [START + timedelta(hours=at) for at in (1, 2)]


def test_nothing_is_moved_that_was_not_observed() -> None:
    rows = made()
    possible = int((END - START) / timedelta(hours=1))
    partly = [row for row in rows if row.covered_seconds < 3600]

    assert 0.995 < len(rows) / possible < 1
    assert partly
    assert all(0 < row.covered_seconds <= 3600 for row in rows)
    # Never faster than the busiest hour grown to the end, with all the luck there is.
    most = LOAD.bytes_out * 1.3 * (1 + past.GROWTH_PER_DAY * 112) / 3600
    assert all(row.bytes_out <= most * row.covered_seconds for row in rows)


def test_days_are_busier_than_nights_and_weeks_than_weekends() -> None:
    rows = made()

    def average(which: list[PastHour]) -> float:
        return sum(row.bytes_in for row in which) / len(which)

    noon = average([row for row in rows if row.hour.hour == 14])
    night = average([row for row in rows if row.hour.hour == 2])
    weekend = average([row for row in rows if row.hour.weekday() >= 5])
    working = average([row for row in rows if row.hour.weekday() < 5])
    assert night < noon / 3
    assert weekend < working * 0.6


def test_packets_carry_the_bytes() -> None:
    for row in made():
        assert row.packets_in * 1500 >= row.bytes_in
        assert (row.packets_in == 0) == (row.bytes_in == 0)
