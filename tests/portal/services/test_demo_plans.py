"""The demo's plan: published once, agreed on before the made-up past begins."""

import pytest
from django.utils import timezone

from billing import selectors
from billing.models import Subscription
from billing.services import plans, subscriptions
from billing.statements.periods import this_period
from portal.lib.db import DatabaseRole, acting_as
from portal.services.demo import plans as demo
from portal.services.demo.past import first_day
from tenants.access import SYSTEM
from tests.factories.tenants import ref
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(world: World):
    return [ref(world.acme), ref(world.globex)]


def test_all_are_on_the_plan_since_their_past_begins(customers):
    demo.agree(customers)
    start, month = first_day(timezone.now()), this_period()
    with acting_as(DatabaseRole.STAFF):
        (plan,) = selectors.plans()
        rows = selectors.subscriptions(None, start, timezone.now())
        found = selectors.epochs(None, month.start, month.end)
    assert (plan.code, plan.customers, plan.at(start)) == ("standard", 2, plan.versions[0])
    assert {(row.tenant_id, row.start) for row in rows} == {(c.id, start) for c in customers}
    assert {epoch.prices for mine in found.values() for epoch in mine} == {plan.versions[0].prices}


def test_what_people_changed_stays(customers):
    demo.agree(customers)
    acme = customers[0]
    with acting_as(DatabaseRole.STAFF):
        plans.create(SYSTEM, code="large", name="Large")
        subscriptions.subscribe(SYSTEM, acme.id, "large")
        plans.create_version(SYSTEM, "standard")
        before = Subscription.objects.count()
    demo.agree(customers)
    with acting_as(DatabaseRole.STAFF):
        assert Subscription.objects.count() == before
        assert selectors.subscription(acme.id, timezone.now()).plan_code == "large"
        assert [row.state for row in selectors.plan("standard").versions] == ["draft", "published"]
