"""The pages of groups."""

import re

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
    named = add_port(world.acme, web, "db-1", ipv4_address="10.1.0.10")
    add_group(world.acme, "by-label", labels={"app": "shop"})
    add_group(world.acme, "by-network", networks=(web.id,))
    add_group(world.acme, "by-prefix", prefixes=("10.1.0.10/32", "198.51.100.0/24"))
    add_group(world.acme, "by-two", labels={"app": "shop"}, prefixes=("10.1.0.10/32",))
    add_group(world.acme, "by-name", ports=(named.id,))

    page = engineer.get("groups/")

    machines = {line.group.name: line.use.machines for line in page.context["lines"]}
    assert machines == {
        "by-label": 1,
        "by-network": 2,
        "by-prefix": 1,
        "by-two": 2,
        "by-name": 1,
    }
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
    assert re.search(r"web-1.*label app=shop", members_of(by_label), re.DOTALL)
    assert "web-2" not in members_of(by_label)
    assert "2 machines now" in by_network
    assert members_of(by_network).count("network web") == 2
    assert "machines now" not in wrong
    assert "is not" in wrong
    assert count(Group) == 0


def members_of(page: str) -> str:
    """What a page shows below its heading of members."""
    return page.partition("now</h3>")[2].partition("</ul>")[0]


def test_machines_are_offered_by_name_address_and_label(engineer: Browser, world: World) -> None:
    web = add_network(world.acme)
    for name, labels in (("web-1", {"app": "shop"}), ("web-2", {}), ("db-1", {})):
        add_port(world.acme, web, name, labels=labels)
    theirs = add_network(world.globex, "office")
    add_port(world.globex, theirs, "desk-1")

    def offered(text: str) -> list[str]:
        page = engineer.post("groups/new", "check", name="shop", ports=text)
        assert 'id="id_ports_offer"' in text_of(page)
        return [one.text for one in page.context["offer"].machines]

    assert offered("") == ["db-1, ", "web-1, ", "web-2, "]
    assert offered("eb") == ["web-1, ", "web-2, "]
    assert offered("web-1, we") == ["web-1, web-2, "]
    assert offered("web-1, web-2") == ["web-1, web-2, db-1, "]
    assert offered("10.1.0.3") == ["web-2, "]
    assert offered("app=shop") == ["web-1, "]
    assert offered("desk") == []


def test_a_machine_is_added_and_searched_without_scripts(engineer: Browser, world: World) -> None:
    add_port(world.acme, add_network(world.acme), "web-1")
    add_port(world.globex, add_network(world.globex, "office"), "desk-1")

    searched = engineer.post("groups/new", "edit", name="shop", ports="eb")
    filled = engineer.post("groups/new", name="shop", ports="we", fill="ports=web-1, ")
    unknown = engineer.post("groups/new", name="shop", ports="web-1, desk-1")

    assert 'value="ports=web-1, "' in text_of(searched)
    assert ">web-1, </textarea>" in text_of(filled).replace("\n", "")
    assert unknown.status_code == 422
    assert "There is no machine desk-1." in text_of(unknown)


def test_a_named_machine_is_told_from_one_that_is_labelled(engineer: Browser, world: World) -> None:
    web = add_network(world.acme)
    labelled = add_port(world.acme, web, "web-1", labels={"app": "shop"})
    add_port(world.acme, web, "web-2")

    engineer.carry_out("groups/new", name="shop", labels="app=shop", ports="web-1,web-2")

    made = newest_change(world.acme)
    assert made.after["machines"] == ["web-1", "web-2"]
    page = engineer.get(f"groups/{made.subject_id}/")
    why = {line.port.name: line.why for line in page.context["member_lines"]}
    assert why == {"web-1": ("named", "label app=shop"), "web-2": ("named",)}
    assert "Machines by name" in text_of(page)
    assert "web-1, web-2" in text_of(engineer.get(f"groups/{made.subject_id}/edit"))
    warned = text_of(engineer.get(f"ports/{labelled.id}/delete"))
    assert "web-1 is named by group shop, which loses it." in warned


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
    port = add_port(world.acme, web, labels={"app": "shop"})
    group = add_group(world.acme, networks=(web.id,), labels={"app": "shop"}, ports=(port.id,))
    path = path.format(group=group.id)
    few = queries(engineer, path)

    for number in range(3):
        more = add_port(world.acme, web, f"more-{number}", labels={"app": "shop"})
        add_group(world.acme, f"more-{number}", networks=(web.id,), ports=(port.id, more.id))

    assert queries(engineer, path) == few <= 16
