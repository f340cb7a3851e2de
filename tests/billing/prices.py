"""Price lists and usage for tests, by hand and by chance."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from hypothesis import strategies as st

from billing.rating import cut
from billing.rating.lines import Rated
from billing.rating.meters import METERS, Meter
from billing.rating.period import Period, instant
from billing.rating.prices import Component, Epoch, Model, Prices, Tier
from billing.rating.rate import rate
from billing.rating.schedule import boundaries, clip
from billing.rating.usage import Lifetime, Traffic

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
MARCH = Period(2026, 3, "Europe/Berlin")
OCTOBER = Period(2026, 10, "Europe/Berlin")
NOVEMBER = Period(2026, 11)


def second(*when: int) -> int:
    """The second of a moment in UTC, written as for `datetime`."""
    return instant(datetime(*when, tzinfo=UTC))


def resource(number: int) -> UUID:
    """The same id each time."""
    return UUID(int=number)


def tiers(*pairs: tuple[int | str | None, str]) -> tuple[Tier, ...]:
    """Tiers of (up to, price)."""
    return tuple(
        Tier(None if up_to is None else Decimal(up_to), Decimal(price).quantize(Decimal("1e-10")))
        for up_to, price in pairs
    )


def per_unit(meter: str, price: str, **more) -> Component:
    return Component(Meter(meter), Model.PER_UNIT, tiers((None, price)), **more)


def graduated(meter: str, *pairs: tuple[int | str | None, str], **more) -> Component:
    return Component(Meter(meter), Model.GRADUATED, tiers(*pairs), **more)


def flat(price: str) -> Component:
    return Component(Meter.SUBSCRIPTION_MONTHS, Model.FLAT, tiers((None, price)))


def prices(*components: Component, version: int = 1) -> Prices:
    return Prices("standard", version, "EUR", components)


def whole(period: Period, *components: Component) -> tuple[Epoch, ...]:
    """One price list through the month."""
    return (Epoch(period.start, period.end, prices(*components)),)


def statement_of(
    period: Period,
    epochs: tuple[Epoch, ...],
    lifetimes: tuple[Lifetime, ...] = (),
    traffic: tuple[Traffic, ...] = (),
    *,
    by_day: bool = True,
) -> Rated:
    """All steps of rating, as a statement takes them."""
    inside = clip(epochs, period.start, period.end)
    cells = cut.grid(period, boundaries(inside, period.start, period.end), by_day=by_day)
    used = [*cut.months(inside, cells), *cut.hours(lifetimes, cells), *cut.gigabytes(traffic, {})]
    return rate(period, inside, used)


# -- By chance --------------------------------------------------------------------------------

periods = st.builds(
    Period, st.integers(2024, 2028), st.sampled_from((2, 3, 10, 11)), st.sampled_from(ZONES)
)
amounts = st.decimals("0", "9", places=10)


@st.composite
def components(draw: st.DrawFn, meter: Meter) -> Component:
    """A price with up to three tiers, whose bounds are whole units."""
    if meter is Meter.SUBSCRIPTION_MONTHS:
        return flat(str(draw(amounts)))
    places = 2 if METERS[meter].unit == "hour" else 6
    steps = draw(st.lists(st.decimals("0.01", "400", places=places), max_size=2))
    bounds = [sum(steps[: n + 1], Decimal(0)) for n in range(len(steps))]
    found = [Tier(bound, draw(amounts)) for bound in bounds] + [Tier(None, draw(amounts))]
    included = draw(st.one_of(st.just(Decimal(0)), st.decimals("0", "50", places=places)))
    model = Model.GRADUATED if len(found) > 1 else Model.PER_UNIT
    return Component(meter, model, tuple(found), included)


@st.composite
def price_lists(draw: st.DrawFn, version: int = 1) -> Prices:
    """Prices for some of the meters."""
    meters = draw(st.lists(st.sampled_from(sorted(Meter)), unique=True, max_size=5))
    return prices(*(draw(components(meter)) for meter in meters), version=version)


@st.composite
def epochs(draw: st.DrawFn, period: Period) -> tuple[Epoch, ...]:
    """Up to three price lists one after another, which change at any second."""
    cuts = draw(st.lists(st.integers(period.start + 1, period.end - 1), unique=True, max_size=2))
    edges = [period.start, *sorted(cuts), period.end]
    return tuple(
        Epoch(start, end, draw(price_lists(number)))
        for number, (start, end) in enumerate(pairwise(edges), start=1)
    )


@st.composite
def lifetimes(draw: st.DrawFn, period: Period) -> tuple[Lifetime, ...]:
    """Nouns that live through, before and after the month, each perhaps with gaps."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        noun = draw(st.sampled_from(("network", "port", "vip", "site", "gateway")))
        around = st.integers(period.start - 90_000, period.end + 90_000)
        edges = sorted(draw(st.lists(around, unique=True, min_size=2, max_size=6)))
        for start, end in zip(edges[::2], edges[1::2], strict=False):
            found.append(Lifetime(noun, resource(number), start, end))
    if found and draw(st.booleans()):
        found[-1] = replace(found[-1], end=None)
    return tuple(found)


@st.composite
def traffic(draw: st.DrawFn, period: Period, among: tuple[Epoch, ...]) -> tuple[Traffic, ...]:
    """Bytes of up to three ports on some days, in whichever stretch of the day."""
    cells = cut.grid(period, boundaries(among, period.start, period.end), by_day=True)
    keys = st.tuples(st.integers(0, 2), st.sampled_from(cells))
    some = draw(st.lists(keys, unique_by=lambda key: (key[0], key[1].start), max_size=12))
    size = st.integers(0, 10**12)
    return tuple(
        Traffic(resource(number), cell.day, cell.since, draw(size), draw(size), 60)
        for number, cell in some
    )


@st.composite
def months(draw: st.DrawFn):
    """A month with all that there is to rate: period, epochs, lifetimes, traffic."""
    period = draw(periods)
    among = draw(epochs(period))
    return period, among, draw(lifetimes(period)), draw(traffic(period, among))
