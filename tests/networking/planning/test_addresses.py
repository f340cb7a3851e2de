"""Arithmetic of prefixes, against the plain and slow way."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networking.planning import addresses

SPACE = IPv4Network("10.1.0.0/20")


@st.composite
def prefixes(draw: st.DrawFn) -> IPv4Network:
    """A prefix within the space."""
    length = draw(st.integers(20, 28))
    choices = list(SPACE.subnets(new_prefix=length))
    return draw(st.sampled_from(choices))


@pytest.mark.parametrize("text", ["fe80::1%eth0", "fe80::%1/64", "fd00::1%} || 1"])
def test_a_zone_is_no_part_of_an_address(text: str):
    """It may hold anything, and what is written to devices is made of addresses."""
    for reader in (addresses.read, addresses.containing):
        with pytest.raises(ValueError, match="zone"):
            reader(text)


@given(taken=st.lists(prefixes(), max_size=12), length=st.integers(20, 28), limit=st.integers(1, 9))
def test_free_prefixes_are_the_first_that_meet_nothing(
    taken: list[IPv4Network], length: int, limit: int
):
    slow = [
        one
        for one in SPACE.subnets(new_prefix=length)
        if not any(one.overlaps(other) for other in taken)
    ]
    found = addresses.free_prefixes([SPACE], taken, length, version=4, limit=limit)
    assert list(found) == slow[:limit]


def test_a_vast_space_is_searched_at_once():
    space = IPv6Network("fd10::/16")
    taken = [IPv6Network(f"fd10:0:0:{index:x}::/64") for index in range(500)]
    found = addresses.free_prefixes([space], taken, 64, version=6, limit=1)
    assert found == (IPv6Network("fd10:0:0:1f4::/64"),)


def test_families_never_meet():
    one, other = ip_network("10.1.0.0/24"), ip_network("::/0")
    assert not addresses.overlap(one, other)
    assert not addresses.within(one, other)
    assert addresses.free_prefixes([one, other], [other], 24, version=4, limit=2) == (one,)


def test_the_gateway_is_the_first_host():
    assert addresses.gateway(IPv4Network("10.1.0.0/24")) == IPv4Address("10.1.0.1")
    assert addresses.host_capacity(IPv4Network("10.1.0.0/29")) == 5
