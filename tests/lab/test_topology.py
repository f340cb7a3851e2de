"""The plan itself: what collides, collides here and not in a running lab."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from lab import LabError
from lab.place import Place
from lab.router import configuration as router_configuration
from lab.site import configuration as site_configuration
from lab.topology import DEMO


def test_no_two_provider_prefixes_overlap():
    prefixes = [
        network
        for attachment in DEMO.attachments
        for network in (
            attachment.router_v4.network,
            attachment.router_v6.network,
            *(c.router_v4.network for c in attachment.circuits),
            *(c.router_v6.network for c in attachment.circuits),
        )
    ]
    assert len(prefixes) == 6 * len(DEMO.attachments)
    for one, other in combinations(prefixes, 2):
        assert one.version != other.version or not one.overlaps(other)


def test_both_ends_of_each_line_share_its_prefix_and_no_address():
    for attachment in DEMO.attachments:
        ends = [
            (attachment.router_v4, attachment.gateway_v4),
            (attachment.router_v6, attachment.gateway_v6),
            *((c.router_v4, c.site_v4) for c in attachment.circuits),
            *((c.router_v6, c.site_v6) for c in attachment.circuits),
        ]
        for router, other in ends:
            assert router.network == other.network
            assert router.ip != other.ip


def test_two_customers_have_a_site_with_the_same_lan():
    berlin, oslo = DEMO.sites[0], DEMO.sites[2]
    assert berlin.lan_v4 == oslo.lan_v4
    assert berlin.attachment != oslo.attachment


def test_names_fit_where_they_are_used():
    for attachment in DEMO.attachments:
        assert len(attachment.interface) <= 15  # IFNAMSIZ less one
        assert 1 <= attachment.vlan <= 4094
        assert attachment.interface in router_configuration(DEMO)
    place = Place("x" * 16, Path("/"))
    longest = place.runtime / max(s.name for s in DEMO.sites) / "frr" / "staticd.vty"
    assert len(str(longest)) < 108  # man 7 unix, sun_path


def test_more_attachments_than_sites_are_spare():
    used = {site.attachment for site in DEMO.sites}
    assert len(DEMO.attachments) - len(used) >= 6


@pytest.mark.parametrize("name", ["", "9lives", "Demo", "a.b", "a/b", "x" * 17])
def test_a_name_that_cannot_key_a_lab_is_refused(name):
    with pytest.raises(LabError, match="cannot name a lab"):
        Place(name, Path("/"))


def test_a_labs_namespaces_are_never_anothers():
    assert (
        not Place("demo-2", Path("/"))
        .namespace("h1")
        .startswith(Place("demo", Path("/")).namespace_prefix)
    )


def test_router_hands_on_tagged_static_routes_alone():
    text = router_configuration(DEMO)
    assert text.count("redistribute") == 2 * len(DEMO.attachments)
    assert text.count("redistribute static route-map DEMARC") == 2 * len(DEMO.attachments)
    assert "ebgp-requires-policy" not in text
    assert "neighbor" not in text


def test_site_announces_its_lan_alone():
    site = DEMO.sites[0]
    text = site_configuration(replace(site, asn=64999), DEMO.circuit(site), 65000)
    assert "router bgp 64999" in text
    assert text.count("network ") == 2
