"""The virtual environment: made from hashed requirements, and again only when they change."""

import fcntl
import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.errors import CommandError
from cli.layout import Layout
from cli.progress import Progress

RUN = ("requirements.txt",)
RUN_AND_TEST = ("requirements.txt", "requirements-dev.txt")
STAMP = "demarc-stamp.json"


def ensure(layout: Layout, progress: Progress, files: tuple[str, ...] = RUN) -> None:
    """Make the environment hold what `files` name; a no-op when it already does."""
    with _lock(layout.checkout):
        wanted = {name: _digest(layout.checkout / name) for name in files}
        if all(_stamp(layout).get(name) == digest for name, digest in wanted.items()):
            return
        _make(layout, progress)
        arguments = [part for name in files for part in ("-r", name)]
        progress.run(
            "Python packages",
            [
                *(layout.python, "-m", "pip", "install", "--require-hashes", "--no-input"),
                *("--disable-pip-version-check", "--progress-bar", "off"),
                *arguments,
            ],
            log=layout.checkout / ".venv" / "install.log",
            cwd=layout.checkout,
        )
        kept = {"python": _python_version(), **_stamp(layout), **wanted}
        (layout.checkout / ".venv" / STAMP).write_text(json.dumps(kept, indent=2) + "\n")


def keep_bytecode(layout: Layout) -> None:
    """Have this process and its children keep compiled modules in the environment's folder.

    A Python told to keep none (`PYTHONDONTWRITEBYTECODE`, as many images have it) compiles all of
    Django whenever a process starts: more than half of what a worker's start takes. Outside of the
    source folders it litters nothing.
    """
    prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(layout.checkout / ".venv" / "pyc"))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode, sys.pycache_prefix = False, prefix


def site_packages(layout: Layout) -> Path:
    """Where the environment's packages lie."""
    return layout.checkout / ".venv" / "lib" / f"python{_python_version()}" / "site-packages"


def _make(layout: Layout, progress: Progress) -> None:
    """Create the environment where it is missing, broken, or of another Python."""
    if _works(layout):
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise CommandError(
            f"This Python ({sys.executable}) cannot make virtual environments. "
            "On Debian: apt-get install python3-venv"
        )
    folder = layout.checkout / ".venv"
    folder.mkdir(exist_ok=True)
    progress.run(
        "Virtual environment",
        [sys.executable, "-m", "venv", "--clear", folder],
        # Beside the folder: --clear empties it.
        log=layout.checkout / ".venv.log",
    )
    (layout.checkout / ".venv.log").unlink()


def _works(layout: Layout) -> bool:
    if not site_packages(layout).is_dir():
        return False
    try:
        check = subprocess.run(
            [layout.python, "-c", "import pip"], capture_output=True, timeout=60, check=False
        )
    except OSError:
        return False
    return check.returncode == 0


def _stamp(layout: Layout) -> dict[str, str]:
    """What the environment was made from; empty when unknown or made by another Python."""
    try:
        stamp: dict[str, str] = json.loads((layout.checkout / ".venv" / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    if stamp.get("python") != _python_version() or not layout.python.exists():
        return {}
    return stamp


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _lock(checkout: Path) -> Iterator[None]:
    """Two commands at once make the environment one after the other."""
    with (checkout / RUN[0]).open("rb") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
