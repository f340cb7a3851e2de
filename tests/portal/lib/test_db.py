"""Entering and leaving database roles, in real transactions."""

import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.lib.db import NOBODY, DatabaseRole, Entered, acting_as, entered
from portal.lib.ids import uuid7
from tenants.models import Person

pytestmark = pytest.mark.django_db(transaction=True)

TENANT = uuid7()


def in_effect():
    """What PostgreSQL itself says: the role and the tenant."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('demarc.tenant', true)")
        role, tenant = cursor.fetchone()
    return role, tenant or ""


def test_roles_nest_and_come_back():
    login = connection.settings_dict["USER"]
    assert in_effect() == (login, "")
    with acting_as(DatabaseRole.IDENTITY):
        assert in_effect() == ("demarc_identity", "")
        with acting_as(DatabaseRole.TENANT, TENANT):
            assert in_effect() == ("demarc_tenant", str(TENANT))
            assert entered() == Entered(DatabaseRole.TENANT, TENANT)
        assert in_effect() == ("demarc_identity", "")
    assert in_effect() == (login, "")
    assert entered() == NOBODY


def test_an_error_inside_gives_the_outer_role_back():
    with acting_as(DatabaseRole.STAFF):
        with pytest.raises(ProgrammingError), acting_as(DatabaseRole.TENANT, TENANT):
            list(Person.objects.values_list("password"))
        assert in_effect() == ("demarc_staff", "")
        assert entered() == Entered(DatabaseRole.STAFF)


def test_a_rollback_without_an_error_gives_the_outer_role_back():
    with acting_as(DatabaseRole.STAFF):
        with acting_as(DatabaseRole.TENANT, TENANT):
            transaction.set_rollback(True)
        assert in_effect() == ("demarc_staff", "")


def test_who_already_acts_as_that_asks_for_nothing():
    with acting_as(DatabaseRole.TENANT, TENANT):
        with CaptureQueriesContext(connection) as queries:
            with acting_as(DatabaseRole.TENANT, TENANT):
                pass
            with acting_as(DatabaseRole.TENANT, TENANT):
                transaction.set_rollback(True)
        assert not [query for query in queries if "set_config" in query["sql"]]
        assert in_effect() == ("demarc_tenant", str(TENANT))
        with acting_as(DatabaseRole.TENANT, uuid7()):
            assert in_effect() != ("demarc_tenant", str(TENANT))
        assert in_effect() == ("demarc_tenant", str(TENANT))


def test_inside_a_plain_transaction_nothing_stays_behind():
    login = connection.settings_dict["USER"]
    with transaction.atomic():
        with acting_as(DatabaseRole.WORKER):
            assert in_effect()[0] == "demarc_worker"
        assert in_effect() == (login, "")


def test_a_connection_that_breaks_as_a_block_ends_leaves_nothing_behind():
    def break_it() -> None:
        with transaction.atomic(), acting_as(DatabaseRole.WORKER):
            assert in_effect()[0] == "demarc_worker"
            connection.connection.close()

    for _ in range(2):
        with pytest.raises(OperationalError):
            break_it()
        assert entered() == NOBODY


def test_on_commit_runs_after_the_outermost_block():
    done = []
    with acting_as(DatabaseRole.WORKER):
        with acting_as(DatabaseRole.TENANT, TENANT):
            transaction.on_commit(lambda: done.append(in_effect()))
        assert not done
    assert done == [(connection.settings_dict["USER"], "")]


def test_the_tenant_role_needs_a_tenant():
    with pytest.raises(ValueError, match="needs a tenant"), acting_as(DatabaseRole.TENANT):
        pass


def test_the_login_role_owns_and_inherits_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolinherit, rolbypassrls, rolcreaterole, rolcreatedb, "
            "(SELECT count(*) FROM pg_class WHERE relowner = r.oid) "
            "FROM pg_roles r WHERE rolname = session_user"
        )
        assert cursor.fetchone() == (False, False, False, False, False, 0)
