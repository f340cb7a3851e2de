"""Rules: their order, every refusal, what can never match, and the way back."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking.models import Change, Rule
from networking.services import changes, groups, rules, sites
from networking.services.rule_ranks import STEP, between, spread
from networking.services.rules import RuleInput
from portal.lib.db import DatabaseRole
from portal.lib.db import acting_as as in_role
from portal.lib.errors import Refusal
from tenants.access import SYSTEM, acting_as
from tests.factories.acts import (
    Frankfurt,
    add_group,
    add_network,
    add_port,
    add_rule,
    add_site,
)
from tests.networking.services.test_group import lines
from tests.world import World


def listed(world: World) -> list[str]:
    """Acme's rules in the order in which they are matched."""
    with in_role(DatabaseRole.WORKER):
        rows = Rule.objects.filter(tenant=world.acme, retiring_at=None).order_by("rank")
        return list(rows.values_list("name", flat=True))


def test_a_rule_is_told_in_a_sentence(world: World, fra: Frankfurt):
    add_site(world.acme, fra.attachments[0], "Berlin")
    add_network(world.acme)
    add_group(world.acme, "shop", prefixes=("10.1.0.0/28",))
    actor = world.actor("acme", "network")
    wanted = RuleInput(
        "web-in",
        source=("site:Berlin", "192.0.2.7"),
        destination=("group:shop",),
        protocol="tcp",
        ports="8000-8100, 443,80,81",
    )
    with acting_as(actor):
        change = rules.create(actor, wanted)
    assert lines(change) == ["rule web-in allows TCP 80-81, 443, 8000-8100 from Berlin, "
                             "192.0.2.7/32 to shop"]  # fmt: skip
    assert change.after["ports"] == "80-81,443,8000-8100"
    assert change.after["source"] == ["site:Berlin", "192.0.2.7/32"]


def test_rules_stand_where_they_were_put(world: World, fra: Frankfurt):
    last = add_rule(world.acme, "last")
    first = add_rule(world.acme, "first", before=last.id)
    add_rule(world.acme, "second", after=first.id)
    add_rule(world.acme, "end")
    assert listed(world) == ["first", "second", "last", "end"]
    actor = world.actor("acme", "network")
    with acting_as(actor):
        moved = rules.move(actor, last.id, before=first.id)
        assert moved.summary == "Move rule last to the top"
    assert listed(world) == ["last", "first", "second", "end"]
    with acting_as(actor):
        changes.revert(actor, moved.id)
    assert listed(world) == ["first", "second", "last", "end"]


def test_a_list_without_room_is_numbered_anew_in_one_change(world: World, fra: Frankfurt):
    add_network(world.acme)
    last = add_rule(world.acme, "last")
    for number in range(8):
        add_rule(world.acme, f"r-{number}", before=last.id)
    with in_role(DatabaseRole.WORKER):
        for rank, rule in enumerate(Rule.objects.order_by("rank")):
            Rule.objects.filter(id=rule.id).update(rank=rank)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rules.create(actor, RuleInput("tight"), before=last.id)
        ranks = list(Rule.objects.order_by("rank").values_list("rank", flat=True))
    assert listed(world) == [*(f"r-{number}" for number in range(8)), "tight", "last"]
    assert "numbered anew" in change.warnings[0]
    assert ranks[:3] == [STEP, 2 * STEP, 3 * STEP]
    assert len(lines(change)) == 1


def test_ranks_between(world: World):
    assert between(None, None) == STEP - 1
    assert between(3, 5) == 4
    assert between(3, 4) is None
    assert between(None, 0) is None
    assert between(29_999, None) is None
    assert 29_990 < (between(29_990, None) or 0) <= 29_999
    assert spread([10, None, 20]) == [10, 15, 20]
    assert spread([20, 10]) == [4, 10]
    assert spread([10, 40, 20, 30]) == [10, 15, 20, 30]
    assert spread([30, None, 10, 20]) == [4, 7, 10, 20]
    assert spread([1, None, 2]) == [STEP, 2 * STEP, 3 * STEP]
    assert len(set(spread([None] * 10_000))) == 10_000
    assert max(spread([None] * 10_000)) <= 29_999


