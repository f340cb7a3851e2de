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

    assert len(found) == 1 + len(pages.PAGES) + len(pages.STAFF) + len(pages.API)
    assert all(one.seconds > 0 and one.most_seconds == pages.MOST_SECONDS for one in found)
    assert " queries)" in found[0].name
