"""Regions and what the provider runs in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from networking.selectors.deviations import Deviations, deviations
from networking.selectors.devices import RegionRow, provider_regions
from networking.web.topology import SHOWN, Drawing, FabricItem, draw
from portal.web.device_lines import FabricLine, RouterLine, fabric_line, router_line
from portal.web.picture import region_items
from portal.web.views.base import DevicePage


@dataclass(frozen=True, slots=True)
class RegionPart:
    """A region with its picture."""

    region: RegionRow
    items: list[FabricItem]
    drawing: Drawing
    fabrics: tuple[FabricLine, ...]
    routers: tuple[RouterLine, ...]


class RegionList(DevicePage):
    """Every region, with the worst of what runs there."""

    template_name = "portal/region_list.html"
    fragment_name = "portal/region_live.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        found = deviations(self.actor)
        parts = [_part(region, found) for region in provider_regions(self.actor, SHOWN)]
        return self.render_to_response(self.get_context_data(parts=parts))


def _part(region: RegionRow, found: Mapping[UUID, Deviations]) -> RegionPart:
    items = region_items([region])
    return RegionPart(
        region=region,
        items=items,
        drawing=draw(items),
        fabrics=tuple(fabric_line(fabric, found) for fabric in region.fabrics),
        routers=tuple(router_line(router, found) for router in region.routers),
    )
