"""Months of the issuer's calendar."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rating.period import HOUR, Period, check_zone, instant, moment

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Pacific/Auckland"]


@pytest.mark.parametrize(
    ("text", "hours"), [("2026-03", 743), ("2026-10", 745), ("2026-11", 720), ("2024-02", 696)]
)
def test_a_month_is_as_long_as_its_clocks_make_it(text: str, hours: int):
    assert Period.parse(text, "Europe/Berlin").seconds == hours * HOUR


def test_a_month_begins_at_the_issuers_midnight():
    march = Period.parse("2026-03", "Europe/Berlin")
    assert moment(march.start) == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert moment(march.end) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert (str(march), str(march.next), str(march.previous)) == ("2026-03", "2026-04", "2026-02")


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_days_fill_the_month_and_months_fill_time(day: date, zone: str):
    period = Period(day.year, day.month, zone)
    assert sum(end - start for _, start, end in period.days) == period.seconds
    assert all(a[2] == b[1] for a, b in zip(period.days, period.days[1:], strict=False))
    assert period.next.start == period.end
    assert period.next.previous == period
    assert all(start % HOUR == 0 for _, start, _ in period.days)
    assert Period.at(moment(period.start), zone) == period
    assert Period.at(moment(period.end - 1), zone) == period


def test_a_fraction_of_a_second_is_cut_off():
    assert instant(datetime(1970, 1, 1, 0, 0, 9, 999999, tzinfo=UTC)) == 9
    assert instant(datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC)) == -1


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "26-01", "2026-1", "1999-12"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(ValueError, match="no month"):
        Period.parse(text)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Adelaide", "Pacific/Chatham"])
def test_a_zone_off_the_hour_is_refused(zone: str):
    with pytest.raises(ValueError, match="full hour"):
        check_zone(zone)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str):
    with pytest.raises(ValueError, match="no IANA time zone"):
        check_zone(zone)
