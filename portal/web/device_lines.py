"""Fabrics and routers as the provider's tables show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from networking.selectors.deviations import NONE, Deviations
from networking.selectors.devices import FabricRow, HostRow, RouterAttachmentRow, RouterRow
from networking.web.states import Status, device
from portal.web.picture import host_status


@dataclass(frozen=True, slots=True)
class HostLine:
    """A host."""

    host: HostRow
    status: Status


@dataclass(frozen=True, slots=True)
class FabricLine:
    """A fabric and the hosts that are shown of it."""

    fabric: FabricRow
    status: Status
    hosts: tuple[HostLine, ...]
    deviations: Deviations

    @property
    def more(self) -> bool:
        """Whether it has others."""
        return self.fabric.total > len(self.hosts)


@dataclass(frozen=True, slots=True)
class RouterLine:
    """A router and the attachments that are shown of it."""

    router: RouterRow
    status: Status
    attachments: tuple[RouterAttachmentRow, ...]
    deviations: Deviations

    @property
    def more(self) -> bool:
        """Whether it has others."""
        return self.router.total > len(self.attachments)


def fabric_line(
    fabric: FabricRow, found: Mapping[UUID, Deviations], hosts: tuple[HostRow, ...] | None = None
) -> FabricLine:
    """The line of a fabric with these hosts, or with those that its row has."""
    shown = fabric.hosts if hosts is None else hosts
    lines = tuple(HostLine(host, host_status(host)) for host in shown)
    return FabricLine(fabric, device(fabric), lines, found.get(fabric.id, NONE))


def router_line(router: RouterRow, found: Mapping[UUID, Deviations]) -> RouterLine:
    """The line of a router with the attachments that its row has."""
    return RouterLine(router, device(router), router.attachments, found.get(router.id, NONE))
