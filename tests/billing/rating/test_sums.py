"""Sums over resources are the sums of what each resource has; shares sum to what is shared."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from billing.rating import cut, sums
from billing.rating.meters import Meter
from billing.rating.money import CENT
from billing.rating.period import Period
from billing.rating.usage import Alike, Lifetime

MARCH = Period(2026, 3, "Europe/Berlin")  # clocks change on the 29th
SECONDS = st.integers(MARCH.start - 100_000, MARCH.end + 100_000)
PRICE_CHANGE = MARCH.start + 1_000_001


@st.composite
def lives(draw: st.DrawFn) -> list[Lifetime]:
    """One lifetime each of some nouns, some of which still live."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        start = draw(SECONDS | st.just(MARCH.start))
        end = draw(st.none() | st.integers(start + 1, MARCH.end + 200_000))
        region = draw(st.sampled_from(["fra", "ams"]))
        noun = draw(st.sampled_from(["network", "port", "site"]))
        made = draw(st.booleans())
        found.append(Lifetime(noun, UUID(int=number), start, end, {"region": region}, made))
    return found


def alike(lifetimes: list[Lifetime]) -> list[Alike]:
    """Those that are the same but for who they are are one."""
    counted = Counter(
        (one.noun, one.start, one.end, one.attributes["region"], one.generated) for one in lifetimes
    )
    return [
        Alike(noun, start, end, {"region": region}, made, many)
        for (noun, start, end, region, made), many in counted.items()
    ]


@given(lives())
def test_a_sum_is_what_its_resources_have(lifetimes: list[Lifetime]) -> None:
    cells = cut.grid(MARCH, (MARCH.start, PRICE_CHANGE, MARCH.end), by_day=True)
    each: Counter[object] = Counter()
    for used in cut.hours(lifetimes, cells):
        region = used.attributes["region"]
        each[used.meter, used.day, used.since, region, used.generated] += used.units

    summed = {
        (used.meter, used.day, used.since, used.attributes["region"], used.generated): used.units
        for used in sums.hours(alike(lifetimes), cells)
    }

    assert summed == dict(each)


def test_a_month_has_as_many_seconds_as_it_has() -> None:
    cells = cut.grid(MARCH, (MARCH.start, MARCH.end), by_day=True)

    used = sums.hours([Alike("network", MARCH.start - 5, None)], cells)

    assert {one.meter for one in used} == {Meter.NETWORK_HOURS}
    assert sum(one.units for one in used) == 31 * 86400 - 3600
    assert min(one.units for one in used) == 23 * 3600


@given(
    st.integers(0, 10**7),
    st.lists(st.decimals(0, 10**6, places=6), min_size=1, max_size=40),
)
def test_shares_sum_to_the_amount_and_miss_their_part_by_less_than_a_cent(
    cents: int, weights: list[Decimal]
) -> None:
    amount, named = cents * CENT, dict(enumerate(weights))

    shares = sums.apportion(amount, named)

    assert sum(shares.values()) == amount
    total = sum(weights)
    if total:
        for key, share in shares.items():
            assert abs(share - amount * named[key] / total) < CENT


def test_what_is_left_goes_where_most_was_cut_off() -> None:
    shares = sums.apportion(Decimal("0.10"), {name: Decimal(1) for name in "abc"})

    assert shares == {"a": Decimal("0.04"), "b": Decimal("0.03"), "c": Decimal("0.03")}
