"""Polling with a deadline."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], *, within: float) -> float:
    """Wait until `holds()` is true, and return after how many seconds; fail after `within`."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not within {within} s"
        time.sleep(0.1)
    return time.monotonic() - began
