"""Row "start": how long `./demarc up` takes until the portal serves, cold and warm."""

import subprocess
import sys
from statistics import median

from bench import product
from bench.rows import Measured, row, timed

LOAD = "import django; django.setup(); import portal.urls"
MOST_COLD, MOST_WARM = 180.0, 10.0  # seconds


@row("start", size="rounds")
def start(rounds: int) -> list[Measured]:
    """Cold is without a state folder, with the virtual environment; warm is every later time."""
    floor = median(timed(_load) for _ in range(rounds))
    fabrics = ["simulator", *(["lab"] if product.has_lab("start") else [])]
    return [found for fabric in fabrics for found in _starts(fabric, rounds, floor)]


def _starts(fabric: str, rounds: int, floor: float) -> list[Measured]:
    with product.nothing_yet() as mine:
        cold = timed(lambda: mine.up(fabric))
        warm = []
        for _ in range(rounds):
            mine.down()
            warm.append(timed(lambda: mine.up(fabric)))
    loads = "one process that loads the portal"
    return [
        Measured(f"start, cold, {fabric}", cold, floor, loads, most_seconds=MOST_COLD),
        Measured(f"start, warm, {fabric}", median(warm), floor, loads, most_seconds=MOST_WARM),
    ]


def _load() -> None:
    subprocess.run([sys.executable, "-c", LOAD], check=True)
