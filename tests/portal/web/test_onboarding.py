"""Onboarding in the browser: from the form to a site that learns its network."""

import pytest

from networking.models import Change, Site
from networking.services import networks
from networking.services.networks import NetworkInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as acting_as_role
from tenants.access import Actor, acting_as
from tenants.models import Tenant
from tests.factories.tenants import ref
from tests.networking.engine.acts import held
from tests.networking.engine.deliver import deliver
from tests.portal.provider import NEW, counts, errors_of, whole_form


def on_router(tenant):
    """What the router holds for the tenant, asked just now."""
    return held("pe-fra", tenant)


@pytest.mark.django_db(transaction=True)
def test_from_the_form_to_a_site_that_learns_a_network(world, fra, settings):
    settings.SHOW_INVITATION_LINKS = True
    client = world.staff_client("operator")
    response = client.post(NEW, whole_form(fra.attachments[2]))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Initech is onboarded" in page
    assert "/accounts/password/reset/key/" in page
    assert 'hx-get="/msp/customers/initech/changes?few=1"' in page
    assert "data-poll" in page

    deliver()
    progress = client.get("/msp/customers/initech/changes", HTTP_HX_REQUEST="true")
    assert "data-poll" not in progress.content.decode()
    assert ("site", "Hamburg") in {
        (one.noun.type, one.noun.name) for one in held("pe-fra", "initech")
    }

    with acting_as_role(DatabaseRole.WORKER):
        tenant = Tenant.objects.get(slug="initech")
    bill = Actor("person", None, "Bill", ref(tenant), "admin")
    with acting_as(bill):
        networks.create(bill, NetworkInput(name="lan", region="fra", ipv4_prefix="10.1.5.0/24"))
    deliver()
    with acting_as_role(DatabaseRole.WORKER):
        assert set(Change.objects.filter(tenant=tenant).values_list("state", flat=True)) == {"done"}
        site = Site.objects.get(tenant=tenant)
    assert [str(prefix) for prefix in site.prefixes_sent] == ["10.1.5.0/24"]
    assert "Hamburg learned 10.1.5.0/24" in client.get("/msp/customers/initech/").content.decode()


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "Acme"}, "slug", "acme"),
        ({"vip_prefixes": "10.99.0.1/28"}, "vip_prefixes", "10.99.0.0/28"),
        ({"slug": "new"}, "slug", "Choose another"),
        ({"prefixes": "10.1.0.0/33"}, "prefixes", "Write it like"),
        ({"prefixes": "10.1.0.0/16, 10.1.0.0/24"}, "prefixes", "overlaps"),
        ({"attachment": ""}, "attachment", "leave the site out"),
        ({"attachment": "rubbish"}, "attachment", "valid choice"),
        ({"site_name": ""}, "site_name", "leave the whole site empty"),
        ({"site_asn": ""}, "site_asn", "leave the whole site empty"),
        ({"site_asn": "65000"}, "site_asn", "provider's own"),
        ({"site_asn": "many"}, "site_asn", "whole number"),
        ({"site_neighbour_ipv4": ""}, "site_neighbour_ipv4", "leave the whole site empty"),
        ({"site_neighbour_ipv4": "10.9.9.9"}, "site_neighbour_ipv4", "172.31.3.0/30"),
        ({"site_neighbour_ipv6": "fd00::1"}, "site_neighbour_ipv6", "fd00:31:3:1::/64"),
        ({"site_accepted_prefixes": "10.210.1.7/24"}, "site_accepted_prefixes", "10.210.1.0/24"),
        ({"site_max_prefixes": "0"}, "site_max_prefixes", "from 1 to"),
        ({"admin_email": "bill"}, "admin_email", "ada@example.org"),
        ({"admin_email": ""}, "admin_email", "signs in"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_written(world, fra, fields, field, says):
    before = counts()
    client = world.staff_client("operator")
    response = client.post(NEW, whole_form(fra.attachments[2], **fields))
    assert response.status_code == 422
    errors = errors_of(response)
    assert list(errors) == [field]
    assert says in errors[field]
    assert "Nothing was written" in response.content.decode()
    assert counts() == before


def test_choosing_an_attachment_fills_in_free_neighbours(world, fra):
    client = world.staff_client("operator")
    chosen = {"attachment": str(fra.attachments[2].id)}
    fragment = client.get(NEW, chosen, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in fragment
    assert 'value="172.31.3.2"' in fragment
    assert 'value="fd00:31:3:1::2"' in fragment

    page = client.post(NEW, whole_form(fra.attachments[2], intent="lines", site_neighbour_ipv4=""))
    assert page.status_code == 200
    assert 'value="172.31.3.2"' in page.content.decode()
    assert 'value="Initech"' in page.content.decode()


def test_without_a_site_or_a_spare_attachment(world):
    client = world.staff_client("operator")
    assert "No attachment is spare" in client.get(NEW).content.decode()
    form = {"name": "Initech", "site_max_prefixes": "50", "prefixes": "10.1.0.0/16"}
    response = client.post(NEW, form)
    assert response.status_code == 200
    assert "No device has to do anything" in response.content.decode()


def test_finance_cannot_onboard(world, fra):
    before = counts()
    client = world.staff_client("finance")
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, whole_form(fra.attachments[2])).status_code == 403
    assert counts() == before
    assert "Onboard a customer" not in client.get("/msp/customers/").content.decode()
