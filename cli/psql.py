"""Statements to a database from outside Django, through psql."""

import subprocess
import urllib.parse
from pathlib import Path

from cli.errors import CommandError
from cli.programs import base_env

# Of a URL's options, those that say how the connection is secured (libpq's environment variables).
OPTIONS = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def query(bin_folder: Path, url: str, sql: str, *, database: str | None = None) -> str:
    """The first column of the rows that `sql` gives, one a line."""
    answer = subprocess.run(
        psql_argv(bin_folder, "-v", "ON_ERROR_STOP=1", "-At"),
        input=sql,
        env=base_env() | psql_env(url, database=database) | {"PGCONNECT_TIMEOUT": "3"},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    if answer.returncode != 0:
        raise CommandError(f"The database refused a query: {answer.stderr.strip()}")
    return answer.stdout.strip()


def psql_argv(bin_folder: Path, *options: str) -> tuple[str, ...]:
    """psql without the caller's settings file."""
    return (str(bin_folder / "psql"), "-X", *options)


def psql_env(url: str, *, database: str | None = None) -> dict[str, str]:
    """Where psql connects, by environment: arguments are for everyone to read in ps(1)."""
    parts = urllib.parse.urlsplit(url)
    asked = dict(urllib.parse.parse_qsl(parts.query))
    named = {name: asked.get(option, "") for option, name in OPTIONS.items()}
    named |= {
        "PGHOST": parts.hostname or urllib.parse.unquote(parts.netloc),
        "PGPORT": str(parts.port or 5432),
        "PGUSER": urllib.parse.unquote(parts.username or ""),
        "PGPASSWORD": urllib.parse.unquote(parts.password or ""),
        "PGDATABASE": database or parts.path.lstrip("/"),
    }
    return {name: value for name, value in named.items() if value}
