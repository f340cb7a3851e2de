"""Rating: usage and prices in, lines out. Pure, and the same for the same input in any order.

Usage fills the tiers of its component in the order of price, day and resource; the filling goes on
through the month whatever version of the plan holds. Integer units are counted from the month's
first one, and a charge's quantity is the difference that its units make to the quantity so far:
so charges sum to their line, and lines to the quantity of the month, to the last digit.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from billing.rating.bands import UnitBand, bands
from billing.rating.lines import Band, Charge, Rated, RatedLine, Unpriced
from billing.rating.meters import Meter
from billing.rating.money import exact, quantity, rounded, total
from billing.rating.period import Period
from billing.rating.prices import Epoch, Where, matches, units_per
from billing.rating.schedule import Held, Tracks, tracks
from billing.rating.usage import Used


class _Item(NamedTuple):
    """The units of one resource on one day; None is all of them."""

    day: date | None
    resource: UUID | None
    units: int
    generated: bool


def rate(period: Period, epochs: Sequence[Epoch], used: Iterable[Used]) -> Rated:
    """The lines of a month. `epochs` are in order and lie in the period (`schedule.clip`), `used`
    was cut at their boundaries. Without an epoch all of it is unpriced."""
    return apply(period, currency_of(epochs), tracks(epochs), used)


def currency_of(epochs: Sequence[Epoch]) -> str:
    """Of all of them; empty without one."""
    return epochs[0].prices.currency if epochs else ""


def apply(period: Period, currency: str, held: Tracks, used: Iterable[Used]) -> Rated:
    """The same with the `tracks` of epochs that many customers share."""
    by_meter: dict[Meter, list[Used]] = {}
    for usage in used:
        by_meter.setdefault(usage.meter, []).append(usage)
    charged: dict[Meter, set[int]] = {}
    lines: list[RatedLine] = []
    for (meter, where), holding in held.items():
        usages = by_meter.get(meter, [])
        mine = [
            n for n, usage in enumerate(usages) if not where or matches(where, usage.attributes)
        ]
        found = _by_price(holding, usages, mine)
        charged.setdefault(meter, set()).update(n for n, _ in found)
        per = units_per(meter, period.seconds)
        lines += _lines(meter, where, holding, _items(holding, usages, found), per)
    unpriced = (_unpriced(meter, by_meter[meter], charged.get(meter)) for meter in sorted(by_meter))
    return Rated(currency, tuple(lines), tuple(rest for rest in unpriced if rest.units))


def _by_price(
    holding: Sequence[Held], usages: Sequence[Used], mine: Iterable[int]
) -> list[tuple[int, int]]:
    """Which usage (by place) was used while which of the prices held (by place)."""
    starts = [held.start for held in holding]
    found = []
    for n in mine:
        place = bisect_right(starts, usages[n].since) - 1
        if place >= 0 and usages[n].since < holding[place].end:
            found.append((n, place))
    return found


def _items(
    holding: Sequence[Held], usages: Sequence[Used], found: Iterable[tuple[int, int]]
) -> list[list[_Item]]:
    """What was used while each price held, one item a day and resource, in filling order."""
    sums: list[dict[tuple[date | None, UUID | None], tuple[int, bool]]] = [{} for _ in holding]
    for n, place in found:
        usage = usages[n]
        key = usage.day, usage.resource
        units, generated = sums[place].get(key, (0, False))
        sums[place][key] = units + usage.units, generated or usage.generated
    return [[_Item(*key, *mine[key]) for key in sorted(mine, key=_filling_order)] for mine in sums]


def _filling_order(key: tuple[date | None, UUID | None]) -> tuple[date, int]:
    day, resource = key
    return day or date.min, resource.int if resource else -1


def _lines(
    meter: Meter, where: Where, holding: Sequence[Held], items: list[list[_Item]], per: int
) -> Iterator[RatedLine]:
    position = 0
    for held, mine in zip(holding, items, strict=True):
        charges: dict[Band, list[Charge]] = {}
        for band, charge in _fill(position, mine, bands(held.component, per), per):
            charges.setdefault(band, []).append(charge)
        position += sum(item.units for item in mine)
        for band, charged in charges.items():
            yield _line(meter, where, held, band, charged)


def _fill(
    position: int, items: Iterable[_Item], unit_bands: Sequence[UnitBand], per: int
) -> Iterator[tuple[Band, Charge]]:
    """Charge items from the month's unit number `position` on, cut at the bounds of the bands."""
    place, so_far = 0, quantity(position, per)
    for item in items:
        left = item.units
        while left:
            band, below = unit_bands[place].band, unit_bands[place].below
            if below is not None and position >= below:
                place += 1
                continue
            taken = left if below is None else min(left, below - position)
            position += taken
            left -= taken
            now = quantity(position, per)
            share = now - so_far
            so_far = now
            yield (
                band,
                Charge(
                    item.resource,
                    item.day,
                    taken,
                    share,
                    exact(share, band.unit_price),
                    item.generated,
                ),
            )


def _line(
    meter: Meter, where: Where, held: Held, band: Band, charges: Sequence[Charge]
) -> RatedLine:
    whole = total(charge.quantity for charge in charges)
    cost = exact(whole, band.unit_price)
    return RatedLine(
        meter=meter,
        where=where,
        band=band,
        start=held.start,
        end=held.end,
        versions=held.versions,
        units=sum(charge.units for charge in charges),
        quantity=whole,
        exact=cost,
        amount=rounded(cost),
        generated=any(charge.generated for charge in charges),
        charges=tuple(charges),
    )


def _unpriced(meter: Meter, usages: Sequence[Used], charged: set[int] | None) -> Unpriced:
    """A subscription without a price by the month is no gap."""
    if meter is Meter.SUBSCRIPTION_MONTHS:
        return Unpriced(meter, 0)
    left = (usage.units for n, usage in enumerate(usages) if not charged or n not in charged)
    return Unpriced(meter, sum(left))
