"""Changes by API: what was asked, and the way back."""

from rest_framework.test import APIClient

from tests.factories.acts import Frankfurt, add_network, add_site, newest_change
from tests.networking.api.conftest import ACME
from tests.world import World

CHANGES = f"{ACME}/changes"


def test_a_change_is_taken_back_by_another(world: World, api: APIClient):
    add_network(world.acme)
    made = newest_change(world.acme)

    answer = api.post(f"{CHANGES}/{made.id}/revert")

    assert answer.status_code == 202
    assert answer.json()["reverts"] == str(made.id)
    assert answer.json()["verb"] == "delete"


def test_what_was_taken_back_already_says_by_what(world: World, api: APIClient):
    add_network(world.acme)
    made = newest_change(world.acme)
    assert api.post(f"{CHANGES}/{made.id}/revert").status_code == 202

    again = api.post(f"{CHANGES}/{made.id}/revert")

    assert again.status_code == 409
    assert again.json()["detail"].startswith("This change was taken back already: Revert: Add")


def test_what_cannot_be_taken_back_says_why(world: World, api: APIClient):
    network = add_network(world.acme)
    made = newest_change(world.acme)
    assert api.delete(f"/api/v1/tenants/acme/networks/{network.id}").status_code == 202

    answer = api.post(f"{CHANGES}/{made.id}/revert")

    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("This change cannot be taken back.")


def test_list_is_narrowed_by_subject_and_to_what_is_under_way(world: World, api: APIClient):
    web = add_network(world.acme)
    add_network(world.acme, "db", "10.1.1.0/24")

    of_web = api.get(f"{CHANGES}?subject={web.id}&unfinished=true").json()["results"]

    assert [one["subject"]["name"] for one in of_web] == ["web"]
    assert api.get(f"{CHANGES}?q=nothing-like-it").json()["results"] == []
    assert api.get(f"{CHANGES}?unfinished=perhaps").status_code == 422


def test_list_takes_the_same_queries_however_long_it_is(
    world: World, api: APIClient, django_assert_num_queries
):
    add_network(world.acme)
    api.get(CHANGES)
    with django_assert_num_queries(11) as few:
        api.get(CHANGES)
    for number in range(1, 8):
        add_network(world.acme, f"net-{number}", f"10.1.{number}.0/24")
    with django_assert_num_queries(len(few)):
        api.get(CHANGES)


def test_sites_and_address_space_are_read(world: World, fra: Frankfurt, api: APIClient):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)

    assert [one["name"] for one in api.get(f"{ACME}/sites").json()["results"]] == ["Berlin"]
    site = api.get(f"{ACME}/sites/{berlin.id}")
    assert site.json()["accepted_prefixes"] == ["10.200.1.0/24"]
    assert site["ETag"] == '"1"'
    assert [one["code"] for one in api.get(f"{ACME}/regions").json()] == ["fra"]
    allowed = [one["prefix"] for one in api.get(f"{ACME}/allowed-prefixes").json()]
    assert allowed == ["10.1.0.0/16", "fd10:1::/48"]
    free = api.get(f"{ACME}/free-prefixes?length=24&limit=2").json()
    assert free["prefixes"] == ["10.1.1.0/24", "10.1.2.0/24"]
    assert api.get(f"{ACME}/free-prefixes?length=ten").status_code == 422
