"""Reading and writing DHCPv6 options, whatever a network sends."""

from ipaddress import IPv6Address

from hypothesis import given
from hypothesis import strategies as st

from lab.dhcpv6 import address_in, option, options_in

OPTIONS = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=64)), max_size=8)


@given(OPTIONS)
def test_what_is_written_is_read_back(options):
    data = b"".join(option(code, value) for code, value in options)
    assert list(options_in(data)) == options


@given(st.binary(max_size=256))
def test_no_bytes_upset_the_reader(data):
    assert all(len(value) <= len(data) for _, value in options_in(data))
    address_in(data)


@given(st.binary(min_size=12, max_size=12), st.integers(0, 2**128 - 1))
def test_the_address_of_an_association_is_found(head, number):
    address = IPv6Address(number)
    assert address_in(head + option(5, address.packed + bytes(8))) == address


def test_an_association_without_an_address_has_none():
    assert address_in(bytes(12) + option(13, b"\x00\x02no addresses")) is None
