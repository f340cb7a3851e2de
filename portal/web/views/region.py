"""Regions and what the provider runs in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from networking.selectors.deviations import NONE, Deviations, deviations
from networking.selectors.devices import (
    FabricRow,
    HostRow,
    RegionRow,
    RouterAttachmentRow,
    RouterRow,
    fabric_hosts,
    host_rows,
    provider_fabric,
    provider_regions,
    provider_router,
    router_attachment_rows,
    router_attachments,
)
from networking.web.states import Status, device
from networking.web.topology import SHOWN, Drawing, FabricItem, draw
from portal.web.picture import host_status, region_items
from portal.web.views.base import ProviderPage
from tenants.access import Capability


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


@dataclass(frozen=True, slots=True)
class RegionPart:
    """A region with its picture."""

    region: RegionRow
    items: list[FabricItem]
    drawing: Drawing
    fabrics: tuple[FabricLine, ...]
    routers: tuple[RouterLine, ...]


class _DevicePage(ProviderPage):
    capability = Capability.INFRA_VIEW
    nav = "regions"


class RegionList(_DevicePage):
    """Every region, with the worst of what runs there."""

    template_name = "portal/region_list.html"
    fragment_name = "portal/region_live.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = deviations(self.actor)
        parts = [_part(region, found) for region in provider_regions(self.actor, SHOWN)]
        return self.render_to_response(self.get_context_data(parts=parts))


class FabricDetail(_DevicePage):
    """One fabric: all of its hosts."""

    template_name = "portal/fabric_detail.html"
    fragment_name = "portal/fabric_live.html"

    def get(self, request: HttpRequest, fabric_id: UUID) -> HttpResponse:
        """Silent hosts first; `q` searches."""
        fabric, q = provider_fabric(self.actor, fabric_id), request.GET.get("q", "").strip()
        page = self.page_of(fabric_hosts(self.actor, fabric_id, q=q))
        found = deviations(self.actor).get(fabric_id, NONE)
        line = FabricLine(fabric, device(fabric), _host_lines(host_rows(page)), found)
        return self.render_to_response(self.get_context_data(line=line, page=page, q=q))


class RouterDetail(_DevicePage):
    """One router: all of its attachments."""

    template_name = "portal/router_detail.html"
    fragment_name = "portal/router_live.html"

    def get(self, request: HttpRequest, router_id: UUID) -> HttpResponse:
        """Those with a session down first; `q` searches, `spare` leaves out what is claimed."""
        router = provider_router(self.actor, router_id)
        q, spare = request.GET.get("q", "").strip(), request.GET.get("spare") == "on"
        page = self.page_of(router_attachments(self.actor, router_id, q=q, spare=spare))
        context = self.get_context_data(
            line=_router(router, deviations(self.actor)),
            attachments=router_attachment_rows(page),
            page=page,
            q=q,
            spare=spare,
        )
        return self.render_to_response(context)


def _part(region: RegionRow, found: Mapping[UUID, Deviations]) -> RegionPart:
    items = region_items([region])
    return RegionPart(
        region=region,
        items=items,
        drawing=draw(items),
        fabrics=tuple(_fabric(fabric, found) for fabric in region.fabrics),
        routers=tuple(_router(router, found) for router in region.routers),
    )


def _fabric(fabric: FabricRow, found: Mapping[UUID, Deviations]) -> FabricLine:
    own = found.get(fabric.id, NONE)
    return FabricLine(fabric, device(fabric), _host_lines(fabric.hosts), own)


def _router(router: RouterRow, found: Mapping[UUID, Deviations]) -> RouterLine:
    own = found.get(router.id, NONE)
    return RouterLine(router, device(router), router.attachments, own)


def _host_lines(hosts: Iterable[HostRow]) -> tuple[HostLine, ...]:
    return tuple(HostLine(host, host_status(host)) for host in hosts)
