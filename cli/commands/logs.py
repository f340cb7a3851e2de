"""`demarc logs`: what the processes wrote."""

import json
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from cli.errors import CommandError
from cli.layout import default_layout

LAST_LINES = 40
FOLLOW_EVERY_S = 0.2


def logs(args: Namespace) -> int:
    """Print the last lines of one log, or of all; with -f go on printing."""
    folder = default_layout().logs
    if args.request:
        return _of_request(folder, args.request)
    paths = sorted(folder.glob("*.log"))
    if args.name:
        paths = [path for path in paths if path.stem == args.name]
        if not paths:
            known = ", ".join(sorted(path.stem for path in folder.glob("*.log"))) or "none yet"
            raise CommandError(f"There is no log {args.name!r}. There are: {known}.")
    prefix = not args.name
    offsets = {path: _print_last(path, prefix=prefix) for path in paths}
    if args.follow:
        try:
            _follow(offsets, prefix=prefix)
        except KeyboardInterrupt:
            return 0
    return 0


def _of_request(folder: Path, request_id: str) -> int:
    """Print what all processes logged for one request, in order of time; exit status 1 when
    nothing is known of it."""
    found = []
    for path in (*folder.glob("*.log"), *folder.glob("*.log.1")):
        for line in path.read_text(errors="replace").splitlines():
            entry = _entry(line) if request_id in line else {}
            if entry.get("request_id") == request_id or request_id in entry.get("requests", ()):
                found.append((entry.get("at", ""), path.name.partition(".")[0], line))
    for _, name, line in sorted(found):
        print(f"{name}: {line}")
    if not found:
        print(f"No log of this run or the one before knows the request {request_id}.")
    return 0 if found else 1


def _entry(line: str) -> dict[str, Any]:
    """The line's fields; none for a line that is no JSON."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _print_last(path: Path, *, prefix: bool) -> int:
    data = path.read_bytes()
    _print(path, b"\n".join(data.splitlines()[-LAST_LINES:]), prefix=prefix)
    return len(data)


def _follow(offsets: dict[Path, int], *, prefix: bool) -> None:
    while True:
        for path, offset in offsets.items():
            # A log that shrank was put aside, and a new one begun.
            start = offset if path.stat().st_size >= offset else 0
            with path.open("rb") as handle:
                handle.seek(start)
                # Whole lines: the rest of a line follows when it has been written.
                whole, newline, _ = handle.read().rpartition(b"\n")
            if newline:
                _print(path, whole, prefix=prefix)
            offsets[path] = start + len(whole) + len(newline)
        time.sleep(FOLLOW_EVERY_S)


def _print(path: Path, data: bytes, *, prefix: bool) -> None:
    for line in data.decode(errors="replace").splitlines():
        print(f"{path.stem}: {line}" if prefix else line, flush=True)
