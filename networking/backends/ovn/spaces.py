"""Address families in OVN's words, and sets of prefixes."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network


@dataclass(frozen=True, slots=True)
class Family:
    """An address family: `word` and `icmp` are the fields of OVN's expressions (man 5 ovn-sb)."""

    version: int
    word: str
    icmp: str


FAMILIES = (Family(4, "ip4", "icmp4"), Family(6, "ip6", "icmp6"))


def of_family(text: str, family: Family) -> bool:
    """Whether an address or prefix is of the family."""
    return (":" in text) == (family.version == 6)


class Space:
    """The union of prefixes, of both families."""

    def __init__(self, prefixes: Iterable[str]) -> None:
        parsed = [ip_network(text) for text in prefixes]
        v4 = collapse_addresses(p for p in parsed if isinstance(p, IPv4Network))
        v6 = collapse_addresses(p for p in parsed if isinstance(p, IPv6Network))
        self._parts: tuple[IPv4Network | IPv6Network, ...] = (*v4, *v6)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The union in the fewest prefixes, canonical."""
        return tuple(str(part) for part in self._parts)

    def holds(self, text: str) -> bool:
        """Whether all of an address or prefix lies in the space."""
        one = ip_network(text)
        return any(part.version == one.version and one.subnet_of(part) for part in self._parts)  # type: ignore[arg-type]

    def meets(self, text: str) -> bool:
        """Whether an address or prefix has an address in common with the space."""
        one = ip_network(text)
        return any(part.version == one.version and part.overlaps(one) for part in self._parts)
