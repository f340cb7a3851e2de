"""Staff in a tenant's pages: with a reason, for an hour, and not unseen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import SYSTEM, acting_as
from tenants.gate import ACTING_KEY
from tenants.models import AuditEvent, Membership, Person


@pytest.fixture
def operator(world):
    return world.staff_client("operator")


def start(browser, tenant="acme", reason="ticket 4711"):
    return browser.post(f"/msp/customers/{tenant}/act", {"reason": reason})


def test_without_acting_a_tenant_is_not_there(world, operator):
    assert operator.get("/t/acme/people/").status_code == 404


def test_both_names_are_in_the_trail(world, operator):
    assert start(operator).url == "/t/acme/"
    assert b"ticket 4711" in operator.get("/t/acme/people/").content
    with acting_as(SYSTEM):
        row = Membership.objects.get(person=world.person("acme", "billing"))
    operator.post(f"/t/acme/people/{row.id}/role", {"role": "network"})
    with acting_as(SYSTEM):
        began, changed = AuditEvent.objects.filter(tenant=world.acme).order_by("id")
    assert (began.verb, began.detail["reason"]) == ("tenant.act", "ticket 4711")
    assert changed.actor_label == world.staff["operator"].label
    assert changed.on_behalf_reason == "ticket 4711"
    page = world.client("acme", "admin").get("/t/acme/audit/").content.decode()
    assert "for the provider: ticket 4711" in page


def test_another_tenant_stays_shut(world, operator):
    start(operator)
    assert operator.get("/t/globex/people/").status_code == 404


@pytest.mark.parametrize("reason", ["", "  x  ", "y" * 256])
def test_a_reason_is_needed(world, operator, reason):
    assert start(operator, reason=reason).status_code == 422
    assert operator.get("/t/acme/people/").status_code == 404


def test_an_unknown_tenant(world, operator):
    assert start(operator, tenant="nobody").status_code == 404


def test_the_hour_ends(world, operator):
    start(operator)
    session = operator.session
    past = timezone.now() - timedelta(seconds=1)
    session[ACTING_KEY] = session[ACTING_KEY] | {"until": past.isoformat()}
    session.save()
    assert operator.get("/t/acme/people/").status_code == 404


def test_leaving(world, operator):
    start(operator)
    assert operator.post("/msp/stop-acting").url == "/msp/"
    assert operator.get("/t/acme/people/").status_code == 404
    with acting_as(SYSTEM):
        verbs = AuditEvent.objects.order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["tenant.act", "tenant.act_end"]


@pytest.mark.parametrize(("role", "provider"), [("", 403), ("finance", 200)])
def test_someone_who_is_no_operator_any_more_is_out(world, operator, role, provider):
    start(operator)
    person = world.staff["operator"]
    with in_role(DatabaseRole.IDENTITY):
        Person.objects.filter(id=person.id).update(staff_role=role)
    assert operator.get("/t/acme/people/").status_code == 404
    assert operator.get("/msp/audit/").status_code == provider
