"""The map's geometry: nothing overlaps, everything is drawn or counted."""

from hypothesis import given
from hypothesis import strategies as st

from networking.web.states import Status
from networking.web.topology import (
    BOX,
    SHOWN,
    SHOWN_MACHINES,
    WIDTH,
    Box,
    Drawing,
    FabricItem,
    Item,
    NetworkItem,
    Uplink,
    draw,
)

OK, BAD = Status("ok", "Enforced"), Status("bad", "Down")

items = st.builds(Item, st.text(max_size=63), st.text(max_size=20), st.sampled_from([OK, BAD]))
networks = st.builds(
    NetworkItem, items, st.lists(items, max_size=20).map(tuple), st.integers(0, 20)
)
uplinks = st.builds(Uplink, items, st.lists(items, max_size=20).map(tuple))
fabrics = st.builds(
    FabricItem,
    items,
    st.lists(uplinks, max_size=3).map(tuple),
    st.lists(networks, max_size=30).map(tuple),
)


def overlap(one: Box, other: Box) -> bool:
    apart = (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + BOX <= other.y
        or other.y + BOX <= one.y
    )
    return not apart


@given(st.lists(fabrics, max_size=3))
def test_boxes_stay_apart_and_inside_of_the_picture(given: list[FabricItem]) -> None:
    drawing = draw(given)

    for place, box in enumerate(drawing.boxes):
        assert 0 <= box.x <= box.x + box.width <= WIDTH
        assert 0 <= box.y <= box.y + BOX <= drawing.height
        assert not any(overlap(box, other) for other in drawing.boxes[place + 1 :])
        for dot in box.dots:
            assert box.x < dot.x < box.x + box.width


@given(fabrics)
def test_every_router_site_and_network_has_its_line(fabric: FabricItem) -> None:
    drawing = draw([fabric])

    assert len(drawing.lines) == len(drawing.boxes) - 1


def test_a_long_column_ends_in_a_box_that_counts_the_rest_and_has_the_worst_state() -> None:
    many = tuple(
        NetworkItem(Item(f"net-{n}", "", BAD if n == SHOWN + 20 else OK)) for n in range(SHOWN + 30)
    )

    fabric = FabricItem(Item("gateway", "", OK), networks=many, networks_href="/networks/")
    boxes = kind(draw([fabric]), "network")

    assert len(boxes) == SHOWN
    assert boxes[-1].item.href == "/networks/"
    assert boxes[-1].item.name == "31 more networks"
    assert boxes[-1].item.status == BAD


def test_a_network_shows_a_dot_a_machine_as_far_as_they_fit() -> None:
    machines = tuple(Item(f"web-{n}", "10.1.0.2", OK) for n in range(50))
    network = NetworkItem(Item("web", "10.1.0.0/24", OK), machines, ports=50)

    (box,) = kind(draw([FabricItem(Item("gateway", "", OK), networks=(network,))]), "network")

    assert [dot.item.name for dot in box.dots] == [f"web-{n}" for n in range(SHOWN_MACHINES)]


def test_a_long_name_is_shortened_in_the_drawing_alone() -> None:
    name = "a" * 63

    (box,) = draw([FabricItem(Item(name, "", OK))]).boxes

    assert box.text.endswith("…")
    assert box.item.name == name


def kind(drawing: Drawing, name: str) -> list[Box]:
    return [box for box in drawing.boxes if box.kind == name]
