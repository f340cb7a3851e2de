"""The mirror by real HTTP, against a stand-in of NetBox."""

import socket
from collections.abc import Iterator

import pytest

from networking.backends.base import BackendError, UnreachableError
from networking.backends.netbox.mirror import NetBox, prefix, tenant, vrf
from networking.planning import Resource, diff
from tests.networking.backends.netbox.stand_in import (
    PREFIXES,
    TENANTS,
    TOKEN,
    VRFS,
    StandIn,
    serving,
)

Wanted = tuple[Resource, ...]


@pytest.fixture
def there() -> Iterator[StandIn]:
    with serving() as stand_in:
        yield stand_in


def customer(slug: str, *cidrs: str) -> Wanted:
    own = (prefix(slug, cidr, f"Network n{at} in fra") for at, cidr in enumerate(cidrs))
    return (tenant(slug, slug.title()), vrf(slug), *own)


def bring(there: StandIn, *wanted: Resource, token: str = TOKEN) -> int:
    """One run; how many objects differed."""
    netbox = NetBox(there.url, token)
    plan = diff(wanted, netbox.observe(), order=netbox.order)
    netbox.apply(plan)
    return len(plan.steps)


def shown(there: StandIn) -> set[tuple[str, str, str]]:
    """Tenant, VRF and prefix of every prefix."""
    tenants, vrfs = there.rows[TENANTS], there.rows[VRFS]
    return {
        (tenants[row["tenant"]]["slug"], vrfs[row["vrf"]]["name"], row["prefix"])
        for row in there.rows[PREFIXES].values()
    }


BOTH = (*customer("acme", "10.1.0.0/24", "fd10:1::/64"), *customer("globex", "10.1.0.0/24"))


def test_two_customers_may_have_the_same_prefix_and_a_second_run_writes_nothing(
    there: StandIn,
) -> None:
    assert bring(there, *BOTH) == len(BOTH)
    assert shown(there) == {
        ("acme", "demarc-acme", "10.1.0.0/24"),
        ("acme", "demarc-acme", "fd10:1::/64"),
        ("globex", "demarc-globex", "10.1.0.0/24"),
    }
    there.writes.clear()
    assert bring(there, *BOTH) == 0
    assert there.writes == []


def test_what_is_gone_goes_and_what_differs_is_put_right(there: StandIn) -> None:
    bring(there, *BOTH)
    row = next(iter(there.rows[PREFIXES].values()))
    row["description"] = "edited by hand"
    assert bring(there, *customer("acme", "10.1.0.0/24")) == 5
    assert shown(there) == {("acme", "demarc-acme", "10.1.0.0/24")}
    assert row["description"] == "Network n0 in fra"
    assert [one["slug"] for one in there.rows[TENANTS].values()] == ["acme"]


def test_what_is_not_ours_is_left_alone(there: StandIn) -> None:
    theirs = there.add(TENANTS, slug="theirs", name="Theirs")
    there.add(PREFIXES, prefix="10.1.0.0/24", vrf=None, tenant=theirs)
    before = {kind: dict(rows) for kind, rows in there.rows.items()}
    bring(there, *BOTH)
    bring(there)
    for kind in (TENANTS, VRFS, PREFIXES):
        assert there.rows[kind] == before[kind]


def test_a_name_that_somebody_has_is_refused_with_netboxs_words(there: StandIn) -> None:
    there.add(TENANTS, slug="acme", name="The Acme")
    with pytest.raises(BackendError, match=r"NetBox refused \(400\): .*already exists"):
        bring(there, *BOTH)


def test_what_carries_our_tag_twice_is_named(there: StandIn) -> None:
    bring(there, *BOTH)
    (tag,) = there.rows["extras/tags"]
    there.add(VRFS, name="demarc-acme", tenant=None, tags=[tag])
    with pytest.raises(BackendError, match="the vrf demarc-acme twice"):
        bring(there, *BOTH)


def test_a_run_that_was_cut_off_is_taken_up(there: StandIn) -> None:
    bring(there, *customer("acme"))
    there.rows[PREFIXES].clear()
    assert bring(there, *BOTH) == 5
    assert len(shown(there)) == 3


def test_a_wrong_token_and_a_silent_address_are_said(there: StandIn) -> None:
    with pytest.raises(BackendError, match="does not let us in"):
        bring(there, *BOTH, token="wrong")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = NetBox(f"http://127.0.0.1:{unused.getsockname()[1]}", TOKEN)
        with pytest.raises(UnreachableError, match="cannot be reached"):
            nowhere.observe()
