"""A customer's statement, from the rows that networking leaves."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.exports.usage import reading
from billing.rating.meters import Meter
from billing.rating.period import SETTLING, moment
from billing.statements import statement
from billing.statements.document import Coverage
from billing.statements.gathered import gather
from billing.statements.ledger import read_ledger
from billing.statements.outline import outline
from billing.statements.spend import spend
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.errors import Refusal
from tests.billing.prices import MARCH
from tests.billing.statements.conftest import LATER, Month
from tests.factories.tenants import ref
from tests.factories.usage import at, counted

pytestmark = pytest.mark.django_db

HOUR = 3600


def test_lines_by_meter_price_and_tier(march: Month):
    acme = march.of("acme")
    assert [
        (line.meter.value, line.band.number, str(line.quantity), str(line.amount), line.versions)
        for line in acme.lines
    ] == [
        ("network.hours", 1, "743.000000", "3.72", ("standard 1", "standard 2")),
        ("port.hours", 1, "419.500000", "4.20", ("standard 1",)),
        ("port.hours", 1, "371.500000", "7.43", ("standard 2",)),
        (
            "subscription.months",
            1,
            "1.000000",
            "10.00",
            ("standard 1", "standard 2"),
        ),
        ("traffic.out", 0, "2.000000", "0.00", ("standard 1", "standard 2")),
        ("traffic.out", 1, "8.000000", "0.40", ("standard 1", "standard 2")),
        ("traffic.out", 2, "2.000000", "0.06", ("standard 1", "standard 2")),
    ]
    assert (acme.total, acme.currency, acme.complete) == (Decimal("25.81"), "EUR", True)
    assert acme.total == sum(line.amount for line in acme.lines)
    assert acme.exact == sum(line.exact for line in acme.lines)


def test_resources_and_days_sum_to_their_line(march: Month):
    for line in march.of("acme").lines:
        assert sum(one.exact for one in line.resources) == line.exact
        for one in line.resources:
            assert sum(day.exact for day in one.days) == one.exact
            assert sum(day.quantity for day in one.days) == one.quantity
            assert sum(day.units for day in one.days) == one.units


def test_a_machine_has_its_days_its_network_and_its_labels(march: Month):
    old = march.of("acme").lines[1]
    one, two = (charge.resource for charge in old.resources)
    assert (one.name, one.network, one.network_id, one.labels) == (
        "web-1",
        "web",
        march.network,
        {"app": "shop"},
    )
    assert [(day.day, day.units) for day in old.resources[1].days] == [
        (date(2026, 3, 3), 24 * HOUR),
        (date(2026, 3, 4), 24 * HOUR),
    ]
    assert two.id == march.machines[1]


def test_traffic_is_of_the_issuers_month_and_day(march: Month):
    traffic = [line for line in march.of("acme").lines if line.meter is Meter.TRAFFIC_OUT]
    assert sum(line.units for line in traffic) == 12 * 10**9
    days = {day.day for line in traffic for one in line.resources for day in one.days}
    assert days == {date(2026, 3, 1), date(2026, 3, 3), date(2026, 3, 31)}


def test_what_has_no_price_is_said(march: Month):
    (rest,) = march.of("acme").unpriced
    assert (rest.meter, rest.quantity, rest.unit) == (Meter.TRAFFIC_IN, 1, "GB")


def test_no_data_is_not_zero(march: Month):
    acme, globex = march.of("acme"), march.of("globex")
    assert [(one.resource.name, one.coverage) for one in acme.coverage] == [
        ("web-1", Coverage(2 * HOUR, 743 * HOUR)),
        ("web-2", Coverage(HOUR // 2, 48 * HOUR)),
    ]
    traffic = next(row for row in acme.meters if row.meter is Meter.TRAFFIC_OUT)
    assert traffic.coverage == Coverage(2 * HOUR + HOUR // 2, 791 * HOUR)
    assert traffic.coverage.share == Decimal("0.0031")
    assert [one.coverage for one in globex.coverage] == [Coverage(0, 10 * HOUR)]


def test_a_month_that_lasts_is_counted_until_now(march: Month):
    acme = march.of("acme", as_of=at("2026-03-03T23:00"))
    assert (acme.complete, acme.as_of) == (False, at("2026-03-03T23:00"))
    hours = {line.meter: line.quantity for line in acme.lines if line.meter is Meter.PORT_HOURS}
    assert hours == {Meter.PORT_HOURS: 96}
    months = next(line for line in acme.lines if line.meter is Meter.SUBSCRIPTION_MONTHS)
    assert months.units == 72 * HOUR


@pytest.mark.parametrize(
    ("after", "complete"), [(0, False), (SETTLING - 1, False), (SETTLING, True)]
)
def test_a_month_is_complete_when_the_last_of_it_is_in(march: Month, after: int, complete: bool):
    tenant, as_of = ref(march.world.acme), moment(MARCH.end + after)
    acme = march.of("acme", as_of=as_of)
    assert (acme.complete, acme.as_of) == (complete, moment(MARCH.end))
    with acting_as(DatabaseRole.TENANT, tenant.id):
        gathered = gather(tenant.id, MARCH, as_of)
        others = (
            outline(tenant, gathered),
            spend(tenant.id, MARCH, as_of),
            read_ledger(tenant, MARCH, as_of),
            reading(MARCH, as_of, [tenant.id]),
        )
    assert {one.complete for one in others} == {complete}


def test_a_month_that_is_to_come_is_empty(march: Month):
    empty = march.of("acme", march.period.next, at("2026-03-03"))
    assert (empty.lines, empty.coverage, empty.total, empty.complete) == ((), (), 0, False)


def test_generated_history_is_marked(march: Month):
    assert not march.of("acme").generated
    counted(march.world.acme, march.machines[0], "2026-03-07T12:00", 0, 7, generated=True)
    acme = march.of("acme")
    assert acme.generated
    marked = [
        (line.meter, one.resource.name)
        for line in acme.lines
        for one in line.resources
        if one.generated
    ]
    assert marked == [(Meter.TRAFFIC_OUT, "web-1")]


def test_traffic_outlives_the_machine(march: Month):
    """Its last bytes may be read after its delete was accepted, even in the month after."""
    april = march.of("acme", march.period.next)
    (line,) = (line for line in april.lines if line.meter is Meter.TRAFFIC_OUT and line.band.number)
    assert [one.resource.name for one in line.resources] == ["web-1"]


def test_another_customer_is_missing(march: Month):
    acme, globex = march.world.acme, march.world.globex
    with acting_as(DatabaseRole.TENANT, acme.id), pytest.raises(Refusal) as caught:
        statement(globex.id, march.period, LATER)
    assert caught.value.status == 404


def test_a_statement_takes_a_handful_of_queries(march: Month):
    acme = march.world.acme
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as queries:
        statement(acme.id, march.period, LATER)
    assert len(queries) <= 8
