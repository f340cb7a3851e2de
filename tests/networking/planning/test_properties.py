"""What holds of every difference and every plan."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from networking.planning import Action, Plan, Resource, diff
from tests.networking.planning.strategies import applied, generations, holdings, orders

Held = list[Resource]

few = settings(max_examples=50)
"""Half of hypothesis' usual number, and no limit of time: the machine may be busy."""


@few
@given(want=holdings, have=holdings, order=orders)
def test_the_plan_leads_from_what_is_there_to_what_is_wanted(
    want: Held, have: Held, order: list[str]
) -> None:
    plan = diff(want, have, order=order)
    assert applied(plan, have) == {resource.ident: resource for resource in want}


@few
@given(want=holdings, have=holdings)
def test_after_the_plan_nothing_is_left_to_do(want: Held, have: Held) -> None:
    there = applied(diff(want, have), have).values()
    assert not diff(want, there)


@few
@given(have=holdings, order=orders)
def test_what_is_there_needs_no_plan(have: Held, order: list[str]) -> None:
    assert diff(have, reversed(have), order=order).steps == ()


@few
@given(want=holdings, have=holdings)
def test_a_resource_is_touched_once_and_only_when_it_differs(want: Held, have: Held) -> None:
    steps = diff(want, have).steps
    idents = [(step.kind, step.key) for step in steps]
    assert len(idents) == len(set(idents))
    same = {r.ident for r in want for other in have if r == other}
    assert not same & set(idents)


@few
@given(want=holdings, have=holdings, order=orders, shuffled=st.randoms(use_true_random=False))
def test_equal_inputs_give_equal_plans(want: Held, have: Held, order: list[str], shuffled) -> None:
    plan = diff(want, have, order=order)
    shuffled.shuffle(want)
    shuffled.shuffle(have)
    assert diff(want, have, order=order) == plan


@few
@given(want=holdings, have=holdings, order=orders)
def test_kinds_come_in_order_and_go_in_reverse(want: Held, have: Held, order: list[str]) -> None:
    steps = diff(want, have, order=order).steps
    place = {kind: at for at, kind in enumerate(order)}
    coming = [place.get(s.kind, len(order)) for s in steps if s.action is not Action.DELETE]
    going = [place.get(s.kind, len(order)) for s in steps if s.action is Action.DELETE]
    assert coming == sorted(coming)
    assert going == sorted(going, reverse=True)
    assert [s.action is Action.DELETE for s in steps] == [False] * len(coming) + [True] * len(going)


@few
@given(want=holdings, have=holdings)
def test_the_way_back_undoes_the_plan(want: Held, have: Held) -> None:
    there, back = diff(want, have), diff(have, want)
    assert {(s.kind, s.key, str(s.before), str(s.after)) for s in there.steps} == {
        (s.kind, s.key, str(s.after), str(s.before)) for s in back.steps
    }


@few
@given(want=holdings, have=holdings, order=orders, generation=generations)
def test_a_plan_survives_json(want: Held, have: Held, order: list[str], generation: int) -> None:
    plan = diff(want, have, order=order, generation=generation)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
