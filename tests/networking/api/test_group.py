"""Groups by API."""

from rest_framework.test import APIClient

from portal.lib.ids import uuid7
from tests.factories.acts import add_group, add_network, add_port
from tests.networking.api.conftest import ACME
from tests.world import World

GROUPS = f"{ACME}/groups"


def test_a_group_is_made_read_changed_and_deleted(world: World, api: APIClient):
    wanted = {"name": "shop", "labels": {"app": "shop"}, "prefixes": ["192.0.2.0/24"]}

    change = api.post(GROUPS, wanted)

    assert change.status_code == 202
    where = f"{GROUPS}/{change.json()['subject']['id']}"
    group = api.get(where).json()
    assert {name: group[name] for name in wanted} == wanted
    assert group["networks"] == []
    assert api.patch(where, {"labels": {}}).status_code == 202
    assert api.patch(where, {"prefixes": []}).status_code == 422
    assert api.delete(where, headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete(where).status_code == 202


def test_members_are_who_belongs_to_it_now(world: World, api: APIClient):
    web = add_network(world.acme)
    labelled = add_port(world.acme, web, "a", labels={"app": "shop"})
    add_port(world.acme, add_network(world.acme, "db", "10.1.1.0/24"), "b")
    add_port(world.acme, add_network(world.acme, "far", "10.1.2.0/24"), "c")
    db = api.get(f"{ACME}/networks?q=db").json()["results"][0]["id"]
    group = add_group(world.acme, labels={"app": "shop"}, networks=(db,), prefixes=("10.1.2.0/30",))

    def why() -> dict[str, list[str]]:
        found = api.get(f"{GROUPS}/{group.id}/members").json()["results"]
        return {one["name"]: one["why"] for one in found}

    others = {"b": ["network db"], "c": ["prefix 10.1.2.0/30"]}
    assert why() == {"a": ["label app=shop"], **others}
    api.patch(f"{ACME}/ports/{labelled.id}", {"labels": {}})
    assert why() == others
    api.patch(f"{GROUPS}/{group.id}", {"ports": [str(labelled.id)]})
    assert why() == {"a": ["named"], **others}
    assert api.get(f"{GROUPS}/{group.id}").json()["ports"] == [str(labelled.id)]


def test_a_machine_that_is_not_there_or_anothers_is_not_named(world: World, api: APIClient):
    theirs = add_port(world.globex, add_network(world.globex, "office"), "desk")

    def refused(port: object) -> tuple[int, str]:
        answer = api.post(GROUPS, {"name": "shop", "ports": [str(port)]})
        return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]

    assert refused(theirs.id) == refused(uuid7()) == (404, "port-unknown")
    assert api.get(GROUPS).json()["results"] == []


def test_a_list_is_narrowed_and_takes_constant_queries(
    world: World, api: APIClient, django_assert_num_queries
):
    add_group(world.acme, "shop", labels={"app": "shop"})
    add_group(world.globex, "theirs", labels={"app": "shop"})
    api.get(GROUPS)
    with django_assert_num_queries(12) as few:
        api.get(GROUPS)
    web = add_network(world.acme)
    for number in range(8):
        add_group(world.acme, f"g-{number}", networks=(web.id,))
    with django_assert_num_queries(len(few)):
        assert len(api.get(GROUPS).json()["results"]) == 9
    assert [one["name"] for one in api.get(f"{GROUPS}?label=app").json()["results"]] == ["shop"]
    assert [one["name"] for one in api.get(f"{GROUPS}?q=g-3").json()["results"]] == ["g-3"]


def test_a_preview_names_who_would_belong(world: World, api: APIClient):
    add_port(world.acme, add_network(world.acme), labels={"app": "shop"})
    plan = api.post(f"{GROUPS}?dry_run=true", {"name": "shop", "labels": {"app": "shop"}}).json()
    (scope,) = plan["plan"]
    assert scope["lines"] == [{"action": "create", "text": "group shop of web-1 (10.1.0.2)"}]
    assert api.get(GROUPS).json()["results"] == []
