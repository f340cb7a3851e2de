"""What a month costs in sums: what the statement says, shared out without losing a cent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from billing.rating.meters import TRAFFIC, Meter
from billing.rating.period import Period
from billing.statements import statement
from billing.statements.spend import Spend, spend, totals
from networking.collector.days import keep_days
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.prices import flat, graduated, per_unit
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.world import World

MARCH = Period(2026, 3)
OVER = at("2026-04-02")
MIDDLE = at("2026-03-16T12:00")
GB = 10**9


@pytest.fixture
def ids(world: World) -> dict[str, UUID]:
    """Acme's March: a price change within it, two regions, labels, and a machine that is gone."""
    acme = world.acme
    plan = make_plan()
    make_version(
        plan,
        (
            flat("25"),
            per_unit("network.hours", "0.004"),
            per_unit("port.hours", "0.0123456789"),
            per_unit("traffic.in", "0.01", where=(("region", "fra"),)),
            graduated("traffic.out", (3, "0.5"), (None, "0.3"), included=Decimal(1)),
        ),
        at("2026-01-01"),
        at("2026-03-11T07:13:20"),
    )
    make_version(
        plan,
        (
            flat("31"),
            per_unit("network.hours", "0.004"),
            per_unit("port.hours", "0.02"),
            graduated("traffic.out", (3, "0.5"), (None, "0.3"), included=Decimal(1)),
        ),
        at("2026-03-11T07:13:20"),
    )
    subscribe(acme, plan, at("2026-02-01"))
    web = lived(acme, "network", "web", "2026-02-10", attributes={"region": "fra"})
    db = lived(acme, "network", "db", "2026-03-05T01:01:01", attributes={"region": "ams"})
    found = {"web": web, "db": db}
    for name, network, network_name, region, labels in (
        ("web-1", web, "web", "fra", {"app": "shop", "tier": "web"}),
        ("web-2", web, "web", "fra", {"app": "shop"}),
        ("db-1", db, "db", "ams", {"app": "crm"}),
        ("bare", db, "db", "ams", {}),
    ):
        found[name] = lived(
            *(acme, "port", name, "2026-03-02T10:00:07"),
            "2026-03-20" if name == "web-2" else None,
            attributes={"region": region},
            labels=labels,
            network_id=network,
            network_name=network_name,
            generated=name == "bare",
        )
        for day in (2, 11, 16, 19):
            counted(acme, found[name], f"2026-03-{day:02}T11:00", GB // 3, GB // 7)
    counted(acme, found["web-1"], "2026-03-11T07:00", GB, GB, covered_seconds=1000)
    keep_days()
    return found


def spent(world: World, now: Any = OVER, label: str = "") -> Spend:
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        return spend(world.acme.id, MARCH, now, label)


@pytest.mark.parametrize("now", [OVER, MIDDLE, at("2026-03-11T07:30")])
def test_meters_and_days_are_those_of_the_statement(
    world: World, ids: dict[str, UUID], now: Any
) -> None:
    found = spent(world, now)
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        told = statement(world.acme.id, MARCH, now)

    assert found.total == told.total
    assert {row.meter: row.amount for row in found.meters} == {
        row.meter: row.amount for row in told.meters
    }
    lines = [(one.meter, one.where, one.band, one.units, one.amount) for one in told.lines]
    assert lines == [
        (one.meter, dict(one.where), one.band, one.units, one.amount) for one in found.rated.lines
    ]
    days: dict[Any, Decimal] = {}
    for line in told.lines:
        for charge in line.resources:
            for day in charge.days:
                days[day.day] = days.get(day.day, Decimal(0)) + day.exact
    for part in found.days:
        # Shared to the cent, meter by meter.
        assert abs(part.total - days.get(part.key, Decimal(0))) < Decimal("0.01") * 6
    assert found.coverage.covered == sum(one.coverage.covered for one in told.coverage)
    assert found.coverage.expected == sum(one.coverage.expected for one in told.coverage)


@pytest.mark.parametrize("now", [OVER, MIDDLE])
def test_totals_are_those_of_the_spend(world: World, ids: dict[str, UUID], now: Any) -> None:
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        found = totals(world.acme.id, MARCH, now)

    assert (found.currency, found.total) == ("EUR", spent(world, now).total)
    assert found.meters == spent(world, now).meters


def test_totals_need_no_ports_where_prices_do_not(
    world: World, django_assert_num_queries: Any
) -> None:
    plan = make_plan()
    make_version(plan, (per_unit("traffic.out", "1"),), at("2026-01-01"))
    subscribe(world.acme, plan, at("2026-02-01"))
    for region in ("fra", "ams"):
        port = lived(world.acme, "port", region, "2026-03-01", attributes={"region": region})
        counted(world.acme, port, "2026-03-01T00:00", GB, 2 * GB)

    with acting_as(DatabaseRole.TENANT, world.acme.id), django_assert_num_queries(6):
        found = totals(world.acme.id, MARCH, OVER)

    assert found.total == Decimal("4.00")
    assert found.meters == spent(world).meters


def test_every_breakdown_sums_to_the_total(world: World, ids: dict[str, UUID]) -> None:
    found = spent(world)

    assert found.total > 0
    for parts in (found.days, found.networks, found.values, spent(world, label="tier").values):
        assert sum(part.total for part in parts) == found.total
        for meter, amount in found.amounts.items():
            assert sum(part.amounts.get(meter, Decimal(0)) for part in parts) == amount


def test_networks_hold_their_machines_and_their_traffic(world: World, ids: dict[str, UUID]) -> None:
    parts = {part.name: part for part in spent(world).networks}

    assert parts["web"].key == ids["web"]
    assert parts["web"].amounts[Meter.TRAFFIC_OUT] > parts["db"].amounts[Meter.TRAFFIC_OUT] > 0
    assert set(parts[""].amounts) == {Meter.SUBSCRIPTION_MONTHS}
    assert [part.key for part in spent(world).networks][-1] is None


def test_labels_share_what_machines_cost(world: World, ids: dict[str, UUID]) -> None:
    found = spent(world)
    parts = {part.key: part for part in found.values}

    assert (found.labels, found.label) == (("app", "tier"), "app")
    assert spent(world, label="tier").label == "tier"
    assert spent(world, label="none").label == "app"
    assert set(parts) == {("value", "shop"), ("value", "crm"), ("without", ""), ("other", "")}
    machines = {Meter.PORT_HOURS, *TRAFFIC}
    assert set(parts["value", "crm"].amounts) <= machines
    assert set(parts["other", ""].amounts) == {Meter.SUBSCRIPTION_MONTHS, Meter.NETWORK_HOURS}


def test_generated_days_say_so(world: World, ids: dict[str, UUID]) -> None:
    found = spent(world)

    assert found.generated
    assert not found.days[0].generated
    assert found.days[1].generated


def test_what_has_no_price_is_said(world: World, ids: dict[str, UUID]) -> None:
    assert spent(world).unpriced == (Meter.TRAFFIC_IN,)


def test_the_fixed_part_of_a_forecast_is_what_the_month_will_cost(
    world: World, ids: dict[str, UUID]
) -> None:
    """Nothing is added or deleted after the 20th, and traffic rests: all that was foreseen of the
    fixed part comes true."""
    early = spent(world, at("2026-03-20T00:00"))
    late = spent(world)

    assert early.forecast is not None
    fixed = sum(row.amount for row in late.meters if row.meter not in TRAFFIC)
    assert early.forecast.fixed == fixed
    assert late.forecast is None


def test_traffic_goes_on_as_it_was_observed(world: World) -> None:
    plan = make_plan()
    make_version(plan, (per_unit("traffic.out", "1"),), at("2026-01-01"))
    subscribe(world.acme, plan, at("2026-02-01"))
    port = lived(world.acme, "port", "web-1", "2026-03-01")
    gone = lived(world.acme, "port", "gone", "2026-03-01", "2026-03-02")
    counted(world.acme, port, "2026-03-01T00:00", 0, 6 * GB)
    counted(world.acme, gone, "2026-03-01T00:00", 0, 2 * GB, covered_seconds=1800)

    found = spent(world, at("2026-03-02")).forecast

    # 8 GB in an hour and a half, and 30 days of one machine are to come.
    assert found is not None
    assert (found.observed, found.ahead) == (5400, 30 * 86400)
    assert found.traffic == Decimal("3848.00")


def test_without_a_plan_nothing_costs_anything(world: World) -> None:
    lived(world.acme, "network", "web", "2026-03-01")

    found = spent(world)

    assert (found.currency, found.total, found.unpriced) == ("", 0, (Meter.NETWORK_HOURS,))


def test_a_month_can_be_looked_at_from_its_first_moment(world: World, ids: dict[str, UUID]) -> None:
    found = spent(world, at("2026-03-01"))

    assert found.as_of == MARCH.start + 1
    assert found.forecast is not None
    assert found.forecast.fixed > 30


def test_a_month_to_come_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="still to come"):
        spent(world, at("2026-02-28"))


def test_another_customer_sees_nothing_of_it(world: World, ids: dict[str, UUID]) -> None:
    with acting_as(DatabaseRole.TENANT, world.globex.id):
        found = spend(world.acme.id, MARCH, OVER)

    assert found.total == 0
    assert found.networks == ()


def test_it_takes_as_many_queries_for_many_as_for_few(
    world: World, ids: dict[str, UUID], django_assert_num_queries: Any
) -> None:
    for number in range(20):
        lived(world.acme, "port", f"more-{number}", "2026-03-01")
    with acting_as(DatabaseRole.TENANT, world.acme.id), django_assert_num_queries(7):
        spend(world.acme.id, MARCH, OVER - timedelta(days=1))
