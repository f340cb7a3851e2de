"""Sums of usage without its resources, for pages: of ten thousand machines as quick as of ten."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from itertools import accumulate
from typing import TypeVar

from billing.rating.cut import Cell
from billing.rating.meters import HOURS_OF, Meter
from billing.rating.money import CENT
from billing.rating.usage import Alike, Used

Key = TypeVar("Key")


class _Cells:
    """Seconds in each of some cells, added up interval by interval in constant time."""

    def __init__(self, cells: Sequence[Cell], starts: Sequence[int]) -> None:
        self.cells, self.starts = cells, starts
        self.parts = [0] * len(cells)
        self.whole = [0] * (len(cells) + 1)  # how many more intervals fill this cell than the last

    def add(self, start: int, end: int, many: int) -> None:
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        if first == last:
            self.parts[first] += (end - start) * many
            return
        self.parts[first] += (self.cells[first].end - start) * many
        self.parts[last] += (end - self.cells[last].start) * many
        self.whole[first + 1] += many
        self.whole[last] -= many

    def seconds(self) -> list[int]:
        filling = accumulate(self.whole[:-1])
        return [
            part + full * (cell.end - cell.start)
            for part, full, cell in zip(self.parts, filling, self.cells, strict=True)
        ]


def hours(lives: Iterable[Alike], cells: Sequence[Cell]) -> list[Used]:
    """What `cut.hours` gives, summed over resources. The cells touch each other, and the
    times of one noun do not overlap: the database excludes it."""
    starts = [cell.start for cell in cells]
    first, last = cells[0].start, cells[-1].end
    found: dict[tuple[Meter, tuple[tuple[str, str], ...], bool], _Cells] = {}
    for row in lives:
        start, end = max(row.start, first), min(last if row.end is None else row.end, last)
        if start < end:
            key = HOURS_OF[row.noun], tuple(sorted(row.attributes.items())), row.generated
            if key not in found:
                found[key] = _Cells(cells, starts)
            found[key].add(start, end, row.many)
    return [
        Used(meter, cell.since, seconds, dict(attributes), cell.day, generated=generated)
        for (meter, attributes, generated), sums in found.items()
        for cell, seconds in zip(cells, sums.seconds(), strict=True)
        if seconds
    ]


def apportion(amount: Decimal, weights: dict[Key, Decimal]) -> dict[Key, Decimal]:
    """A rounded amount as cents for each key, by weight, so that they sum to it: what is left
    after rounding down goes to the largest remainders, the first ones among equals. Without any
    weight all of it is the first one's. Weights are not negative, and there is one at least."""
    total = sum(weights.values(), Decimal(0))
    if not total:
        return {key: amount if n == 0 else 0 * CENT for n, key in enumerate(weights)}
    exact = {key: amount * weight / total for key, weight in weights.items()}
    shares = {key: part.quantize(CENT, ROUND_FLOOR) for key, part in exact.items()}
    left = int((amount - sum(shares.values())) / CENT)
    for key in sorted(exact, key=lambda key: shares[key] - exact[key])[:left]:
        shares[key] += CENT
    return shares
