"""The pages of sites."""

from typing import Any

from networking.models import Site
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network, add_site
from tests.networking.web.conftest import Browser, text_of
from tests.world import World


def seen(site: Site, **fields: Any) -> None:
    """What the router says of the site now."""
    with acting_as(DatabaseRole.WORKER):
        Site.objects.filter(id=site.id).update(**fields)


def test_a_newcomer_is_told_who_makes_sites(engineer: Browser) -> None:
    assert "Your provider sets up each site" in text_of(engineer.get("sites/"))


def test_the_list_says_how_each_session_is(engineer: Browser, world: World, fra: Frankfurt) -> None:
    seen(add_site(world.acme, fra.attachments[0], "Berlin"), session_state="Established")
    munich = add_site(world.acme, fra.attachments[0], "Munich", line=1, accepted=("10.200.2.0/24",))
    seen(munich, session_state="Active", session_reason="no route to host")

    page = text_of(engineer.get("sites/"))

    assert '<span class="state tone-ok" title="">Established</span>' in page
    assert '<span class="state tone-bad" title="Active, no route to host">Down</span>' in page


def test_the_detail_says_what_it_learned_and_what_it_did_not(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme, "learned", "10.1.0.0/24")
    add_network(world.acme, "coming", "10.1.1.0/24")
    add_network(world.acme, "private", "10.1.2.0/24", learned_by="none")
    seen(
        site,
        session_state="Established",
        prefixes_sent=["10.1.0.0/24"],
        prefixes_received=["10.200.1.0/24"],
    )

    response = engineer.get(f"sites/{site.id}/")

    words = {line.network.name: line.status.word for line in response.context["learned"]}
    assert words == {"learned": "Learned", "coming": "Not learned yet", "private": "Not told"}
    assert "10.200.1.0/24" in text_of(response)


def test_a_session_that_is_down_holds_learning_up(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    seen(site, session_state="Idle", session_reason="hold timer expired")

    response = engineer.get(f"sites/{site.id}/")

    (line,) = response.context["learned"]
    assert line.status.word == "Session down"
    assert "hold timer expired" in text_of(response)
