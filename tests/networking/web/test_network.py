"""The pages of networks."""

from html import escape

import pytest

from networking.models import AllowedPrefix, Change, Network
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port, add_site, newest_change
from tests.networking.web.conftest import Browser, count, generation, text_of
from tests.world import World

NEW = {
    "name": "web",
    "region": "fra",
    "ipv4_prefix": "10.1.5.0/24",
    "learned_by": "all",
    "dhcp": "on",
    "mtu": "1400",
}


def test_a_newcomer_is_told_the_next_step(engineer: Browser) -> None:
    page = text_of(engineer.get("networks/"))

    assert "Add your first network" in page
    assert "/t/acme/networks/new" in page


def test_who_has_no_prefix_is_told_to_ask_for_one(engineer: Browser) -> None:
    with acting_as(DatabaseRole.WORKER):
        AllowedPrefix.objects.all().delete()

    page = text_of(engineer.get("networks/"))
    form = text_of(engineer.get("networks/new"))

    assert "First a prefix" in page
    assert "/t/acme/networks/new" not in page
    assert "ask your provider for a prefix first" in form


def test_who_may_not_write_is_not_offered_to(reader: Browser, world: World) -> None:
    assert "New network" not in text_of(reader.get("networks/"))
    network = add_network(world.acme)

    page = text_of(reader.get(f"networks/{network.id}/"))

    assert f"networks/{network.id}/edit" not in page
    assert f"networks/{network.id}/delete" not in page


def test_the_list_shows_state_prefix_use_and_learners(engineer: Browser, world: World) -> None:
    network = add_network(world.acme, learned_by="none")
    add_port(world.acme, network)

    page = text_of(engineer.get("networks/"))

    assert "Pending" in page
    assert "10.1.0.0/24" in page
    assert "1 of 253" in page
    assert "no site" in page


def test_the_list_can_be_searched(engineer: Browser, world: World) -> None:
    add_network(world.acme, "web", "10.1.0.0/24")
    add_network(world.acme, "database", "10.1.1.0/24")

    by_name = text_of(engineer.fragment("networks/", q="data"))
    by_prefix = text_of(engineer.fragment("networks/", q="10.1.0"))
    nothing = text_of(engineer.fragment("networks/", q="no-such"))

    assert "database" in by_name
    assert ">web<" not in by_name
    assert ">web<" in by_prefix
    assert "No network matches" in nothing


def test_the_detail_shows_facts_ports_addresses_and_sites(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    add_site(world.acme, fra.attachments[0], "Berlin")
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1")

    page = text_of(engineer.get(f"networks/{network.id}/"))

    assert "10.1.0.1" in page
    assert "10.1.0.2 web-1" in page
    assert "Berlin" in page
    assert "Add network web 10.1.0.0/24" in page


def test_a_large_prefix_shows_how_many_addresses_of_each_run_are_used(
    engineer: Browser, world: World
) -> None:
    network = add_network(world.acme, prefix="10.1.0.0/22")
    for name, address in (("web-1", "10.1.1.4"), ("web-2", "10.1.1.7"), ("web-3", "10.1.3.254")):
        add_port(world.acme, network, name, ipv4_address=address)

    page = text_of(engineer.get(f"networks/{network.id}/"))

    assert "3 of 1021 addresses used" in page
    assert "10.1.1.4 to 10.1.1.7: 2 of 4 used" in page
    assert "10.1.3.252 to 10.1.3.255: 1 of 4 used" in page
    assert "10.1.0.0 to 10.1.0.3: 0 of 4 used" in page


def test_the_form_suggests_free_prefixes(engineer: Browser, world: World) -> None:
    add_network(world.acme, prefix="10.1.0.0/24")

    page = text_of(engineer.get("networks/new"))

    assert 'value="ipv4_prefix=10.1.1.0/24"' in page
    assert 'value="ipv4_prefix=10.1.0.0/24"' not in page


def test_a_suggestion_works_without_scripts(engineer: Browser) -> None:
    page = engineer.post("networks/new", fill="ipv4_prefix=10.1.1.0/24", name="web")

    assert page.status_code == 200
    assert 'value="10.1.1.0/24"' in text_of(page)
    assert 'value="web"' in text_of(page)
    assert "This field is required" not in text_of(page)


def test_a_review_shows_the_plan_and_writes_nothing(engineer: Browser, world: World) -> None:
    before = count(Change)

    page = engineer.post("networks/new", **NEW)

    assert "Add network web 10.1.5.0/24" in text_of(page)
    assert "gateway 10.1.5.1" in text_of(page)
    assert count(Change) == before
    assert count(Network) == 0


def test_a_confirmed_review_leads_to_its_change(engineer: Browser, world: World) -> None:
    answer = engineer.carry_out("networks/new", **NEW)

    change = newest_change(world.acme)
    assert answer.status_code == 302
    assert answer.url == f"/t/acme/changes/{change.id}/"
    assert change.subject_name == "web"


def test_back_to_editing_keeps_what_was_written(engineer: Browser) -> None:
    page = text_of(engineer.post("networks/new", "edit", **(NEW | {"learned_by": "none"})))

    assert 'value="10.1.5.0/24"' in page
    assert "Confirm" not in page


@pytest.mark.parametrize("sent", ["0", "", "99999999999999999999", "x", "-1"])
def test_a_plan_that_is_not_true_any_more_is_shown_anew(
    engineer: Browser, world: World, sent: str
) -> None:
    review = engineer.post("networks/new", **NEW)
    add_network(world.acme, "other", "10.1.9.0/24")

    page = engineer.post("networks/new", "confirm", **NEW, generation=sent)

    assert page.status_code == 412
    assert "changed since this plan was made" in text_of(page)
    assert generation(page) == generation(review) + 1
    assert count(Network) == 1


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ipv4_prefix", "10.1.5.0", "is not an IPv4 prefix"),
        ("ipv4_prefix", "192.168.0.0/24", "outside of what you may use"),
        ("ipv4_prefix", "10.1.0.0/25", "overlaps network taken (10.1.0.0/24)"),
        ("ipv6_prefix", "fd10:1::/56", "an IPv6 network has length 64"),
        ("name", "Web Server", "would do"),
        ("mtu", "9000", "does not fit"),
        ("mtu", "many", "Enter a whole number"),
        ("region", "mars", "not one of the available choices"),
    ],
)
def test_a_refusal_stands_at_its_field(
    engineer: Browser, world: World, field: str, value: str, said: str
) -> None:
    add_network(world.acme, "taken", "10.1.0.0/24")

    page = engineer.post("networks/new", **(NEW | {field: value}))

    assert 400 <= page.status_code < 500
    assert said in " ".join(page.context["form"].errors[field])
    assert f'id="id_{field}_error" aria-live="polite">' in text_of(page)
    assert count(Network) == 1


