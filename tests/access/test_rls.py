"""Row-level security, by raw SQL in real transactions, as the login role."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection

from portal.lib.db import TENANT_SETTING, DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.conftest import administer

pytestmark = pytest.mark.django_db(transaction=True)

TENANT_MODELS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if any(field.column == "tenant_id" for field in model._meta.local_concrete_fields)
]
TENANT_TABLES = sorted(model._meta.db_table for model in TENANT_MODELS)
ALL_TABLES = sorted(m._meta.db_table for m in apps.get_models(include_auto_created=True))


def run(statement, *params):
    """Execute; the rows if there are any, else how many were touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


def refused(statement, *params):
    """Whether PostgreSQL refuses the statement for lack of rights (SQLSTATE 42501)."""
    try:
        run(statement, *params)
    except ProgrammingError as error:
        return error.__cause__.sqlstate == "42501"
    return False


def as_tenant(tenant):
    return acting_as(DatabaseRole.TENANT, tenant.id)


@pytest.mark.parametrize("table", ALL_TABLES)
def test_the_login_role_alone_may_do_nothing(table):
    assert refused(f"SELECT 1 FROM {table}")
    assert refused(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_security_is_forced_and_fails_closed(table):
    """The owner is bound, too, and the tenant role has this one policy and no other."""
    (flags,) = run(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    )
    assert flags == (True, True)
    policies = run(
        "SELECT policyname, cmd, qual, with_check FROM pg_policies WHERE tablename = %s "
        "AND roles && ARRAY['public', %s]::name[]",
        table,
        DatabaseRole.TENANT,
    )
    mine = (
        f"(tenant_id = (NULLIF(current_setting('{TENANT_SETTING}'::text, true), ''::text))::uuid)"
    )
    assert policies == [(DatabaseRole.TENANT, "ALL", mine, mine)]


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_without_a_tenant_there_are_no_rows(table, world):
    with acting_as(DatabaseRole.IDENTITY):
        run(f"SET LOCAL ROLE {DatabaseRole.TENANT}")
        if run("SELECT has_table_privilege(%s, 'SELECT')", table) == [(True,)]:
            assert run(f"SELECT count(*) FROM {table}") == [(0,)]


@pytest.mark.parametrize("table", ["tenants_membership", "tenants_apitoken"])
def test_a_tenant_reads_its_own_rows_alone(table, world):
    with as_tenant(world.acme):
        seen = {tenant for (tenant,) in run(f"SELECT tenant_id FROM {table}")}
    with acting_as(DatabaseRole.WORKER):
        existing = {tenant for (tenant,) in run(f"SELECT tenant_id FROM {table}")}
    assert seen == {world.acme.id}
    assert existing == {world.acme.id, world.globex.id}


def test_a_tenant_sees_itself_and_its_people(world):
    with as_tenant(world.acme):
        tenants = run("SELECT slug FROM tenants_tenant")
        people = run("SELECT email FROM tenants_person")
    assert tenants == [("acme",)]
    assert {email for (email,) in people} == {
        f"{role}@acme.example" for role in ("admin", "network", "billing", "read_only")
    }


def test_a_tenant_inserts_nothing_for_another(world):
    insert = (
        "INSERT INTO tenants_membership (id, tenant_id, person_id, role, created_at) "
        "VALUES (%s, %s, %s, 'admin', now())"
    )
    person = world.staff["operator"].id
    with pytest.raises(ProgrammingError, match="row-level security"), as_tenant(world.acme):
        run(insert, uuid7(), world.globex.id, person)
    with as_tenant(world.acme):
        assert run(insert, uuid7(), world.acme.id, person) == 1


def test_a_tenant_updates_and_deletes_nothing_of_another(world):
    update = "UPDATE tenants_membership SET role = 'read_only' WHERE tenant_id = %s"
    with as_tenant(world.acme):
        assert run(update, world.globex.id) == 0
        assert run("DELETE FROM tenants_membership WHERE tenant_id = %s", world.globex.id) == 0
        assert run(update, world.acme.id) == 4


def test_a_tenant_hands_no_row_over(world):
    give = "UPDATE portal_lib_idempotencykey SET tenant_id = %s"
    insert = (
        "INSERT INTO portal_lib_idempotencykey (id, tenant_id, key, request_hash, headers, body, "
        "created_at) VALUES (%s, %s, 'k', 'h', '{}', '', now())"
    )
    with as_tenant(world.acme):
        run(insert, uuid7(), world.acme.id)
    with pytest.raises(ProgrammingError, match="row-level security"), as_tenant(world.acme):
        run(give, world.globex.id)


@pytest.mark.parametrize("role", [DatabaseRole.TENANT, DatabaseRole.STAFF, DatabaseRole.WORKER])
@pytest.mark.parametrize(
    "secret",
    [
        "SELECT password FROM tenants_person",
        "SELECT digest FROM tenants_apitoken",
        "SELECT session_data FROM django_session",
        "SELECT email FROM account_emailaddress",
    ],
)
def test_secrets_are_for_the_identity_role(role, secret, world):
    with acting_as(DatabaseRole.IDENTITY):
        run(secret)
    with pytest.raises(ProgrammingError), acting_as(role, world.acme.id):
        run(secret)


@pytest.mark.parametrize("role", list(DatabaseRole))
@pytest.mark.parametrize(
    "change", ["UPDATE tenants_auditevent SET verb = ''", "DELETE FROM tenants_auditevent"]
)
def test_nobody_changes_the_trail(role, change, world):
    with pytest.raises(ProgrammingError), acting_as(role, world.acme.id):
        run(change)


def test_a_new_table_is_nobodys(world):
    """A table that no migration operation names is shut for every role that serves."""
    name = connection.settings_dict["NAME"]
    administer("CREATE TABLE forgotten (tenant_id uuid)", name=name)
    try:
        for role in DatabaseRole:
            with pytest.raises(ProgrammingError), acting_as(role, world.acme.id):
                run("SELECT 1 FROM forgotten")
    finally:
        administer("DROP TABLE forgotten", name=name)


def test_references_inside_a_tenant_are_composite():
    """For each model of a tenant that points at another one, the database knows the pair."""
    missing = []
    for model in TENANT_MODELS:
        for field in model._meta.local_concrete_fields:
            if field.remote_field is None or field.related_model not in TENANT_MODELS:
                continue
            table, target = model._meta.db_table, field.related_model._meta.db_table
            wanted = f"FOREIGN KEY (tenant_id, {field.column}) REFERENCES {target}(tenant_id, id)"
            keys = run(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid = %s::regclass AND contype = 'f'",
                table,
            )
            if not any(definition.startswith(wanted) for (definition,) in keys):
                missing.append(f"{table}.{field.column}")
    assert not missing
