"""The picture of a packet's way: boxes from left to right, in lines like those of a text. Pure."""

from collections.abc import Sequence
from itertools import pairwise

from networking.web.states import Status
from networking.web.topology import BOX, MARGIN, WIDTH, Box, Drawing, Item, Line

PER_LINE = 5
BOX_WIDTH = 168
LINE_GAP = 40
STEP = (WIDTH - BOX_WIDTH) // (PER_LINE - 1)
NAME = 17  # characters of a name that fit


def draw(items: Sequence[tuple[str, Item]]) -> Drawing:
    """The kinds and items on the way. A line has the state of the box that it leads to."""
    boxes = [_box(place, kind, item) for place, (kind, item) in enumerate(items)]
    lines = [_line(left, right, right.item.status) for left, right in pairwise(boxes)]
    height = boxes[-1].y + BOX + MARGIN if boxes else BOX
    return Drawing(height, tuple(boxes), tuple(lines))


def _box(place: int, kind: str, item: Item) -> Box:
    row, column = divmod(place, PER_LINE)
    name = item.name if len(item.name) <= NAME else item.name[: NAME - 1] + "…"
    return Box(kind, column * STEP, MARGIN + row * (BOX + LINE_GAP), BOX_WIDTH, item, name)


def _line(left: Box, right: Box, status: Status) -> Line:
    if left.y == right.y:
        return Line(f"M{left.x + left.width} {left.middle}H{right.x}", status)
    # Down from the end of one line of boxes to the beginning of the next.
    x1, x2 = left.x + left.width // 2, right.x + right.width // 2
    bend = (left.y + BOX + right.y) // 2
    return Line(f"M{x1} {left.y + BOX}V{bend}H{x2}V{right.y}", status)
