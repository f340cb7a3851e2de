"""Networks by API: the round trip, the refusals, and that a stranger finds nothing."""

import pytest
from rest_framework.test import APIClient

from networking.models import Network
from tenants.access import SYSTEM, acting_as
from tests.factories.acts import Frankfurt, add_network, add_port, add_site
from tests.networking.api.conftest import ACME
from tests.world import World

NETWORKS = f"{ACME}/networks"


def count(name: str = "shop") -> int:
    with acting_as(SYSTEM):
        return Network.objects.filter(name=name).count()


def test_create_answers_202_with_the_change_and_where_to_follow_it(api: APIClient, shop: dict):
    answer = api.post(NETWORKS, shop)

    assert answer.status_code == 202
    body = answer.json()
    assert body["state"] == "pending"
    assert body["subject"]["type"] == "network"
    assert body["actor"]["kind"] == "token"
    followed = api.get(answer["Location"])
    assert followed.json()["id"] == body["id"]
    network = api.get(f"{NETWORKS}/{body['subject']['id']}").json()
    assert network["ipv4_prefix"] == "10.1.5.0/24"
    assert network["region"] == "fra"
    assert network["sites"] == []


def test_dry_run_answers_the_plan_and_writes_nothing(api: APIClient, shop: dict):
    answer = api.post(f"{NETWORKS}?dry_run=true", shop)

    assert answer.status_code == 200
    body = answer.json()
    lines = [line["text"] for scope in body["plan"] for line in scope["lines"]]
    assert "network shop 10.1.5.0/24 (gateway 10.1.5.1, DHCP, MTU 1400)" in lines
    assert body["after"]["ipv4_prefix"] == "10.1.5.0/24"
    assert count() == 0


def test_a_plan_that_is_not_true_any_more_is_not_carried_out(api: APIClient, shop: dict):
    plan = api.post(f"{NETWORKS}?dry_run=true", shop).json()
    other = shop | {"name": "other", "ipv4_prefix": "10.1.6.0/24"}
    assert api.post(NETWORKS, other).status_code == 202

    stale = api.post(f"{NETWORKS}?generation={plan['generation']}", shop)
    assert stale.status_code == 412
    assert stale.json()["type"] == "/problems/stale-plan"
    assert count() == 0

    plan = api.post(f"{NETWORKS}?dry_run=true", shop).json()
    assert api.post(f"{NETWORKS}?generation={plan['generation']}", shop).status_code == 202


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"ipv4_prefix": "10.1.5.7/24"}, 422, "prefix-invalid", "ipv4_prefix"),
        ({"ipv4_prefix": "10.9.0.0/24"}, 422, "prefix-not-allowed", "ipv4_prefix"),
        ({"mtu": 9000}, 422, "mtu-invalid", "mtu"),
        ({"mtu": "big"}, 422, "invalid", "mtu"),
        ({"region": "nowhere"}, 422, "region-unknown", "region"),
        ({"ipv4_prefx": "10.1.5.0/24"}, 422, "invalid", "ipv4_prefx"),
        ({"learned_by": "everyone"}, 422, "invalid", "learned_by"),
        ({"name": None}, 422, "invalid", "name"),
    ],
)
def test_bad_input_names_the_field(
    api: APIClient, shop: dict, change: dict, status: int, code: str, field: str
):
    answer = api.post(NETWORKS, shop | change)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{code}"
    assert problem["errors"][0]["field"] == field
    assert problem["detail"].endswith((".", "?"))
    assert count() == 0


def test_overlap_names_the_other_network(world: World, api: APIClient, shop: dict):
    add_network(world.acme, "web", "10.1.5.128/25")

    problem = api.post(NETWORKS, shop).json()

    assert problem["type"] == "/problems/prefix-overlap"
    assert "web" in problem["detail"]


def test_patch_takes_the_version_that_was_read(world: World, api: APIClient):
    network = add_network(world.acme)
    where = f"{NETWORKS}/{network.id}"
    read = api.get(where)
    assert read["ETag"] == '"1"'

    assert api.patch(where, {"mtu": 1300}, headers={"If-Match": read["ETag"]}).status_code == 202
    stale = api.patch(where, {"mtu": 1200}, headers={"If-Match": read["ETag"]})

    assert stale.status_code == 412
    assert stale.json()["type"] == "/problems/stale-version"
    assert api.get(where).json()["mtu"] == 1300
    assert api.patch(where, {}, headers={}).status_code == 422
    assert api.patch(where, {"mtu": 1200}, headers={"If-Match": "1"}).status_code == 400


def test_delete_is_refused_while_there_are_ports(world: World, api: APIClient):
    network = add_network(world.acme)
    add_port(world.acme, network)
    where = f"{NETWORKS}/{network.id}"

    refused = api.delete(where)
    assert 400 <= refused.status_code < 500
    assert "web-1" in refused.json()["detail"]

    empty = add_network(world.acme, "empty", "10.1.7.0/24")
    assert api.delete(f"{NETWORKS}/{empty.id}?dry_run=true").status_code == 200
    assert api.get(f"{NETWORKS}/{empty.id}").json()["retiring_at"] is None
    assert api.delete(f"{NETWORKS}/{empty.id}").status_code == 202
    assert api.get(f"{NETWORKS}/{empty.id}").json()["retiring_at"]


def test_some_sites_learn_it(world: World, fra: Frankfurt, api: APIClient, shop: dict):
    berlin = add_site(world.acme, fra.attachments[0], "Berlin")

    chosen = api.post(NETWORKS, shop | {"learned_by": "some", "sites": [str(berlin.id)]})

    network = api.get(f"{NETWORKS}/{chosen.json()['subject']['id']}").json()
    assert network["sites"] == [str(berlin.id)]


def test_list_is_narrowed_paged_and_strict(world: World, api: APIClient):
    for number in range(5):
        add_network(world.acme, f"net-{number}", f"10.1.{number}.0/24")

    first = api.get(f"{NETWORKS}?page_size=2").json()
    assert [one["name"] for one in first["results"]] == ["net-4", "net-3"]
    second = api.get(first["next"]).json()
    assert [one["name"] for one in second["results"]] == ["net-2", "net-1"]
    assert [one["name"] for one in api.get(f"{NETWORKS}?q=net-3").json()["results"]] == ["net-3"]
    assert api.get(f"{NETWORKS}?region=oslo").json()["results"] == []
    unknown = api.get(f"{NETWORKS}?nmae=x")
    assert unknown.status_code == 422
    assert unknown.json()["errors"][0]["field"] == "nmae"


def test_list_takes_the_same_queries_however_long_it_is(
    world: World, fra: Frankfurt, api: APIClient, django_assert_num_queries
):
    def read() -> None:
        assert api.get(f"{NETWORKS}?page_size=50").status_code == 200

    add_network(world.acme)
    read()
    with django_assert_num_queries(11) as few:
        read()
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    for number in range(1, 8):
        add_network(
            world.acme,
            f"net-{number}",
            f"10.1.{number}.0/24",
            learned_by="some",
            sites=(site.id,),
        )
    with django_assert_num_queries(len(few)):
        read()
