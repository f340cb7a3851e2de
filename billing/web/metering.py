"""What finance should know before it relies on a month: what is counted wrongly, or too little."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from billing.rating.period import HOUR, Period, instant, moment
from networking.selectors.coverage import low_coverage
from networking.selectors.resource_usage import names_of
from networking.selectors.usage import unmetered
from tenants.access import TenantRef

SHOWN = 20
PATIENCE = timedelta(minutes=3)
"""What is counted wrongly for a moment puts itself right."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A noun that is not counted although it lives, or the other way round."""

    tenant: TenantRef
    noun: str
    name: str
    since: datetime
    lives: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """A machine whose traffic is known for too little of the time; `percent` cut off."""

    tenant: TenantRef
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Metering:
    """The first of both, and how many more there are."""

    wrong: tuple[Wrong, ...]
    more_wrong: int
    unseen: tuple[Unseen, ...]
    more_unseen: int


def metering(period: Period, now: datetime, tenants: Mapping[UUID, TenantRef]) -> Metering:
    """Of the month until `now`; what is counted wrongly is so now, whichever month is asked for.
    A handful of queries."""
    miscounted = unmetered(now - PATIENCE)
    # Counted by the hour, so whole hours are asked about.
    until = min(period.end, instant(now) // HOUR * HOUR)
    low = []
    if until > period.start:
        low = low_coverage(None, moment(period.start), moment(until))
    low.sort(key=lambda one: one.part)
    names = names_of([one.port_id for one in low[:SHOWN]])
    return Metering(
        wrong=tuple(
            Wrong(tenants[one.tenant_id], one.noun, one.name, one.since, one.lives)
            for one in miscounted[:SHOWN]
        ),
        more_wrong=max(len(miscounted) - SHOWN, 0),
        unseen=tuple(
            Unseen(
                tenants[one.tenant_id],
                names.get(one.port_id, str(one.port_id)),
                int(one.part * 100),
            )
            for one in low[:SHOWN]
        ),
        more_unseen=max(len(low) - SHOWN, 0),
    )
