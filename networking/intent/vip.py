"""A service published under an address of its own, balanced over machines on every host.

The address lies in none of the tenant's networks: a client in the same subnet would ask for its
MAC address and get no answer. Routers learn its prefix as a route by way of the gateway
(`RouterIntent.routes`).
"""

from dataclasses import dataclass

from networking.intent.policy import Protocol


@dataclass(frozen=True, slots=True)
class VipPort:
    """A port of the VIP, and the port of the members that it leads to. TCP or UDP."""

    protocol: Protocol
    port: int
    member_port: int

    def __post_init__(self) -> None:
        if self.protocol not in (Protocol.TCP, Protocol.UDP):
            raise ValueError(f"a VIP's port is TCP or UDP, not {self.protocol}")


@dataclass(frozen=True, slots=True)
class Member:
    """A machine that serves the VIP: the id of its port, and the port's addresses."""

    port_id: str
    name: str
    ipv4: str = ""
    ipv6: str = ""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """TCP connections to each member's port, from the network's `probe_*` address.

    `interval` is seconds between two, `timeout` seconds until one has failed; after `failures` in
    a row the member is left out, after `successes` in a row it is back (ovn-nb:
    Load_Balancer_Health_Check options). UDP ports are not checked.
    """

    interval: int = 2
    timeout: int = 1
    failures: int = 2
    successes: int = 1


@dataclass(frozen=True, slots=True)
class Vip:
    """One address per family at most, its ports, and who serves them.

    A connection to a port of it goes to one of the healthy members; without any it is rejected.
    `members` holds each machine once, those chosen by a group too.
    """

    id: str
    name: str
    ipv4: str = ""
    ipv6: str = ""
    ports: tuple[VipPort, ...] = ()
    members: tuple[Member, ...] = ()
    check: HealthCheck | None = None
