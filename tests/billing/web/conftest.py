"""A month of Acme to look at: it lies before the one that lasts, so that it stays as it is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from billing.rating.period import SETTLING, Period, moment
from billing.statements import this_period
from tests.billing.prices import flat, graduated, per_unit
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import counted, lived
from tests.world import World

GB = 10**9


@dataclass(frozen=True)
class Used:
    """The month before this one, in which Acme had a network and two machines all along."""

    period: Period
    network: UUID
    machine: UUID

    @property
    def days(self) -> int:
        """How long it was."""
        return len(self.period.days)


@pytest.fixture
def used(world: World) -> Used:
    """Acme is on a plan; Globex is on none. One machine's past is made up."""
    last = this_period(timezone.now() - timedelta(seconds=SETTLING)).previous
    start = f"{moment(last.start):%Y-%m-%d}"
    plan = make_plan()
    prices = (
        flat("25"),
        per_unit("network.hours", "0.01"),
        per_unit("port.hours", "0.02"),
        graduated("traffic.out", (None, "0.5"), included=1),
    )
    make_version(plan, prices, moment(last.start) - timedelta(days=40))
    subscribe(world.acme, plan, moment(last.start) - timedelta(days=40))
    network = lived(world.acme, "network", "web", start)
    within = {"network_id": network, "network_name": "web"}
    machine = lived(world.acme, "port", "web-1", start, labels={"app": "=shop"}, **within)
    lived(world.acme, "port", "old-1", start, generated=True, **within)
    lived(world.globex, "network", "office", start)
    counted(world.acme, machine, f"{start}T05:00", GB, 5 * GB)
    return Used(last, network, machine)
