"""The size check of the lint: a long file is split by noun or by step."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

MOST_LINES = 400


def too_long(checkout: Path, files: Iterable[Path]) -> list[str]:
    """A sentence for each of `files` that is longer than allowed; migrations are generated."""
    found = []
    for path in files:
        if "migrations" in path.parts:
            continue
        lines = (checkout / path).read_bytes().count(b"\n")
        if lines > MOST_LINES:
            found.append(f"{path}: {lines} lines, {MOST_LINES} at most; split it by noun or step")
    return found


def python_files(checkout: Path) -> list[Path]:
    """The Python files that git tracks or would track."""
    # Root may look at a checkout that belongs to someone else; git would refuse.
    listed = subprocess.run(
        [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "*.py",
            "demarc",
        ],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    return [path for path in paths if (checkout / path).is_file()]
