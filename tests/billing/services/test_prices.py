"""What a change costs a month: exactly where that can be known, else as it was lately."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.rating.meters import Meter
from billing.services.prices import monthly_difference
from billing.statements import this_period
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as db_as
from tenants.access import acting_as
from tests.billing.prices import flat, graduated, per_unit
from tests.factories.billing import make_plan, make_version, subscribe
from tests.factories.usage import at, counted, lived
from tests.world import World

pytestmark = pytest.mark.django_db

START = at("2026-01-01")
HOURS = this_period().seconds // 3600
SNAPSHOTS = {
    "network": {"region": "fra", "ipv6_prefix": ""},
    "vip": {"region": "fra", "health_check": True},
    "port": {"network_id": str(UUID(int=7))},
}
"""What a change keeps of each, as far as a price goes by it."""


@pytest.fixture
def plan(world: World):
    """Networks by family, ten free machines' hours in this month, traffic in tiers."""
    plan = make_plan()
    free = Decimal(10 * HOURS)
    components = (
        flat("25"),
        per_unit("network.hours", "0.004", where=(("family", "ipv4"),)),
        per_unit("network.hours", "0.005", where=(("family", "dual"),)),
        graduated("port.hours", (2 * free, "0.01"), (None, "0.005"), included=free),
        per_unit("vip.hours", "0.01", where=(("region", "ams"),)),
        per_unit("vip.hours", "0.02", where=(("region", "fra"),)),
        graduated("traffic.out", (10, "0.05"), (None, "0.03"), included=Decimal(2)),
    )
    make_version(plan, components, START)
    subscribe(world.acme, plan, START)
    return plan


def difference(world: World, noun: str, verb: str, before=None, after=None, subject=None):
    actor = world.actor("acme", "network")
    told = SNAPSHOTS.get(noun, {})
    with acting_as(actor):
        return monthly_difference(
            actor, noun, verb, told | (before or {}), told | (after or {}), subject
        )


def machines(world: World, count: int) -> list[UUID]:
    return [lived(world.acme, "port", f"m{n}", "2026-02-01") for n in range(count)]


def hour(ago: int) -> str:
    """The hour that began so many hours ago."""
    found: datetime = timezone.now() - timedelta(hours=ago)
    return found.strftime("%Y-%m-%dT%H:00")


def test_a_network_costs_its_hours(world: World, plan):
    made = difference(world, "network", "create", after={"region": "fra", "ipv6_prefix": ""})
    assert made.fixed == HOURS * Decimal("0.004")
    assert (made.traffic, made.currency, made.plan, made.version) == (None, "EUR", "standard", 1)
    (line,) = made.lines
    assert (line.meter, line.quantity, line.unit, line.title) == (
        Meter.NETWORK_HOURS,
        HOURS,
        "hour",
        "Networks",
    )


def test_an_attribute_that_changes_costs_the_difference(world: World, plan):
    network = lived(
        world.acme, "network", "web", "2026-02-01", attributes={"region": "fra", "family": "ipv4"}
    )
    before, after = {"ipv6_prefix": ""}, {"ipv6_prefix": "fd10:1::/64"}
    edit = difference(world, "network", "update", before, after, network)
    assert edit.fixed == HOURS * Decimal("0.001")
    assert [line.quantity for line in edit.lines] == [-HOURS, HOURS]


@pytest.mark.parametrize("noun", ["network", "vip", "port"])
def test_an_edit_of_something_else_costs_nothing_and_asks_nothing(
    world: World, plan, noun, django_assert_num_queries
):
    actor, told = world.actor("acme", "network"), SNAPSHOTS[noun]
    with acting_as(actor), django_assert_num_queries(0):
        edit = monthly_difference(
            actor, noun, "update", told | {"name": "a"}, told | {"name": "b"}, UUID(int=9)
        )
    assert edit is None


