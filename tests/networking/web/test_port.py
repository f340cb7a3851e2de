"""The pages of ports."""

from datetime import UTC, datetime

import pytest
from django import forms

from networking.models import Host, Port
from networking.web.forms.labels import LabelsField, labels_text
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import Frankfurt, add_group, add_network, add_port, newest_change
from tests.networking.web.conftest import Browser, count, generation, text_of
from tests.world import World


def test_first_a_network_then_a_machine(engineer: Browser, world: World) -> None:
    assert "First a network" in text_of(engineer.get("ports/"))

    add_network(world.acme)

    assert "Connect your first machine" in text_of(engineer.get("ports/"))


@pytest.mark.parametrize("query", ["web", "10.1.0.2", "app=shop", "02:00:00:00:00:01"])
def test_the_list_is_searched_by_name_address_label_and_mac(
    engineer: Browser, world: World, query: str
) -> None:
    network = add_network(world.acme)
    add_port(world.acme, network, "web-1", mac="02:00:00:00:00:01", labels={"app": "shop"})
    add_port(world.acme, network, "other", ipv4_address="10.1.0.99")

    page = text_of(engineer.fragment("ports/", q=query))

    assert ">web-1<" in page
    assert ">other<" not in page


def test_later_pages_go_on_where_the_first_ends(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)
    with acting_as(DatabaseRole.WORKER):
        Port.objects.bulk_create(
            Port(
                tenant=world.acme,
                network=network,
                name=f"vm-{number:03}",
                mac=f"02:00:00:00:00:{number:02x}",
                ipv4_address=f"10.1.0.{number}",
            )
            for number in range(2, 110)
        )

    page = text_of(engineer.get("ports/?page=2&q=vm"))

    assert "51\N{EN DASH}100 of 108" in page
    assert ">vm-051<" not in page
    assert page.index(">vm-052<") < page.index(">vm-101<")
    assert ">vm-102<" not in page
    assert "101\N{EN DASH}108 of 108" in text_of(engineer.get("ports/?page=9"))


def test_the_list_is_filtered_by_network(engineer: Browser, world: World) -> None:
    add_port(world.acme, add_network(world.acme, "web", "10.1.0.0/24"), "web-1")
    add_port(world.acme, add_network(world.acme, "db", "10.1.1.0/24"), "db-1")

    page = text_of(engineer.fragment("ports/", network="db"))

    assert "db-1" in page
    assert "web-1" not in page


def test_a_review_settles_the_address_and_the_mac(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)

    review = engineer.post("ports/new", network=str(network.id), name="web-1")
    planned = dict(review.context["fields"])
    answer = engineer.post("ports/new", "confirm", **planned, generation=generation(review))

    assert answer.status_code == 302
    with acting_as(DatabaseRole.WORKER):
        port = Port.objects.get()
    assert (str(port.ipv4_address), str(port.mac)) == (planned["ipv4_address"], planned["mac"])
    assert planned["mac"] in text_of(review)


def test_the_network_of_the_address_is_chosen_already(engineer: Browser, world: World) -> None:
    network = add_network(world.acme)

    page = text_of(engineer.get("ports/new", network=str(network.id)))

    assert f'<option value="{network.id}" selected>' in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ipv4_address", "10.9.0.1", "outside of network web"),
        ("ipv4_address", "10.1.0.1", "gateway"),
        ("mac", "nonsense", "is not a MAC address"),
        ("labels", "app", "is not a label"),
        ("labels", "app=a app=b", "is there twice"),
        ("name", "", "required"),
    ],
)
def test_a_refusal_stands_at_its_field(
    engineer: Browser, world: World, field: str, value: str, said: str
) -> None:
    network = add_network(world.acme)
    data = {"network": str(network.id), "name": "web-1"} | {field: value}

    page = engineer.post("ports/new", **data)

    assert 400 <= page.status_code < 500
    assert said in " ".join(page.context["form"].errors[field])
    assert count(Port) == 0


def test_an_edit_of_labels(engineer: Browser, world: World) -> None:
    port = add_port(world.acme, add_network(world.acme), labels={"app": "shop"})
    path = f"ports/{port.id}/edit"
    assert 'value="app=shop"' in text_of(engineer.get(path))

    data = {"name": "web-1", "ipv4_address": str(port.ipv4_address), "mac": str(port.mac)}
    engineer.carry_out(path, **data, labels="app=shop, env=prod")

    assert newest_change(world.acme).after["labels"] == {"app": "shop", "env": "prod"}


def test_a_deletion(engineer: Browser, world: World) -> None:
    port = add_port(world.acme, add_network(world.acme))
    path = f"ports/{port.id}/delete"

    page = engineer.get(path)
    answer = engineer.post(path, "confirm", generation=generation(page))

    assert answer.status_code == 302
    assert newest_change(world.acme).verb == "delete"
    assert "Being deleted" in text_of(engineer.get(f"ports/{port.id}/"))


def test_the_detail_shows_where_it_is(engineer: Browser, world: World) -> None:
    port = add_port(world.acme, add_network(world.acme), labels={"app": "shop"})

    page = text_of(engineer.get(f"ports/{port.id}/"))

    assert "Not plugged in" in page
    assert "app=shop" in page
    assert str(port.mac) in page


def test_a_machine_on_a_silent_host_is_not_called_up(
    engineer: Browser, world: World, fra: Frankfurt
) -> None:
    """The fabric goes on saying what the host said last."""
    web = add_network(world.acme)
    port = add_port(world.acme, web)
    group = add_group(world.acme, networks=(web.id,))
    since = datetime(2026, 11, 1, 12, 4, tzinfo=UTC)
    with acting_as(DatabaseRole.WORKER):
        Port.objects.update(host=fra.hosts[1], up=True, up_since=since)

    def state(path: str) -> tuple[str, bool]:
        page = text_of(engineer.get(path))
        return ("Host silent" if "Host silent" in page else "Up"), "2026-11-01 12:04" in page

    paths = ("ports/", f"ports/{port.id}/", f"groups/{group.id}/", f"networks/{web.id}/")
    assert [state(path) for path in paths] == [("Up", True)] * 4
    with acting_as(DatabaseRole.WORKER):
        Host.objects.filter(name="h2").update(silent_since=since)
    assert [state(path) for path in paths] == [("Host silent", True)] * 4
    assert "h2 has not answered since 2026-11-01 12:04:00 UTC" in text_of(engineer.get("ports/"))


def test_labels_are_read_and_written_alike() -> None:
    field = LabelsField(required=False)

    labels = field.clean("app=shop,env=prod\n empty=")

    assert labels == {"app": "shop", "env": "prod", "empty": ""}
    assert field.clean(labels_text(labels)) == labels
    assert field.clean("") == {}
    with pytest.raises(forms.ValidationError, match="Write it like"):
        field.clean("word")
