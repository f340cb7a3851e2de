"""Two customers on a plan whose prices change within March, in Berlin's time."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import pytest

from billing.rating.period import Period
from billing.statements import Statement, statement
from networking.collector.days import keep_days
from portal.lib.db import DatabaseRole, acting_as
from tests.billing.prices import MARCH, flat, graduated, per_unit
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.world import World

LATER = at("2026-05-01")
OLD = (
    flat("10"),
    per_unit("network.hours", "0.004", where=(("family", "ipv4"),)),
    per_unit("network.hours", "0.005", where=(("family", "dual"),)),
    per_unit("port.hours", "0.01"),
    graduated("traffic.out", (10, "0.05"), (None, "0.03"), included=Decimal(2)),
)
NEW = (*OLD[:3], per_unit("port.hours", "0.02"), OLD[4])
CHANGE = "2026-03-16T10:30"


@dataclass(frozen=True)
class Month:
    """The month, and Acme's web network with the machines web-1 and web-2 in it."""

    world: World
    network: UUID
    machines: tuple[UUID, UUID]

    @property
    def period(self) -> Period:
        """March of 2026, 743 hours long."""
        return MARCH

    def of(self, slug: str, period: Period = MARCH, as_of: datetime = LATER) -> Statement:
        """A customer's statement, as the customer reads it."""
        tenant = self.world.tenant(slug)
        with acting_as(DatabaseRole.TENANT, tenant.id):
            return statement(tenant.id, period, as_of)


@pytest.fixture
def march(world: World) -> Month:
    """Acme has a network all month, a machine all month and one for two days; Globex a machine
    that no counter was read of."""
    plan = make_plan()
    make_version(plan, OLD, at("2026-01-01"), at(CHANGE))
    make_version(plan, NEW, at(CHANGE))
    for tenant in (world.acme, world.globex):
        subscribe(tenant, plan, at("2026-01-01"))
    dual = {"region": "fra", "family": "dual"}
    network = lived(world.acme, "network", "web", "2026-02-01", attributes=dual)
    inside = {"network_id": network, "network_name": "web"}
    one = lived(world.acme, "port", "web-1", "2026-02-01", labels={"app": "shop"}, **inside)
    two = lived(world.acme, "port", "web-2", "2026-03-02T23:00", "2026-03-04T23:00", **inside)
    counted(world.acme, one, "2026-02-28T22:00", 0, 5 * 10**9)  # February still
    counted(world.acme, one, "2026-02-28T23:00", 10**9, 3 * 10**9)
    counted(world.acme, two, "2026-03-03T12:00", 0, 4 * 10**9, covered_seconds=1800)
    counted(world.acme, one, "2026-03-31T21:00", 0, 5 * 10**9)
    counted(world.acme, one, "2026-03-31T22:00", 0, 5 * 10**9)  # April already
    lived(world.globex, "port", "app-1", "2026-03-31T12:00")
    keep_days(MARCH.zone)
    return Month(world, network, (one, two))
