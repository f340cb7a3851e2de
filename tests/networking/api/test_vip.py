"""VIPs by API."""

from rest_framework.test import APIClient

from tests.factories.acts import add_group, add_network, add_port, add_vip, allow_vips
from tests.networking.api.conftest import ACME
from tests.world import World

VIPS = f"{ACME}/vips"


def test_a_vip_is_published_read_changed_and_deleted(world: World, api: APIClient):
    allow_vips(world.acme)
    port = add_port(world.acme, add_network(world.acme))
    wanted = {
        "name": "shop",
        "region": "fra",
        "ports": [{"protocol": "tcp", "port": 443, "member_port": 8443}],
        "members": [str(port.id)],
    }

    change = api.post(VIPS, wanted)

    assert change.status_code == 202
    where = f"{VIPS}/{change.json()['subject']['id']}"
    vip = api.get(where).json()
    assert {name: vip[name] for name in wanted} == wanted
    assert (vip["ipv4_address"], vip["ipv6_address"]) == ("10.99.0.1", None)
    assert api.patch(where, {"ipv4_address": "10.1.0.9"}).json()["errors"][0]["field"] == (
        "ipv4_address"
    )
    assert api.patch(where, {"check_interval": 5}).status_code == 202
    assert api.delete(where, headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete(where).status_code == 202


def test_a_foreign_member_is_a_missing_one(world: World, api: APIClient):
    allow_vips(world.acme)
    theirs = add_port(world.globex, add_network(world.globex, "office"))
    ports = [{"protocol": "tcp", "port": 443}]
    wanted = {"name": "shop", "region": "fra", "ports": ports, "members": [str(theirs.id)]}
    assert api.post(VIPS, wanted).status_code == 404


def test_members_are_those_who_serve_it_now(world: World, api: APIClient):
    allow_vips(world.acme)
    web = add_network(world.acme)
    one = add_port(world.acme, web, "one")
    add_port(world.acme, web, "two", labels={"app": "shop"})
    group = add_group(world.acme, labels={"app": "shop"})
    vip = add_vip(world.acme, members=(one.id,), group=group.id)
    found = api.get(f"{VIPS}/{vip.id}/members").json()["results"]
    assert sorted(port["name"] for port in found) == ["one", "two"]


def test_list_takes_the_same_queries_however_long_it_is(
    world: World, api: APIClient, django_assert_num_queries
):
    allow_vips(world.acme)
    port = add_port(world.acme, add_network(world.acme))
    add_vip(world.acme, "v-0", members=(port.id,))
    api.get(VIPS)
    with django_assert_num_queries(11) as few:
        api.get(VIPS)
    for number in range(1, 6):
        add_vip(world.acme, f"v-{number}", members=(port.id,))
    with django_assert_num_queries(len(few)):
        assert len(api.get(VIPS).json()["results"]) == 6
    assert len(api.get(f"{VIPS}?q=10.99.0.5").json()["results"]) == 1