@pytest.mark.parametrize(
    ("fields", "code", "field", "says"),
    [
        ({"source": ("group:nobody",)}, "group-unknown", "source", "nobody"),
        ({"destination": ("site:Paris",)}, "site-unknown", "destination", "Paris"),
        ({"source": ("shop",)}, "term-invalid", "source", "group:shop"),
        ({"source": ("any", "10.0.0.0/8")}, "term-invalid", "source", "alone"),
        ({"source": ("10.0.0.1/8",)}, "prefix-invalid", "source", "10.0.0.0/8"),
        ({"protocol": "tcp", "ports": "443-80"}, "ports-invalid", "ports", "80-443"),
        ({"protocol": "tcp", "ports": "80,,81"}, "ports-invalid", "ports", "443"),
        ({"protocol": "tcp", "ports": "0"}, "ports-invalid", "ports", "65535"),
        ({"protocol": "udp", "ports": "65536"}, "ports-invalid", "ports", "65535"),
        ({"protocol": "tcp", "ports": "http"}, "ports-invalid", "ports", "http"),
        ({"protocol": "icmp", "ports": "80"}, "ports-invalid", "ports", "TCP and UDP"),
        ({"protocol": "sctp"}, "protocol-unknown", "protocol", "udp"),
        ({"action": "drop"}, "action-unknown", "action", "deny"),
        ({"name": "Web in"}, "name-invalid", "name", "web-in"),
        ({"name": "taken"}, "name-taken", "name", "already"),
        (
            {"source": ("10.0.0.0/8",), "destination": ("fd00::/8",)},
            "families-mixed",
            "destination",
            "same family",
        ),
    ],
)
def test_refusals(
    world: World, fra: Frankfurt, fields: dict[str, Any], code: str, field: str, says: str
):
    add_rule(world.acme, "taken")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            rules.create(actor, RuleInput(**{"name": "new", **fields}))
        assert Rule.objects.count() == 1
    assert (caught.value.code, caught.value.field) == (code, field)
    assert says in caught.value.message


def test_another_tenants_group_and_rule_are_missing_ones(world: World, fra: Frankfurt):
    group = add_group(world.globex, "theirs", prefixes=("10.0.0.0/8",))
    rule = add_rule(world.globex, "theirs")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        for term in ("group:theirs", f"group:{group.id}"):
            with pytest.raises(Refusal) as caught:
                rules.create(actor, RuleInput("mine", source=(term,)))
            assert caught.value.code == "group-unknown"
        with pytest.raises(Refusal) as caught:
            rules.create(actor, RuleInput("mine"), before=rule.id)
        assert caught.value.code == "rule-unknown"
        with pytest.raises(Refusal) as caught:
            rules.delete(actor, rule.id)
        assert caught.value.status == 404


@pytest.mark.parametrize(
    ("earlier", "later", "shadowed"),
    [
        ({}, {"protocol": "tcp", "ports": "80"}, True),
        ({"enabled": False}, {}, False),
        ({"protocol": "udp"}, {"protocol": "tcp"}, False),
        ({"protocol": "tcp", "ports": "1-100"}, {"protocol": "tcp", "ports": "80,90"}, True),
        ({"protocol": "tcp", "ports": "1-100"}, {"protocol": "tcp", "ports": "80,900"}, False),
        ({"source": ("10.0.0.0/8",)}, {"source": ("10.1.0.0/16",)}, True),
        ({"source": ("10.1.0.0/16",)}, {"source": ("10.0.0.0/8",)}, False),
        ({"source": ("group:shop", "10.9.0.0/16")}, {"source": ("group:shop",)}, True),
        ({"source": ("group:shop",)}, {"source": ("group:shop", "10.9.0.0/16")}, False),
        ({"destination": ("group:shop",)}, {}, False),
    ],
)
def test_a_rule_that_can_never_match_is_said_and_not_refused(
    world: World,
    fra: Frankfurt,
    earlier: dict[str, Any],
    later: dict[str, Any],
    shadowed: bool,
):
    add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    add_rule(world.acme, "earlier", **earlier)
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rules.create(actor, RuleInput("later", **later))
    assert any("rule earlier" in text for text in change.warnings) is shadowed