def test_a_change_is_told_at_the_prices_that_held_when_it_was_made(world: World, plan):
    """Others came since, and the prices have changed twice."""
    with db_as(DatabaseRole.STAFF):
        version = plan.versions.get()
        version.valid_to = at("2026-06-01")
        version.save(update_fields=["valid_to"])
    make_version(plan, (per_unit("port.hours", "0.5"),), at("2026-06-01"))
    machines(world, 11)
    lived(world.acme, "port", "late", "2026-04-02")
    actor = world.actor("acme", "network")
    port = {"network_id": str(UUID(int=7))}
    with acting_as(actor):
        then = monthly_difference(actor, "port", "create", {}, port, None, at("2026-04-01"))
        now = monthly_difference(actor, "port", "create", {}, port)
    assert (then.version, str(then.period), then.fixed) == (1, "2026-04", 720 * Decimal("0.01"))
    assert (now.version, now.fixed) == (2, HOURS * Decimal("0.5"))


def test_a_machine_is_priced_though_its_network_is_gone(world: World):
    regional = make_plan()
    make_version(regional, (per_unit("port.hours", "1", where=(("region", "fra"),)),), START)
    subscribe(world.acme, regional, START)
    network = lived(world.acme, "network", "web", "2026-02-01", "2026-03-01")
    gone = difference(world, "port", "delete", before={"network_id": str(network)})
    assert gone.fixed == -HOURS


@pytest.mark.parametrize(
    ("already", "price"), [(9, "0"), (10, "0.01"), (19, "0.01"), (20, "0.005")]
)
def test_tiers_and_what_is_included_count_what_is_there_already(world: World, plan, already, price):
    machines(world, already)
    made = difference(world, "port", "create", after={})
    assert made.fixed == HOURS * Decimal(price)


def test_deleting_saves_the_same_before_and_after_it_was_accepted(world: World, plan):
    ids = machines(world, 11)
    gone = difference(world, "port", "delete", before={"name": "m3"}, subject=ids[3])
    assert gone.fixed == -HOURS * Decimal("0.01")
    assert gone.lines[0].quantity == -HOURS


def test_a_price_by_region(world: World, plan):
    ams = difference(world, "vip", "create", after={"region": "ams"})
    assert ams.fixed == HOURS * Decimal("0.01")
    vip = lived(world.acme, "vip", "shop", "2026-02-01")
    gone = difference(world, "vip", "delete", before={"name": "shop"}, subject=vip)
    assert gone.fixed == -HOURS * Decimal("0.02")


def test_traffic_of_a_new_machine_is_that_of_the_others(world: World, plan):
    """Each observed for an hour, 1.5 GB on average: the first tiers are full already."""
    one, two, _ = machines(world, 3)
    counted(world.acme, one, hour(5), 0, 10**9)
    counted(world.acme, two, hour(700), 0, 2 * 10**9)
    counted(world.acme, two, hour(24 * 31), 0, 999 * 10**9)
    made = difference(world, "port", "create")
    assert made.traffic == HOURS * Decimal("1.5") * Decimal("0.03")
    assert (made.machines, made.days) == (2, 30)
    assert [(line.estimated, line.amount > 0) for line in made.lines] == [
        (False, False),
        (True, True),
    ]


def test_traffic_of_a_machine_that_goes_is_its_own(world: World, plan):
    one, two = machines(world, 2)
    counted(world.acme, one, hour(5), 0, 10**6)
    counted(world.acme, two, hour(5), 0, 10**9)
    gone = difference(world, "port", "delete", before={"name": "m0"}, subject=one)
    assert gone.traffic == -HOURS * Decimal("0.001") * Decimal("0.03")
    assert gone.machines == 0


def test_nothing_observed_is_no_guess(world: World, plan):
    ids = machines(world, 2)
    assert difference(world, "port", "create").traffic is None
    assert (
        difference(world, "port", "delete", before={"name": "m0"}, subject=ids[0]).traffic is None
    )


@pytest.mark.parametrize("noun", ["rule", "group", "prefix", "tenant"])
def test_what_is_never_charged_has_no_price(world: World, plan, noun):
    assert difference(world, noun, "create") is None


def test_without_a_plan_there_is_no_price(world: World):
    assert difference(world, "port", "create") is None


def test_a_price_takes_a_handful_of_queries(world: World, plan):
    machines(world, 3)
    actor = world.actor("acme", "network")
    with acting_as(actor), CaptureQueriesContext(connection) as queries:
        monthly_difference(actor, "port", "create", {}, {"network_id": str(UUID(int=7))})
    assert len(queries) <= 9  # one of them because its network is gone
