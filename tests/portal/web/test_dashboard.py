"""The dashboard: is my network well, what changed?"""

from typing import Any

import pytest
from django.db.models import F

from networking.models import Change, Fabric, Network, Scope, Site
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_network,
    add_port,
    add_site,
    attach,
    newest_change,
    register_provider,
)
from tests.world import World


@pytest.fixture
def fra(world: World) -> Frankfurt:
    """Acme in Frankfurt."""
    provider = register_provider()
    attach(world.acme, provider.attachments[0])
    return provider


def dashboard(world: World, role: str = "admin") -> Any:
    """Acme's first page."""
    return world.client("acme", role).get("/t/acme/")


def all_done() -> None:
    """As if the engine had carried everything out."""
    with acting_as(DatabaseRole.WORKER):
        Change.objects.update(state=Change.State.DONE)
        Scope.objects.update(verified=F("wanted"))


def test_before_anything_is_set_up_it_says_what_comes_first(world: World) -> None:
    page = dashboard(world).content.decode()

    assert "Nothing is set up yet." in page
    assert "Your provider connects you first." in page
    assert "Your provider connects you to a region first." in page


def test_a_well_network_is_called_well(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)
    all_done()

    response = dashboard(world)

    assert response.context["health"].tone == "ok"
    assert "Your network is well." in response.content.decode()
    assert "data-poll" not in response.content.decode()


def test_what_is_on_the_way_is_counted_and_looked_at_again(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)

    response = dashboard(world)

    assert " on the way." in response.context["health"].word
    networks, *_ = response.context["tiles"]
    assert (networks.number, networks.noun) == ("1", "network")
    assert "data-poll" in response.content.decode()


def test_a_device_that_is_behind_is_told(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)
    all_done()
    with acting_as(DatabaseRole.WORKER):
        assert Scope.objects.filter(fabric__isnull=False).update(verified=0) == 1

    assert "1 device to catch up." in dashboard(world).content.decode()


def test_what_needs_attention_comes_first(world: World, fra: Frankfurt) -> None:
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    all_done()
    with acting_as(DatabaseRole.WORKER):
        Site.objects.filter(id=site.id).update(session_state="Active")

    response = dashboard(world)

    assert "1 thing needs attention." in response.content.decode()
    assert "Berlin is down (Active)" in response.content.decode()


def test_what_is_held_up_leads_to_its_change(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)
    with acting_as(DatabaseRole.WORKER):
        change = Change.objects.get(subject_name="web")
        Change.objects.filter(id=change.id).update(state="waiting", reason="fra is busy.")

    page = dashboard(world, "read_only").content.decode()

    address = f"/t/acme/changes/{change.id}/"
    assert f'<li><a href="{address}">“{change.summary}”</a> waits: fra is busy.</li>' in page
    assert world.client("acme", "read_only").get(address).status_code == 200


def test_the_map_has_sites_router_gateway_networks_and_machines(
    world: World, fra: Frankfurt
) -> None:
    add_site(world.acme, fra.attachments[0], "Berlin")
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1")

    response = dashboard(world)

    boxes = {box.kind: box for box in response.context["drawing"].boxes}
    assert boxes["site"].item.name == "Berlin"
    assert boxes["router"].item.name == "pe-fra"
    assert boxes["gateway"].item.name == "Frankfurt"
    assert boxes["network"].item.name == "web"
    assert [dot.item.name for dot in boxes["network"].dots] == ["web-1"]
    assert boxes["network"].item.href == f"/t/acme/networks/{network.id}/"


def test_the_map_is_there_as_a_list_too(world: World, fra: Frankfurt) -> None:
    network = add_network(world.acme)

    page = dashboard(world).content.decode()

    items = page.partition('<ul class="map-list">')[2]
    assert f'<a href="/t/acme/networks/{network.id}/">web</a>' in items
    assert "provider router" in items


def test_a_device_that_does_not_answer_is_seen(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)
    all_done()
    with acting_as(DatabaseRole.WORKER):
        Fabric.objects.update(error="connection refused")

    response = dashboard(world)

    assert response.context["fabrics"][0].gateway.status.tone == "bad"
    assert "does not answer: connection refused" in response.content.decode()


def test_other_tenants_are_not_on_it(world: World, fra: Frankfurt) -> None:
    attach(world.globex, fra.attachments[1])
    add_network(world.globex, "secret")

    page = dashboard(world).content.decode()

    assert "secret" not in page
    with acting_as(DatabaseRole.WORKER):
        assert Network.objects.filter(name="secret").exists()


def test_readers_see_it_and_are_offered_nothing_to_write(world: World, fra: Frankfurt) -> None:
    add_network(world.acme)

    page = dashboard(world, "read_only").content.decode()

    assert "/t/acme/networks/new" not in page
    assert newest_change(world.acme).summary in page


def test_staff_who_act_for_a_tenant_are_reminded_of_it(world: World, fra: Frankfurt) -> None:
    client = world.staff_client("operator")
    client.post("/msp/customers/acme/act", {"reason": "ticket 17"})

    page = client.get("/t/acme/").content.decode()

    assert "You act for <b>Acme</b>: ticket 17" in page
    assert "/msp/stop-acting" in page
