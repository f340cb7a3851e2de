"""Differences by example."""

import pytest

from networking.planning import Action, Noun, Plan, Resource, diff

ORDER = ("switch", "port")
NOUN = Noun("network", "1", "web")


def switch(key: str, **attrs: object) -> Resource:
    return Resource("switch", key, attrs, NOUN)


def port(key: str, **attrs: object) -> Resource:
    return Resource("port", key, attrs, NOUN)


def actions(plan: Plan) -> list[tuple[str, str, str]]:
    return [(step.action.value, step.kind, step.key) for step in plan.steps]


def test_creates_and_updates_before_deletes() -> None:
    plan = diff(
        [port("new"), switch("s", mtu=1400)],
        [port("old"), switch("s", mtu=1500), switch("gone")],
        order=ORDER,
        generation=7,
    )
    assert plan.generation == 7
    assert actions(plan) == [
        ("update", "switch", "s"),
        ("create", "port", "new"),
        ("delete", "port", "old"),
        ("delete", "switch", "gone"),
    ]


def test_a_step_holds_both_sides_whole() -> None:
    (step,) = diff([switch("s", mtu=1400, name="web")], [switch("s", mtu=1500, name="web")]).steps
    assert step.before == {"mtu": 1500, "name": "web"}
    assert step.after == {"mtu": 1400, "name": "web"}
    assert step.resource() == switch("s", mtu=1400, name="web")


def test_a_noun_of_another_name_is_no_difference() -> None:
    renamed = Resource("switch", "s", {}, Noun("network", "1", "shop"))
    assert not diff([renamed], [switch("s")])


def test_a_kind_that_the_order_does_not_name_comes_last() -> None:
    other = Resource("acl", "a", {}, NOUN)
    assert [step.kind for step in diff([other, port("p"), switch("s")], [], order=ORDER).steps] == [
        "switch",
        "port",
        "acl",
    ]


@pytest.mark.parametrize(("want", "have"), [(2, 0), (0, 2), (2, 2)])
def test_one_resource_twice_is_refused(want: int, have: int) -> None:
    with pytest.raises(ValueError, match="switch s is there twice"):
        diff([switch("s")] * want, [switch("s")] * have)


def test_a_plan_is_true_when_it_has_steps() -> None:
    assert not Plan(3)
    assert diff([switch("s")], [])


def test_a_deletion_leaves_no_resource() -> None:
    (step,) = diff([], [switch("s")]).steps
    assert step.action is Action.DELETE
    with pytest.raises(ValueError, match="switch s is deleted"):
        step.resource()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"generation": 1},
        {"generation": 1, "steps": [{}]},
        {"generation": 1, "steps": [{"action": "paint"}]},
    ],
)
def test_what_is_no_plan_is_refused(data: object) -> None:
    with pytest.raises((KeyError, ValueError)):
        Plan.from_json(data)
