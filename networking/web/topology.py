"""The picture of a tenant's network: where its boxes and lines stand. Pure.

Columns from left to right: the customer's sites, the provider's routers, the gateways (a tenant's
logical router on a fabric), the networks with their machines. Units are those of the drawing's
view box; a page scales it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from networking.web.states import Status

WIDTH = 1000
SITE_X, SITE_WIDTH = 0, 210
ROUTER_X, ROUTER_WIDTH = 290, 130
GATEWAY_X, GATEWAY_WIDTH = 480, 130
NETWORK_X, NETWORK_WIDTH = 690, 310
BOX = 52
GAP = 14
FABRIC_GAP = 34
MARGIN = 4
SHOWN = 9  # boxes of a column and fabric; what is beyond is counted in one box
SHOWN_MACHINES = 16
DOT = 13  # from one machine's dot to the next
NAME = 26  # characters of a name that fit into a wide box
SHORT_NAME = 14  # and into a narrow one


@dataclass(frozen=True, slots=True)
class Item:
    """Something to draw. `detail` stands below its name; `href` is where a click leads."""

    name: str
    detail: str
    status: Status
    href: str = ""


@dataclass(frozen=True, slots=True)
class NetworkItem:
    """A network and its machines; `ports` counts them all, `machines` are those to draw."""

    item: Item
    machines: tuple[Item, ...] = ()
    ports: int = 0


@dataclass(frozen=True, slots=True)
class Uplink:
    """A router that leads out of a fabric, with the sites behind it."""

    router: Item
    sites: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class FabricItem:
    """What the tenant has on one fabric; the addresses lead to the sites and networks that are
    not drawn."""

    gateway: Item
    uplinks: tuple[Uplink, ...] = ()
    networks: tuple[NetworkItem, ...] = ()
    sites_href: str = ""
    networks_href: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A machine's dot in its network's box."""

    x: int
    y: int
    item: Item


@dataclass(frozen=True, slots=True)
class Box:
    """A box at its upper left corner. `text` is the name, shortened to fit."""

    kind: str
    x: int
    y: int
    width: int
    item: Item
    text: str
    dots: tuple[Dot, ...] = ()

    @property
    def middle(self) -> int:
        """The height at which lines meet the box."""
        return self.y + BOX // 2

    @property
    def inner_width(self) -> int:
        """A frame one unit wide, drawn on half units, stays inside the box."""
        return self.width - 1

    @property
    def inner_height(self) -> int:
        """As `inner_width`."""
        return BOX - 1

    @property
    def dot_x(self) -> int:
        """The dot that shows the state."""
        return self.x + 16

    @property
    def dot_y(self) -> int:
        """The dot stands on the name's line, or in the middle where there is but a name."""
        return self.y + 20 if self.item.detail else self.middle

    @property
    def text_x(self) -> int:
        """Where name and detail begin."""
        return self.x + 28

    @property
    def name_y(self) -> int:
        """The name's base line."""
        return self.dot_y + 5

    @property
    def detail_y(self) -> int:
        """The detail's base line."""
        return self.y + 41


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes, as an SVG path; it has the state of its outer end."""

    path: str
    status: Status


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture."""

    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int = WIDTH


def draw(fabrics: Sequence[FabricItem]) -> Drawing:
    """Lay the fabrics out below each other."""
    boxes: list[Box] = []
    lines: list[Line] = []
    top = MARGIN
    for fabric in fabrics:
        block_boxes, block_lines, height = _block(fabric, top)
        boxes += block_boxes
        lines += block_lines
        top += height + FABRIC_GAP
    return Drawing(max(top - FABRIC_GAP + MARGIN, BOX), tuple(boxes), tuple(lines))


def _block(fabric: FabricItem, top: int) -> tuple[list[Box], list[Line], int]:
    """One fabric's boxes and lines, each column centred, and the height of the tallest."""
    networks = _folded_networks(fabric)
    uplinks = [
        (uplink, _folded(uplink.sites, "sites", fabric.sites_href)) for uplink in fabric.uplinks
    ]
    slots = sum(max(1, len(sites)) for _, sites in uplinks)
    height = _stack(max(slots, len(networks), 1))
    gateway = _box("gateway", GATEWAY_X, top + (height - BOX) // 2, GATEWAY_WIDTH, fabric.gateway)
    boxes, lines = [gateway], []
    y = top + (height - _stack(slots)) // 2
    for uplink, sites in uplinks:
        taken = _stack(max(1, len(sites)))
        router = _box("router", ROUTER_X, y + (taken - BOX) // 2, ROUTER_WIDTH, uplink.router)
        site_boxes = [
            _box("site", SITE_X, y + place * (BOX + GAP), SITE_WIDTH, site)
            for place, site in enumerate(sites)
        ]
        lines += [_line(box, router, box.item.status) for box in site_boxes]
        lines.append(_line(router, gateway, router.item.status))
        boxes += [*site_boxes, router]
        y += taken + GAP
    y = top + (height - _stack(len(networks))) // 2
    for place, network in enumerate(networks):
        box = _network_box(network, y + place * (BOX + GAP))
        lines.append(_line(gateway, box, network.item.status))
        boxes.append(box)
    return boxes, lines, height


def _stack(count: int) -> int:
    return count * (BOX + GAP) - GAP if count else 0


def _box(kind: str, x: int, y: int, width: int, item: Item) -> Box:
    fits = NAME if width >= SITE_WIDTH else SHORT_NAME
    return Box(kind, x, y, width, item, _shortened(item.name, fits))


def _network_box(network: NetworkItem, y: int) -> Box:
    drawn = network.machines[:SHOWN_MACHINES]
    left = NETWORK_X + NETWORK_WIDTH - 14 - DOT * (len(drawn) - 1)
    dots = tuple(Dot(left + place * DOT, y + 37, machine) for place, machine in enumerate(drawn))
    item = network.item
    return Box("network", NETWORK_X, y, NETWORK_WIDTH, item, _shortened(item.name, NAME), dots)


def _line(left: Box, right: Box, status: Status) -> Line:
    x1, x2 = left.x + left.width, right.x
    bend = (x1 + x2) // 2
    path = f"M{x1} {left.middle}C{bend} {left.middle} {bend} {right.middle} {x2} {right.middle}"
    return Line(path, status)


def _folded(items: Sequence[Item], noun: str, href: str) -> list[Item]:
    if len(items) <= SHOWN:
        return list(items)
    rest = items[SHOWN - 1 :]
    worst = max((item.status for item in rest), key=lambda status: status.gravity)
    return [*items[: SHOWN - 1], Item(f"{len(rest)} more {noun}", "", worst, href)]


def _folded_networks(fabric: FabricItem) -> list[NetworkItem]:
    networks = fabric.networks
    if len(networks) <= SHOWN:
        return list(networks)
    folded = _folded([network.item for network in networks], "networks", fabric.networks_href)
    return [*networks[: SHOWN - 1], NetworkItem(folded[-1])]


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1] + "…"
