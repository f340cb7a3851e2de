"""Rounds over many tenants that may not take long: each goes on where the last one stopped."""

import time
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.core.cache import cache

REMEMBERED = 3600  # seconds


def in_turn(name: str, ids: Iterable[UUID], seconds: float) -> Iterator[UUID]:
    """These ids for as long as there is time, so that in the end each has its turn."""
    key = f"collector:round:{name}"
    ordered = sorted(ids)
    last = cache.get(key)
    start = bisect_right(ordered, last) if last else 0
    deadline = time.monotonic() + seconds
    for one in (*ordered[start:], *ordered[:start]):
        yield one
        if time.monotonic() > deadline:
            cache.set(key, one, REMEMBERED)
            return
    cache.delete(key)
