"""What changes open and close, as they keep it: of rules, groups, labels, default deny."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.models import Change, Group, Port, Rule
from networking.services import changes, groups, networks, ports, rule_import, rules
from networking.services.effects import DISABLED, KEPT
from networking.services.rules import RuleInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from tenants.access import Actor, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_rule,
    add_site,
    register_provider,
)
from tests.world import World

POSTGRES = RuleInput("db-in", ("group:web",), ("group:db",), "tcp", "5432")


@pytest.fixture
def shop(world: World, fra: Frankfurt) -> tuple[Port, ...]:
    """web-1 and web-2 in group web, db-1 in group db, each group in a network of its name; and
    Berlin."""
    add_site(world.acme, fra.attachments[0], "Berlin")
    front = add_network(world.acme, "front", "10.1.0.0/24", ipv6_prefix="fd10:1:0:1::/64")
    back = add_network(world.acme, "back", "10.1.1.0/24")
    for name in ("web", "db"):
        add_group(world.acme, name, labels={"app": name})
    return (
        add_port(world.acme, front, "web-1", labels={"app": "web"}),
        add_port(world.acme, front, "web-2", labels={"app": "web"}),
        add_port(world.acme, back, "db-1", labels={"app": "db"}),
    )


def told(change: Change) -> list[str]:
    """The effects in lines; why there are none, if there are none."""
    change.refresh_from_db()
    kept = change.effects
    if kept is None:
        return []
    assert kept["complete"]
    found = [f"+ {one['text']}" for one in kept["opens"]]
    found += [f"- {one['text']}" for one in kept["closes"]]
    return found or [kept["nothing"]]


def test_default_deny_names_whom_it_cuts_and_a_rule_whom_it_lets_through(
    world: World, shop: tuple[Port, ...]
) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        closed = networks.update(actor, shop[2].network_id, {"default_deny": True})
        assert told(closed) == [
            "- db → site Berlin everything (1 machine)",
            "- site Berlin → db everything (1 machine)",
            "- web → db everything (2 → 1 machine)",
        ]
        opened = rules.create(actor, POSTGRES)
        assert told(opened) == ["+ web → db TCP 5432 (2 → 1 machine)"]
        assert told(changes.revert(actor, opened.id)) == ["- web → db TCP 5432 (2 → 1 machine)"]
        # What was foreseen stays what it was.
        assert told(opened) == ["+ web → db TCP 5432 (2 → 1 machine)"]
        assert told(changes.revert(actor, closed.id)) == [
            line.replace("- ", "+ ", 1) for line in told(closed)
        ]


def test_who_changes_groups_takes_its_access_along(world: World, shop: tuple[Port, ...]) -> None:
    add_rule(world.acme, "db-in", source=("group:web",), destination=("group:db",))
    add_rule(world.acme, "no-db", destination=("group:db",), action="deny")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        web = Group.objects.get(name="web")
        left = ports.update(actor, shop[1].id, {"labels": {}})
        assert told(left) == ["- network front → db everything (1 → 1 machine)"]
        wider = groups.update(actor, web.id, {"prefixes": ("10.200.1.0/24",)})
        assert told(wider) == ["+ web → db everything (1 machine)"]
        assert told(groups.update(actor, web.id, {"name": "front"})) == []


def test_machines_that_come_and_go_have_no_effects(world: World, shop: tuple[Port, ...]) -> None:
    add_rule(world.acme, "no-db", destination=("group:db",), action="deny")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        wanted = ports.PortInput(shop[2].network_id, "db-2", labels={"app": "db"})
        made = ports.create(actor, wanted)
        gone = ports.delete(actor, made.subject_id)
    assert made.effects is gone.effects is None
    assert "db-2 (10.1.1.3) joins" in str(made.plan)


def test_a_rule_that_makes_no_difference_says_why(world: World, shop: tuple[Port, ...]) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        assert told(rules.create(actor, POSTGRES)) == ["What it allows passes anyway."]
        stop = rules.create(actor, RuleInput("stop", destination=("group:db",), action="deny"))
        late = rules.create(actor, replace(POSTGRES, name="late", ports="443"))
        assert told(late) == ["Shadowed by rule stop."]
        off = rules.create(actor, replace(POSTGRES, name="off", enabled=False))
        assert told(off) == [DISABLED]
        assert told(rules.update(actor, stop.subject_id, {"name": "halt"})) == []
        moved = rules.move(actor, late.subject_id, before=stop.subject_id)
        assert told(moved) == ["+ web → db TCP 443 (2 → 1 machine)"]
        empty = networks.create(actor, networks.NetworkInput("empty", "fra", "10.1.9.0/24"))
        deny = networks.update(actor, empty.subject_id, {"default_deny": True})
        assert told(deny) == ["Network empty has no machines yet."]
        lonely = groups.create(actor, groups.GroupInput("lonely", labels={"app": "web"}))
        assert told(lonely) == ["No enabled rule names group lonely."]


def test_numbering_anew_is_no_effect_of_a_move(world: World, shop: tuple[Port, ...]) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        last = rules.create(actor, RuleInput("stop", destination=("group:db",), action="deny"))
        first = rules.create(actor, POSTGRES, before=last.subject_id)
        other = rules.create(actor, replace(POSTGRES, name="other", ports="443"))
    with in_role(DatabaseRole.WORKER):
        for rank, rule_id in enumerate((first.subject_id, last.subject_id, other.subject_id)):
            Rule.objects.filter(id=rule_id).update(rank=rank)
    with acting_as(actor):
        moved = rules.move(actor, other.subject_id, before=last.subject_id)
        assert "numbered anew" in moved.warnings[0]
        assert told(moved) == ["+ web → db TCP 443 (2 → 1 machine)"]


def test_a_rule_reaches_into_all_regions(world: World, shop: tuple[Port, ...]) -> None:
    register_provider("muc", "Munich")
    far = add_network(world.acme, "far", "10.1.7.0/24", region="muc")
    add_port(world.acme, far, "far-1", labels={"app": "far"})
    add_group(world.acme, "far", labels={"app": "far"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rules.create(
            actor, RuleInput("stop", ("group:web",), ("group:far",), action="reject")
        )
        assert [one["device"] for one in change.plan] == ["fabric", "fabric"]
        assert told(change) == ["- web → far everything (2 → 1 machine)"]


def test_an_import_tells_of_all_its_rules(world: World, shop: tuple[Port, ...]) -> None:
    actor = world.actor("acme", "network")
    with acting_as(actor):
        text = (
            "name,source,destination,protocol,ports,action,enabled,log,description\n"
            "db-in,group:web,group:db,tcp,5432,allow,yes,no,\n"
            "stop,any,group:db,any,,deny,yes,no,\n"
        )
        change = rule_import.replace_all(actor, text)
        assert told(change) == [
            "- site Berlin → db everything (1 machine)",
            "- web → db everything but TCP 5432 (2 → 1 machine)",
        ]
        assert told(changes.revert(actor, change.id))[0][0] == "+"


def test_a_long_list_is_told_in_part(world: World, fra: Frankfurt) -> None:
    web, rules_of = add_network(world.acme), {}
    for number in range(6):
        add_port(world.acme, web, f"m-{number}", labels={"n": str(number)})
        add_group(world.acme, f"g-{number}", labels={"n": str(number)})
        # So that nobody's access is cut to everybody alike.
        sides = {"source": (f"group:g-{number}",), "destination": (f"group:g-{(number + 1) % 6}",)}
        rules_of[f"r-{number}"] = sides
    for name, sides in rules_of.items():
        add_rule(world.acme, name, protocol="tcp", ports="443", **sides)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = networks.update(actor, web.id, {"default_deny": True})
    assert change.effects is not None
    closes = change.effects["closes"]
    assert len(closes) <= KEPT
    assert change.effects["more_closes"] == 30 - KEPT


@pytest.mark.parametrize("budget", [40])
def test_effects_cost_the_same_for_few_rows_and_for_many(
    world: World, shop: tuple[Port, ...], budget: int
) -> None:
    actor = world.actor("acme", "network")
    add_rule(world.acme, "first", source=("group:web", "site:Berlin"))
    few = queries(actor)
    for number in range(4):
        network = add_network(world.acme, f"n-{number}", f"10.1.{number + 5}.0/24")
        add_port(world.acme, network, f"m-{number}", labels={"app": "web"})
        add_rule(world.acme, f"r-{number}", source=("group:web", "site:Berlin"))
    assert queries(actor) == few <= budget


def queries(actor: Actor) -> int:
    """How many statements the preview of a rule takes."""
    with acting_as(actor), CaptureQueriesContext(connection) as captured:
        changes.preview(lambda: rules.create(actor, POSTGRES))
    free = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO", "SELECT set_config(")
    return sum(not query["sql"].startswith(free) for query in captured.captured_queries)
