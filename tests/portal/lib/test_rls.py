"""The migration operations, on two tables of their own."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from psycopg import sql

from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from portal.lib.rls import ALL, CompositeForeignKey, GlobalTable, TenantTable
from tests.conftest import administer

pytestmark = pytest.mark.django_db(transaction=True)

A, B = uuid7(), uuid7()


class Editor:
    """A schema editor that runs as the administrator."""

    def execute(self, statement, params=None):
        administer(sql.SQL(statement), name=connection.settings_dict["NAME"])


@pytest.fixture
def tables(transactional_db):
    """``shelf`` and ``book``, where a book of a tenant stands on a shelf of the same."""
    editor = Editor()
    editor.execute("CREATE TABLE shelf (id uuid PRIMARY KEY, tenant_id uuid NOT NULL)")
    editor.execute(
        "CREATE TABLE book (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, shelf_id uuid)"
    )
    for table in ("shelf", "book"):
        for statement in TenantTable("library", table).statements(table):
            editor.execute(statement)
    CompositeForeignKey("book", "shelf_id", "shelf").database_forwards("library", editor)
    yield editor
    editor.execute("DROP TABLE book, shelf")


def insert(table, tenant, **values):
    id_ = uuid7()
    columns = {"id": id_, "tenant_id": tenant, **values}
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(columns))
        names = ", ".join(columns)
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))
    return id_


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_a_reference_to_another_tenants_row_is_refused(tables):
    with acting_as(DatabaseRole.TENANT, B):
        foreign = insert("shelf", B)
    with acting_as(DatabaseRole.TENANT, A):
        own = insert("shelf", A)
        insert("book", A, shelf_id=own)
        insert("book", A, shelf_id=None)
    with pytest.raises(IntegrityError), acting_as(DatabaseRole.TENANT, A):
        insert("book", A, shelf_id=foreign)


def test_workers_are_bound_by_the_reference_too(tables):
    with acting_as(DatabaseRole.WORKER):
        foreign = insert("shelf", B)
    with pytest.raises(IntegrityError), acting_as(DatabaseRole.WORKER):
        insert("book", A, shelf_id=foreign)


def test_the_second_reference_to_a_target_reuses_its_key(tables):
    tables.execute("ALTER TABLE book ADD COLUMN spare_id uuid")
    CompositeForeignKey("book", "spare_id", "shelf").database_forwards("library", tables)


def test_undoing_lets_nobody_in(tables):
    operation = TenantTable("library", "book")
    for statement in operation.undo("book"):
        tables.execute(statement)
    with pytest.raises(ProgrammingError), acting_as(DatabaseRole.WORKER):
        count("book")
    for statement in operation.statements("book"):
        tables.execute(statement)
    with acting_as(DatabaseRole.WORKER):
        assert count("book") == 0


def test_a_global_table_gives_what_it_says(tables):
    tables.execute("CREATE TABLE poster (id uuid PRIMARY KEY, tenant_id uuid)")
    operation = GlobalTable("library", "poster", {DatabaseRole.STAFF: ALL})
    for statement in operation.statements("poster"):
        tables.execute(statement)
    try:
        with acting_as(DatabaseRole.STAFF):
            insert("poster", A)
            assert count("poster") == 1
        with pytest.raises(ProgrammingError), acting_as(DatabaseRole.WORKER):
            count("poster")
    finally:
        tables.execute("DROP TABLE poster")
