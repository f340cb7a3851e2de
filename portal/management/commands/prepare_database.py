"""``manage.py prepare_database``: roles, schema and grants, as the administrator."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from psycopg import errors, sql

from portal.lib.db import DatabaseRole

# Tables that come with the framework, all of them about who someone is.
IDENTITY_APPS = ("auth", "contenttypes", "sessions", "account")

IDLE_IN_TRANSACTION = "15s"  # as long as a lease; no transaction is open while a device is asked


class Command(BaseCommand):
    """Make the database of DATABASE_URL ready to serve. May be run again at any time."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """A backup's grants name roles, which must be there before it is brought in."""
        parser.add_argument("--roles-only", action="store_true", help="no schema, no grants")

    def handle(self, *args: Any, **options: Any) -> None:
        """Roles first, because migrations grant to them."""
        if not settings.AS_ADMINISTRATOR:
            raise CommandError("prepare_database needs DATABASE_ADMIN_URL")
        with connection.cursor() as cursor:
            for role in DatabaseRole:
                _create_role(cursor, role)
            _join(cursor, settings.LOGIN_ROLE)
            _bound(cursor, settings.LOGIN_ROLE)
            if options["roles_only"]:
                return
            _close_schema(cursor)
        call_command("migrate", interactive=False, verbosity=min(options["verbosity"], 1))
        with connection.cursor() as cursor:
            _grant_framework_tables(cursor)


def _create_role(cursor: Any, role: DatabaseRole) -> None:
    """Roles belong to the whole server, so another database may have made them, even just now."""
    try:
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    except Exception as error:
        if not isinstance(error.__cause__, errors.DuplicateObject | errors.UniqueViolation):
            raise


def _join(cursor: Any, login: str) -> None:
    """Let the login role become each group role, and be none of them before it says so."""
    name = sql.Identifier(login)
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [login])
    row = cursor.fetchone()
    if row is None:
        raise CommandError(f"the role {login} of DATABASE_URL does not exist")
    if row[0]:
        raise CommandError(f"the role {login} of DATABASE_URL bypasses row-level security")
    cursor.execute(sql.SQL("ALTER ROLE {} NOINHERIT").format(name))
    # Since version 16 the membership itself says whether it inherits (GRANT, PostgreSQL manual).
    how = " WITH INHERIT FALSE, SET TRUE" if getattr(connection, "pg_version", 0) >= 160000 else ""
    for role in DatabaseRole:
        cursor.execute(sql.SQL("GRANT {} TO {}" + how).format(sql.Identifier(role), name))


def _bound(cursor: Any, login: str) -> None:
    """A process that was paused in the middle of a transaction, by the kernel or a hypervisor,
    would keep its locks, and whoever wants them would wait as long: its session is ended."""
    cursor.execute(
        sql.SQL("ALTER ROLE {} IN DATABASE {} SET idle_in_transaction_session_timeout = {}").format(
            sql.Identifier(login),
            sql.Identifier(connection.settings_dict["NAME"]),
            sql.Literal(IDLE_IN_TRANSACTION),
        )
    )


def _close_schema(cursor: Any) -> None:
    """Nobody but the administrator makes tables."""
    cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in DatabaseRole:
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))


def _grant_framework_tables(cursor: Any) -> None:
    """The identity role keeps sessions and e-mail addresses; no other role sees them."""
    role = sql.Identifier(DatabaseRole.IDENTITY)
    for label in IDENTITY_APPS:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(
                sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}").format(table, role)
            )
    cursor.execute(
        sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(
            sql.SQL(", ").join(map(sql.Identifier, DatabaseRole))
        )
    )
