"""Sums of counted hours: by the day for each port, and by the hour for each tenant."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from networking.collector.days import keep_days
from networking.models import CounterDay, CounterHead, CounterHour, CounterMonth, CounterTotal
from networking.selectors import spent
from networking.selectors.coverage import low_coverage
from networking.selectors.traffic import traffic, traffic_totals
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.ids import uuid7
from tests.factories.usage import at, counted, lived
from tests.world import World

pytestmark = pytest.mark.django_db

EDGES = [
    [at("2026-03-01"), at("2026-03-02"), at("2026-03-03")],  # days of UTC
    [at("2026-02-28T23:00"), at("2026-03-01T23:00"), at("2026-03-02T23:00")],  # days of Berlin
    [at("2026-02-27"), at("2026-03-02T12:30"), at("2026-03-02T14:00")],  # two months, cut days
    [at("2026-03-01T05:00"), at("2026-03-01T07:00")],  # within a day
    [at("2026-03-02"), at("2026-03-09T10:00")],  # nothing comes after the end
]


@pytest.fixture
def ports(world: World) -> list[UUID]:
    """Two ports of Acme and one of Globex that moved bytes around the end of February."""
    found = [uuid7(), uuid7(), uuid7()]
    start = at("2026-02-26T20:00")
    for number, port in enumerate(found):
        tenant = world.globex if number == 2 else world.acme
        if number != 1:
            lived(tenant, "port", f"m-{number}", "2026-02-01", noun_id=port)
        for step in range(0, 130, 5 + number):
            hour = f"{start + timedelta(hours=step):%Y-%m-%dT%H:00}"
            counted(
                tenant, port, hour, 10 ** step.bit_length() + number, step, generated=step == 40
            )
        plugged_in(tenant, port)
    return found


def plugged_in(tenant: Any, port: UUID) -> None:
    """Since before anything was counted."""
    began = at("2026-02-01")
    known = {"began_at": began, "at": began, "bytes_in": 0, "bytes_out": 0}
    with acting_as(DatabaseRole.WORKER):
        CounterHead.objects.create(
            tenant_id=tenant.id, noun="port", noun_id=port, host_id=uuid7(), series="a",
            packets_in=0, packets_out=0, **known,
        )  # fmt: skip


def answers(world: World, edges: list[datetime], ports: list[UUID]) -> list[Any]:
    """All that is asked of traffic."""
    *starts, end = edges
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        acme = world.acme.id
        found: list[Any] = [
            traffic(acme, starts, end),
            traffic(acme, starts, end, ports[:1]),
            spent.stretches(acme, starts, end),
            spent.stretches(acme, starts, end, by_attributes=True),
            spent.shares(acme, starts[0], end),
        ]
    with acting_as(DatabaseRole.STAFF):
        split = traffic_totals(None, starts, end, by_attributes=True)
        known = low_coverage(None, starts[0], end, below=2)
        assert len(known) == len(ports)
        return [*found, traffic_totals(None, starts, end), split, known]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_sums_answer_what_hours_do(world: World, ports: list[UUID], zone: str) -> None:
    by_hours = [answers(world, edges, ports) for edges in EDGES]
    assert keep_days(zone) > 1
    with acting_as(DatabaseRole.WORKER), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM networking_counterday")
        assert cursor.fetchone()[0] > 10
    assert [answers(world, edges, ports) for edges in EDGES] == by_hours
    assert keep_days(zone) == 0


def sums() -> tuple[list[Any], list[Any]]:
    with acting_as(DatabaseRole.WORKER):
        return (
            list(CounterDay.objects.order_by("pk").values_list()),
            list(CounterTotal.objects.order_by("pk").values_list()),
        )


def test_sums_follow_what_is_written(world: World, ports: list[UUID]) -> None:
    keep_days("Europe/Berlin")
    counted(world.acme, ports[0], "2026-02-28T21:00", 5, generated=True)
    counted(world.acme, uuid7(), "2026-02-28T23:00", 7)
    with acting_as(DatabaseRole.WORKER):
        CounterHour.objects.filter(noun_id=ports[1]).update(bytes_out=3, covered_seconds=9)
        CounterHour.objects.filter(noun_id=ports[2], hour__lt=at("2026-02-28")).delete()
        CounterHour.objects.filter(generated=True, noun_id=ports[0]).delete()
        CounterHour.objects.create(
            tenant=world.acme, noun="vip", noun_id=uuid7(), hour=at("2026-02-28T22:00"), bytes_in=9
        )
    kept = sums()

    with acting_as(DatabaseRole.WORKER):
        CounterMonth.objects.all().delete()
        CounterDay.objects.all().delete()
        CounterTotal.objects.all().delete()
    keep_days("Europe/Berlin")

    assert sums() == kept


def test_days_begin_anew_in_another_zone(world: World, ports: list[UUID]) -> None:
    done = keep_days("UTC")
    assert keep_days("Europe/Berlin") == done
    with acting_as(DatabaseRole.WORKER):
        assert set(CounterMonth.objects.values_list("zone", flat=True)) == {"Europe/Berlin"}
        days = set(CounterDay.objects.values_list("day", flat=True))
    assert {day.hour for day in days} == {23}


def test_a_tenant_sees_its_own_sums_and_writes_none(world: World, ports: list[UUID]) -> None:
    keep_days("UTC")
    for model in (CounterDay, CounterTotal):
        with acting_as(DatabaseRole.TENANT, world.globex.id):
            assert set(model.objects.values_list("tenant", flat=True)) == {world.globex.id}
