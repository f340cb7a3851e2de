"""Which values are given for an address: prefixes by length, so that a look-up is a few probes of
a dictionary however many prefixes there are."""

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET, AF_INET6, inet_pton
from typing import Generic, TypeVar

ValueT = TypeVar("ValueT")

Ip = IPv4Address | IPv6Address

_BITS = {4: 32, 6: 128}


def _parsed(text: str) -> tuple[int, int]:
    """Version and number of an address; there may be very many. Raises ValueError."""
    version, family = (6, AF_INET6) if ":" in text else (4, AF_INET)
    try:
        return version, int.from_bytes(inet_pton(family, text), "big")
    except OSError as error:
        raise ValueError(f"{text!r} is no address") from error


class PrefixTable(Generic[ValueT]):
    """Values under prefixes of both families. Those under one prefix keep their order."""

    def __init__(self) -> None:
        self._by_length: dict[int, dict[int, defaultdict[int, list[ValueT]]]] = {4: {}, 6: {}}

    def add(self, text: str, value: ValueT) -> None:
        """Put a value under an address or prefix. Raises ValueError for what is neither."""
        base, _, length_text = text.partition("/")
        version, number = _parsed(base)
        bits = _BITS[version]
        length = int(length_text) if length_text else bits
        by_length = self._by_length[version]
        if length not in by_length:
            by_length[length] = defaultdict(list)
        by_length[length][number >> (bits - length)].append(value)

    def covering(self, address: Ip) -> Iterator[ValueT]:
        """The values of every prefix that the address is in, the longest prefix's first."""
        number, bits = int(address), _BITS[address.version]
        held = self._by_length[address.version]
        for length in sorted(held, reverse=True):
            yield from held[length].get(number >> (bits - length), ())

    def first(self, address: Ip) -> ValueT | None:
        """The first value of the longest prefix that the address is in."""
        return next(self.covering(address), None)
