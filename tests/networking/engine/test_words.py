"""Durations, times and lists in words; and how long to wait before the next try."""

from datetime import UTC, datetime

import pytest

from networking.engine.backoff import FIRST, LONGEST, pause
from networking.engine.compare import differences
from networking.engine.words import clock, duration, listing
from networking.planning import Noun, Resource, diff


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-0.2, "0.0 s"),
        (0.0, "0.0 s"),
        (0.021, "0.02 s"),
        (0.0949, "0.09 s"),
        (0.095, "0.1 s"),
        (0.31, "0.3 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (42.4, "42 s"),
        (300, "5 min"),
        (7201, "2 h"),
    ],
)
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_time_of_day() -> None:
    assert clock(datetime(2026, 11, 21, 12, 4, 59, tzinfo=UTC)) == "12:04 UTC"


@pytest.mark.parametrize(
    ("items", "text"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c"), ("abcd", "4 prefixes")],
)
def test_a_list(items: str, text: str) -> None:
    assert listing(list(items), "prefixes") == text


@pytest.mark.parametrize("failures", [0, 1, 3, 6, 500])
def test_the_wait_doubles_within_bounds(failures: int) -> None:
    longest = min(LONGEST, FIRST * 2 ** min(failures, 16))
    waits = [pause(failures).total_seconds() for _ in range(50)]
    assert all(max(FIRST, longest * 0.6) <= wait <= longest for wait in waits)
    assert len(set(waits)) > 1 or longest == FIRST


def test_deviations_are_named_once_for_each_noun() -> None:
    noun = Noun("network", "n1", "web")
    want = [Resource("switch", "n1", {}, noun), Resource("dhcp", "n1", {}, noun)]
    assert differences(diff(want, [])) == "network web was missing"
    assert differences(diff([], want)) == "network web was not wanted"
    vip = [Resource("load_balancer", "v1", {}, Noun("vip", "v1", "shop"))]
    assert differences(diff(vip, [])) == "VIP shop was missing"


def test_of_many_deviations_a_few_are_named() -> None:
    nouns = [Noun("port", f"p{number}", f"web-{number}") for number in range(5)]
    want = [Resource("port", noun.id, {}, noun) for noun in nouns]
    few = "port web-0 was missing, port web-1 was missing, port web-2 was missing"
    assert differences(diff(want, [])) == f"{few} and 2 more"
