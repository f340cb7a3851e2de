"""`python -m bench.first SCOPE …`: take up changes in a process that did nothing before; prints the
seconds that the first took, those of them on a processor, and those that all took; the bytes of the
loaded program, and those that it had grown by after each."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from networking.engine.reconcile import reconcile  # noqa: E402 - needs the settings


def main(scopes: Sequence[UUID]) -> None:
    """One pass each; an engine that is loaded already, as a worker's is."""
    loaded, began, busy = _resident(), perf_counter(), process_time()
    took, worked, grown = [], [], []
    for scope in scopes:
        reconcile(scope)
        took.append(perf_counter() - began)
        worked.append(process_time() - busy)
        grown.append(_resident() - loaded)
    said: dict[str, object] = {"first": took[0], "worked": worked[0], "all": took[-1]}
    said |= {"loaded": loaded, "grown": grown}
    print(json.dumps(said))


def _resident() -> int:
    """Bytes in memory (man 5 proc, statm)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    main([UUID(scope) for scope in sys.argv[1:]])
