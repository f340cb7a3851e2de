"""The lines that a plan becomes."""

from dataclasses import replace

import pytest

from networking.backends.frr.render import render
from networking.backends.frr.running import observed
from networking.backends.frr.script import Script, script
from networking.backends.frr.words import NEIGHBOR, ORDER, PREFIX_LIST
from networking.intent import RouterIntent
from networking.planning import Action, Noun, Plan, Step, diff
from tests.networking.backends.frr.samples import BERLIN, INTENT, RUNNING, SCOPE, SITE, TENANT

NOTHING = replace(INTENT, routes=(), sites=())
IN4 = f"demarc-{TENANT}-{SITE}-in4"


def between(have: RouterIntent, want: RouterIntent) -> Script:
    return script(diff(render(want), render(have), order=ORDER), "c01")


def repair(text: str) -> Script:
    return script(diff(render(INTENT), observed(text, SCOPE), order=ORDER), "c01")


def test_no_steps_no_lines() -> None:
    assert between(INTENT, INTENT) == Script((), (), ())


def test_filters_stand_before_the_session_and_the_session_before_routes() -> None:
    lines = between(NOTHING, INTENT).lines
    lists = [at for at, line in enumerate(lines) if line.split()[1:2] == ["prefix-list"]]
    activations = [at for at, line in enumerate(lines) if line.endswith(" activate")]
    first_route = next(at for at, line in enumerate(lines) if line.startswith("ip route "))
    assert max(lists) < min(activations)
    assert max(activations) < first_route
    for at in activations:
        assert lines[at + 1] == "exit-address-family"


def test_taking_away_goes_backwards() -> None:
    made = between(INTENT, NOTHING)
    removals = [line for line in made.lines if line.startswith("no ")]
    assert [line.split()[1] for line in removals] == [
        *("ipv6", "ip"),
        *("neighbor", "neighbor"),
        *("ipv6", "ip", "ipv6", "ip"),
    ]
    assert removals[-1].startswith(("no ip prefix-list", "no ipv6 prefix-list"))
    assert removals[0].startswith(("no ip route", "no ipv6 route"))
    numbers = [n for n in range(1, len(made.lines) + 1) if made.removes(n)]
    assert [made.lines[n - 1] for n in numbers] == removals
    assert not made.removes(0)
    assert not made.removes(len(made.lines) + 1)


def test_only_what_differs_is_said() -> None:
    wider = replace(BERLIN, advertised=(*BERLIN.advertised, "10.1.5.0/24"))
    made = between(INTENT, replace(INTENT, sites=(wider,)))
    assert made.lines == (f"ip prefix-list demarc-{TENANT}-{SITE}-out4 permit 10.1.5.0/24",)
    assert made.then == ()


def test_a_section_is_entered_once_for_all_its_lines() -> None:
    routes = tuple(replace(INTENT.routes[0], prefix=f"10.1.{n}.0/24") for n in range(20))
    lines = between(NOTHING, replace(NOTHING, routes=routes)).lines
    assert (lines[0], lines[-1], len(lines)) == ("vrf c01", "exit", 22)


def test_what_a_site_sent_is_looked_at_again_under_a_new_filter() -> None:
    made = between(INTENT, replace(INTENT, sites=(replace(BERLIN, accepted=("10.5.0.0/16",)),)))
    assert f"no ip prefix-list {IN4} permit 10.200.1.0/24" in made.lines
    assert made.then == (
        "clear bgp vrf c01 ipv4 unicast * soft in",
        "clear bgp vrf c01 ipv6 unicast * soft in",
    )


def test_lists_that_no_vrf_uses_are_taken_away_alone() -> None:
    lists = tuple(row for row in render(INTENT) if row.kind == PREFIX_LIST)
    made = script(diff((), lists, order=ORDER), "")
    assert (len(made.lines), made.sections, made.then) == (len(lists), (), ())


def test_a_session_is_not_torn_for_a_new_limit() -> None:
    made = between(INTENT, replace(INTENT, sites=(replace(BERLIN, max_prefixes=50),)))
    assert "neighbor 172.31.1.2 maximum-prefix 50 restart 5" in made.lines
    assert not [line for line in made.lines if line.startswith("no ")]
    assert not [line for line in made.lines if "remote-as" in line]


def test_a_section_must_be_there_before_anything_is_said_in_it() -> None:
    assert set(between(NOTHING, INTENT).sections) == {"vrf c01", "router bgp 65000 vrf c01"}
    assert between(INTENT, replace(INTENT, routes=())).sections == ("vrf c01",)


@pytest.mark.parametrize(
    ("added", "removal"),
    [
        ("shutdown", "no neighbor 172.31.1.2 shutdown"),
        ("password s3cret", "no neighbor 172.31.1.2 password"),
        ("ebgp-multihop 4", "no neighbor 172.31.1.2 ebgp-multihop 4"),
    ],
)
def test_what_somebody_added_is_taken_away(added: str, removal: str) -> None:
    line = " neighbor 172.31.1.2 timers connect 2\n"
    made = repair(RUNNING.replace(line, f"{line} neighbor 172.31.1.2 {added}\n", 1))
    assert [one for one in made.lines if "neighbor" in one] == [removal]


def test_what_somebody_changed_is_set_and_never_taken_away_first() -> None:
    """Between a removal and a new setting a session would run without its filter."""
    made = repair(RUNNING.replace(f"{IN4} in\n", "PROVIDER in\n", 1))
    assert [one for one in made.lines if "neighbor" in one] == [
        f"neighbor 172.31.1.2 prefix-list {IN4} in"
    ]


@pytest.mark.parametrize("kind", [NEIGHBOR, "route-map"])
def test_nothing_but_whole_lines_of_known_kinds(kind: str) -> None:
    attrs = {"vrf": "c01\nend", "asn": 1, "general": [], "ipv4": [], "ipv6": []}
    step = Step(Action.CREATE, kind, "192.0.2.1", Noun("site", "1"), None, attrs)
    with pytest.raises(ValueError, match=r"control character|holds no"):
        script(Plan(1, (step,)), "c01")
