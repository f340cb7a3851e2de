"""A picture of a prefix: which addresses are used. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from networking.planning.addresses import gateway

CELLS = 256  # at most; a larger prefix puts several addresses into each
COLUMNS = 32
STEP = 10  # from one cell to the next, in units of the drawing's view box
LEVELS = 4  # shades of a cell that holds several addresses


@dataclass(frozen=True, slots=True)
class Cell:
    """One address or a run of them. `kind` is `free`, `gateway`, `reserved`, `used` or, for a run
    in part used, `used-1` to `used-4`."""

    x: int
    y: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The cells, the size of the drawing, and how many addresses a cell stands for."""

    cells: tuple[Cell, ...]
    width: int
    height: int
    per_cell: int


def per_cell(prefix: IPv4Network) -> int:
    """How many addresses one cell stands for; where it is one, cells bear machines' names."""
    return max(1, prefix.num_addresses // CELLS)


def picture(prefix: IPv4Network, machines: Iterable[tuple[str, IPv4Address]]) -> Picture:
    """A prefix of as many addresses as cells; `machines` are names with addresses."""
    names = {address: name for name, address in machines}
    return _drawn([_address(prefix, address, names) for address in prefix], 1)


def coarse_picture(prefix: IPv4Network, used: Mapping[int, int]) -> Picture:
    """A larger prefix, of which it is known how many addresses are used in which cell."""
    size = per_cell(prefix)
    count = prefix.num_addresses // size
    looks = [_run(prefix, place, size, used.get(place, 0)) for place in range(count)]
    return _drawn(looks, size)


def _drawn(looks: Sequence[tuple[str, str]], size: int) -> Picture:
    columns = min(COLUMNS, len(looks))
    cells = tuple(
        Cell(place % columns * STEP, place // columns * STEP, kind, title)
        for place, (kind, title) in enumerate(looks)
    )
    return Picture(cells, columns * STEP, -(-len(looks) // columns) * STEP, size)


def _address(
    prefix: IPv4Network, address: IPv4Address, names: dict[IPv4Address, str]
) -> tuple[str, str]:
    if address in names:
        return "used", f"{address} {names[address]}"
    if address == gateway(prefix):
        return "gateway", f"{address} gateway"
    if address in (prefix.network_address, prefix.broadcast_address):
        return "reserved", f"{address} reserved"
    return "free", f"{address} free"


def _run(prefix: IPv4Network, place: int, size: int, used: int) -> tuple[str, str]:
    first, last = prefix[place * size], prefix[(place + 1) * size - 1]
    title = f"{first} to {last}: {used} of {size} used"
    if not used:
        return "free", title
    return f"used-{max(1, -(-used * LEVELS // size))}", title
