"""Whether a step has already been done for what lies in the checkout now."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from cli.errors import CommandError
from cli.postgres import DATABASE, Postgres
from cli.psql import query

APPS = ("portal", "tenants", "networking", "billing")


def of_files(files: Iterable[Path], *more: str) -> str:
    """A digest of the names and contents of `files`, and of `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(files):
        digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def of_code(checkout: Path, *more: str) -> str:
    """A digest of what the portal's database was prepared and seeded by."""
    files = [path for app in APPS for path in (checkout / app).rglob("*.py")]
    return of_files([*files, checkout / "requirements.txt"], *more)


class DatabaseMarks:
    """Marks kept in the database itself, so that they vanish with it.

    They are words of the comment on the database, which is ours: the embedded one.
    """

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    def is_set(self, mark: str) -> bool:
        """Whether `mark` was set."""
        return mark in self._read()

    def replace(self, name: str, mark: str) -> None:
        """Set `mark`, which begins with `name`, in place of an older one of that name."""
        kept = {word for word in self._read() if not word.startswith(name)}
        comment = " ".join(sorted(kept | {mark}))
        self._query(f"COMMENT ON DATABASE {DATABASE} IS '{comment}'")

    def _read(self) -> set[str]:
        try:
            comment = self._query(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
                "WHERE datname = current_database()"
            )
        except CommandError:
            return set()
        return set(comment.split())

    def _query(self, sql: str) -> str:
        return query(self._postgres.bin, self._postgres.admin_url, sql)
