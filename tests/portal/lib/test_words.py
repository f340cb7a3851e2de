"""Times in words."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.lib import words

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (4.9, "just now"),
        (5, "5 s ago"),
        (59, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86400 * 3, "3 d ago"),
        (86400 * 45, "1 mo ago"),
        (86400 * 800, "2 y ago"),
        (-30, "just now"),
    ],
)
def test_how_long_ago(seconds: float, text: str) -> None:
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-0.2, "0.0 s"), (0.31, "0.3 s"), (9.94, "9.9 s"), (42.7, "42 s"), (125, "2 min")],
)
def test_a_length_of_time(seconds: float, text: str) -> None:
    assert words.length(seconds) == text


def test_an_exact_time_names_its_zone() -> None:
    assert words.exact(NOW) == "2026-11-21 12:00:00 UTC"


def test_a_number_with_its_noun() -> None:
    assert words.count(1, "port") == "1 port"
    assert words.count(0, "port") == "0 ports"
    assert words.count(2, "entry", "entries") == "2 entries"
