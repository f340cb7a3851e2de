"""Reading our stanzas out of a running configuration."""

import pytest

from networking.backends.frr.render import render
from networking.backends.frr.running import list_owners, observed, used_vrfs
from networking.backends.frr.words import NEIGHBOR, ORDER, PREFIX_LIST, STATIC_ROUTE
from networking.intent import ScopeRef, TenantRef
from networking.planning import Plan, Resource, diff
from tests.networking.backends.frr.samples import (
    INTENT,
    OTHER_TENANT,
    RUNNING,
    SCOPE,
    SITE,
    TENANT,
)


def plan(text: str) -> Plan:
    return diff(render(INTENT), observed(text, SCOPE), order=ORDER)


def only(kind: str, text: str, key: str) -> Resource:
    (found,) = (r for r in observed(text, SCOPE) if (r.kind, r.key) == (kind, key))
    return found


def test_what_is_as_wanted_leaves_nothing_to_do() -> None:
    assert not plan(RUNNING)


def test_a_bare_router_holds_nothing() -> None:
    assert observed("", SCOPE) == ()
    nobody = ScopeRef("1", TenantRef("01989b5c-0000-7000-8000-0000000000cc", "nobody"), "c03")
    assert observed(RUNNING, nobody) == ()


def test_whose_lists_and_which_vrfs_are_used() -> None:
    assert list_owners(RUNNING) == {TENANT, OTHER_TENANT}
    assert used_vrfs(RUNNING) == {"c01", "c02"}


@pytest.mark.parametrize(
    ("there", "instead", "kind"),
    [
        (" ip route 10.1.0.0/24 100.64.1.2 tag 4200\n", "", STATIC_ROUTE),
        (" timers 3 9\n neighbor 172.31.1.2 timers c", " timers c", NEIGHBOR),
        ("172.31.1.2 remote-as 65101", "172.31.1.2 remote-as 65102", NEIGHBOR),
        ("172.31.1.2 timers connect 2", "172.31.1.2 shutdown", NEIGHBOR),
        (f"172.31.1.2 prefix-list demarc-{TENANT}-{SITE}-in4 in", "172.31.1.2 x", NEIGHBOR),
        ("maximum-prefix 20", "maximum-prefix 9000", NEIGHBOR),
        ("seq 6 permit 10.200.1.0/24", "seq 6 permit 10.200.1.0/24 le 32", PREFIX_LIST),
        ("seq 6 permit fd10:1::/64", "seq 6 permit any", PREFIX_LIST),
    ],
)
def test_a_changed_line_shows(there: str, instead: str, kind: str) -> None:
    assert there in RUNNING
    steps = plan(RUNNING.replace(there, instead, 1)).steps
    assert {step.kind for step in steps} == {kind}


def test_numbers_of_entries_make_no_difference() -> None:
    assert not plan(RUNNING.replace("seq 6 permit", "seq 4711 permit"))


def test_the_same_route_with_another_distance_is_another_route() -> None:
    line = " ip route 10.1.0.0/24 100.64.1.2 tag 4200\n"
    (step,) = plan(RUNNING.replace(line, line + line.replace("4200", "4200 50"), 1)).steps
    assert step.key == "10.1.0.0/24 100.64.1.2 50"
    assert step.after is None


def test_a_list_of_the_wrong_family_is_not_ours() -> None:
    line = f"ipv6 prefix-list demarc-{TENANT}-{SITE}-in4 seq 5 permit any\n"
    assert not plan(RUNNING + line)


def test_a_neighbour_without_our_mark_is_not_ours() -> None:
    text = RUNNING.replace(f"172.31.1.2 description demarc:{SITE}", "172.31.1.2 description x")
    assert {step.key for step in plan(text).steps} == {"172.31.1.2"}
    assert [step.before for step in plan(text).steps] == [None]


def test_a_password_is_seen_and_never_told() -> None:
    line = " neighbor 172.31.1.2 timers connect 2\n"
    text = RUNNING.replace(line, line + " neighbor 172.31.1.2 password s3cret\n", 1)
    neighbour = only(NEIGHBOR, text, "172.31.1.2")
    assert "password (hidden)" in neighbour.attrs["general"]
    assert "s3cret" not in str(neighbour)


def test_activation_that_frr_implies_is_shown() -> None:
    """Without `no bgp default ipv4-unicast` an active IPv4 neighbour is what goes unsaid."""
    implied = RUNNING.replace(" no bgp default ipv4-unicast\n", "", 1).replace(
        "  neighbor 172.31.1.2 activate\n", "", 1
    )
    steps = plan(implied).steps
    assert {step.key for step in steps} == {"fd00:31:1:1::2"}
    said = implied.replace(
        "  neighbor 172.31.99.2 activate\n", "  no neighbor fd00:31:1:1::2 activate\n", 1
    )
    assert not plan(said)
