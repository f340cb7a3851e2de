"""Debian's packages that the lab and the tests need; none of their services ever starts."""

import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from cli.errors import CommandError
from cli.fabric import why_not_here
from cli.layout import Layout
from cli.postgres import DEBIAN_BIN
from cli.progress import Progress
from lab import install

# The wheel of Playwright drives Debian's browser, which draws no text without a font.
BROWSER = {"chromium": Path("/usr/bin/chromium"), "fonts-dejavu-core": Path("/usr/share/fonts")}
MULTIARCH = sysconfig.get_config_var("MULTIARCH") or ""
# Tests put the clock of a database with this.
CLOCK = "libfaketime"
CLOCK_LIBRARY = Path("/usr/lib", MULTIARCH, "faketime/libfaketime.so.1")
POSTGRES = "postgresql-15"
# How Debian says that a cluster does not start with the machine: pg_createcluster(1).
_MAIN_CLUSTER_START = Path("/etc/postgresql/15/main/start.conf")


def why_no_lab(layout: Layout, progress: Progress, *, may_install: bool) -> str | None:
    """Why the lab cannot stand here, or None; installs what it lacks where that is allowed."""
    if refusal := why_not_here():
        return refusal
    if may_install:
        try:
            _install(layout, progress, install.missing())
        except CommandError as error:
            progress.say(str(error))
            return f"its packages could not be installed: {' '.join(install.missing())}"
    able, reason = install.can_run()
    return None if able else reason.rstrip(".")


def ensure_for_tests(layout: Layout, progress: Progress) -> None:
    """Install what the wire and browser tests lack; needs root on Debian."""
    browser = [name for name, proof in BROWSER.items() if not _holds_something(proof)]
    clock = [] if CLOCK_LIBRARY.exists() else [CLOCK]
    _install(layout, progress, [*install.missing(), *browser, *clock])


def ensure_postgres(layout: Layout, progress: Progress) -> None:
    """Install Debian's PostgreSQL where it is missing; needs root on Debian."""
    if (DEBIAN_BIN / "postgres").exists() or why_not_here():
        return
    _install(layout, progress, [POSTGRES])
    # Its main cluster is no concern of ours, and would start at the next boot.
    if _MAIN_CLUSTER_START.exists():
        _MAIN_CLUSTER_START.write_text("manual\n")


def _install(layout: Layout, progress: Progress, names: Sequence[str]) -> None:
    if not names:
        return
    progress.say(f"  Installing from Debian: {' '.join(names)}")
    code = "import sys; from lab import install; install.install(sys.argv[1:])"
    progress.run(
        "Debian packages",
        [sys.executable, "-c", code, *names],
        log=layout.checkout / ".venv" / "apt.log",
        cwd=layout.checkout,
    )


def _holds_something(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and next(path.rglob("*.ttf"), None) is not None)
