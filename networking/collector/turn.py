"""One collector a device at a time, for each thing that is collected."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.core.cache import cache

LONGEST = 60  # seconds after which a collector counts as killed


@contextmanager
def turn(device_id: UUID, what: str = "") -> Iterator[bool]:
    """Whether this collector may go ahead; a device that answers late is not asked twice.

    Two at once would only cost a second reading: what they write is what they read.
    """
    key = f"collector:{device_id}{what}"
    mine = cache.add(key, True, LONGEST)
    try:
        yield mine
    finally:
        if mine:
            cache.delete(key)
