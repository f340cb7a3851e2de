"""What the engine asks of a backend, and the errors that it may answer with.

A backend knows no Django. It is opened for one piece of work and closed after it: connections
that idle are dropped by the devices. It reads and removes only what carries our stamp.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self, TypeVar

from networking.intent import FabricIntent, RouterIntent, ScopeRef
from networking.planning import Ident, Plan, Resource

IntentT = TypeVar("IntentT", contravariant=True)


class BackendError(Exception):
    """A device did not do what it was asked to; the text is for people.

    Customers read it too, on the page of a change that waits, after the device's name: it tells
    nothing of the provider's addresses, accounts and files. Those go into `detail`, which is
    logged. `retry` says whether the same call may succeed later without anybody changing anything.
    """

    def __init__(self, message: str, *, retry: bool, detail: str = "") -> None:
        super().__init__(message)
        self.retry = retry
        self.detail = detail


class UnreachableError(BackendError):
    """The device did not answer in time, or its connection broke."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=True)


class StaleTokenError(BackendError):
    """The device holds a newer fencing token: another worker owns the scope now."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retry=False)


@dataclass(frozen=True, slots=True)
class HostProgress:
    """How far one host has come. `cfg` is the newest configuration number that it enforces
    (ovn-sb: Chassis_Private nb_cfg), `at` when it got there (UTC)."""

    name: str
    cfg: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class FabricProgress:
    """`requested` is the newest number asked for, `compiled` the newest that the central daemon
    has turned into flows (ovn-nb: NB_Global nb_cfg and sb_cfg)."""

    requested: int
    compiled: int
    hosts: tuple[HostProgress, ...]


@dataclass(frozen=True, slots=True)
class PortLocation:
    """Where a port's machine is plugged in. `host` is empty while it is on none."""

    port_id: str
    host: str
    up: bool


class Health(StrEnum):
    """What health checks say of a member (ovn-sb: Service_Monitor status); UNKNOWN until the
    first check has ended, or while no host has the machine."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MemberHealth:
    """A member of VIPs as it answers at one port. `address` is the member's that is checked."""

    port_id: str
    address: str
    protocol: str
    port: int
    health: Health


@dataclass(frozen=True, slots=True)
class RuleHits:
    """What one host counted of one rule, in packets and bytes of first and later packets of its
    connections, without replies.

    A count only grows within (`host`, `series`); one that fell began anew at 0. A rule's hits are
    the sum of the growth of all its series: they come and go as flows are made anew.
    """

    host: str
    rule_id: str
    series: str
    packets: int
    bytes: int


@dataclass(frozen=True, slots=True)
class PortCount:
    """What passed a machine's port on one host, in bytes and packets: `in` towards the machine,
    `out` from it. Frames whole (Ethernet header, no checksum), whether or not they were let pass.

    Counts only grow within one `series`; one that fell began anew at 0. A machine that is plugged
    in anew, or elsewhere, begins another series.
    """

    port_id: str
    series: str
    bytes_in: int
    bytes_out: int
    packets_in: int
    packets_out: int


@dataclass(frozen=True, slots=True)
class VipCount:
    """What clients sent to a VIP's addresses as one host counted it, in packets and bytes of first
    and later packets, also of those that are refused then; without replies. Each packet is counted
    once, where it meets the VIP: a machine's on the machine's own host, a site's on the gateway's.

    Counts only grow within one `series`; one that fell began anew at 0. A VIP has many series on
    one host: they come and go as flows are made anew.
    """

    vip_id: str
    series: str
    bytes: int
    packets: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one host counted until `at` (UTC, when it was asked), of all tenants. What is not in it
    was not counted there: it is no zero."""

    host: str
    at: datetime
    ports: tuple[PortCount, ...] = ()
    vips: tuple[VipCount, ...] = ()
    rules: tuple[RuleHits, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """A BGP session as the router sees it. `state` is RFC 4271's (`Established`, `Active`, …),
    `since` when it entered or left Established (UTC), `received` the accepted prefixes of the
    site, `sent` those that it was sent."""

    neighbour: str
    state: str
    since: datetime | None
    received: tuple[str, ...]
    sent: tuple[str, ...]
    reason: str = ""

    @property
    def established(self) -> bool:
        """Whether routes are exchanged."""
        return self.state == "Established"


class Backend(Protocol[IntentT]):
    """One device or fabric, opened."""

    order: Sequence[str]

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def render(self, intent: IntentT) -> tuple[Resource, ...]:
        """What the device must hold for this intent. Pure: no I/O."""
        ...

    def observe(
        self, scope: ScopeRef, only: Collection[Ident] | None = None
    ) -> tuple[Resource, ...]:
        """What the device holds of ours for the scope, read now; all of it, or at least these.
        Raises BackendError."""
        ...

    def claim(self, scope: ScopeRef, token: int) -> None:
        """Leave our fencing token on the device. Raises StaleTokenError when a newer one is there,
        BackendError otherwise."""
        ...

    def apply(self, scope: ScopeRef, plan: Plan, token: int) -> None:
        """Carry out the whole plan: atomically on a fabric, re-runnably on a router.

        The device itself refuses when it holds another token than `token` (StaleTokenError).
        """
        ...

    def scopes(self) -> frozenset[str]:
        """Ids of all tenants of whom the device holds anything stamped. Raises BackendError."""
        ...


class FabricBackend(Backend[FabricIntent], Protocol):
    """A fabric: logical networks over many hosts."""

    def request(self) -> int:
        """Ask every host to report once it enforces all that was applied until now (ovn-nb:
        NB_Global nb_cfg + 1) and return the number to wait for. Raises BackendError."""
        ...

    def progress(self) -> FabricProgress:
        """How far the central daemon and each host have come. Raises BackendError."""
        ...

    def quiet(self, plan: Plan) -> bool:
        """Whether the plan moves members of groups alone. Hosts take that up at once, and asking
        them to report (`request`) would cost far more than the change itself: `confirm` tells
        when it is done. Pure: no I/O."""
        ...

    def confirm(self, plan: Plan) -> bool:
        """Whether what a quiet plan changed is there where hosts read it (ovn-sb: Address_Set), now
        or within some tenths of a second. It says of no single host that it enforces it. Raises
        BackendError."""
        ...

    def members(self, tenant_id: str) -> tuple[MemberHealth, ...]:
        """What health checks say of the members of the tenant's VIPs, by machine, protocol and
        port; members that are not checked are left out. Raises BackendError."""
        ...

    def measure(self, host: str) -> Measurement:
        """What the host counted until now, of all tenants. Raises BackendError, also for a host
        that the fabric's configuration does not have."""
        ...

    def locate(self, port_ids: Sequence[str] | None = None) -> tuple[PortLocation, ...]:
        """Where these ports (or all of ours) are plugged in, in the order asked; one that the
        fabric does not know, or not yet, is left out. Raises BackendError."""
        ...


class RouterBackend(Backend[RouterIntent], Protocol):
    """A provider edge router: VRFs, static routes, BGP."""

    def sessions(self, vrfs: Sequence[str]) -> dict[str, tuple[Session, ...]]:
        """The BGP sessions of each VRF, by VRF name. Raises BackendError."""
        ...
