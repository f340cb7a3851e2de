"""The provider's pages of customers: what they show, and each small act on them."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from networking.models import AllowedPrefix, Attachment, Change, Scope, Site
from portal.lib.db import DatabaseRole, acting_as
from tenants.models import Tenant
from tests.factories.acts import add_network, add_site, attach
from tests.factories.tenants import make_tenant

ACME = "/msp/customers/acme/"


@pytest.fixture
def operator(world, fra):
    return world.staff_client("operator")


def as_staff(ask):
    """What `ask` finds, read as the provider."""
    with acting_as(DatabaseRole.STAFF):
        return ask()


def test_the_list_tells_state_health_and_counts(world, fra, operator):
    add_network(world.acme)
    page = operator.get("/msp/customers/").content.decode()
    assert "Acme" in page
    assert "Changing" in page
    found = operator.get("/msp/customers/", {"q": "glo"}).content.decode()
    assert "Globex" in found
    assert ">Acme<" not in found
    none = operator.get("/msp/customers/", {"state": "closing"}).content.decode()
    assert "No customer matches" in none


def test_the_page_shows_what_onboarding_gave(world, fra, operator):
    add_site(world.acme, fra.attachments[0], "Berlin")
    page = operator.get(ACME).content.decode()
    for text in ("10.1.0.0/16", "c01", "Berlin", "AS 65101", "admin@acme.example", "/act"):
        assert text in page
    assert operator.get("/msp/customers/nobody/").status_code == 404


def test_the_page_says_when_its_network_was_last_verified(world, fra, operator):
    add_network(world.acme)
    then = timezone.now() - timedelta(minutes=7, seconds=9)
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.update(verified_at=then)
    assert "Last verified" not in operator.get(ACME).content.decode(), "a device is behind"
    with acting_as(DatabaseRole.WORKER):
        Scope.objects.update(verified=F("wanted"))
    page = operator.get(ACME).content.decode()
    assert re.search(r"Last verified <time[^>]*>7 min ago</time>", page)
    told = operator.get("/api/v1/customers/acme").json()["network"]["verified_at"]
    assert datetime.fromisoformat(told) == then


def test_finance_looks_and_has_no_button(world, fra):
    page = world.staff_client("finance").get(ACME).content.decode()
    for text in ("Suspend", "Allow</button>", "Claim</button>", "Rename</button>", "Act for"):
        assert text not in page
    spend = 'href="/msp/billing/customers/acme/"'
    assert spend in page
    assert spend not in world.staff_client("operator").get(ACME).content.decode()


def test_rename_and_suspend_and_resume(world, operator):
    assert operator.post(f"{ACME}name", {"name": "Acme AG"}).status_code == 302
    assert operator.post(f"{ACME}name", {"name": " "}).status_code == 422
    operator.post(f"{ACME}state", {"state": "suspended"})
    row = as_staff(lambda: Tenant.objects.get(slug="acme"))
    assert (row.name, row.state) == ("Acme AG", "suspended")
    assert "Resume" in operator.get(ACME).content.decode()
    operator.post(f"{ACME}state", {"state": "active"})
    refused = operator.post(f"{ACME}state", {"state": "gone"}, follow=True)
    assert "no state to put a customer into" in refused.content.decode()
    assert as_staff(lambda: Tenant.objects.get(slug="acme").state) == "active"


def test_prefixes_come_and_go(world, operator):
    assert (
        operator.post(
            f"{ACME}prefixes", {"prefix": "10.9.0.0/16", "purpose": "networks"}
        ).status_code
        == 302
    )
    row = as_staff(lambda: AllowedPrefix.objects.get(prefix="10.9.0.0/16"))
    overlap = operator.post(f"{ACME}prefixes", {"prefix": "10.9.1.0/24", "purpose": "networks"})
    assert overlap.status_code == 422
    assert "overlaps 10.9.0.0/16" in overlap.context["prefix_form"].errors["prefix"][0]
    assert operator.post(f"{ACME}prefixes/{row.id}/remove").status_code == 302
    assert not as_staff(lambda: AllowedPrefix.objects.filter(id=row.id).exists())


def test_a_prefix_for_vips_is_told_apart(world, operator):
    allowed = {"prefix": "10.9.0.0/24", "purpose": "vips"}
    page = operator.post(f"{ACME}prefixes", allowed, follow=True).content.decode()
    assert as_staff(lambda: AllowedPrefix.objects.get(prefix="10.9.0.0/24")).purpose == "vips"
    assert "for VIPs" in page
    unknown = operator.post(f"{ACME}prefixes", {"prefix": "10.8.0.0/24", "purpose": "fun"})
    assert unknown.status_code == 422


def test_a_prefix_in_use_stays(world, operator):
    add_network(world.acme, "web", "10.1.0.0/24")
    row = as_staff(lambda: AllowedPrefix.objects.get(tenant=world.acme, prefix="10.1.0.0/16"))
    page = operator.post(f"{ACME}prefixes/{row.id}/remove", follow=True).content.decode()
    assert "is used by web. Delete those first." in page
    assert as_staff(lambda: AllowedPrefix.objects.filter(id=row.id).exists())


def test_attachments_are_claimed_and_released(world, fra, operator):
    globex = "/msp/customers/globex/"
    spare = fra.attachments[1]
    assert operator.post(f"{globex}attachments", {"attachment": spare.id}).status_code == 302
    assert as_staff(lambda: Attachment.objects.get(id=spare.id).tenant_id) == world.globex.id
    taken = operator.post(f"{globex}attachments", {"attachment": fra.attachments[0].id})
    assert taken.status_code == 422

    release = f"{globex}attachments/{spare.id}/release"
    assert "Release c02 on pe-fra?" in operator.get(release).content.decode()
    assert as_staff(lambda: Attachment.objects.get(id=spare.id).tenant_id) == world.globex.id
    assert operator.post(release).status_code == 302
    assert as_staff(lambda: Attachment.objects.get(id=spare.id).tenant_id) is None


def test_an_attachment_with_a_site_is_not_released(world, fra, operator):
    add_site(world.acme, fra.attachments[0], "Berlin")
    release = f"{ACME}attachments/{fra.attachments[0].id}/release"
    for response in (operator.get(release), operator.post(release)):
        assert response.status_code == 409
        assert "still leads to Berlin" in response.content.decode()


SITE = {
    "name": "Bonn",
    "asn": "65110",
    "neighbour_ipv4": "172.31.1.6",
    "neighbour_ipv6": "",
    "accepted_prefixes": "10.220.0.0/24 10.221.0.0/24",
    "max_prefixes": "20",
}


def test_a_site_is_added_edited_and_deleted(world, fra, operator):
    opened = operator.get(f"{ACME}sites/new").content.decode()
    assert 'value="172.31.1.2"' in opened
    wanted = SITE | {"attachment": str(fra.attachments[0].id)}
    assert operator.post(f"{ACME}sites/new", wanted).status_code == 302
    site = as_staff(lambda: Site.objects.get(name="Bonn"))
    assert len(site.accepted_prefixes) == 2

    edit = f"{ACME}sites/{site.id}/edit"
    assert 'value="172.31.1.6"' in operator.get(edit).content.decode()
    stale = operator.post(edit, SITE | {"asn": "65111", "version": "7"})
    assert stale.status_code == 412
    assert operator.post(edit, SITE | {"asn": "65111", "version": "1"}).status_code == 302
    assert as_staff(lambda: Site.objects.get(id=site.id).asn) == 65111

    delete = f"{ACME}sites/{site.id}/delete"
    assert "Delete site Bonn?" in operator.get(delete).content.decode()
    assert operator.post(delete).status_code == 302
    assert as_staff(lambda: Site.objects.get(id=site.id).retiring_at) is not None
    summaries = as_staff(lambda: list(Change.objects.values_list("summary", flat=True)))
    assert "Delete site Bonn" in summaries


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("name", "", "required"),
        ("name", "Berlin", "Take another name"),
        ("asn", "23456", "not an AS number"),
        ("neighbour_ipv4", "172.31.1.2", "neighbour of site Berlin"),
        ("accepted_prefixes", "10.1.0.0/24", "network web"),
    ],
)
def test_a_bad_site_is_refused_at_its_field(world, fra, operator, field, text, says):
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme, "web", "10.1.0.0/24")
    wanted = SITE | {"attachment": str(fra.attachments[0].id)} | {field: text}
    response = operator.post(f"{ACME}sites/new", wanted)
    assert response.status_code == 422
    assert says in " ".join(response.context["form"].errors[field])
    assert not as_staff(lambda: Site.objects.filter(asn=65110).exists())


def test_the_next_site_is_offered_the_next_line(world, fra, operator):
    add_site(world.acme, fra.attachments[0], "Berlin")
    page = operator.get(f"{ACME}sites/new").content.decode()
    assert 'value="172.31.1.6"' in page
    assert 'value="fd00:31:1:2::2"' in page
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=())
    assert "has its site already" in operator.get(f"{ACME}sites/new").content.decode()


@pytest.mark.parametrize("act", ["edit", "delete"])
def test_another_customers_site_is_not_found_here(world, fra, operator, act):
    attach(world.globex, fra.attachments[1])
    oslo = add_site(world.globex, fra.attachments[1], "Oslo")
    assert operator.get(f"{ACME}sites/{oslo.id}/{act}").status_code == 404
    assert operator.post(f"{ACME}sites/{oslo.id}/{act}", SITE).status_code == 404
    assert operator.post(f"{ACME}attachments/{fra.attachments[1].id}/release").status_code == 404


# Savepoints, session and the visitor's memberships are a dozen of them.
BUDGETS = {"/msp/": 39, "/msp/customers/": 26, ACME: 32, "/msp/regions/": 25}


@pytest.mark.parametrize("address", BUDGETS)
def test_queries_do_not_grow_with_what_is_shown(world, fra, operator, address):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert operator.get(address).status_code == 200
        return len(captured)

    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    operator.get(address)
    few = queries()
    for slug, attachment in zip(("initech", "hooli"), fra.attachments[1:], strict=False):
        tenant = make_tenant(slug)
        attach(tenant, attachment)
        add_site(tenant, attachment, "Town")
        add_network(tenant)
    add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=())
    add_network(world.acme, "db", "10.1.1.0/24")
    assert queries() == few
    assert few <= BUDGETS[address]
