"""What is asked, and what is answered."""

from dataclasses import dataclass
from enum import StrEnum

from networking.intent import Protocol


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine, by the id of its port."""

    port_id: str


@dataclass(frozen=True, slots=True)
class Address:
    """An address of either family: a machine's, a VIP's, or one that lies outside."""

    text: str


@dataclass(frozen=True, slots=True)
class AtSite:
    """The first host address of what the site may announce."""

    site_id: str


@dataclass(frozen=True, slots=True)
class ToVip:
    """A VIP; a destination alone."""

    vip_id: str


Endpoint = Machine | Address | AtSite | ToVip


@dataclass(frozen=True, slots=True)
class Probe:
    """A first packet: from where to where, carrying what.

    `port` is the destination's, of TCP or UDP. `version` is the address family (4 or 6) where
    neither side is an `Address`; where one is, its family counts.
    """

    source: Endpoint
    destination: Endpoint
    protocol: Protocol = Protocol.TCP
    port: int = 0
    version: int = 4

    def __post_init__(self) -> None:
        if self.protocol is Protocol.ANY:
            raise ValueError("a packet is TCP, UDP or ICMP")
        if (self.protocol is Protocol.ICMP) != (self.port == 0):
            raise ValueError("a packet has a destination port if it is TCP or UDP")


class HopKind(StrEnum):
    """What stands on the way."""

    MACHINE = "machine"
    NETWORK = "network"
    GATEWAY = "gateway"
    VIP = "vip"
    TRANSIT = "transit"
    ROUTER = "router"
    SITE = "site"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Hop:
    """One thing on the way: its id, and what people call it."""

    kind: HopKind
    id: str
    name: str


class Decider(StrEnum):
    """What an answer is due to."""

    RULE = "rule"
    DEFAULT = "default"
    ROUTE = "route"
    VIP = "vip"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Decision:
    """What decides, and why in a sentence.

    `id` is that of the rule, of the network whose default applies, of the VIP, or of the site or
    network that a route is missing to; empty where there is none.
    """

    by: Decider
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the packet arrives and its replies come back.

    `hops` go as far as the packet does. `source` and `destination` are the addresses that were
    tried, the destination as the client has it. `member` is the port id of the VIP's member that
    the answer speaks of.
    """

    allowed: bool
    hops: tuple[Hop, ...]
    decision: Decision
    source: str
    destination: str
    member: str = ""
