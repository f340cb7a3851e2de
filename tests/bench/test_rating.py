"""The benchmark on a few rows: it must not rot, and both of its ways must agree."""

import pytest

from bench import usage
from bench.rating import rating
from bench.rows import ROWS, Measured, best_of, middle_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_rating_runs_and_agrees_with_sql():
    assert ROWS["rating"] is rating
    everyone, look = rating(2 * usage.PORTS * usage.HOURS)
    assert everyone.name.endswith("20,160 rows of usage")
    assert everyone.ratio > 0
    assert look.seconds > 0


def test_a_goal_is_a_ratio_or_a_time():
    slow = Measured("x", 3.0, 1.0, "y", most_ratio=1.5)
    assert (slow.met, slow.ratio, slow.goal) == (False, 3.0, "at most 1.5 times the floor")
    quick = Measured("x", 0.04, 0.01, "y", most_seconds=0.05)
    assert (quick.met, quick.goal) == (True, "less than 50 ms")


def test_works_take_turns():
    seen = []
    works = [lambda name=name: seen.append(name) for name in "ab"]
    assert len(best_of(2, *works)) == 2
    assert seen == list("abab")
    middle_of(1, *works)
    assert seen == list("abababab")
