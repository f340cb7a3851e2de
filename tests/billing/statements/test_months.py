"""All customers' month says what their statements say, on PostgreSQL, whatever was used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from billing import selectors
from billing.models import Subscription
from billing.rating.period import moment
from billing.statements import Statement, TenantMonth, canonical, compare, month, statement
from networking.collector.partitions import make_months
from networking.models import CounterHour, Lifetime
from portal.lib.db import DatabaseRole, acting_as
from tests.billing import prices as make
from tests.billing.prices import MARCH, OCTOBER, flat, per_unit
from tests.billing.statements.conftest import LATER, NEW, Month
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.world import World

pytestmark = pytest.mark.django_db

# Each example rolls back what it wrote, so that they may share the world.


def told(one: Statement | TenantMonth) -> object:
    """What both of them say."""
    lines = [
        (
            line.meter,
            line.where,
            line.band,
            line.start,
            line.end,
            line.units,
            line.exact,
            line.amount,
        )
        for line in one.lines
    ]
    return one.tenant_slug, lines, one.unpriced, one.total, one.exact, one.generated


def agree(world: World, period=MARCH, as_of=LATER) -> list[TenantMonth]:
    """All customers' month, after it was found to be that of their statements."""
    with acting_as(DatabaseRole.STAFF):
        months = list(month(period, as_of))
        for one in months:
            assert told(one) == told(statement(one.tenant_id, period, as_of))
    assert {one.tenant_id for one in months} == {world.acme.id, world.globex.id}
    return months


def test_amounts_are_those_of_the_statements(march: Month):
    for one in agree(march.world):
        covered = march.of(one.tenant_slug).coverage
        assert one.coverage.expected == sum(row.coverage.expected for row in covered)
        assert one.coverage.covered == sum(row.coverage.covered for row in covered)
    agree(march.world, as_of=at("2026-03-16T12:00"))


def test_a_month_to_come_has_nobody(march: Month):
    with acting_as(DatabaseRole.STAFF):
        assert list(month(march.period.next, at("2026-03-02"))) == []


def test_customers_whose_prices_change_at_other_times(march: Month):
    """One who came within the month, and one without a plan."""
    world = march.world
    with acting_as(DatabaseRole.STAFF):
        Subscription.objects.filter(tenant=world.globex).update(
            during=DateTimeTZRange(at("2026-03-10T08:20"), None)
        )
    counted(world.globex, UUID(int=1), "2026-03-10T08:00", 3, 5)
    counted(world.globex, UUID(int=1), "2026-03-10T09:00", 3, 7)
    _, globex = agree(world)
    assert [(line.meter.value, line.units) for line in globex.lines][-1] == ("traffic.out", 7)
    with acting_as(DatabaseRole.STAFF):
        Subscription.objects.filter(tenant=world.acme).delete()
    acme, _ = agree(world)
    assert (acme.lines, acme.total, acme.currency) == ((), 0, "")
    assert len(acme.unpriced) == 4


def test_a_price_of_traffic_by_region(world: World):
    plan = make_plan()
    by_region = [
        per_unit("traffic.out", price, where=(("region", region),))
        for region, price in (("fra", "0.05"), ("ams", "0.07"))
    ]
    make_version(plan, by_region, at("2026-01-01"))
    subscribe(world.acme, plan, at("2026-01-01"))
    for region, size in (("fra", 10**9), ("ams", 3 * 10**9), ("osl", 5 * 10**9)):
        port = lived(world.acme, "port", region, "2026-03-01", attributes={"region": region})
        counted(world.acme, port, "2026-03-03T05:00", 0, size)
    acme, _ = agree(world)
    assert [str(line.amount) for line in acme.lines] == ["0.21", "0.05"]
    assert [rest.quantity for rest in acme.unpriced if rest.unit == "GB"] == [5]


