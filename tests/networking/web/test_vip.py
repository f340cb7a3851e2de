"""The pages of VIPs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from networking.models import Change, MemberState, Port, Vip
from portal.lib.db import DatabaseRole, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_vip,
    allow_vips,
    newest_change,
)
from tests.networking.web.conftest import Browser, count, generation, text_of
from tests.networking.web.test_budget import queries
from tests.world import World

NEW = {
    "name": "shop",
    "region": "fra",
    "ports": "443, 80:8080, 53/udp",
    "members": "web-1",
    "health_check": "on",
    "check_interval": "2",
    "check_timeout": "1",
    "check_failures": "2",
    "check_successes": "1",
}


@pytest.fixture
def machines(world: World, fra: Frankfurt) -> list[Port]:
    """web-1 and web-2, labelled app=shop, and a prefix for VIPs."""
    allow_vips(world.acme)
    web = add_network(world.acme)
    return [add_port(world.acme, web, f"web-{n}", labels={"app": "shop"}) for n in (1, 2)]


def found(fra: Frankfurt, port: Port, health: str, **fields: Any) -> None:
    """What a health check finds of a machine."""
    with acting_as(DatabaseRole.WORKER):
        MemberState.objects.create(
            **{
                "tenant_id": port.tenant_id,
                "fabric": fra.fabric,
                "port": port,
                "address": str(port.ipv4_address),
                "protocol": "tcp",
                "member_port": 443,
                "health": health,
                "reason": "It does not answer on TCP 443.",
                "since": datetime(2026, 11, 1, 12, tzinfo=UTC),
            }
            | fields
        )


def settled(vip: Vip) -> None:
    """As if all of the tenant's changes had come into force."""
    with acting_as(DatabaseRole.WORKER):
        Change.objects.filter(tenant=vip.tenant_id).update(state="done")


def test_a_newcomer_is_told_the_next_step(engineer: Browser, world: World) -> None:
    assert "Ask your provider for a prefix" in text_of(engineer.get("vips/"))

    allow_vips(world.acme)

    assert "/t/acme/vips/new" in text_of(engineer.get("vips/"))


def test_a_vip_is_made_with_the_free_address_that_was_reviewed(
    engineer: Browser, world: World, machines: list[Port]
) -> None:
    review = engineer.post("vips/new", **NEW)
    assert review.status_code == 200, text_of(review)
    planned = dict(review.context["fields"])
    assert count(Vip) == 0

    engineer.post("vips/new", "confirm", **planned, generation=generation(review))

    made = newest_change(world.acme)
    assert made.after["ipv4_address"] == planned["ipv4_address"] != ""
    assert made.after["members"] == ["web-1"]
    assert made.after["ports"] == [
        {"protocol": "tcp", "port": 80, "member_port": 8080},
        {"protocol": "tcp", "port": 443, "member_port": 443},
        {"protocol": "udp", "port": 53, "member_port": 53},
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("ports", "http", "is no port"),
        ("ports", "99999", "is no port"),
        ("ports", "443, 443", "named twice"),
        ("members", "nobody", "There is no machine nobody"),
        ("members", "", "Choose machines or a group"),
        ("ipv4_address", "10.1.0.77", "lies in network web"),
        ("ipv4_address", "192.0.2.1", "is in no VIP prefix"),
        ("check_timeout", "900", "Choose a number"),
    ],
)
def test_a_refusal_stands_at_its_field(
    engineer: Browser, machines: list[Port], field: str, value: str, said: str
) -> None:
    page = engineer.post("vips/new", **(NEW | {field: value}))

    assert 400 <= page.status_code < 500
    assert said in " ".join(page.context["form"].errors[field])
    assert count(Vip) == 0


def test_another_tenants_machine_is_nobody(
    engineer: Browser, world: World, machines: list[Port]
) -> None:
    network = add_network(world.globex, "theirs", "10.1.0.0/24")
    add_port(world.globex, network, "their-machine")

    page = engineer.post("vips/new", **(NEW | {"members": "their-machine"}))

    assert "There is no machine their-machine" in text_of(page)


