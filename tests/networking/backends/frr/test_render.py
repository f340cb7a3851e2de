"""Which stanzas an intent becomes."""

from dataclasses import replace

import pytest

from networking.backends.frr.backend import FrrBackend
from networking.backends.frr.config import FrrConfig
from networking.backends.frr.render import render
from networking.backends.frr.words import NEIGHBOR, PREFIX_LIST, STATIC_ROUTE
from networking.planning import Resource
from tests.networking.backends.frr.samples import BERLIN, INTENT, SITE, TENANT


def rendered(kind: str, intent=INTENT) -> dict[str, Resource]:
    return {resource.key: resource for resource in render(intent) if resource.kind == kind}


def test_a_route_carries_the_tag_that_is_redistributed() -> None:
    routes = rendered(STATIC_ROUTE)
    assert [resource.attrs["line"] for resource in routes.values()] == [
        "ip route 10.1.0.0/24 100.64.1.2 tag 4200",
        "ipv6 route fd10:1::/64 fd00:64:1::2 tag 4200",
    ]
    assert {resource.noun.type for resource in routes.values()} == {"network"}


def test_a_filter_names_whole_prefixes_of_its_family() -> None:
    lists = rendered(PREFIX_LIST)
    accepted = lists[f"demarc-{TENANT}-{SITE}-in4"]
    assert accepted.attrs["entries"] == ["deny 255.255.255.255/32", "permit 10.200.1.0/24"]
    advertised = lists[f"demarc-{TENANT}-{SITE}-out6"]
    assert advertised.attrs["entries"] == ["deny ::/128", "permit fd10:1::/64"]
    assert all(" le " not in entry for one in lists.values() for entry in one.attrs["entries"])


def test_a_filter_of_nothing_is_not_empty() -> None:
    """FRR lets everything pass a list that has no entry."""
    intent = replace(INTENT, sites=(replace(BERLIN, accepted=(), advertised=()),))
    for resource in rendered(PREFIX_LIST, intent).values():
        assert len(resource.attrs["entries"]) == 1
        assert resource.attrs["entries"][0].startswith("deny ")


def test_a_neighbour_speaks_its_own_family_alone() -> None:
    v4, v6 = rendered(NEIGHBOR).values()
    assert "activate" in v4.attrs["ipv4"]
    assert v4.attrs["ipv6"] == []
    assert "activate" in v6.attrs["ipv6"]
    assert v6.attrs["ipv4"] == []


def test_a_site_of_one_family_has_no_filters_of_the_other() -> None:
    intent = replace(INTENT, sites=(replace(BERLIN, neighbours=("172.31.1.2",)),))
    assert set(rendered(PREFIX_LIST, intent)) == {
        f"demarc-{TENANT}-{SITE}-in4",
        f"demarc-{TENANT}-{SITE}-out4",
    }


def test_the_order_of_prefixes_makes_no_difference() -> None:
    prefixes = ("10.1.0.0/24", "10.1.5.0/24", "fd10:1::/64")
    one = replace(INTENT, sites=(replace(BERLIN, advertised=prefixes),))
    other = replace(INTENT, sites=(replace(BERLIN, advertised=prefixes[::-1] + prefixes[:1]),))
    assert render(one) == render(other)


@pytest.mark.parametrize("vrf", ["", "c 1", "c01\nline", "-c", "c" * 37])
def test_an_impossible_vrf_is_refused(vrf: str, host_key: str) -> None:
    backend = FrrBackend(FrrConfig("192.0.2.1", "demarc", "key", host_key))
    with pytest.raises(ValueError, match="cannot name a VRF"):
        backend.render(replace(INTENT, vrf=vrf))
