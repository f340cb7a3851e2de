"""Usage as rows: what each noun used of each meter on each day, in integer units.

The rows have an order, so that they can be read on from any of them: by customer, noun, meter,
day and attributes. They say nothing of prices; the subscription itself is no usage.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from billing.rating.cut import Cell, grid
from billing.rating.meters import HOURS_OF, METERS, Meter
from billing.rating.money import quantity
from billing.rating.period import Period, instant, moment
from networking.selectors.resource_usage import FIRST, Key, ResourceUsage, resources
from networking.selectors.usage import LifetimeRow

RESOURCES_AT_ONCE = 500
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands among all rows."""

    tenant_id: UUID
    resource_id: UUID
    meter: Meter
    day: date
    attributes: Attributes = ()
    generated: bool = False


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One noun's usage of one meter on one day of the issuer, with these attributes.

    `units` are seconds or bytes, and exact; `quantity` is the same in hours or GB, rounded to 6
    decimals for itself. `covered_seconds` says for how long counters were read; None where none
    are. Names and labels are as the noun had them last.
    """

    place: Place
    noun: str
    name: str
    network_id: UUID | None
    network: str
    labels: Mapping[str, str] = field(hash=False)
    units: int
    quantity: Decimal
    covered_seconds: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read: a month until `until`, of these customers or of all, in the database role
    that is entered. `complete` says that all of the month is in."""

    period: Period
    until: int
    complete: bool
    tenant_ids: Collection[UUID] | None = None


def reading(period: Period, now: datetime, tenant_ids: Collection[UUID] | None = None) -> Reading:
    """The month as far as it has come. Nothing of a month that is still to come."""
    until = max(min(instant(now), period.end), period.start)
    return Reading(period, until, period.complete(now), tenant_ids)


def pages(what: Reading, at_once: int = RESOURCES_AT_ONCE) -> Iterator[list[UsageRow]]:
    """All rows in their order, in pieces of some hundred nouns: never the whole month at once."""
    since: Key | None = FIRST
    while since is not None and what.until > what.period.start:
        rows, since = _piece(what, since, at_once)
        yield rows


def rows_after(what: Reading, after: Place | None, limit: int) -> tuple[list[UsageRow], bool]:
    """The next `limit` rows after a place, and whether there are more."""
    found: list[UsageRow] = []
    since: Key | None = (after.tenant_id, after.resource_id) if after else FIRST
    if what.until <= what.period.start:
        return [], False
    # Most nouns have a row a day at least.
    days = len(_cells(what))
    while since is not None and len(found) <= limit:
        rows, since = _piece(what, since, limit // days + 2)
        found += [row for row in rows if after is None or row.place > after]
    return found[:limit], len(found) > limit


def _piece(what: Reading, since: Key, count: int) -> tuple[list[UsageRow], Key | None]:
    """The rows of some nouns from `since` on, and where the next ones begin, if there may be
    any."""
    cells = _cells(what)
    starts = [moment(cell.start) for cell in cells]
    # The one beyond tells where to go on.
    found = resources(what.tenant_ids, starts, moment(what.until), since=since, limit=count + 1)
    rows = [row for resource in found[:count] for row in _rows(resource, cells)]
    beyond = (found[count].tenant_id, found[count].noun_id) if len(found) > count else None
    return rows, beyond


def _cells(what: Reading) -> tuple[Cell, ...]:
    return grid(what.period, (what.period.start, what.until), by_day=True)


def _rows(resource: ResourceUsage, cells: Sequence[Cell]) -> list[UsageRow]:
    newest = resource.lifetimes[-1] if resource.lifetimes else None
    attributes = _attributes(newest) if newest else ()
    found = [
        _row(resource, newest, place, units, None)
        for place, units in _seconds(resource, cells).items()
    ]
    for stretch in resource.traffic:
        day = cells[stretch.place].day
        assert day is not None, "cells were cut by day"
        for meter, units in (
            (Meter.TRAFFIC_IN, stretch.bytes_in),
            (Meter.TRAFFIC_OUT, stretch.bytes_out),
        ):
            key = resource.tenant_id, resource.noun_id
            place = Place(*key, meter, day, attributes, stretch.generated)
            found.append(_row(resource, newest, place, units, stretch.covered_seconds))
    return sorted(found, key=lambda row: row.place)


def _seconds(resource: ResourceUsage, cells: Sequence[Cell]) -> dict[Place, int]:
    """The seconds of each day and set of attributes; a lifetime too short for one is none."""
    found: dict[Place, int] = {}
    for row in resource.lifetimes:
        start = instant(row.start)
        end = cells[-1].end if row.end is None else instant(row.end)
        for cell in cells:
            seconds = min(end, cell.end) - max(start, cell.start)
            if seconds > 0:
                assert cell.day is not None, "cells were cut by day"
                place = Place(
                    row.tenant_id,
                    row.noun_id,
                    HOURS_OF[row.noun],
                    cell.day,
                    _attributes(row),
                    row.generated,
                )
                found[place] = found.get(place, 0) + seconds
    return found


def _attributes(row: LifetimeRow) -> Attributes:
    return tuple(sorted(row.attributes.items()))


def _row(
    resource: ResourceUsage,
    newest: LifetimeRow | None,
    place: Place,
    units: int,
    covered: int | None,
) -> UsageRow:
    return UsageRow(
        place=place,
        noun=newest.noun if newest else "port",
        name=newest.name if newest else str(resource.noun_id),
        network_id=newest.network_id if newest else None,
        network=(newest.network_name or "") if newest else "",
        labels=newest.labels if newest else {},
        units=units,
        quantity=quantity(units, METERS[place.meter].per),
        covered_seconds=covered,
    )
