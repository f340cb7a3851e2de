"""Which prices hold for whom, and when."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import selectors
from billing.rating.prices import Epoch
from portal.lib.db import DatabaseRole, acting_as
from portal.lib.errors import Refusal
from tests.billing.prices import NOVEMBER, flat, graduated, per_unit, second
from tests.factories.billing import make_plan, make_version, subscribe
from tests.world import World

pytestmark = pytest.mark.django_db

OCTOBER, MIDDLE = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
OLD = (flat("5"), per_unit("port.hours", "0.01"))
NEW = (
    flat("5"),
    graduated("traffic.out", (10, "0.05"), (None, "0.0312345678"), included=Decimal(4)),
)


@pytest.fixture
def plan(world: World):
    """Old prices until the middle of November, then new ones."""
    plan = make_plan()
    make_version(plan, OLD, OCTOBER, MIDDLE)
    make_version(plan, NEW, MIDDLE)
    return plan


def test_prices_are_read_as_they_were_written(plan):
    with acting_as(DatabaseRole.STAFF):
        new, old = selectors.plan("standard").versions
        assert selectors.version(old.id) == old
        (listed,) = selectors.plans()
    assert listed.versions == (new, old)
    assert (old.prices.components, new.prices.components) == (OLD, NEW)
    assert (listed.at(OCTOBER), listed.at(MIDDLE), listed.draft) == (old, new, None)


def test_an_epoch_ends_with_the_version_or_with_the_subscription(world: World, plan):
    subscribe(world.acme, plan, OCTOBER, datetime(2026, 11, 20, tzinfo=UTC))
    with acting_as(DatabaseRole.STAFF):
        found = selectors.epochs(None, NOVEMBER.start, NOVEMBER.end)
        new, old = selectors.plan("standard").versions
    middle = second(2026, 11, 16, 9, 30)
    assert found == {
        world.acme.id: (
            Epoch(NOVEMBER.start, middle, old.prices),
            Epoch(middle, second(2026, 11, 20), new.prices),
        )
    }


def test_a_customer_sees_its_own_subscription_alone(world: World, plan):
    subscribe(world.acme, plan, OCTOBER)
    subscribe(world.globex, plan, OCTOBER)
    with acting_as(DatabaseRole.TENANT, world.acme.id):
        assert list(selectors.epochs(None, NOVEMBER.start, NOVEMBER.end)) == [world.acme.id]
        assert selectors.subscription(world.globex.id, MIDDLE) is None
        mine = selectors.subscription(world.acme.id, MIDDLE)
    assert mine is not None
    assert (mine.plan_code, mine.end) == ("standard", None)


def test_before_it_is_subscribed_a_customer_has_no_prices(world: World, plan):
    subscribe(world.acme, plan, MIDDLE)
    with acting_as(DatabaseRole.STAFF):
        assert selectors.epochs([world.acme.id], second(2026, 10, 1), NOVEMBER.start) == {}
        ((epoch,),) = selectors.epochs(None, NOVEMBER.start, NOVEMBER.end).values()
        assert selectors.epochs(None, NOVEMBER.start, NOVEMBER.start) == {}
    assert epoch.start == second(2026, 11, 16, 9, 30)


def test_queries_do_not_grow_with_versions_or_customers(world: World, plan):
    subscribe(world.acme, plan, OCTOBER)
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as one:
        selectors.epochs(None, NOVEMBER.start, NOVEMBER.end)
        selectors.plans()
    subscribe(world.globex, plan, OCTOBER)
    make_version(make_plan("large"), OLD, OCTOBER)
    with acting_as(DatabaseRole.STAFF), CaptureQueriesContext(connection) as more:
        selectors.epochs(None, NOVEMBER.start, NOVEMBER.end)
        selectors.plans()
    assert len(more) == len(one)


def test_what_is_not_there_is_missing(world: World):
    with acting_as(DatabaseRole.STAFF):
        with pytest.raises(Refusal) as caught:
            selectors.plan("none")
        assert caught.value.status == 404
        with pytest.raises(Refusal):
            selectors.version(world.acme.id)
