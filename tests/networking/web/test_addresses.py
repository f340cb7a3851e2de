"""The picture of a prefix."""

from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from networking.web.addresses import CELLS, Picture, coarse_picture, per_cell, picture


def draw(prefix: IPv4Network, used: Iterable[IPv4Address]) -> Picture:
    """As the page does, but for who counts."""
    if (size := per_cell(prefix)) == 1:
        return picture(prefix, [(f"m{number}", one) for number, one in enumerate(used)])
    base = int(prefix.network_address)
    return coarse_picture(prefix, Counter((int(one) - base) // size for one in used))


def kinds(prefix: str, *used: str) -> list[str]:
    return [cell.kind for cell in draw(IPv4Network(prefix), map(IPv4Address, used)).cells]


def test_each_address_of_a_small_prefix_is_a_cell() -> None:
    assert kinds("10.1.0.0/29", "10.1.0.2", "10.1.0.5") == [
        "reserved",
        "gateway",
        "used",
        "free",
        "free",
        "used",
        "free",
        "reserved",
    ]


def test_a_large_prefix_shades_runs_of_addresses() -> None:
    seen = kinds("10.1.0.0/22", "10.1.0.2", *(f"10.1.1.{n}" for n in range(4)))

    assert len(seen) == CELLS
    assert seen[0] == "used-1"
    assert seen[64] == "used-4"
    assert seen[128] == "free"


@given(st.integers(8, 29), st.lists(st.integers(0, 2**24 - 1), max_size=50))
def test_every_address_has_its_place(length: int, offsets: list[int]) -> None:
    prefix = IPv4Network((0x0A000000, length))
    machines = [prefix[offset % prefix.num_addresses] for offset in offsets]

    drawn = draw(prefix, machines)

    assert len(drawn.cells) * drawn.per_cell == prefix.num_addresses
    assert len({(cell.x, cell.y) for cell in drawn.cells}) == len(drawn.cells)
    assert any("used" in cell.kind for cell in drawn.cells) == bool(machines)
    assert all(cell.x < drawn.width and cell.y < drawn.height for cell in drawn.cells)
