"""A question is answered on as much of the intent as it is about, as on all of it."""

from itertools import product
from random import Random

import pytest

from networking import selectors
from networking.compiler import compile_scopes
from networking.intent import FabricIntent, RouterIntent
from networking.models import Port
from networking.reach import View
from networking.services.reaching import Question, ask, views
from tenants.access import Actor, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_rule,
    add_site,
    add_vip,
    allow_vips,
)
from tests.world import World

ENDS = ("web-1", "web-2", "db-1", "lone", "10.1.1.2", "10.1.0.200", "192.0.2.1", "site:Berlin")
TO = ("vip:shop", "vip:both", "10.99.0.1")
ASKED = 30


@pytest.fixture
def shop(world: World, fra: Frankfurt) -> tuple[Port, ...]:
    """Groups by labels, by network and by prefix; VIPs by group and by name."""
    add_site(world.acme, fra.attachments[0], "Berlin")
    allow_vips(world.acme)
    front = add_network(world.acme, "front", "10.1.0.0/24", ipv6_prefix="fd10:1:0:1::/64")
    back = add_network(world.acme, "back", "10.1.1.0/24", default_deny=True)
    web = add_group(world.acme, "web", labels={"app": "web"})
    add_group(world.acme, "all-of-it", networks=(back.id,), prefixes=("192.0.2.0/24",))
    machines = (
        add_port(world.acme, front, "web-1", labels={"app": "web"}),
        add_port(world.acme, front, "web-2", labels={"app": "web"}),
        add_port(world.acme, back, "db-1"),
        add_port(world.acme, front, "lone"),
    )
    add_group(world.acme, "named", ports=(machines[3].id,))
    add_vip(world.acme, "shop", group=web.id)
    add_vip(world.acme, "both", members=(machines[0].id, machines[2].id))
    add_rule(world.acme, "a", source=("group:web",), destination=("group:all-of-it",))
    add_rule(world.acme, "b", source=("group:named",), destination=("group:web",), action="deny")
    add_rule(world.acme, "c", source=("site:Berlin",), destination=("10.1.1.0/24",))
    return machines


def whole(actor: Actor) -> list[View]:
    """Everything that the tenant wants; it has one fabric and one router."""
    intents = compile_scopes(list(selectors.scopes(actor)))
    (router,) = (one for one in intents if isinstance(one, RouterIntent))
    return [View(one, router) for one in intents if isinstance(one, FabricIntent)]


def test_the_answer_is_that_of_everything(world: World, shop: tuple[Port, ...]) -> None:
    actor = world.actor("acme", "network")
    pairs = [pair for pair in product(ENDS, (*ENDS, *TO)) if pair[0] != pair[1]]
    answers = set()
    with acting_as(actor):
        known = whole(actor)
        for source, destination in Random(1).sample(pairs, ASKED):
            question = Question(source, destination, "tcp", 443)
            found = ask(views(actor, question), question)
            assert found == ask(known, question), question
            answers.add((found.allowed, found.decision.by))
    assert len(answers) > 4


def test_of_machines_those_are_read_that_are_asked_about(
    world: World, shop: tuple[Port, ...]
) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        (view,) = views(actor, Question("lone", "vip:both"))
    machines = {port.name for network in view.fabric.networks for port in network.ports}
    assert machines == {"lone", "web-1", "db-1"}


def test_ends_are_found_by_a_part_of_their_names(world: World, shop: tuple[Port, ...]) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        everything = selectors.reach_ends(actor, "", 200)
        assert everything[:3] == ["site:Berlin", "vip:both", "vip:shop"]
        assert selectors.reach_ends(actor, "", 5) == everything[:5]
        assert selectors.reach_ends(actor, "web", 200) == ["web-1", "web-2"]
        assert selectors.reach_ends(actor, "vip:sh", 200) == ["vip:shop"]
        assert selectors.reach_ends(actor, "site:nowhere", 200) == []