def test_a_check_says_what_is_wrong_so_far_and_nothing_of_empty_fields(engineer: Browser) -> None:
    written = NEW | {"name": "", "ipv4_prefix": "10.9.0.0/24"}

    page = text_of(engineer.post("networks/new", "check", **written))

    assert "outside of what you may use" in page
    assert "id_name_error" not in page
    assert "This field is required" not in page


def test_a_check_of_a_good_form_shows_what_will_happen(engineer: Browser) -> None:
    page = text_of(engineer.post("networks/new", "check", **NEW))

    assert "gateway 10.1.5.1" in page
    assert count(Network) == 0


def test_a_field_that_the_form_does_not_show_is_not_spoken_of(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    """Who has no site does not choose which of them learn it."""
    assert 'id="id_learned_by_error"' not in text_of(engineer.get("networks/new"))
    assert 'id="id_learned_by_error"' not in text_of(engineer.post("networks/new", "check", **NEW))

    add_site(world.acme, fra.attachments[0], "Berlin")
    assert 'id="id_learned_by_error"' in text_of(engineer.get("networks/new"))
    assert 'id="id_learned_by_error"' in text_of(engineer.post("networks/new", "check", **NEW))


def test_a_check_without_a_name_promises_no_plan(engineer: Browser) -> None:
    page = text_of(engineer.post("networks/new", "check", **(NEW | {"name": ""})))

    assert "not-named-yet" not in page


def test_an_edit_changes_what_it_says(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    path = f"networks/{network.id}/edit"
    assert 'value="10.1.0.0/24"' in text_of(engineer.get(path))

    engineer.carry_out(path, **(NEW | {"ipv4_prefix": "10.1.0.0/24", "mtu": "1300"}))

    with acting_as(DatabaseRole.WORKER):
        network.refresh_from_db()
    assert network.mtu == 1300
    assert newest_change(world.acme).summary == "Change network web: MTU 1400 → 1300"


def test_chosen_sites_are_kept(engineer: Browser, world: World, fra: Frankfurt) -> None:
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")

    engineer.carry_out("networks/new", **(NEW | {"learned_by": "some", "sites": [str(berlin.id)]}))

    assert newest_change(world.acme).after["sites"] == ["Berlin"]


def test_a_deletion_says_what_it_cuts_and_asks(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    add_site(world.acme, fra.attachments[0], "Berlin")
    network = add_network(world.acme)
    path = f"networks/{network.id}/delete"

    page = engineer.get(path)
    answer = engineer.post(path, "confirm", generation=generation(page))

    assert "Berlin forgets 10.1.0.0/24" in text_of(page)
    assert answer.status_code == 302
    with acting_as(DatabaseRole.WORKER):
        network.refresh_from_db()
    assert network.retiring_at is not None


def test_a_network_with_machines_is_not_deleted_and_the_page_says_why(
    engineer: Browser, world: World
) -> None:
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1")
    path = f"networks/{network.id}/delete"

    seen, tried = engineer.get(path), engineer.post(path, "confirm", generation="2")

    assert seen.status_code == 200
    assert tried.status_code == 409
    for page in (seen, tried):
        assert "still has machines: web-1 (10.1.0.2)" in text_of(page)


def test_what_someone_wrote_is_shown_as_text(engineer: Browser) -> None:
    evil = "<img src=x onerror=alert(1)>"

    page = text_of(engineer.post("networks/new", **(NEW | {"name": evil, "ipv4_prefix": evil})))

    assert evil not in page
    assert escape(evil) in page


def test_another_tenants_network_is_not_there(engineer: Browser, world: World) -> None:
    theirs = add_network(world.globex)

    for path in ("", "edit", "delete"):
        assert engineer.get(f"networks/{theirs.id}/{path}").status_code == 404
