"""Months of counters: who may make them, who may reach into them, and which are dropped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from celery import current_app
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone

from networking import tasks
from networking.collector import partitions
from networking.models import CounterHour
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.conftest import administer
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

PARENTS = ("networking_countersample", "networking_counterhour")
LONG_AGO = datetime(2019, 1, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def old_months() -> Iterator[None]:
    """January and February of 2019; gone afterwards, so that other tests find what is new."""
    with acting_as(DatabaseRole.WORKER):
        assert partitions.make_months(LONG_AGO, LONG_AGO + timedelta(hours=1)) == 4
    yield
    connection.close()
    tables = [f"{parent}_2019_{month}" for parent in PARENTS for month in ("01", "02")]
    administer(f"DROP TABLE IF EXISTS {', '.join(tables)}", name=connection.settings_dict["NAME"])


def rows(statement: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def months(parent: str) -> list[str]:
    """The partitions of a table, by name."""
    found = rows(
        "SELECT relid::regclass::text FROM pg_partition_tree(%s) WHERE isleaf AND level = 1",
        parent,
    )
    return sorted(name for (name,) in found)


def test_months_are_ready_ahead() -> None:
    """An installation measures from its first minute, and has three months to notice a beat
    that is dead."""
    now = timezone.now()
    for parent in PARENTS:
        for days in (-90, 0, 31, 62, 92):
            assert f"{parent}_{now + timedelta(days=days):%Y_%m}" in months(parent)


def test_making_months_twice_makes_them_once(old_months: None) -> None:
    with acting_as(DatabaseRole.WORKER):
        assert partitions.make_months(LONG_AGO, LONG_AGO + timedelta(hours=1)) == 0


def test_a_month_begins_at_midnight_utc(old_months: None, world: World) -> None:
    hours = [LONG_AGO.replace(minute=0), LONG_AGO.replace(minute=0) + timedelta(hours=1)]
    with acting_as(DatabaseRole.WORKER):
        for hour in hours:
            CounterHour.objects.create(tenant=world.acme, noun="port", noun_id=uuid7(), hour=hour)
        placed = rows(
            "SELECT tableoid::regclass::text FROM networking_counterhour "
            "WHERE hour < '2020-01-01' ORDER BY hour"
        )
    assert placed == [("networking_counterhour_2019_01",), ("networking_counterhour_2019_02",)]


@pytest.mark.parametrize("parent", PARENTS)
def test_every_partition_is_closed(parent: str, world: World) -> None:
    """Security is forced on each, and no role may name one, whoever's rows it asks for."""
    assert months(parent)
    for part in months(parent):
        assert rows(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            part,
        ) == [(True, True)]
        for role in DatabaseRole:
            for statement in (f"SELECT 1 FROM {part}", f"DELETE FROM {part}"):
                with pytest.raises(ProgrammingError) as error, acting_as(role, world.acme.id):
                    rows(statement)
                assert error.value.__cause__.sqlstate == "42501"


def test_a_tenant_reads_its_own_hours_alone(world: World) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with acting_as(DatabaseRole.WORKER):
        for tenant in (world.acme, world.globex):
            CounterHour.objects.create(tenant=tenant, noun="port", noun_id=uuid7(), hour=hour)
        assert len(rows("SELECT 1 FROM networking_counterhour")) == 2
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        seen = rows("SELECT tenant_id FROM networking_counterhour")
    assert seen == [(world.acme.id,)]
    with pytest.raises(ProgrammingError), acting_as(DatabaseRole.TENANT, world.acme.id):
        rows("UPDATE networking_counterhour SET bytes_in = 0 RETURNING 1")


def test_nobody_changes_a_sample(world: World) -> None:
    for role in DatabaseRole:
        for statement in ("UPDATE networking_countersample SET flag = ''", "DELETE FROM {}"):
            with pytest.raises(ProgrammingError), acting_as(role, world.acme.id):
                rows(statement.format("networking_countersample") + " RETURNING 1")


def test_old_samples_are_dropped_and_hours_stay(old_months: None) -> None:
    tasks.keep_counters()
    kept = months("networking_countersample")
    assert kept[0] == f"networking_countersample_{timezone.now() - partitions.SAMPLES_KEPT:%Y_%m}"
    assert "networking_counterhour_2019_01" in months("networking_counterhour")


def test_hours_of_a_month_that_ended_are_packed(old_months: None, world: World) -> None:
    """By tenant and machine, each month once, and none before it ended. Each call packs one month,
    and other tests may have left older ones."""
    part = "networking_counterhour_2019_01"
    tenants = sorted((world.acme, world.globex), key=lambda one: one.pk)
    with acting_as(DatabaseRole.WORKER):
        for hour in range(3):
            for tenant in reversed(tenants):
                when = LONG_AGO.replace(hour=hour, minute=0)
                CounterHour.objects.create(
                    tenant=tenant, noun="port", noun_id=tenant.pk, hour=when, bytes_in=hour
                )
    for _ in months("networking_counterhour"):
        partitions.keep_months()
    with acting_as(DatabaseRole.WORKER):
        found = rows(
            "SELECT tenant_id, bytes_in FROM networking_counterhour "
            "WHERE hour < '2020-01-01' ORDER BY tableoid, ctid"
        )
        settled = timezone.now() - partitions.SETTLED
        packed = 1
        while packed:
            ((packed,),) = rows("SELECT networking_pack_counter_hours(%s)", settled)
        loose = [name for name in months("networking_counterhour") if "fillfactor=50" in how(name)]
    assert found == [(tenant.pk, hour) for tenant in tenants for hour in range(3)]
    assert how(part) == ["fillfactor=100"]
    assert loose[0] == f"networking_counterhour_{settled:%Y_%m}"


def how(table: str) -> list[str]:
    """The storage options of a table."""
    ((options,),) = rows("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", table)
    return list(options)


def test_the_beat_keeps_months() -> None:
    entry = current_app.conf.beat_schedule["keep counters"]
    assert (entry["task"], entry["schedule"]) == (tasks.keep_counters.name, tasks.UPKEEP)


def test_samples_of_the_last_month_cannot_be_dropped() -> None:
    with (
        pytest.raises(DatabaseError, match="are kept"),
        acting_as(DatabaseRole.WORKER),
    ):
        rows("SELECT networking_drop_counter_samples(now())")


@pytest.mark.parametrize("role", [role for role in DatabaseRole if role != DatabaseRole.WORKER])
def test_the_worker_alone_keeps_months(role: DatabaseRole, world: World) -> None:
    with pytest.raises(ProgrammingError), acting_as(role, world.acme.id), transaction.atomic():
        rows("SELECT networking_make_counter_months(now(), now())")
