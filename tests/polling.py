"""Polling with a deadline."""

import time
from collections.abc import Callable


def eventually(holds: Callable[[], object], *, within: float = 10.0, pause: float = 0.05) -> float:
    """Wait until `holds()` is true, and return after how many seconds; fail after `within`."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within, f"not within {within:g} s"
        time.sleep(pause)
    return time.monotonic() - began
