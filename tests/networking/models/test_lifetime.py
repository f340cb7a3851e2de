"""What the database keeps of a lifetime, by raw SQL in real transactions, as the login role."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection
from psycopg.errors import RestrictViolation

from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tenants.models import Tenant
from tests.conftest import administer
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = (
    "INSERT INTO networking_lifetime (id, created_at, tenant_id, noun, noun_id, name, attributes, "
    "labels, network_name, during, generated) "
    "VALUES (%s, now(), %s, 'vip', %s, 'shop', '{}', '{}', '', %s, %s)"
)
JUNE = "[2026-06-01T00:00Z,2026-07-01T00:00Z)"
SINCE_JULY = "[2026-07-01T00:00Z,)"
CLOSE = "tstzrange(lower(during), '2026-08-01T00:00Z')"


def run(statement: str, *params: object) -> int:
    """Execute; how many rows were touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def begin(tenant: Tenant, during: str, noun_id: UUID, *, generated: bool = False) -> None:
    run(INSERT, uuid7(), tenant.id, noun_id, during, generated)


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """The database refuses the block as the worker, with these words."""
    with pytest.raises(IntegrityError, match=constraint), acting_as(DatabaseRole.WORKER):
        yield


@pytest.fixture
def noun(world: World) -> UUID:
    """A VIP of Acme that was there in June, and is there since July with other attributes."""
    noun_id = uuid7()
    with acting_as(DatabaseRole.WORKER):
        begin(world.acme, JUNE, noun_id)
        begin(world.acme, SINCE_JULY, noun_id)
    return noun_id


@pytest.mark.parametrize(
    "during", ["[2026-06-30T23:59Z,2026-07-01T00:00Z)", "[2026-09-01T00:00Z,)", "(,2026-06-02)"]
)
def test_a_noun_lives_once_at_a_time(world: World, noun: UUID, during: str) -> None:
    with refused("lifetime_no_overlap|lifetime_begun"):
        begin(world.acme, during, noun)
    with acting_as(DatabaseRole.WORKER):
        begin(world.acme, during.replace("(,", "[2026-06-01,"), uuid7())


@pytest.mark.parametrize("during", ["empty", "(,2026-06-02)", "(,)"])
def test_a_lifetime_has_a_start_and_a_length(world: World, during: str) -> None:
    with refused("lifetime_begun"):
        begin(world.acme, during, uuid7())


@pytest.mark.parametrize(
    "change",
    [
        "during = tstzrange('2026-06-02T00:00Z', NULL)",
        'attributes = \'{"region": "fra"}\'',
        "noun = 'site'",
        "noun_id = gen_random_uuid()",
        "generated = true",
        "network_id = gen_random_uuid()",
    ],
)
def test_an_open_lifetime_keeps_its_start_and_what_it_costs(noun: UUID, change: str) -> None:
    """Whoever asks: the administrator may write every column, and meets the trigger."""
    name = connection.settings_dict["NAME"]
    update = f"UPDATE networking_lifetime SET {change} WHERE upper_inf(during)"
    with pytest.raises(RestrictViolation, match="only the end and the names"):
        administer(update, name=name)


@pytest.mark.parametrize("change", [f"during = {CLOSE}", "name = 'other'"])
def test_a_lifetime_that_ended_never_changes(noun: UUID, change: str) -> None:
    with refused("never changes"):
        run(f"UPDATE networking_lifetime SET {change} WHERE NOT upper_inf(during)")
    with acting_as(DatabaseRole.WORKER):
        assert run(f"UPDATE networking_lifetime SET {change} WHERE upper_inf(during)") == 1


def test_generated_history_alone_is_removed(world: World, noun: UUID) -> None:
    with acting_as(DatabaseRole.WORKER):
        begin(world.acme, JUNE, uuid7(), generated=True)
    with refused("never removed"):
        run("DELETE FROM networking_lifetime")
    with acting_as(DatabaseRole.WORKER):
        assert run("DELETE FROM networking_lifetime WHERE generated") == 1


def test_a_tenant_ends_and_renames_its_own_alone(world: World, noun: UUID) -> None:
    end = f"UPDATE networking_lifetime SET during = {CLOSE}, name = 'x' WHERE upper_inf(during)"
    with acting_as(DatabaseRole.TENANT, world.globex.id):
        assert run("SELECT 1 FROM networking_lifetime") == 0
        assert run(end) == 0
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert run("SELECT 1 FROM networking_lifetime") == 2
        assert run(end) == 1


def test_a_tenant_begins_nothing_for_another(world: World) -> None:
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        acting_as(DatabaseRole.TENANT, world.acme.id),
    ):
        begin(world.globex, JUNE, uuid7())


@pytest.mark.parametrize("role", [DatabaseRole.TENANT, DatabaseRole.STAFF, DatabaseRole.WORKER])
@pytest.mark.parametrize("column", ["attributes = '{}'", "generated = true", "tenant_id = NULL"])
def test_nobody_may_write_what_a_lifetime_costs(
    world: World, noun: UUID, role: DatabaseRole, column: str
) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(role, world.acme.id):
        run(f"UPDATE networking_lifetime SET {column}")


@pytest.mark.parametrize("role", [DatabaseRole.TENANT, DatabaseRole.STAFF, DatabaseRole.IDENTITY])
def test_only_workers_remove_generated_history(world: World, role: DatabaseRole) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(role, world.acme.id):
        run("DELETE FROM networking_lifetime")
