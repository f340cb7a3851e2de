"""Regions and what the provider runs in them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from networking.selectors.provider import FabricRow, HostRow, RegionRow, RouterRow, provider_regions
from networking.web.states import Status, device
from networking.web.topology import Drawing, FabricItem, draw
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
    """A fabric and its hosts."""

    fabric: FabricRow
    status: Status
    hosts: tuple[HostLine, ...]


@dataclass(frozen=True, slots=True)
class RouterLine:
    """A router."""

    router: RouterRow
    status: Status


@dataclass(frozen=True, slots=True)
class RegionPart:
    """A region with its picture."""

    region: RegionRow
    items: list[FabricItem]
    drawing: Drawing
    fabrics: tuple[FabricLine, ...]
    routers: tuple[RouterLine, ...]


class RegionList(ProviderPage):
    """Every region."""

    capability = Capability.INFRA_VIEW
    nav = "regions"
    template_name = "portal/region_list.html"
    fragment_name = "portal/region_live.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        parts = [_part(region) for region in provider_regions(self.actor)]
        return self.render_to_response(self.get_context_data(parts=parts))


def _part(region: RegionRow) -> RegionPart:
    items = region_items([region])
    return RegionPart(
        region=region,
        items=items,
        drawing=draw(items),
        fabrics=tuple(_fabric(fabric) for fabric in region.fabrics),
        routers=tuple(RouterLine(router, device(router)) for router in region.routers),
    )


def _fabric(fabric: FabricRow) -> FabricLine:
    hosts = tuple(HostLine(host, host_status(host)) for host in fabric.hosts)
    return FabricLine(fabric, device(fabric), hosts)
