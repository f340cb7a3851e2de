"""The provider's first page and its regions: what is well, and what needs a hand."""

import pytest
from django.utils import timezone

from networking.models import Change, Fabric, Host, Router, Scope, Site
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import add_network, add_site


@pytest.fixture
def operator(world, fra):
    return world.staff_client("operator")


def alter(model, **fields):
    """Write what the engine or the collector would have seen."""
    with acting_as(DatabaseRole.WORKER):
        model.objects.update(**fields)


def test_home_leads_staff_here(world, operator):
    assert operator.get("/").headers["Location"] == "/msp/"


def test_all_is_well(world, fra, operator):
    alter(Change, state="done", done_at=timezone.now())
    alter(Scope, verified=1, wanted=1)
    page = operator.get("/msp/").content.decode()
    assert "All 2 customers are well" in page
    assert "every device answers" in page


def test_troubles_are_named(world, fra, operator):
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    alter(Change, state="blocked", reason="pe-fra refuses AS 65101")
    alter(Site, session_state="Active", session_reason="hold timer expired")
    alter(Fabric, error="connection refused", orphans=["someone"])
    alter(Router, error="host key changed")
    alter(Host, silent_since=timezone.now())
    alter(Scope, drift={"at": "2026-01-01T00:00:00Z", "repaired_at": None})
    page = operator.get("/msp/").content.decode()
    for text in (
        "1 of 2 customers are well, 1 needs attention",
        "is blocked: pe-fra refuses AS 65101",
        "is down (Active): hold timer expired",
        "does not answer: connection refused",
        "does not answer: host key changed",
        "on fra-sim is silent since",
        "is being repaired",
    ):
        assert text in page
    regions = operator.get("/msp/regions/").content.decode()
    assert "connection refused" in regions
    assert "Silent" in regions


def test_finance_sees_customers_and_no_devices(world, fra):
    alter(Router, error="host key changed")
    finance = world.staff_client("finance")
    page = finance.get("/msp/").content.decode()
    assert "customers" in page
    assert "host key changed" not in page
    assert finance.get("/msp/regions/").status_code == 403


def test_regions_show_who_has_which_attachment(world, fra, operator):
    page = operator.get("/msp/regions/").content.decode()
    for text in ("Frankfurt", "fra-sim", "pe-fra", "AS 65000", "3 of 4 attachments spare", "Acme"):
        assert text in page


def test_without_anything_it_tells_the_next_step(world):
    client = world.staff_client("operator")
    assert "There is no region yet" in client.get("/msp/regions/").content.decode()


def test_live_parts_follow_the_stream(world, fra, operator):
    for address in ("/msp/", "/msp/customers/", "/msp/customers/acme/", "/msp/regions/"):
        page = operator.get(address).content.decode()
        assert 'data-events="/msp/events"' in page
        assert "data-live=" in page
        fragment = operator.get(address, HTTP_HX_REQUEST="true").content.decode()
        assert "<html" not in fragment
        assert 'id="live"' in fragment
