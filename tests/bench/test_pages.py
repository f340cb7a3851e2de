"""The benchmark of pages and lists with two tenants: it must not rot."""

import pytest

from bench import pages
from bench.rows import ROWS, SIZES

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_page_of_a_small_world_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LOOKS", 1)
    monkeypatch.setattr(pages.usage, "settle", lambda: None)
    assert (ROWS["pages"], SIZES["pages"]) == (pages.pages, "tenants")

    found = pages.pages(2)

    *others, anew, month, _ = found
    assert len(others) == 1 + len(pages.PAGES) + len(pages.STAFF) + len(pages.API)
    goals = [one.most_seconds for one in (*others, month)]
    assert goals == [pages.MOST_SECONDS] * len(goals)
    assert all(one.seconds > 0 for one in found)
    assert ("added up anew" in anew.name, anew.most_seconds) == (True, None)
    assert " queries)" in found[0].name
