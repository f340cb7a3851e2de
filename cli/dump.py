"""The database as one file, and back, by PostgreSQL's own programs."""

import os
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cli.errors import CommandError
from cli.programs import base_env
from cli.psql import psql_argv, psql_env, query

# A backup that was taken before somebody signed out, or was shut out, must not let them in again.
LEFT_OUT = ("public.django_session",)
LOCK_WAIT = "60s"
SYSTEM = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version: 15/bin, 16/bin."""
TLS_MODES = {"require", "verify-ca", "verify-full"}
CHUNK = 1 << 20
HEADER = 4096
"""Bytes in which pg_restore sets the session up, before any data."""

_TABLES = """\
SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
# Of other roles' sessions, only a superuser is told the type.
_OTHERS = """\
SELECT usename FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL
    AND coalesce(backend_type, 'client backend') = 'client backend' AND pid <> pg_backend_pid()
"""
# As it is in a database that was just made: see "The Public Schema" in the manual.
_EMPTY = """\
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema';
"""
_REFUSE_UNKNOWN = """\
DO $$ DECLARE unknown text; BEGIN
    SELECT string_agg(app || '.' || name, ', ') INTO unknown FROM public.django_migrations
        WHERE app IN ({apps}) AND app || '.' || name NOT IN ({known});
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'The backup comes from a newer Demarc, which has %. Update first.', unknown;
    END IF;
END $$;
"""


@dataclass(frozen=True)
class Database:
    """A database as its administrator reaches it, and the wheel's programs to do so."""

    bin: Path
    admin_url: str

    @property
    def client(self) -> Path:
        """The folder of the programs that connect: the wheel's are built without TLS, so where the
        URL asks for it these are the system's newest. Raises CommandError where there are none."""
        if self.env.get("PGSSLMODE") not in TLS_MODES:
            return self.bin
        found = [path.parent for path in SYSTEM.glob("[1-9][0-9]/bin/psql")]
        if not found:
            raise CommandError(
                "DATABASE_ADMIN_URL asks for TLS, which needs PostgreSQL's own programs. "
                "On Debian: apt-get install postgresql-client-15"
            )
        return max(found, key=lambda folder: int(folder.parent.name))

    @property
    def env(self) -> dict[str, str]:
        """Where the programs connect."""
        return base_env() | psql_env(self.admin_url)

    def tables(self) -> int:
        """How many tables it has."""
        return int(query(self.client, self.admin_url, _TABLES))

    def others(self) -> list[str]:
        """The roles of the other sessions in it, one a session."""
        return query(self.client, self.admin_url, _OTHERS).split()

    def save(self, file: Path) -> int:
        """Write a consistent backup to `file`, which only the caller can read; how many tables it
        holds. It sees one instant, so nobody needs to stop. Raises CommandError."""
        fresh = file.with_name(file.name + ".new")
        fresh.unlink(missing_ok=True)
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._dump(fresh)
            held = self.listed(fresh)
            if held != (there := self.tables()):
                raise CommandError(f"The backup holds {held} of {there} tables. Try again.")
            with fresh.open("rb") as handle:
                os.fsync(handle.fileno())
            # Unlike a rename, this never takes the place of a file that came meanwhile.
            os.link(fresh, file)
        except FileExistsError as error:
            raise CommandError(f"{file} is there already; name another file.") from error
        finally:
            fresh.unlink(missing_ok=True)
        return held

    @property
    def dumper(self) -> Path:
        """The `pg_dump` of the server's own version where the system has it: a newer one may
        write what that version keeps for itself."""
        version = query(self.client, self.admin_url, "SHOW server_version_num")
        own = SYSTEM / str(int(version) // 10000) / "bin" / "pg_dump"
        return own if own.exists() else self.client / "pg_dump"

    def _dump(self, file: Path) -> None:
        self._run(
            *(self.dumper, "--format=custom", "--no-publications", "--no-subscriptions"),
            *("--lock-wait-timeout", LOCK_WAIT),
            *(f"--exclude-table-data={table}" for table in LEFT_OUT),
            *("--file", file),
        )

    def listed(self, file: Path) -> int:
        """How many tables a backup holds. Raises CommandError for what is no backup of ours."""
        lines = self._run(self.bin / "pg_restore", "--list", file).splitlines()
        tables = [line for line in lines if " TABLE public " in line]
        if not any(" TABLE public tenants_tenant " in line for line in tables):
            raise CommandError(f"{file} is no backup of a Demarc: it has no customers' table.")
        return len(tables)

    def load(self, file: Path, known: Collection[tuple[str, str]], *, replace: bool) -> None:
        """Bring the backup in, all of it or nothing; `replace` removes what is there, in the same
        transaction. `known` are app and name of this version's migrations: a backup with others
        is refused. Raises CommandError."""
        with tempfile.TemporaryFile() as said:
            argv = psql_argv(self.client, "-v", "ON_ERROR_STOP=1", "-q")
            psql = subprocess.Popen(
                argv, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
            )
            assert psql.stdin is not None
            try:
                with psql.stdin as into:
                    into.write(f"BEGIN;\n{_EMPTY if replace else ''}".encode())
                    whole = self._script(file, into, said)
                    if whole:
                        into.write(f"{_refuse_unknown(known)}COMMIT;\nANALYZE;\n".encode())
            except BrokenPipeError:
                pass  # psql has stopped at an error, and says which
            if psql.wait() != 0 or not whole:
                said.seek(0)
                raise CommandError(f"Nothing was restored: {_tail(said.read())}")

    def _script(self, file: Path, into: IO[bytes], said: IO[bytes]) -> bool:
        """Write the backup's statements; whether these were all."""
        argv = (self.bin / "pg_restore", "--no-owner", "--no-tablespaces", "--file=-", file)
        reader = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=said)
        assert reader.stdout is not None
        try:
            head = reader.stdout.read(HEADER)
            # PostgreSQL 16 and older do not know it.
            into.write(head.replace(b"SET transaction_timeout = 0;\n", b"", 1))
            while chunk := reader.stdout.read(CHUNK):
                into.write(chunk)
        finally:
            reader.stdout.close()
            status = reader.wait()
        return status == 0

    def _run(self, *argv: str | Path) -> str:
        done = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise CommandError(f"{Path(argv[0]).name} failed: {_tail(done.stderr.encode())}")
        return done.stdout


def migrations(checkout: Path) -> set[tuple[str, str]]:
    """App and name of each migration of this version."""
    folders = {"portal_lib": "portal/lib", "tenants": "tenants", "networking": "networking"}
    folders |= {"billing": "billing"}
    return {
        (app, path.stem)
        for app, folder in folders.items()
        for path in (checkout / folder / "migrations").glob("[0-9]*.py")
    }


def _refuse_unknown(known: Collection[tuple[str, str]]) -> str:
    apps = ", ".join(sorted({f"'{app}'" for app, _ in known}))
    names = ", ".join(sorted(f"'{app}.{name}'" for app, name in known))
    return _REFUSE_UNKNOWN.format(apps=apps, known=names)


def _tail(said: bytes) -> str:
    return " ".join(said.decode(errors="replace").strip().splitlines()[-5:]) or "no reason given"
