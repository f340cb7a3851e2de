"""Who may speak with whom: groups, one ordered list of rules, and what sites stand for in it.

Rules are matched in the order of their ranks; the first that matches decides, and it decides for
the whole connection: replies and related errors pass with it. A rule is enforced at the
destination's port, and at the source's port only for destinations outside the tenant's networks.
It sees a load-balanced packet after the balancing, so at the member's address, never the VIP's.
What no rule matches passes, unless the machine's network denies by default
(`Network.default_deny`).
"""

from dataclasses import dataclass, field
from enum import StrEnum

LAST_RANK = 29_999
"""Ranks go from 0, which is matched first, to this one. Those who give them leave gaps."""


class TermKind(StrEnum):
    """What a rule's source or destination is named by."""

    ANY = "any"
    GROUP = "group"
    PREFIX = "prefix"
    SITE = "site"


class Protocol(StrEnum):
    """What a rule's packets carry. ICMP is ICMPv6 in IPv6; neighbour discovery is never matched."""

    ANY = "any"
    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


class RuleAction(StrEnum):
    """Denied packets vanish; rejected ones are answered (RFC 793 RST, or ICMP unreachable)."""

    ALLOW = "allow"
    DENY = "deny"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Term:
    """Some addresses: those of a group or site (`value` is its id), or a prefix, or all.

    `name` is what people call it; it changes nothing for a device.
    """

    kind: TermKind
    value: str = ""
    name: str = field(default="", compare=False)


ANY = Term(TermKind.ANY)
"""Every address of both families."""


@dataclass(frozen=True, slots=True)
class PortRange:
    """Destination ports from `first` to `last`, both included (1 to 65535)."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if not 1 <= self.first <= self.last <= 65535:
            raise ValueError(f"{self.first}-{self.last} is no range of ports")


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of addresses. `addresses` are host addresses of the members, and prefixes, of
    both families; members that are switched off are among them."""

    id: str
    name: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SitePrefixes:
    """What a site stands for in rules: the prefixes that it may announce."""

    id: str
    name: str
    prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the tenant's list.

    `source` and `destination` match an address that is in one of their terms. `ports` are the
    destination's; without any, all of TCP's or UDP's match. Ranks are unique within a tenant.
    Raises ValueError for ports of a protocol that has none, and for a rank out of range.
    """

    id: str
    name: str
    rank: int
    source: tuple[Term, ...]
    destination: tuple[Term, ...]
    protocol: Protocol = Protocol.ANY
    ports: tuple[PortRange, ...] = ()
    action: RuleAction = RuleAction.ALLOW
    enabled: bool = True
    log: bool = False

    def __post_init__(self) -> None:
        if self.ports and self.protocol not in (Protocol.TCP, Protocol.UDP):
            raise ValueError(f"rule {self.name}: {self.protocol} has no ports")
        if not 0 <= self.rank <= LAST_RANK:
            raise ValueError(f"rule {self.name}: rank {self.rank} is not within 0-{LAST_RANK}")


def merged(ports: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
    """The same ports in the fewest ranges, in order."""
    result: list[PortRange] = []
    for one in sorted(ports, key=lambda one: one.first):
        if result and one.first <= result[-1].last + 1:
            result[-1] = PortRange(result[-1].first, max(result[-1].last, one.last))
        else:
            result.append(one)
    return tuple(result)
