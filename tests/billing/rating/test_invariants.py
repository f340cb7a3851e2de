"""What holds of any month, whatever was used at whichever price (invariants 1 to 4)."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.rating.bands import cost
from billing.rating.meters import HOURS_OF, METERS, TRAFFIC, Meter
from billing.rating.money import quantity
from billing.rating.prices import Epoch, units_per
from billing.rating.usage import Lifetime
from tests.billing import prices as make
from tests.billing.prices import months, resource, statement_of

# Of the machine, which may be busy, nothing is expected.
many = settings(max_examples=80)


@many
@given(months(), st.randoms(use_true_random=False))
def test_usage_that_comes_twice_or_in_another_order_is_the_same(month, chance):
    period, epochs, lifetimes, traffic = month
    once = statement_of(period, epochs, lifetimes, traffic)
    lives, counts, prices = list(lifetimes) * 2, list(traffic) * 3, list(epochs)
    for pile in (lives, counts, prices):
        chance.shuffle(pile)
    assert statement_of(period, tuple(prices), tuple(lives), tuple(counts)) == once


@many
@given(months(), st.data())
def test_splitting_an_interval_changes_nothing(month, data):
    period, epochs, lifetimes, traffic = month
    pieces = []
    for row in lifetimes:
        end = period.end if row.end is None else row.end
        cuts = data.draw(st.lists(st.integers(row.start, max(row.start, end)), max_size=3))
        edges = [row.start, *sorted(cuts), row.end]
        pieces += [replace(row, start=start, end=stop) for start, stop in pairwise(edges)]
    split = statement_of(period, epochs, tuple(pieces), traffic)
    assert split == statement_of(period, epochs, lifetimes, traffic)


@many
@given(months(), st.data())
def test_splitting_an_epoch_at_the_same_prices_changes_no_amount(month, data):
    """Hours alone: bytes are told by the epoch that they were counted in."""
    period, epochs, lifetimes, _ = month
    halves = []
    for epoch in epochs:
        at = data.draw(st.integers(epoch.start + 1, epoch.end))
        halves += [replace(epoch, end=at), replace(epoch, start=at)] if at < epoch.end else [epoch]
    assert statement_of(period, tuple(halves), lifetimes) == statement_of(period, epochs, lifetimes)


@many
@given(make.periods, st.data())
def test_rated_seconds_are_those_of_the_month(period, data):
    """Through a change of clocks, and prices that change within an hour."""
    cuts = data.draw(st.lists(st.integers(period.start + 1, period.end - 1), max_size=4))
    edges = [period.start, *sorted(set(cuts)), period.end]
    epochs = tuple(
        Epoch(start, end, make.prices(make.per_unit("port.hours", f"0.0{n}"), make.flat(str(n))))
        for n, (start, end) in enumerate(pairwise(edges), start=1)
    )
    rated = statement_of(period, epochs, (Lifetime("port", resource(1), 0, None),))
    for meter in (Meter.PORT_HOURS, Meter.SUBSCRIPTION_MONTHS):
        lines = [line for line in rated.lines if line.meter is meter]
        assert sum(line.units for line in lines) == period.seconds
        assert [line.units for line in lines] == [end - start for start, end in pairwise(edges)]
        days = {}
        for charge in (charge for line in lines for charge in line.charges):
            days[charge.day] = days.get(charge.day, 0) + charge.units
        assert days == {day: end - start for day, start, end in period.days}
    flat = [line.quantity for line in rated.lines if line.meter is Meter.SUBSCRIPTION_MONTHS]
    assert sum(flat) == 1


@many
@given(months())
def test_nothing_used_is_lost_or_charged_twice(month):
    period, epochs, lifetimes, traffic = month
    used = dict.fromkeys(Meter, 0)
    for row in lifetimes:
        end = period.end if row.end is None else min(row.end, period.end)
        used[HOURS_OF[row.noun]] += max(0, end - max(row.start, period.start))
    used[Meter.TRAFFIC_IN] = sum(row.bytes_in for row in traffic)
    used[Meter.TRAFFIC_OUT] = sum(row.bytes_out for row in traffic)
    rated = statement_of(period, epochs, lifetimes, traffic)
    for meter in (*HOURS_OF.values(), *TRAFFIC):
        lines = sum(line.units for line in rated.lines if line.meter is meter)
        left = sum(rest.units for rest in rated.unpriced if rest.meter is meter)
        assert lines + left == used[meter]


@many
@given(months())
def test_charges_are_their_line_and_lines_are_the_months_quantity(month):
    period, epochs, lifetimes, traffic = month
    rated = statement_of(period, epochs, lifetimes, traffic)
    for line in rated.lines:
        assert sum(charge.units for charge in line.charges) == line.units
        assert sum(charge.quantity for charge in line.charges) == line.quantity
        assert sum(charge.exact for charge in line.charges) == line.exact
        assert line.exact == line.quantity * line.band.unit_price
        assert line.quantity >= 0
        assert abs(line.amount - line.exact) <= Decimal("0.005")
    for meter in Meter:
        lines = [line for line in rated.lines if line.meter is meter]
        units = sum(line.units for line in lines)
        per = units_per(meter, period.seconds)
        assert sum((line.quantity for line in lines), Decimal(0)) == quantity(units, per)


@many
@given(months())
def test_a_months_totals_give_the_same_lines_as_its_days(month):
    period, epochs, lifetimes, traffic = month
    fine = statement_of(period, epochs, lifetimes, traffic)
    coarse = statement_of(period, epochs, lifetimes, traffic, by_day=False)
    assert [replace(line, charges=()) for line in fine.lines] == [
        replace(line, charges=()) for line in coarse.lines
    ]
    assert fine.unpriced == coarse.unpriced


@many
@given(st.sampled_from(sorted(Meter)).flatmap(make.components), st.lists(st.integers(0, 10**13)))
def test_graduated_cost_is_monotone_and_continuous(component, counts):
    per = units_per(component.meter, 720 * 3600)
    dearest = max(tier.unit_price for tier in component.tiers)
    bounds = [
        int(bound * per)
        for bound in (component.included, *(tier.up_to for tier in component.tiers))
        if bound is not None
    ]
    for units in {*counts, *bounds}:
        here, one_more = cost(component, units, per), cost(component, units + 1, per)
        assert here <= one_more
        assert one_more - here <= (quantity(units + 1, per) - quantity(units, per)) * dearest
        assert cost(component, 0, per) == 0


@many
@given(months())
def test_the_lines_cost_what_their_prices_say(month):
    """While one price list holds, the lines of a component cost what its units do."""
    period, epochs, lifetimes, traffic = month
    only = (Epoch(period.start, period.end, epochs[0].prices),)
    moved = tuple(replace(row, since=period.start) for row in traffic)
    once = {(row.resource, row.day): row for row in moved}
    rated = statement_of(period, only, lifetimes, tuple(once.values()))
    for component in epochs[0].prices.components:
        lines = [line for line in rated.lines if line.meter is component.meter]
        per = units_per(component.meter, period.seconds)
        units = sum(line.units for line in lines)
        assert sum((line.exact for line in lines), Decimal(0)) == cost(component, units, per)
        assert METERS[component.meter].per in (0, per)
