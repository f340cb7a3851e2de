"""`python -m bench.first SCOPE`: take up a change in a process that did nothing before; prints the
seconds and the bytes that it grew by."""

import json
import os
import sys
import time
from pathlib import Path
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from networking.engine.reconcile import reconcile  # noqa: E402 - needs the settings


def main(scope: UUID) -> None:
    """One pass; an engine that is loaded already, as a worker's is."""
    before, began = _resident(), time.perf_counter()
    reconcile(scope)
    took = time.perf_counter() - began
    print(json.dumps({"seconds": took, "bytes": _resident() - before}))


def _resident() -> int:
    """Bytes in memory (man 5 proc, statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    main(UUID(sys.argv[1]))
