"""Ports by API."""

from uuid import uuid4

from rest_framework.test import APIClient

from tests.factories.acts import add_network, add_port
from tests.networking.api.conftest import ACME
from tests.world import World

PORTS = f"{ACME}/ports"


def test_address_and_mac_are_chosen_when_they_are_left_out(world: World, api: APIClient):
    network = add_network(world.acme)

    change = api.post(PORTS, {"network": str(network.id), "name": "web-1"})

    assert change.status_code == 202
    port = api.get(f"{PORTS}/{change.json()['subject']['id']}").json()
    assert port["ipv4_address"] == "10.1.0.2"
    assert port["mac"]
    assert port["host"] is None
    assert port["up"] is False


def test_a_port_outside_its_network_is_refused(world: World, api: APIClient):
    network = add_network(world.acme)
    wanted = {"network": str(network.id), "name": "web-1", "ipv4_address": "10.2.0.9"}

    problem = api.post(PORTS, wanted)

    assert problem.status_code == 422
    assert problem.json()["errors"][0]["field"] == "ipv4_address"
    assert "10.1.0.0/24" in problem.json()["detail"]
    assert api.get(PORTS).json()["results"] == []


def test_a_foreign_network_is_a_missing_one(world: World, api: APIClient):
    foreign = add_network(world.globex, "office")

    theirs = api.post(PORTS, {"network": str(foreign.id), "name": "web-1"})
    nobodys = api.post(PORTS, {"network": str(uuid4()), "name": "web-1"})

    assert theirs.status_code == nobodys.status_code
    bodies = [{**answer.json(), "request_id": ""} for answer in (theirs, nobodys)]
    assert bodies[0] == bodies[1]


def test_labels_are_replaced_and_searched(world: World, api: APIClient):
    network = add_network(world.acme)
    port = add_port(world.acme, network, labels={"app": "shop", "tier": "web"})
    add_port(world.acme, network, "db-1", labels={"app": "ledger"})

    def names(query: str) -> list[str]:
        return [one["name"] for one in api.get(f"{PORTS}?{query}").json()["results"]]

    assert names("label=app%3Dshop") == ["web-1"]
    assert names("label=app") == ["db-1", "web-1"]
    assert names(f"network={network.id}&q=10.1.0.3") == ["db-1"]
    assert names(f"q={port.mac}") == ["web-1"]
    assert api.patch(f"{PORTS}/{port.id}", {"labels": {"app": "till"}}).status_code == 202
    assert api.get(f"{PORTS}/{port.id}").json()["labels"] == {"app": "till"}


def test_delete(world: World, api: APIClient):
    port = add_port(world.acme, add_network(world.acme))

    assert api.delete(f"{PORTS}/{port.id}", headers={"If-Match": '"7"'}).status_code == 412
    assert api.delete(f"{PORTS}/{port.id}").status_code == 202
    assert api.delete(f"{PORTS}/{port.id}").status_code == 409


def test_list_takes_the_same_queries_however_long_it_is(
    world: World, api: APIClient, django_assert_num_queries
):
    network = add_network(world.acme)
    add_port(world.acme, network)
    api.get(PORTS)
    with django_assert_num_queries(10) as few:
        api.get(PORTS)
    for number in range(2, 12):
        add_port(world.acme, network, f"web-{number}")
    with django_assert_num_queries(len(few)):
        assert len(api.get(PORTS).json()["results"]) == 11
