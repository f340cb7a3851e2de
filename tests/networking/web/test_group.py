"""The pages of groups."""

import pytest

from networking.models import Group
from tests.factories.acts import add_group, add_network, add_port, newest_change
from tests.networking.web.conftest import Browser, count, generation, text_of
from tests.networking.web.test_budget import queries
from tests.world import World


def test_a_newcomer_is_told_the_next_step(engineer: Browser, reader: Browser) -> None:
    page = text_of(engineer.get("groups/"))

    assert "Make your first group" in page
    assert "/t/acme/groups/new" in page
    assert "groups/new" not in text_of(reader.get("groups/"))


def test_the_list_counts_machines_by_label_network_and_prefix(
    engineer: Browser, world: World
) -> None:
    web = add_network(world.acme)
    add_port(world.acme, web, "web-1", ipv4_address="10.1.0.9", labels={"app": "shop"})
    add_port(world.acme, web, "db-1", ipv4_address="10.1.0.10")
    add_group(world.acme, "by-label", labels={"app": "shop"})
    add_group(world.acme, "by-network", networks=(web.id,))
    add_group(world.acme, "by-prefix", prefixes=("10.1.0.10/32", "198.51.100.0/24"))
    add_group(world.acme, "by-two", labels={"app": "shop"}, prefixes=("10.1.0.10/32",))

    page = engineer.get("groups/")

    machines = {line.group.name: line.use.machines for line in page.context["lines"]}
    assert machines == {"by-label": 1, "by-network": 2, "by-prefix": 1, "by-two": 2}
    assert "198.51.100.0/24" in text_of(page)


@pytest.mark.parametrize("query", ["sho", "app=shop"])
def test_the_list_is_searched_by_name_and_label(
    engineer: Browser, world: World, query: str
) -> None:
    add_group(world.acme, "shop", labels={"app": "shop"})
    add_group(world.acme, "other", labels={"app": "other"})

    page = text_of(engineer.fragment("groups/", q=query))

    assert ">shop<" in page
    assert ">other<" not in page


def test_the_detail_shows_members_that_follow_their_labels(engineer: Browser, world: World) -> None:
    port = add_port(world.acme, add_network(world.acme), "web-1", labels={"app": "shop"})
    group = add_group(world.acme, labels={"app": "shop"})
    assert "web-1" in text_of(engineer.get(f"groups/{group.id}/"))

    engineer.carry_out(
        f"ports/{port.id}/edit",
        name="web-1",
        ipv4_address=str(port.ipv4_address),
        mac=str(port.mac),
        labels="app=other",
    )

    page = text_of(engineer.fragment(f"groups/{group.id}/"))
    assert "web-1" not in page
    assert "No machine belongs to it" in page


def test_members_are_shown_while_someone_types(engineer: Browser, world: World) -> None:
    web = add_network(world.acme)
    add_port(world.acme, web, "web-1", labels={"app": "shop"})
    add_port(world.acme, web, "web-2")

    by_label = text_of(engineer.post("groups/new", "check", name="shop", labels="app=shop"))
    by_network = text_of(engineer.post("groups/new", "check", name="x", networks=[str(web.id)]))
    wrong = text_of(engineer.post("groups/new", "check", name="x", prefixes="10.1.0.0"))

    assert "1 machine now" in by_label
    assert "web-1" in by_label
    assert "web-2" not in by_label
    assert "2 machines now" in by_network
    assert "machines now" not in wrong
    assert "is not" in wrong
    assert count(Group) == 0


def test_a_group_is_made_and_edited(engineer: Browser, world: World) -> None:
    web = add_network(world.acme)

    engineer.carry_out(
        "groups/new",
        name="shop",
        labels="app=shop",
        networks=[str(web.id)],
        prefixes="198.51.100.0/24\n2001:db8::/32",
    )

    made = newest_change(world.acme)
    assert made.after["networks"] == ["web"]
    assert made.after["prefixes"] == ["198.51.100.0/24", "2001:db8::/32"]
    path = f"groups/{made.subject_id}/edit"
    page = text_of(engineer.get(path))
    assert 'value="app=shop"' in page
    assert "198.51.100.0/24" in page
    engineer.carry_out(path, name="shop", labels="app=store")
    assert newest_change(world.acme).after["labels"] == {"app": "store"}
    assert newest_change(world.acme).after["networks"] == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "My Group", "would do"),
        ("labels", "app", "is not a label"),
        ("labels", "", "Say who belongs"),
        ("prefixes", "10.1.0.0/24 nonsense", "is not"),
    ],
)
def test_a_refusal_stands_at_its_field(
    engineer: Browser, world: World, field: str, value: str, said: str
) -> None:
    page = engineer.post("groups/new", **({"name": "shop", "labels": "app=shop"} | {field: value}))

    assert 400 <= page.status_code < 500
    assert said in " ".join(page.context["form"].errors[field])
    assert count(Group) == 0


def test_a_deletion(engineer: Browser, world: World) -> None:
    group = add_group(world.acme, labels={"app": "shop"})
    path = f"groups/{group.id}/delete"

    page = engineer.get(path)
    answer = engineer.post(path, "confirm", generation=generation(page))

    assert answer.status_code == 302
    assert newest_change(world.acme).verb == "delete"


@pytest.mark.parametrize(
    "path", ["groups/", "groups/{group}/", "groups/new", "groups/{group}/edit"]
)
def test_a_page_takes_as_many_queries_with_few_groups_as_with_many(
    engineer: Browser, world: World, path: str
) -> None:
    web = add_network(world.acme)
    add_port(world.acme, web, labels={"app": "shop"})
    group = add_group(world.acme, networks=(web.id,), labels={"app": "shop"})
    path = path.format(group=group.id)
    few = queries(engineer, path)

    for number in range(3):
        add_port(world.acme, web, f"more-{number}", labels={"app": "shop"})
        add_group(world.acme, f"more-{number}", networks=(web.id,), labels={"n": str(number)})

    assert queries(engineer, path) == few <= 14
