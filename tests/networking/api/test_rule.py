"""Rules by API."""

from rest_framework.test import APIClient

from tests.factories.acts import add_group, add_network, add_port, add_rule, add_site
from tests.networking.api.conftest import ACME
from tests.world import World

RULES = f"{ACME}/rules"


def names(api: APIClient, query: str = "") -> list[str]:
    return [one["name"] for one in api.get(f"{RULES}{query}").json()["results"]]


def test_a_rule_is_made_read_changed_moved_copied_and_deleted(world: World, api: APIClient):
    last = add_rule(world.acme, "last", action="deny")
    wanted = {
        "name": "web",
        "source": ["192.0.2.0/24"],
        "destination": ["any"],
        "protocol": "tcp",
        "ports": "443",
    }

    change = api.post(RULES, wanted | {"before": str(last.id)})

    assert change.status_code == 202
    where = f"{RULES}/{change.json()['subject']['id']}"
    rule = api.get(where)
    assert {name: rule.json()[name] for name in wanted} == wanted
    assert names(api) == ["web", "last"]
    assert api.patch(where, {"log": True}, headers={"If-Match": rule["ETag"]}).status_code == 202
    assert api.patch(where, {"log": False}, headers={"If-Match": rule["ETag"]}).status_code == 412
    assert api.patch(where, {"ports": "443-80"}).json()["errors"][0]["field"] == "ports"
    assert api.post(f"{where}/move", {"after": str(last.id)}).status_code == 202
    assert api.post(f"{where}/copy").status_code == 202
    assert names(api) == ["last", "web", "web-copy"]
    assert api.delete(where).status_code == 202
    assert names(api) == ["last", "web-copy"]


def test_rules_are_found_by_every_address_and_port(world: World, api: APIClient, fra):
    add_site(world.acme, fra.attachments[0], "Berlin")
    web = add_network(world.acme)
    port = add_port(world.acme, web, labels={"app": "shop"})
    label = add_group(world.acme, "label", labels={"app": "shop"})
    add_group(world.acme, "network", networks=(web.id,))
    add_rule(world.acme, "by-label", source=("group:label",))
    add_rule(world.acme, "by-network", destination=("group:network",))
    add_rule(world.acme, "by-prefix", source=("10.1.0.0/16",))
    add_rule(world.acme, "by-site", source=("site:Berlin",))
    add_rule(world.acme, "by-port", protocol="tcp", ports="80,8000-8100")

    assert names(api, f"?q={port.ipv4_address}") == ["by-label", "by-network", "by-prefix"]
    assert names(api, "?q=10.1.0.99") == ["by-network", "by-prefix"]
    assert names(api, "?q=10.200.1.4") == ["by-site"]
    assert names(api, "?q=8050") == ["by-port"]
    assert names(api, "?q=81") == []
    assert names(api, "?q=by-s") == ["by-site"]
    assert names(api, f"?group={label.id}") == ["by-label"]


def test_csv_goes_out_and_in(world: World, api: APIClient):
    add_rule(world.acme, "one")
    text = api.get(f"{RULES}.csv")
    assert text["Content-Type"] == "text/csv; charset=utf-8"
    more = text.content.decode() + "two,,any,any,tcp,80,allow,yes,no\r\n"

    seen = api.put(f"{RULES}.csv?dry_run=true", more.encode(), content_type="text/csv")
    done = api.put(f"{RULES}.csv", more.encode(), content_type="text/csv")
    bad = api.put(f"{RULES}.csv", {"csv": more + "three,,any\r\n"})

    assert (seen.status_code, done.status_code, bad.status_code) == (200, 202, 422)
    assert bad.json()["errors"][0]["field"] == "csv"
    assert "Row 4" in bad.json()["detail"]
    assert names(api) == ["one", "two"]


def test_list_takes_the_same_queries_however_long_it_is(
    world: World, api: APIClient, django_assert_num_queries
):
    add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    add_rule(world.acme, "r-0", source=("group:shop",))
    api.get(RULES)
    with django_assert_num_queries(12) as few:
        api.get(RULES)
    for number in range(1, 8):
        add_rule(world.acme, f"r-{number}", source=("group:shop",))
    with django_assert_num_queries(len(few)):
        assert len(api.get(RULES).json()["results"]) == 8


def test_pages_of_the_list_are_in_its_order(world: World, api: APIClient):
    last = add_rule(world.acme, "last")
    for number in range(3):
        add_rule(world.acme, f"r-{number}", before=last.id)
    first = api.get(f"{RULES}?page_size=2").json()
    rest = api.get(first["next"]).json()
    found = [one["name"] for one in (*first["results"], *rest["results"])]
    assert found == ["r-0", "r-1", "r-2", "last"]
