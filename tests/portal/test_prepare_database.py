"""``manage.py prepare_database``, as its own process, on a database of its own."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from tests.conftest import administer

# Test processes run side by side on one server.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NAME = f"test_demarc_prepare_{WORKER}"
LOGIN = f"test_demarc_login_{WORKER}"


def urls(login=LOGIN):
    admin = urlsplit(os.environ["DATABASE_ADMIN_URL"])
    host = admin.netloc.rpartition("@")[2]
    return {
        "DATABASE_ADMIN_URL": admin._replace(path=f"/{NAME}").geturl(),
        "DATABASE_URL": f"postgres://{login}:secret@{host}/{NAME}",
    }


def manage(*command, **env):
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=os.environ | urls() | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def new_database():
    drop = [f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)", f"DROP ROLE IF EXISTS {LOGIN}"]
    administer(*drop, f"CREATE ROLE {LOGIN} LOGIN PASSWORD 'secret'", f"CREATE DATABASE {NAME}")
    yield
    administer(*drop)


def test_twice_from_nothing(new_database):
    for _ in range(2):
        done = manage("prepare_database")
        assert done.returncode == 0, done.stderr
    with psycopg.connect(urls()["DATABASE_URL"]) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT 1 FROM tenants_tenant")
        connection.rollback()
        idle = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
        assert idle == ("15s",)
        connection.execute("SET LOCAL ROLE demarc_staff")
        assert connection.execute("SELECT count(*) FROM tenants_tenant").fetchone() == (0,)
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    inherits = "SELECT rolinherit FROM pg_roles WHERE rolname = %s"
    with psycopg.connect(urls()["DATABASE_ADMIN_URL"]) as connection:
        assert connection.execute(inherits, [LOGIN]).fetchone() == (False,)


def test_a_login_role_that_bypasses_is_refused(new_database):
    administer(f"ALTER ROLE {LOGIN} BYPASSRLS")
    done = manage("prepare_database")
    assert done.returncode != 0
    assert "bypasses row-level security" in done.stderr


def test_a_login_role_that_is_missing_is_named(new_database):
    done = manage("prepare_database", **urls(login="nobody_here"))
    assert done.returncode != 0
    assert "nobody_here" in done.stderr


def test_a_serving_process_needs_no_administrator(new_database):
    env = os.environ | urls()
    del env["DATABASE_ADMIN_URL"]
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