def test_the_list_tells_how_many_answer(
    engineer: Browser, world: World, fra: Frankfurt, machines: list[Port]
) -> None:
    shop = add_group(world.acme, labels={"app": "shop"})
    vip = add_vip(world.acme, "shop", group=shop.id, members=(machines[0].id,))
    unchecked = add_vip(world.acme, "plain", members=(machines[1].id,), health_check=False)
    settled(vip)

    def words() -> dict[str, str]:
        lines = engineer.fragment("vips/").context["lines"]
        return {line.vip.name: line.status.word for line in lines}

    assert words() == {"shop": "Enforced", "plain": "Enforced"}
    found(fra, machines[1], "offline")
    found(fra, machines[0], "offline", member_port=8443)  # another VIP's port
    assert words() == {"shop": "1 of 2 answer", "plain": "Enforced"}
    found(fra, machines[0], "offline")
    assert words() == {"shop": "Rejects", "plain": "Enforced"}
    assert unchecked.name in text_of(engineer.get("vips/", q="pla"))


def test_the_detail_says_since_when_a_member_is_out_and_why(
    reader: Browser, world: World, fra: Frankfurt, machines: list[Port]
) -> None:
    vip = add_vip(world.acme, members=[port.id for port in machines])
    found(fra, machines[0], "offline")

    page = text_of(reader.get(f"vips/{vip.id}/"))

    assert "Does not answer" in page
    assert "It does not answer on TCP 443." in page
    assert "2026-11-01" in page
    assert "web-2" in page
    assert "not seen yet" in page
    assert str(vip.ipv4_address) in page
    assert "/edit" not in page


def test_an_edit_and_a_deletion(engineer: Browser, world: World, machines: list[Port]) -> None:
    vip = add_vip(world.acme, members=(machines[0].id,))
    path = f"vips/{vip.id}/edit"
    page = text_of(engineer.get(path))
    assert 'value="web-1"' in page
    assert 'value="443"' in page

    data = {name: text for name, text in NEW.items() if name != "region"}
    engineer.carry_out(path, **(data | {"members": "web-2, web-1"}))
    assert newest_change(world.acme).after["members"] == ["web-1", "web-2"]
    assert "TCP 80 to 8080" in text_of(engineer.get(f"changes/{newest_change(world.acme).id}/"))

    review = engineer.get(f"vips/{vip.id}/delete")
    engineer.post(f"vips/{vip.id}/delete", "confirm", generation=generation(review))
    assert newest_change(world.acme).verb == "delete"


def test_whether_a_vip_is_reached_is_asked_too(
    engineer: Browser, world: World, machines: list[Port]
) -> None:
    vip = add_vip(world.acme, members=(machines[1].id,))
    ask = {"source": "web-1", "destination": "vip:shop", "protocol": "tcp", "port": "443"}

    page = engineer.get("reach/", **ask)

    assert page.context["verdict"].allowed
    assert page.context["member"] == "web-2"
    assert f"/t/acme/vips/{vip.id}/" in text_of(page)
    backwards = ask | {"source": "vip:shop", "destination": "web-1"}
    assert "opens no connections" in text_of(engineer.get("reach/", **backwards))


@pytest.mark.parametrize("path", ["vips/", "vips/{vip}/", "vips/new", "vips/{vip}/edit"])
def test_a_page_takes_as_many_queries_with_few_vips_as_with_many(
    engineer: Browser, world: World, fra: Frankfurt, machines: list[Port], path: str
) -> None:
    shop = add_group(world.acme, labels={"app": "shop"})
    vip = add_vip(world.acme, "first", group=shop.id, members=(machines[0].id,))
    path = path.format(vip=vip.id)
    few = queries(engineer, path)

    for number in range(3):
        add_vip(world.acme, f"more-{number}", group=shop.id, members=(machines[1].id,))
        add_port(world.acme, machines[0].network, f"m-{number}", labels={"app": "shop"})
    found(fra, machines[0], "online")

    assert queries(engineer, path) == few <= 20
