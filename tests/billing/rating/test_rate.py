"""Rating by examples that can be checked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from billing.rating.meters import Meter
from billing.rating.money import quantity
from billing.rating.prices import Epoch
from billing.rating.usage import Lifetime, Traffic
from tests.billing.prices import (
    MARCH,
    NOVEMBER,
    OCTOBER,
    flat,
    graduated,
    per_unit,
    prices,
    resource,
    second,
    statement_of,
    whole,
)

ALWAYS = Lifetime("port", resource(1), 0, None)
FIRST = date(2026, 11, 1)


def told(rated) -> list[tuple[str, int, str, str]]:
    """Each line as (meter, band, quantity, amount)."""
    return [
        (line.meter.value, line.band.number, str(line.quantity), str(line.amount))
        for line in rated.lines
    ]


def sent(gigabytes: str, number: int = 1, day: int = 1, since: int = NOVEMBER.start) -> Traffic:
    return Traffic(
        resource(number), date(2026, 11, day), since, 0, int(Decimal(gigabytes) * 10**9), 86400
    )


@pytest.mark.parametrize(("period", "hours"), [(MARCH, 743), (OCTOBER, 745), (NOVEMBER, 720)])
def test_a_machine_costs_the_hours_of_the_month(period, hours):
    rated = statement_of(period, whole(period, per_unit("port.hours", "0.01")), (ALWAYS,))
    assert told(rated) == [("port.hours", 1, f"{hours}.000000", f"{hours / 100:.2f}")]


def test_three_seconds_one_by_one_are_three_seconds():
    seconds = tuple(
        Lifetime("port", resource(1), NOVEMBER.start + 2 * n, NOVEMBER.start + 2 * n + 1)
        for n in range(3)
    )
    rated = statement_of(NOVEMBER, whole(NOVEMBER, per_unit("port.hours", "1")), seconds)
    assert told(rated) == [("port.hours", 1, "0.000833", "0.00")]
    assert rated.lines[0].units == 3


def test_tiers_fill_by_day_then_by_resource():
    component = graduated("traffic.out", (10, "0.05"), (None, "0.03"), included=Decimal(4))
    rated = statement_of(
        NOVEMBER,
        whole(NOVEMBER, component),
        traffic=(sent("3", 2, day=2), sent("5", 1, day=2), sent("3", 2), sent("4", 1, day=3)),
    )
    assert told(rated) == [
        ("traffic.out", 0, "4.000000", "0.00"),
        ("traffic.out", 1, "6.000000", "0.30"),
        ("traffic.out", 2, "5.000000", "0.15"),
    ]
    charges = [
        [(c.day.day, c.resource.int, int(c.quantity)) for c in line.charges] for line in rated.lines
    ]
    assert charges == [[(1, 2, 3), (2, 1, 1)], [(2, 1, 4), (2, 2, 2)], [(2, 2, 1), (3, 1, 4)]]


def test_tiers_go_on_filling_when_the_price_changes():
    change = second(2026, 11, 16)
    first = graduated("traffic.out", (10, "0.05"), (None, "0.03"))
    second_half = graduated("traffic.out", (10, "0.06"), (None, "0.02"))
    epochs = (
        Epoch(NOVEMBER.start, change, prices(first)),
        Epoch(change, NOVEMBER.end, prices(second_half, version=2)),
    )
    traffic = (sent("8"), sent("4", day=20, since=change))
    rated = statement_of(NOVEMBER, epochs, traffic=traffic)
    assert [(line.versions, line.band.unit_price, line.quantity) for line in rated.lines] == [
        (("standard 1",), Decimal("0.05"), 8),
        (("standard 2",), Decimal("0.06"), 2),
        (("standard 2",), Decimal("0.02"), 2),
    ]


def test_a_version_that_changes_nothing_of_a_price_makes_no_line():
    change = second(2026, 11, 16, 10, 17)
    epochs = (
        Epoch(NOVEMBER.start, change, prices(per_unit("port.hours", "0.01"))),
        Epoch(change, NOVEMBER.end, prices(per_unit("port.hours", "0.010"), version=2)),
    )
    (line,) = statement_of(NOVEMBER, epochs, (ALWAYS,)).lines
    assert (line.versions, line.quantity) == (("standard 1", "standard 2"), 720)
    assert (line.start, line.end) == (NOVEMBER.start, NOVEMBER.end)


def test_a_flat_price_is_for_the_time_subscribed():
    half = (Epoch(second(2026, 11, 16), NOVEMBER.end, prices(flat("30"))),)
    assert told(statement_of(NOVEMBER, half)) == [("subscription.months", 1, "0.500000", "15.00")]


def test_a_price_is_for_what_has_its_attributes():
    def network(number: int, family: str) -> Lifetime:
        return Lifetime("network", resource(number), 0, None, {"family": family, "region": "fra"})

    epochs = whole(
        NOVEMBER,
        per_unit("network.hours", "0.01"),
        per_unit("network.hours", "0.02", where=(("family", "dual"),)),
    )
    rated = statement_of(NOVEMBER, epochs, (network(1, "ipv4"), network(2, "dual")))
    assert [(line.where, line.quantity) for line in rated.lines] == [
        ((), 1440),
        ((("family", "dual"),), 720),
    ]


def test_an_attribute_that_changes_takes_its_price_along():
    noon = second(2026, 11, 15, 12)
    lives = (
        Lifetime("network", resource(1), 0, noon, {"family": "ipv4"}),
        Lifetime("network", resource(1), noon, None, {"family": "dual"}),
    )
    epochs = whole(
        NOVEMBER,
        per_unit("network.hours", "1", where=(("family", "dual"),)),
        per_unit("network.hours", "1", where=(("family", "ipv4"),)),
    )
    rated = statement_of(NOVEMBER, epochs, lives)
    assert [line.quantity for line in rated.lines] == [372, 348]


def test_what_has_no_price_is_said_and_costs_nothing():
    change = second(2026, 11, 21)
    epochs = (Epoch(change, NOVEMBER.end, prices(per_unit("port.hours", "0.01"))),)
    rated = statement_of(NOVEMBER, epochs, (ALWAYS,), (sent("2"),))
    assert told(rated) == [("port.hours", 1, "240.000000", "2.40")]
    assert [(rest.meter, rest.units) for rest in rated.unpriced] == [
        (Meter.PORT_HOURS, 480 * 3600),
        (Meter.TRAFFIC_OUT, 2 * 10**9),
    ]


def test_generated_usage_marks_its_line():
    made_up = Lifetime("port", resource(1), 0, second(2026, 11, 2), generated=True)
    real = Lifetime("port", resource(1), second(2026, 11, 2), None)
    epochs = whole(NOVEMBER, per_unit("port.hours", "0.01"))
    (line,) = statement_of(NOVEMBER, epochs, (made_up, real)).lines
    assert line.generated
    assert [charge.generated for charge in line.charges] == [True] + [False] * 29


def test_what_is_used_between_two_subscriptions_has_no_price():
    left, back = second(2026, 11, 11), second(2026, 11, 21)
    same = prices(per_unit("port.hours", "0.01"), per_unit("traffic.out", "0.05"))
    epochs = (Epoch(NOVEMBER.start, left, same), Epoch(back, NOVEMBER.end, same))
    traffic = (sent("1"), sent("2", day=15, since=left), sent("4", day=25, since=back))
    rated = statement_of(NOVEMBER, epochs, (ALWAYS,), traffic)
    assert [(line.meter.value, line.start, line.quantity) for line in rated.lines] == [
        ("port.hours", NOVEMBER.start, 240),
        ("port.hours", back, 240),
        ("traffic.out", NOVEMBER.start, 1),
        ("traffic.out", back, 4),
    ]
    assert [rest.units for rest in rated.unpriced] == [240 * 3600, 2 * 10**9]


@pytest.mark.parametrize(
    ("units", "per", "expected"),
    [
        (1, 3600, "0.000278"),
        (499, 10**9, "0.000000"),
        (500, 10**9, "0.000001"),
        (1499, 10**9, "0.000001"),
        (10**20 + 500, 10**9, "100000000000.000001"),
    ],
)
def test_a_quantity_is_rounded_half_up(units, per, expected):
    assert str(quantity(units, per)) == expected


@pytest.mark.parametrize("amount", ["0.005", "1.005", "0.0149999999"])
def test_an_amount_is_rounded_half_up_once(amount):
    (line,) = statement_of(NOVEMBER, whole(NOVEMBER, flat(amount))).lines
    assert str(line.amount) == {"0.005": "0.01", "1.005": "1.01"}.get(amount, "0.01")


def test_the_same_second_twice_is_refused():
    lives = (ALWAYS, Lifetime("port", resource(1), 0, None, {"region": "fra"}))
    with pytest.raises(ValueError, match="there twice"):
        statement_of(NOVEMBER, whole(NOVEMBER, per_unit("port.hours", "1")), lives)


def test_counts_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="two counts"):
        statement_of(NOVEMBER, whole(NOVEMBER, flat("1")), traffic=(sent("1"), sent("2")))


def test_two_price_lists_at_once_are_refused():
    epochs = whole(NOVEMBER, flat("1")) + whole(NOVEMBER, flat("2"))
    with pytest.raises(ValueError, match="two price lists"):
        statement_of(NOVEMBER, epochs)
