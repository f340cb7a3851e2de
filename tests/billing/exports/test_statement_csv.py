"""The CSV of a statement, which is written from columns, is that of the statement itself."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from billing.exports.sheet import lines
from billing.exports.statement_csv import COLUMNS, statement_csv
from billing.rating.period import Period
from billing.statements import Statement, statement
from billing.statements.ledger import read_ledger
from networking.collector.days import keep_days
from portal.lib.db import DatabaseRole, acting_as
from tenants.access import TenantRef
from tests.billing.prices import flat, graduated, per_unit
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.world import World

MARCH = Period(2026, 3, "Europe/Berlin")
GB = 10**9


def plainly(told: Statement) -> Iterator[str]:
    """The file of a statement that is there as a whole."""
    yield from lines([COLUMNS])
    for number, line in enumerate(told.lines, start=1):
        yield from lines(
            (
                *(number, line.meter.value, line.title, line.band.number, line.where),
                *(f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (line.start, line.end)),
                *(";".join(line.versions), format(line.band.unit_price, "f"), told.currency),
                *(charge.resource.id, charge.resource.noun, charge.resource.name),
                *(charge.resource.network, charge.resource.labels),
                *(day.day.isoformat(), day.units, line.units_name, format(day.quantity, "f")),
                *(line.unit, format(day.exact, "f"), format(line.amount, "f"), charge.generated),
            )
            for charge in line.resources
            for day in charge.days
        )


@pytest.fixture
def acme(world: World) -> TenantRef:
    """March with a price change within an hour, surcharges by region, tiers, generated rows, a
    machine that changed, one that is gone and one of which only traffic is left."""
    tenant = world.acme
    fra = (("region", "fra"),)
    shared = (flat("25"), per_unit("network.hours", "0.004"))
    plan, change = make_plan(), at("2026-03-11T07:13:20")
    make_version(
        plan,
        (
            *shared,
            per_unit("port.hours", "0.0123456789", where=fra),
            per_unit("traffic.in", "0.01", where=fra),
            graduated("traffic.out", (3, "0.5"), (None, "0.3")),
        ),
        at("2026-01-01"),
        change,
    )
    make_version(
        plan,
        (
            *shared,
            per_unit("port.hours", "0.02"),
            graduated("traffic.out", (3, "0.5"), (None, "0.3")),
        ),
        change,
    )
    subscribe(tenant, plan, at("2026-02-01"))
    web = lived(tenant, "network", 'w, "eb"', "2026-02-10")
    inside: dict[str, Any] = {"network_id": web, "network_name": "web"}
    for name, start, end, made in (
        ("web-1", "2026-02-01T00:00:00.5", None, False),
        ("=web-2", "2026-03-02T10:00:07", "2026-03-20", True),
        ("a", "2026-03-31T20:00", None, False),
    ):
        labels = {"app": "shop", "note": 'a;"b'}
        port = lived(tenant, "port", name, start, end, generated=made, labels=labels, **inside)
        for day in (2, 11, 16, 29):
            counted(tenant, port, f"2026-03-{day:02}T07:00", GB // 3, GB // 7, generated=made)
            counted(tenant, port, f"2026-03-{day:02}T23:00", GB // 3, 2 * GB)
    moved = lived(tenant, "port", "moved", "2026-03-01", "2026-03-05T03:00:01", **inside)
    ams = {"region": "ams"}
    lived(tenant, "port", "now", "2026-03-05T03:00:01", noun_id=moved, attributes=ams, **inside)
    counted(tenant, moved, "2026-03-06T00:00", 7, 5 * GB)
    gone = lived(tenant, "port", "gone", "2026-02-01", "2026-02-28")
    counted(tenant, gone, "2026-03-01T00:00", 1, 3)
    return TenantRef(tenant.id, tenant.slug, tenant.name)


@pytest.mark.parametrize("as_of", [at("2026-04-09"), at("2026-03-11T12:34:56"), at("2026-03-01")])
@pytest.mark.parametrize("summed", [True, False])
def test_the_file_is_that_of_the_statement(acme: TenantRef, as_of: datetime, summed: bool) -> None:
    if summed:
        keep_days(MARCH.zone)
    with acting_as(DatabaseRole.TENANT, acme.id):
        told = statement(acme.id, MARCH, as_of)
        ledger = read_ledger(acme, MARCH, as_of)

    assert "".join(statement_csv(ledger)) == "".join(plainly(told))
    assert len(told.lines) >= 5 or as_of == at("2026-03-01")


def test_without_a_plan_there_are_the_heads_alone(world: World) -> None:
    lived(world.globex, "port", "app-1", "2026-02-01")
    globex = TenantRef(world.globex.id, world.globex.slug, world.globex.name)
    with acting_as(DatabaseRole.TENANT, globex.id):
        ledger = read_ledger(globex, MARCH, at("2026-04-09"))

    assert "".join(statement_csv(ledger)) == ",".join(COLUMNS) + "\r\n"
