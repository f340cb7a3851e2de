"""Primary keys: UUIDs of version 7 (RFC 9562, section 5.7)."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id. Ids of one process ascend strictly, so they order rows by when they were made."""
    global _last
    with _lock:
        # 48 bits of milliseconds, then 12 bits of the fraction (RFC 9562, 6.2, method 3).
        nanoseconds = time.time_ns()
        stamp = (nanoseconds // 1_000_000) << 12 | (nanoseconds % 1_000_000) * 4096 // 1_000_000
        _last = stamp = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    return UUID(int=value)
