"""The database and the queue: those that the environment names, or embedded ones."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cli import postgres as postgres_server
from cli import valkey as valkey_server
from cli import venv
from cli.credentials import Credentials, load
from cli.errors import CommandError
from cli.layout import Layout
from cli.postgres import Postgres
from cli.programs import Program
from cli.progress import Progress
from cli.supervisor import Supervisor

BILLING = ("DEMARC_BILLING_TIME_ZONE", "DEMARC_BILLING_DEFAULT_PLAN")


@dataclass(frozen=True)
class Backing:
    """Where database and queue are, and the programs that run them where they are ours."""

    database_url: str
    admin_url: str
    redis_url: str
    secret_key: str
    postgres: Postgres | None
    programs: tuple[Program, ...]

    @property
    def ready(self) -> tuple[str, ...]:
        """What a program that needs the database waits for."""
        return ("database",) if self.postgres else ()

    @property
    def queue_ready(self) -> tuple[str, ...]:
        """What a program that needs the queue waits for."""
        return tuple(p.name for p in self.programs if p.name == "valkey")


def named_or_embedded(layout: Layout, progress: Progress) -> Backing:
    """What DATABASE_URL and REDIS_URL name; an embedded server for each that is not set."""
    credentials = load(layout.state)
    postgres = None
    database_url = os.environ.get("DATABASE_URL", "")
    admin_url = os.environ.get("DATABASE_ADMIN_URL", "")
    if not database_url:
        packages = venv.site_packages(layout)
        postgres = postgres_server.embedded(layout.state, packages, credentials)
        postgres.initialise(progress, layout.logs / "initdb.log")
    elif not admin_url:
        raise CommandError(
            "DATABASE_URL is set and DATABASE_ADMIN_URL is not. Migrations need a role that owns "
            "the tables, which the portal's own role must not: name it in DATABASE_ADMIN_URL."
        )
    return _backing(layout, credentials, postgres, database_url, admin_url)


def _backing(
    layout: Layout,
    credentials: Credentials,
    postgres: Postgres | None,
    database_url: str = "",
    admin_url: str = "",
    *,
    throw_away: bool = False,
) -> Backing:
    programs: list[Program] = []
    if postgres is not None:
        database_url, admin_url = postgres.url, postgres.admin_url
        programs += [postgres.server(), postgres.create_roles()]
    redis_url = "" if throw_away else os.environ.get("REDIS_URL", "")
    if not redis_url:
        packages = venv.site_packages(layout)
        valkey = valkey_server.embedded(layout.state, packages, credentials, throw_away=throw_away)
        redis_url = valkey.url
        programs.append(valkey.server())
    return Backing(
        database_url, admin_url, redis_url, credentials.secret_key, postgres, tuple(programs)
    )


@contextmanager
def throw_away(
    layout: Layout, progress: Progress, *, use_debian: bool = False
) -> Iterator[Backing]:
    """Fresh servers that live as long as the block; `layout.state` is theirs alone."""
    layout.make()
    credentials = load(layout.state)
    packages = venv.site_packages(layout)
    postgres = (
        postgres_server.debian(layout.state, credentials)
        if use_debian
        else postgres_server.embedded(layout.state, packages, credentials, throw_away=True)
    )
    postgres.initialise(progress, layout.logs / "initdb.log")
    backing = _backing(layout, credentials, postgres, throw_away=True)
    with running(layout, backing, progress):
        yield backing


@contextmanager
def running(layout: Layout, backing: Backing, progress: Progress) -> Iterator[None]:
    """Keep the programs of `backing` up for the block."""
    supervisor = Supervisor(layout.state, layout.checkout, progress)
    try:
        supervisor.start(backing.programs)
        yield
    finally:
        supervisor.stop()


def portal_env(
    layout: Layout, backing: Backing, *, fabric: str, url: str, admin: bool = False
) -> dict[str, str]:
    """What a process of the portal is told; the admin role only where `admin` says so."""
    named = {
        "DATABASE_URL": backing.database_url,
        "REDIS_URL": backing.redis_url,
        "DEMARC_FABRIC": fabric,
        "DEMARC_STATE": str(layout.state),
        "DEMARC_SECRET_KEY": backing.secret_key,
        "DEMARC_URL": url,
        "DEMARC_DEBUG": os.environ.get("DEMARC_DEBUG", "0"),
    }
    # A command that comes later must count months as the portal does that runs.
    named |= {name: os.environ[name] for name in BILLING if name in os.environ}
    if admin:
        named["DATABASE_ADMIN_URL"] = backing.admin_url
    path = f"{layout.bin}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return named | {"PATH": path}
