"""The embedded servers, started for real."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cli import accounts, backing
from cli.commands.test import throw_away_state
from cli.errors import CommandError
from cli.layout import CHECKOUT, Layout
from cli.progress import Progress
from cli.records import read_processes

ONCE = Retry(NoBackoff(), 0)
# As `demarc test --postgres` names it: embedded, or Debian's own.
USE_DEBIAN = os.environ.get("DEMARC_TEST_POSTGRES") == "system"


@pytest.fixture(scope="module")
def closed() -> Iterator[Path]:
    """A folder that nobody but its owner may pass, as root's home is."""
    with tempfile.TemporaryDirectory(prefix="closed-", dir="/var/tmp") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def servers(closed: Path) -> Iterator[tuple[Layout, backing.Backing]]:
    """Both servers, from packages under a closed folder, for the tests that leave them as they
    are."""
    checkout = closed / "checkout"
    (checkout / ".venv").mkdir(parents=True)
    (checkout / ".venv" / "lib").symlink_to(CHECKOUT / ".venv" / "lib")
    with (
        throw_away_state(Layout(checkout, closed)) as layout,
        backing.throw_away(layout, Progress(), use_debian=USE_DEBIAN) as running,
    ):
        yield layout, running


Servers = tuple[Layout, backing.Backing]


def test_the_login_role_owns_and_inherits_nothing(servers: Servers) -> None:
    _, running = servers
    with psycopg.connect(running.admin_url) as admin:
        row = admin.execute(
            "SELECT rolsuper, rolinherit, rolcreatedb, rolcreaterole, rolbypassrls "
            "FROM pg_roles WHERE rolname = 'demarc_portal'"
        ).fetchone()
        assert row == (False, False, False, False, False)
        admin.execute("CREATE TABLE secret (value int)")
    with psycopg.connect(running.database_url) as portal:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            portal.execute("SELECT * FROM secret")
        portal.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            portal.execute("CREATE TABLE mine (value int)")


def test_what_the_schema_relies_on_is_there(servers: Servers) -> None:
    _, running = servers
    with psycopg.connect(running.admin_url) as admin:
        admin.execute("CREATE EXTENSION btree_gist")
        rows = admin.execute("SELECT v FROM unnest(ARRAY['b', 'B', 'a', 'ä']) v ORDER BY v")
        assert [row[0] for row in rows] == ["B", "a", "b", "ä"]
        assert admin.execute("SHOW server_encoding").fetchone() == ("UTF8",)


def test_a_password_is_needed(servers: Servers) -> None:
    _, running = servers
    parts = urlsplit(running.admin_url)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(running.admin_url.replace(str(parts.password), "wrong"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=int(urlsplit(running.redis_url).port or 0), retry=ONCE).ping()
    assert redis.Redis.from_url(running.redis_url).ping()


def test_they_listen_on_the_loopback_address_alone(servers: Servers) -> None:
    _, running = servers
    ports = {urlsplit(url).port for url in (running.database_url, running.redis_url)}
    listening = [
        fields[1].split(":")
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A"  # TCP_LISTEN, proc(5)
    ]
    ours = [address for address, port in listening if int(port, 16) in ports]
    assert ours == ["0100007F", "0100007F"]


def test_nothing_stays_and_a_restart_keeps_the_data(layout: Layout) -> None:
    progress = Progress()
    first = backing.named_or_embedded(layout, progress)
    with backing.running(layout, first, progress):
        identities = [record.identity for record in read_processes(layout.state)]
        with psycopg.connect(first.admin_url) as admin:
            admin.execute("CREATE TABLE kept (value int)")
        redis.Redis.from_url(first.redis_url).set("kept", "1")
    assert len(identities) == 2
    assert not any(identity.alive() for identity in identities)
    second = backing.named_or_embedded(layout, progress)
    assert second.database_url == first.database_url
    with backing.running(layout, second, progress):
        with psycopg.connect(second.admin_url) as admin:
            admin.execute("SELECT * FROM kept")
        assert redis.Redis.from_url(second.redis_url).get("kept") == b"1"


@pytest.mark.usefixtures("as_root")
def test_as_root_no_server_runs_as_root_and_its_data_is_closed(servers: Servers) -> None:
    layout, _ = servers
    account = accounts.server_account()
    assert account is not None
    records = read_processes(layout.state)
    assert {record.name for record in records} == {"postgres", "valkey"}
    for record in records:
        assert os.stat(f"/proc/{record.identity.pid}").st_uid == account.uid
        assert stat.S_IMODE((layout.state / record.name).stat().st_mode) == 0o700
    for name in ("credentials.json", "processes.json"):
        assert stat.S_IMODE((layout.state / name).stat().st_mode) == 0o600


@pytest.mark.usefixtures("as_root")
def test_packages_under_a_closed_folder_serve_and_the_folder_stays_closed(
    servers: Servers, closed: Path
) -> None:
    psycopg.connect(servers[1].database_url).close()
    assert redis.Redis.from_url(servers[1].redis_url).ping()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.usefixtures("as_root")
def test_a_state_under_a_closed_folder_is_refused_and_stays_closed() -> None:
    with tempfile.TemporaryDirectory(prefix="closed-", dir="/var/tmp") as closed:
        with pytest.raises(CommandError, match=f"{closed} is closed to it.*DEMARC_STATE"):
            Layout(CHECKOUT, Path(closed) / "state").make()
        assert stat.S_IMODE(Path(closed).stat().st_mode) == 0o700
        assert list(Path(closed).iterdir()) == []


def test_the_portal_is_never_given_the_administrator(layout: Layout) -> None:
    backed = backing.Backing("postgres://portal", "postgres://admin", "redis://", "key", None, ())
    serving = backing.portal_env(layout, backed, fabric="none", url="http://x")
    assert "postgres://admin" not in serving.values()
    admin = backing.portal_env(layout, backed, fabric="none", url="http://x", admin=True)
    assert admin["DATABASE_ADMIN_URL"] == "postgres://admin"
