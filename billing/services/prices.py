"""What a change costs or saves a month: for whoever is about to make it.

The difference is taken over a whole month of the length of this one, with all that the customer
has now: tiers and included amounts count. Traffic is a guess and stands apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from billing.rating.bands import cost
from billing.rating.meters import HOURS_OF, METERS, TRAFFIC, Meter
from billing.rating.money import quantity, total
from billing.rating.period import Period, instant
from billing.rating.prices import Component, Prices, Where, matches, units_per
from billing.selectors import epochs
from billing.statements.periods import this_period
from networking.selectors.living import Living, living, some_ports
from networking.selectors.traffic import PortTraffic, traffic
from networking.selectors.usage import priced_change
from tenants.access import Actor

LOOK_BACK = timedelta(days=30)
MOST_PORTS = 100  # whose traffic is looked at to guess that of a new one

Snapshot = Mapping[str, Any]
Attributes = dict[str, str]


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What one price adds to a month, or takes from it: `quantity` and the exact `amount` may be
    negative. `estimated` is for traffic."""

    meter: Meter
    where: Where
    quantity: Decimal
    amount: Decimal
    estimated: bool

    @property
    def title(self) -> str:
        """The meter as people call it."""
        return METERS[self.meter].title

    @property
    def unit(self) -> str:
        """What the quantity is of."""
        return METERS[self.meter].unit


@dataclass(frozen=True, slots=True)
class PriceDifference:
    """The difference to a month as long as `period`, at the prices of `plan` in version `version`.

    Amounts are exact. `fixed` is sure. `traffic` is as it was in the last `days` days: that of
    `machines` others on average, or with 0 that of the machine itself. It is None where none has a
    price, or none was observed.
    """

    plan: str
    version: int
    currency: str
    period: Period
    fixed: Decimal
    traffic: Decimal | None
    days: int
    machines: int
    lines: tuple[PriceLine, ...]


@dataclass(frozen=True, slots=True)
class _Bytes:
    """What a machine moves in a month, in each direction: the one in question (None where it was
    not observed), and any other one, as `machines` of them did."""

    own: tuple[int, int] | None
    other: tuple[int, int]
    machines: int


@dataclass(frozen=True, slots=True)
class _Case:
    """A change of one noun, and all that its price is taken from: `others` are of the same kind.
    `sides` are its attributes before and after, None where it is not there."""

    month: Period
    noun: str
    others: tuple[Living, ...]
    sides: tuple[Attributes | None, Attributes | None]
    bytes: _Bytes | None

    def units(self, component: Component) -> tuple[int, int] | None:
        """The customer's units of a price in a month, before and after; None where the noun has
        nothing to do with it."""
        if component.meter == HOURS_OF[self.noun]:
            own = each = self.month.seconds
        elif component.meter in TRAFFIC and self.bytes and self.bytes.own:
            direction = TRAFFIC.index(component.meter)
            own, each = self.bytes.own[direction], self.bytes.other[direction]
        else:
            return None
        rest = sum(
            row.count * each
            for row in self.others
            if matches(component.where, dict(row.attributes))
        )
        before, after = (
            rest + (own if side is not None and matches(component.where, side) else 0)
            for side in self.sides
        )
        return before, after


def monthly_difference(
    actor: Actor,
    subject_type: str,
    verb: str,
    before: Snapshot,
    after: Snapshot,
    subject_id: UUID | None = None,
    at: datetime | None = None,
) -> PriceDifference | None:
    """What a change of the actor's tenant does to its month. `verb` is "create", "update" or
    "delete"; `before` and `after` are the change's snapshots of its subject; `at` is when it was
    made, None for now. None where nothing of it changes a price, without a query; and where the
    tenant is on no plan."""
    if actor.tenant is None:
        return None
    tenant_id, moment = actor.tenant.id, at or timezone.now()
    priced = priced_change(tenant_id, subject_type, verb, before, after)
    prices = _prices(tenant_id, moment) if priced else None
    if priced is None or prices is None:
        return None
    noun, was, will = priced
    case = _Case(
        month=this_period(moment),
        noun=noun,
        others=living(tenant_id, noun, without=subject_id, at=at),
        sides=(was, will),
        bytes=_bytes(tenant_id, verb, subject_id, moment) if noun == "port" else None,
    )
    return _difference(prices, case)


class Foreseen(Protocol):
    """A change, or the preview of one."""

    @property
    def verb(self) -> str: ...
    @property
    def subject_type(self) -> str: ...
    @property
    def subject_id(self) -> UUID: ...
    @property
    def before(self) -> Snapshot: ...
    @property
    def after(self) -> Snapshot: ...


def price_of(actor: Actor, act: Foreseen) -> PriceDifference | None:
    """The difference that a preview would make now, or a change made when it was accepted: later
    versions of the plan say nothing about it."""
    return monthly_difference(
        actor,
        act.subject_type,
        act.verb,
        act.before,
        act.after,
        act.subject_id,
        getattr(act, "created_at", None),
    )


def _difference(prices: Prices, case: _Case) -> PriceDifference:
    lines = tuple(
        line for component in prices.components if (line := _line(component, case)) is not None
    )
    moved = [line.amount for line in lines if line.estimated]
    return PriceDifference(
        plan=prices.plan,
        version=prices.version,
        currency=prices.currency,
        period=case.month,
        fixed=total(line.amount for line in lines if not line.estimated),
        traffic=total(moved) if moved else None,
        days=LOOK_BACK.days,
        machines=case.bytes.machines if case.bytes else 0,
        lines=lines,
    )


def _line(component: Component, case: _Case) -> PriceLine | None:
    """What one price adds or takes, if anything."""
    units = case.units(component)
    if units is None or units[0] == units[1]:
        return None
    per = units_per(component.meter, case.month.seconds)
    before, after = units
    return PriceLine(
        meter=component.meter,
        where=component.where,
        quantity=quantity(after, per) - quantity(before, per),
        amount=total((cost(component, after, per), -cost(component, before, per))),
        estimated=component.meter in TRAFFIC,
    )


def _prices(tenant_id: UUID, now: datetime) -> Prices | None:
    """The prices of this second."""
    at = instant(now)
    found = epochs([tenant_id], at, at + 1).get(tenant_id)
    return found[0].prices if found else None


def _bytes(tenant_id: UUID, verb: str, subject_id: UUID | None, now: datetime) -> _Bytes:
    """By the last days: of the machine itself where it is deleted, else of others."""
    sample = set(some_ports(tenant_id, MOST_PORTS, now)) - {subject_id}
    wanted = [*sample, subject_id] if subject_id else [*sample]
    rows = traffic(tenant_id, [now - LOOK_BACK], now, wanted)
    seconds = this_period(now).seconds
    others = [row for row in rows if row.port_id != subject_id]
    other = _in_a_month(others, seconds)
    if verb == "create":
        return _Bytes(other, other or (0, 0), len(others))
    own = _in_a_month([row for row in rows if row.port_id == subject_id], seconds)
    return _Bytes(own, other or (0, 0), 0)


def _in_a_month(rows: Sequence[PortTraffic], seconds: int) -> tuple[int, int] | None:
    """What one machine moves in `seconds`, if any was observed at all."""
    covered = sum(row.covered_seconds for row in rows)
    if not covered:
        return None
    return (
        sum(row.bytes_in for row in rows) * seconds // covered,
        sum(row.bytes_out for row in rows) * seconds // covered,
    )