def test_other_prices_are_tried_on_a_month(march: Month):
    with acting_as(DatabaseRole.STAFF):
        draft = replace(
            selectors.plan("standard").versions[0].prices, components=(flat("99"), *NEW[3:])
        )
        (acme, dearer), (globex, _) = compare(march.period, draft, LATER)
        other = replace(draft, plan="large")
        assert all(before is after for before, after in compare(march.period, other, LATER))
    assert told(acme) == told(march.of("acme"))
    assert told(globex) == told(march.of("globex"))
    assert [(line.meter.value, str(line.amount)) for line in dearer.lines] == [
        ("port.hours", "15.82"),
        ("subscription.months", "99.00"),
        ("traffic.out", "0.00"),
        ("traffic.out", "0.40"),
        ("traffic.out", "0.06"),
    ]
    assert [rest.meter.value for rest in dearer.unpriced] == ["network.hours", "traffic.in"]


def test_queries_do_not_grow_with_customers(march: Month):
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as queries:
        list(month(march.period, LATER))
    assert len(queries) <= 8


@st.composite
def usages(draw: st.DrawFn):
    """A month that clocks change in, with prices, lifetimes and hours of two customers."""
    period = draw(st.sampled_from((MARCH, OCTOBER)))
    among = draw(make.epochs(period))
    hours = st.integers(period.start // 3600 - 2, period.end // 3600 + 1)
    counts = st.dictionaries(
        st.tuples(st.integers(0, 1), st.integers(0, 2), hours),
        st.tuples(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 3600)),
        max_size=15,
    )
    lives = [draw(make.lifetimes(period)) for _ in range(2)]
    return period, among, lives, draw(counts), draw(st.integers(period.start, period.end))


@settings(max_examples=25)
@given(drawn=usages())
def test_any_month_is_the_same_both_ways(world: World, drawn):
    period, among, lives, counts, joined = drawn
    with transaction.atomic():
        _store(world, period, among, lives, counts, joined)
        agree(world, period, moment(period.end))
        transaction.set_rollback(True)


@settings(max_examples=15)
@given(drawn=usages(), chance=st.randoms(use_true_random=False))
def test_intervals_that_are_stored_in_pieces_change_no_byte(world: World, drawn, chance):
    period, among, lives, counts, joined = drawn
    pieces = [tuple(piece for row in mine for piece in _split(row, chance)) for mine in lives]
    written = []
    for stored in (lives, pieces):
        with transaction.atomic():
            _store(world, period, among, stored, counts, joined)
            written.append(_written(world, period))
            transaction.set_rollback(True)
    assert written[0] == written[1]


def _split(row, chance) -> Iterator:
    end = row.start + 90_000 if row.end is None else row.end
    edges = sorted({row.start, *(chance.randrange(row.start, end) for _ in range(3))})
    for start, stop in pairwise([*edges, row.end]):
        yield replace(row, start=start, end=stop)


def _written(world: World, period) -> list[bytes]:
    with acting_as(DatabaseRole.STAFF):
        return [
            canonical(statement(tenant.id, period, moment(period.end)))
            for tenant in (world.acme, world.globex)
        ]


def _store(world, period, among, lives, counts, joined) -> None:
    """The rows; Globex joins within the month."""
    plan = make_plan()
    for number, epoch in enumerate(among):
        last = number == len(among) - 1
        end = None if last else moment(epoch.end)
        make_version(plan, epoch.prices.components, moment(epoch.start), end)
    subscribe(world.acme, plan, moment(period.start - 5))
    subscribe(world.globex, plan, moment(joined) + timedelta(microseconds=7))
    tenants = (world.acme, world.globex)
    with acting_as(DatabaseRole.WORKER):
        make_months(moment(period.start), moment(period.end))
        for place, (tenant, mine) in enumerate(zip(tenants, lives, strict=True)):
            for row in mine:
                end = None if row.end is None else moment(row.end)
                Lifetime.objects.create(
                    tenant=tenant,
                    noun=row.noun,
                    noun_id=UUID(int=100 * place + row.resource.int),
                    name=f"n{row.resource.int}",
                    attributes={"region": "fra"},
                    during=DateTimeTZRange(moment(row.start), end),
                )
        CounterHour.objects.bulk_create(
            CounterHour(
                tenant=tenants[place],
                noun="port",
                noun_id=UUID(int=100 * place + port),
                hour=moment(hour * 3600),
                bytes_in=bytes_in,
                bytes_out=bytes_out,
                covered_seconds=covered,
            )
            for (place, port, hour), (bytes_in, bytes_out, covered) in counts.items()
        )
