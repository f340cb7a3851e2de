"""A plan is made of what a change is about; it says the same as one made of all there is."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from networking.compiler import EVERYTHING
from networking.models import Change, Scope
from networking.services import changes, groups, networks, ports, rules, vips
from networking.services.accept import Draft
from networking.services.rules import RuleInput
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
    register_provider,
)
from tests.world import World

Acts = dict[str, Callable[[], Change]]


def acts(world: World, fra: Frankfurt, actor: Actor) -> Acts:
    """One change of each kind to a tenant in two regions who has some of everything."""
    add_site(world.acme, fra.attachments[0], "Berlin")
    allow_vips(world.acme)
    register_provider("muc", "Munich")
    front = add_network(world.acme, "front", "10.1.0.0/24", ipv6_prefix="fd10:1:0:1::/64")
    far = add_network(world.acme, "far", "10.1.7.0/24", region="muc")
    web = add_group(world.acme, "web", labels={"app": "web"})
    db = add_group(world.acme, "db", labels={"app": "db"}, networks=(far.id,))
    one = add_port(world.acme, front, "web-1", labels={"app": "web"})
    add_port(world.acme, front, "web-2", labels={"app": "web"})
    add_port(world.acme, far, "db-1", labels={"app": "db"})
    shop = add_vip(world.acme, "shop", group=web.id, health_check=True)
    first = add_rule(world.acme, "db-in", source=("group:web",), destination=("group:db",))
    last = add_rule(world.acme, "stop", source=("site:Berlin",), action="deny")
    add_rule(world.acme, "no-db", destination=("group:db",), action="deny")
    made = ports.PortInput(front.id, "web-3", labels={"app": "web"}, mac="02:00:00:00:00:01")
    late = RuleInput("late", ("site:Berlin",), ("group:db",), "tcp", "443")
    return {
        "a machine is made": lambda: ports.create(actor, made),
        "a label moves a machine": lambda: ports.update(actor, one.id, {"labels": {"app": "db"}}),
        "a machine gets another address": lambda: ports.update(
            actor, one.id, {"ipv4_address": "10.1.0.99"}
        ),
        "a machine goes": lambda: ports.delete(actor, one.id),
        "a group grows": lambda: groups.update(actor, web.id, {"prefixes": ("10.200.1.0/24",)}),
        "a group of other labels": lambda: groups.update(actor, web.id, {"labels": {"app": "db"}}),
        "a group is renamed": lambda: groups.update(actor, db.id, {"name": "data"}),
        "a rule is made": lambda: rules.create(actor, late),
        "a rule is edited": lambda: rules.update(actor, first.id, {"action": "reject"}),
        "a rule moves": lambda: rules.move(actor, last.id, before=first.id),
        "a rule goes": lambda: rules.delete(actor, last.id),
        "a network denies": lambda: networks.update(actor, far.id, {"default_deny": True}),
        "a VIP gets another group": lambda: vips.update(actor, shop.id, {"group": db.id}),
    }


def told(plan: Iterable[dict[str, Any]]) -> list[object]:
    """What people read of a plan."""
    return [(one["scope"], one["lines"], one.get("effects")) for one in plan]


def test_a_plan_says_what_one_made_of_everything_would_say(
    world: World, fra: Frankfurt, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = world.actor("acme", "network")
    found = acts(world, fra, actor)
    watch = Draft.watch

    def all_of_it(draft: Draft, scopes: Iterable[Scope], _: object = None) -> None:
        watch(draft, scopes, EVERYTHING)

    with acting_as(actor):
        brief = {name: told(changes.preview(act).plan) for name, act in found.items()}
        monkeypatch.setattr(Draft, "watch", all_of_it)
        whole = {name: told(changes.preview(act).plan) for name, act in found.items()}
    assert brief == whole
    assert all(brief.values())
