"""The provider's first page and its regions: what is well, and what needs a hand."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from networking.models import Attachment, Change, Fabric, Host, Router, Scope, Site
from networking.selectors import deviations
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import add_network, add_site, attach
from tests.factories.networking import make_attachment, make_site
from tests.factories.tenants import make_tenant


@pytest.fixture
def operator(world, fra):
    return world.staff_client("operator")


def alter(model, **fields):
    """Write what the engine or the collector would have seen."""
    with acting_as(DatabaseRole.WORKER):
        model.objects.update(**fields)


def read(model):
    """The only one that there is."""
    with acting_as(DatabaseRole.WORKER):
        return model.objects.get()


def test_home_leads_staff_here(world, operator):
    assert operator.get("/").headers["Location"] == "/msp/"


def test_all_is_well(world, fra, operator):
    alter(Change, state="done", done_at=timezone.now())
    alter(Scope, verified=1, wanted=1)
    page = operator.get("/msp/").content.decode()
    assert "All 2 customers are well" in page
    assert "every device answers" in page


def test_what_is_wrong_outweighs_that_customers_are_well(world, fra, operator):
    alter(Change, state="done", done_at=timezone.now())
    alter(Scope, verified=1, wanted=1)
    alter(Host, silent_since=timezone.now())
    assert "1 of 2 customers is well, 1 needs attention" in operator.get("/msp/").content.decode()
    assert "1 fabric with silent hosts" in operator.get("/msp/customers/").content.decode()
    alter(Host, silent_since=None)
    alter(Router, orphans=["someone"])
    page = operator.get("/msp/").content.decode()
    assert "1 thing needs a hand" in page
    assert "customers are well" not in page


def test_troubles_are_named(world, fra, operator):
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    alter(Change, state="blocked", reason="pe-fra refuses AS 65101")
    alter(Site, session_state="Active", session_reason="hold timer expired")
    alter(Fabric, error="connection refused", orphans=["someone"])
    alter(Router, error="host key changed")
    alter(Host, silent_since=timezone.now())
    drift = {"at": "2026-01-01T00:00:00Z", "summary": "network web was missing"}
    alter(Scope, drift=drift | {"repaired_at": None})
    page = operator.get("/msp/").content.decode()
    for text in (
        "1 of 2 customers is well, 1 needs attention",
        "is blocked: pe-fra refuses AS 65101",
        "is down (Active): hold timer expired",
        "does not answer: connection refused",
        "does not answer: host key changed",
        "on fra-sim is silent since",
        "is being repaired: network web was missing",
    ):
        assert text in page
    regions = operator.get("/msp/regions/").content.decode()
    assert "connection refused" in regions
    assert "Silent" in regions


def test_regions_say_what_waits_for_a_device_and_what_drifted_there(world, fra, operator):
    attach(world.globex, fra.attachments[1])
    for tenant in (world.acme, world.globex):
        add_network(tenant)
    drift = {"summary": "network web was missing"}
    with acting_as(DatabaseRole.WORKER):
        fabric = Scope.objects.filter(fabric__isnull=False)
        fabric.update(error="fra-sim has not worked out its flows yet.")
        fabric.filter(tenant=world.acme).update(
            drift=drift | {"at": timezone.now().isoformat(), "repaired_at": None}
        )
    page = words(operator.get("/msp/regions/"))
    assert "Changes of 2 customers wait: fra-sim has not worked out its flows yet." in page
    assert "Not put right yet for Acme : network web was missing" in page

    now = timezone.now().isoformat()
    alter(Scope, error="", drift=drift | {"at": now, "repaired_at": now})
    for address in ("/msp/regions/", f"/msp/fabrics/{read(Fabric).id}/"):
        page = words(operator.get(address))
        assert "wait:" not in page
        assert "Put right for Acme : network web was missing" in page
    old = "2026-01-01T00:00:00Z"
    alter(Scope, drift=drift | {"at": old, "repaired_at": old})
    assert "network web was missing" not in words(operator.get("/msp/regions/"))


def test_a_devices_page_says_what_is_there_however_much_there_is_on_others(
    world, fra, operator, monkeypatch
):
    monkeypatch.setattr(deviations, "SHOWN", 1)
    attach(world.globex, fra.attachments[1])
    for tenant in (world.acme, world.globex):
        add_network(tenant)
    now = timezone.now()
    with acting_as(DatabaseRole.WORKER):
        for minutes, device in enumerate(("router", "fabric")):
            at = (now - timedelta(minutes=minutes)).isoformat()
            drift = {"at": at, "summary": f"{device} drifted", "repaired_at": None}
            rows = Scope.objects.exclude(**{device: None})
            rows.update(drift=drift, error=f"{device} is slow")
    for device, address in (
        ("router", f"/msp/routers/{read(Router).id}/"),
        ("fabric", f"/msp/fabrics/{read(Fabric).id}/"),
    ):
        page = words(operator.get(address))
        assert f"{device} drifted" in page
        assert f"wait: {device} is slow" in page
    assert "fabric drifted" not in words(operator.get("/msp/regions/"))


def words(response):
    """A page as it reads."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


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


def test_of_many_attachments_the_worst_come_first_and_the_rest_is_a_click_away(
    world, fra, operator
):
    router, fabric = read(Router), read(Fabric)
    for number in range(20, 34):
        make_attachment(router, fabric, number, make_tenant(f"shop-{number}"))
    add_site(world.acme, fra.attachments[0], "Berlin")
    with acting_as(DatabaseRole.WORKER):
        last = Attachment.objects.get(vlan=133)
        make_site(last)
        Site.objects.filter(attachment=last).update(session_state="Active")

    for address in ("/msp/", "/msp/regions/"):
        page = operator.get(address).content.decode()
        assert "Shop-33" in page
        assert "8 more customers" in page
        assert "none known to be down" in page
        assert "Shop-29" not in page
    assert "3 of 18 attachments spare, 1 with a session down" in page
    assert f"All 18 attachments of {router.name}" in page

    own = f"/msp/routers/{router.id}/"
    whole = operator.get(own).content.decode()
    assert whole.index("Shop-33") < whole.index("Shop-20") < whole.index("Acme")
    found = operator.get(own, {"q": "29"}).content.decode()
    assert "Shop-29" in found
    assert "Shop-28" not in found
    spare = operator.get(own, {"spare": "on"}).content.decode()
    assert "Shop-" not in spare
    assert spare.count('data-label="VLAN"') == 3


def test_of_many_hosts_the_silent_come_first_and_the_rest_is_a_click_away(world, fra, operator):
    fabric = read(Fabric)
    with acting_as(DatabaseRole.WORKER):
        for number in range(10, 30):
            Host.objects.create(fabric=fabric, name=f"node-{number}")
        Host.objects.filter(name="node-29").update(silent_since=timezone.now())
        total = Host.objects.filter(fabric=fabric).count()

    page = operator.get("/msp/regions/").content.decode()
    assert "node-29" in page
    assert "node-28" not in page
    assert f"{total - 8} more hosts" in page
    assert f"1 of {total} hosts silent" in page

    whole = operator.get(f"/msp/fabrics/{fabric.id}/").content.decode()
    assert whole.index("node-29") < whole.index("node-10") < whole.index("node-28")
    found = operator.get(f"/msp/fabrics/{fabric.id}/", {"q": "node-28"}).content.decode()
    assert "node-28" in found
    assert "node-29" not in found


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
