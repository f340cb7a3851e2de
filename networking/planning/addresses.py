"""Arithmetic of prefixes and addresses: what is free, what meets what."""

from collections.abc import Iterable, Iterator
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    collapse_addresses,
    ip_address,
    ip_network,
)
from itertools import islice
from typing import overload

Prefix = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address


@overload
def gateway(prefix: IPv4Network) -> IPv4Address: ...
@overload
def gateway(prefix: IPv6Network) -> IPv6Address: ...
def gateway(prefix: Prefix) -> Address:
    """The address that a network of this prefix keeps for its gateway: the first host's."""
    return prefix[1]


def overlap(one: Prefix, other: Prefix) -> bool:
    """Whether two prefixes share an address; those of two families never do."""
    return one.version == other.version and one.overlaps(other)


def within(inner: Prefix, outer: Prefix) -> bool:
    """Whether every address of `inner` is one of `outer`."""
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def containing(text: str) -> Prefix:
    """The prefix that an address with a length lies in: `10.1.5.7/24` gives `10.1.5.0/24`.

    Raises ValueError for anything else.
    """
    _check_zone(text)
    return ip_network(text, strict=False)


def read(text: str) -> Address:
    """The address that the text is. Raises ValueError."""
    _check_zone(text)
    return ip_address(text)


def _check_zone(text: str) -> None:
    """A zone (`fe80::1%eth0`, RFC 4007 section 11) means something on one machine alone, and may
    hold any characters."""
    if "%" in text:
        raise ValueError(f"{text!r} has a zone")


def free_prefixes(
    allowed: Iterable[Prefix], taken: Iterable[Prefix], length: int, *, version: int, limit: int
) -> tuple[Prefix, ...]:
    """The first `limit` prefixes of this length within `allowed` that meet none of `taken`.

    The work grows with the number of taken prefixes, not with the size of the space.
    """
    pool = [one for one in allowed if one.version == version and one.prefixlen <= length]
    used = [one for one in taken if one.version == version]
    merged: list[Prefix] = sorted(collapse_addresses(used))  # type: ignore[type-var]
    found = (free for space in sorted(pool, key=int_of) for free in _free_in(space, merged, length))
    return tuple(islice(found, limit))


def int_of(prefix: Prefix) -> int:
    """Where the prefix starts, as a number."""
    return int(prefix.network_address)


def _free_in(space: Prefix, taken: list[Prefix], length: int) -> Iterator[Prefix]:
    """`taken` is in order and does not overlap itself."""
    size = 1 << (space.max_prefixlen - length)
    position, end = int_of(space), int(space.broadcast_address)
    blocks = [one for one in taken if overlap(one, space)]
    while position <= end:
        last = position + size - 1
        while blocks and int(blocks[0].broadcast_address) < position:
            blocks.pop(0)
        if not blocks or int_of(blocks[0]) > last:
            yield type(space)((position, length))
            position += size
        else:
            # On to the first aligned position behind the block.
            position = (int(blocks[0].broadcast_address) // size + 1) * size


def host_capacity(prefix: IPv4Network) -> int:
    """How many machines fit: all addresses but the network's, the gateway's, the broadcast's."""
    return prefix.num_addresses - 3