def test_a_group_without_members_is_said(world: World, fra: Frankfurt):
    add_group(world.acme, "shop", labels={"app": "shop"})
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rules.create(actor, RuleInput("in", destination=("group:shop",)))
        assert "shop, has no members" in change.warnings[0]
    add_port(world.acme, add_network(world.acme), labels={"app": "shop"})
    with acting_as(actor):
        change = rules.update(actor, change.subject_id, {"log": True})
    assert change.warnings == []


def test_what_a_rule_names_stays(world: World, fra: Frankfurt):
    site = add_site(world.acme, fra.attachments[0], "Berlin")
    group = add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    rule = add_rule(world.acme, "in", source=("site:Berlin",), destination=("group:shop",))
    actor = world.actor("acme", "network")
    with acting_as(actor):
        with pytest.raises(Refusal) as caught:
            groups.delete(actor, group.id)
        assert "rule in" in caught.value.message
    with in_role(DatabaseRole.STAFF), pytest.raises(Refusal) as caught:
        sites.delete(SYSTEM, site.id)
    assert caught.value.code == "site-in-use"
    with acting_as(actor):
        rules.delete(actor, rule.id)
        groups.delete(actor, group.id)


def test_each_act_can_be_taken_back(world: World, fra: Frankfurt):
    add_network(world.acme)
    add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    above = add_rule(world.acme, "above")
    add_rule(world.acme, "below")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        made = rules.create(
            actor, RuleInput("in", source=("group:shop",), log=True), after=above.id
        )
        edit = rules.update(
            actor, made.subject_id, {"source": ("any",), "enabled": False}, expect=1
        )
        assert "enabled on → off" in edit.summary
        undone = changes.revert(actor, edit.id)
        assert undone.after["source"] == ["group:shop"]
        gone = rules.delete(actor, made.subject_id)
        with in_role(DatabaseRole.WORKER):
            Rule.objects.filter(id=made.subject_id).update(name="away")
        changes.revert(actor, gone.id)
    assert listed(world) == ["above", "in", "below"]


def test_a_copy_stands_behind_the_first(world: World, fra: Frankfurt):
    one = add_rule(world.acme, "one", protocol="tcp", ports="80")
    add_rule(world.acme, "two")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        rules.copy(actor, one.id)
        change = rules.copy(actor, one.id)
    assert listed(world) == ["one", "one-copy-2", "one-copy", "two"]
    assert change.after["ports"] == "80"


def test_a_disabled_rule_is_still_a_rule(world: World, fra: Frankfurt):
    add_network(world.acme)
    rule = add_rule(world.acme, "all", action="deny")
    actor = world.actor("acme", "network")
    with acting_as(actor):
        change = rules.update(actor, rule.id, {"enabled": False})
    assert lines(change) == ["rule all: enabled on → off"]
    assert change.verb == Change.Verb.UPDATE


def test_a_write_takes_the_same_queries_however_long_the_list_is(world: World, fra: Frankfurt):
    add_network(world.acme)
    add_group(world.acme, "shop", prefixes=("192.0.2.0/24",))
    actor = world.actor("acme", "network")

    def queries(name: str) -> int:
        wanted = RuleInput(name, source=("group:shop",))
        with acting_as(actor), CaptureQueriesContext(connection) as captured:
            rules.create(actor, wanted)
        return len(captured)

    queries("zeroth")
    few = queries("first")
    with in_role(DatabaseRole.WORKER):
        Rule.objects.bulk_create(
            Rule(tenant=world.acme, name=f"r-{rank}", rank=rank, protocol="udp")
            for rank in range(1000, 3000)
        )
    assert queries("last") == few <= 50
