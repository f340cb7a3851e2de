"""The test database and the world in it.

The database is made by DATABASE_ADMIN_URL; tests then connect as the login role of DATABASE_URL,
as the server does, so row-level security binds them too. To look at rows in a test, enter a role:
``with acting_as(SYSTEM): ...`` (``tenants.access``).
"""

import os
from collections.abc import Iterator
from typing import Any

import environ
import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase, override_settings
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from psycopg import sql
from xdist.scheduler import LoadFileScheduling

from tests.world import World, make_world

# Filled by migrations, so emptying them would not give back what a new database has.
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission"}
FAULTS = "tests/faults/"


def pytest_configure() -> None:
    """Hash passwords quickly, keep rate limits inside this process, and let properties take their
    time.

    Each test client makes its own middleware, and WhiteNoise would read every static file for it.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.WHITENOISE_AUTOREFRESH = True
    # A busy machine says nothing about what is tested; fixtures here hold for all examples.
    ignored = (HealthCheck.too_slow, HealthCheck.function_scoped_fixture)
    hypothesis.register_profile("demarc", deadline=None, suppress_health_check=ignored)
    hypothesis.load_profile("demarc")


class OneStackForFaults(LoadFileScheduling):
    """Hands out files whole, and a folder whose tests share a stack to one process."""

    def _split_scope(self, nodeid: str) -> str:
        return FAULTS if nodeid.startswith(FAULTS) else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Ours in place of `--dist loadfile`."""
    return OneStackForFaults(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """A database of its own for each test process, dropped at the end."""
    login = dict(connection.settings_dict)
    name = f"test_{login['NAME']}_{os.getpid()}"
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    administer(drop)
    administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    admin = environ.Env().db("DATABASE_ADMIN_URL")
    admin.pop("ENGINE", None)
    with django_db_blocker.unblock(), override_settings(AS_ADMINISTRATOR=True):
        connection.settings_dict.update(admin | {"NAME": name})
        call_command("prepare_database", verbosity=0)
        connection.close()
    connection.settings_dict.update(login | {"NAME": name})
    TransactionTestCase._fixture_teardown = lambda self: empty_database()  # type: ignore[method-assign]
    yield
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict["NAME"] = login["NAME"]
    administer(drop)


def administer(*statements: Any, name: str = "") -> None:
    """Run statements as the administrator, outside of any transaction."""
    with administration(name) as administrator:
        for statement in statements:
            administrator.execute(statement)


def administration(name: str = "") -> psycopg.Connection:
    """A connection as the administrator, to the database `name` or to the administrator's."""
    url = environ.Env().db("DATABASE_ADMIN_URL")
    return psycopg.connect(
        host=url["HOST"] or None,
        port=url["PORT"] or None,
        user=url["USER"] or None,
        password=url["PASSWORD"] or None,
        dbname=name or url["NAME"],
        autocommit=True,
    )


def empty_database() -> None:
    """What a test of real transactions leaves behind; the login role may not remove all of it.

    Rows are deleted where there are any: truncating makes new files for every table, index and
    partition, which takes longer than most tests. Triggers, foreign keys among them, stay quiet.
    """
    connection.close()
    tables = [t for t in connection.introspection.table_names() if t not in KEPT_TABLES]
    filled = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(table, sql.Identifier(table))
        for table in tables
    )
    with administration(connection.settings_dict["NAME"]) as administrator:
        administrator.execute("SET session_replication_role = replica")
        for (table,) in administrator.execute(filled).fetchall():
            administrator.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


@pytest.fixture(autouse=True)
def _no_memory_of_other_tests() -> None:
    cache.clear()


@pytest.fixture
def world(db: None) -> World:
    """Acme, Globex, their people and tokens, and the provider's people.

    Committed in a test that is marked ``django_db(transaction=True)``.
    """
    return make_world()
