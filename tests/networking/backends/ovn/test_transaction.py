"""From a plan to operations, without a database."""

from dataclasses import replace

import pytest

from networking.backends.ovn.render import render
from networking.backends.ovn.tables import ORDER
from networking.backends.ovn.transaction import compose, created
from networking.intent import FabricIntent
from networking.planning import Action, Noun, Plan, Step, diff
from tests.networking.backends.ovn.intents import make_intent, make_network, new_tenant


def operations(want: FabricIntent, have: FabricIntent | None = None) -> list[dict[str, object]]:
    held = render(have) if have else ()
    return compose(diff(render(want), held, order=ORDER)).operations


def test_no_steps_are_no_operations() -> None:
    assert compose(Plan(1)).operations == []


def test_a_switch_gets_its_ports_in_one_operation() -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(ports=5),))
    edits = [op for op in operations(intent) if op["op"] == "mutate"]
    assert [(op["table"], len(op["mutations"][0][2][1])) for op in edits] == [
        ("Logical_Router", 1),
        ("Logical_Switch", 6),
    ]


def test_inserts_carry_their_uuid_and_stamps() -> None:
    for op in operations(make_intent()):
        if op["op"] == "insert":
            assert op["uuid"]
            assert dict(op["row"]["external_ids"][1])["demarc-tenant-slug"] == "acme"


def test_an_update_sends_only_changed_columns() -> None:
    intent = make_intent()
    transit = replace(intent.transit, router_ipv4="100.64.1.3")
    (update,) = operations(replace(intent, transit=transit), intent)
    assert (update["op"], update["row"]) == ("update", {"nexthop": "100.64.1.3"})


def test_a_rename_edits_one_stamp_and_no_column() -> None:
    intent = make_intent()
    transit = replace(intent.transit, name="pe2", hosts=())
    before = replace(intent, transit=replace(intent.transit, hosts=()))
    ops = operations(replace(intent, transit=transit), before)
    assert {op["op"] for op in ops} == {"mutate"}
    assert ops[0]["mutations"] == [
        ["external_ids", "delete", ["set", ["demarc-name"]]],
        ["external_ids", "insert", ["map", [["demarc-name", "pe2"]]]],
    ]


def test_a_deleted_port_leaves_its_switch_first_by_uuid() -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(ports=1),))
    empty = replace(intent, networks=(replace(intent.networks[0], ports=()),))
    delete, release = operations(empty, intent)
    assert (delete["op"], delete["table"]) == ("delete", "Logical_Switch_Port")
    assert (release["op"], release["table"]) == ("mutate", "Logical_Switch")
    assert release["where"][0][:2] == ["_uuid", "=="]


def test_a_row_that_is_there_is_made_as_it_is_to_be() -> None:
    intent = FabricIntent(new_tenant(), 1, (make_network(ports=1),))
    plan = diff(render(intent), (), order=ORDER)
    everything = {uuid for uuids in created(plan).values() for uuid in uuids}
    again = compose(plan, everything).operations
    assert {op["op"] for op in again} == {"update", "mutate"}


def test_an_operation_says_whose_row_it_is() -> None:
    transaction = compose(diff(render(make_intent()), (), order=ORDER))
    assert any(text.endswith("of port web-1") for text in transaction.subjects)
    assert transaction.subject(10_000) == ""


def test_a_kind_that_is_not_ours_is_refused() -> None:
    step = Step(Action.DELETE, "QoS", "x", Noun("rule", "y"), {}, None)
    with pytest.raises(KeyError):
        compose(Plan(1, (step,)))
