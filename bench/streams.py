"""Row "streams": pages while many event streams are open, in a web process as `up` runs it."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlsplit

from bench import product
from bench.product import Browser
from bench.rows import Measured, row, timed

LOOKS = 40
EVERY = 0.5  # seconds between two changes, of which each stream is told
MOST_RATIO = 1.5
TENANT = "acme"
PAGES = ("", "networks/", "ports/", "groups/", "rules/", "changes/")


@row("streams", size="streams")
def streams(many: int) -> list[Measured]:
    """The same pages without streams and with so many; somebody makes changes meanwhile."""
    with product.running("simulator") as mine:
        person = mine.browser(f"admin@{TENANT}.example")
        engineer = mine.browser(f"admin@{TENANT}.example")
        web = next(one["pid"] for one in mine.status()["processes"] if one["name"] == "web")
        with _changing(engineer):
            alone = _looks(person)
            before = _memory(web)
            began = perf_counter()
            with _listening(person, many) as listening:
                opened = perf_counter() - began
                beside = _looks(person)
                grown = _memory(web) - before
                heard = min(map(_events, listening))
    assert heard, "a stream was told of nothing"
    name = f"{len(PAGES)} pages beside {many} open event streams"
    return [
        Measured(f"{name}, p50", median(beside), median(alone), "without a stream",
                 most_ratio=MOST_RATIO, memory=grown),
        Measured(f"{name}, p95", _p95(beside), _p95(alone), "without a stream",
                 most_ratio=MOST_RATIO),
        Measured(f"{many} event streams are opened", opened, median(alone), "one page"),
    ]  # fmt: skip


def _looks(person: Browser) -> list[float]:
    """Seconds that pages take, after one of each that does not count."""
    paths = [f"/t/{TENANT}/{page}" for page in PAGES]
    for path in paths:
        person.get(path)
    return [timed(partial(person.get, path)) for _ in range(LOOKS) for path in paths]


def _p95(times: list[float]) -> float:
    return sorted(times)[-1 - len(times) // 20]


@contextmanager
def _changing(engineer: Browser) -> Iterator[None]:
    """Somebody edits a group again and again."""
    groups = f"/api/v1/tenants/{TENANT}/groups"
    engineer.send("POST", groups, {"name": "bench", "labels": {"app": "bench"}})
    group = f"{groups}/{engineer.read(groups)['results'][0]['id']}"
    stop = Event()

    def work() -> None:
        for number in itertools.count():
            engineer.get(group)
            engineer.send("PATCH", group, {"description": f"Bench {number}"})
            if stop.wait(EVERY):
                return

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(product.ANSWER_WITHIN)


@contextmanager
def _listening(person: Browser, many: int) -> Iterator[list[socket.socket]]:
    """Open so many streams, each on a connection of its own; all have said hello."""
    host = urlsplit(person.url)
    request = (
        f"GET /t/{TENANT}/events HTTP/1.1\r\nHost: {host.netloc}\r\n"
        f"Accept: text/event-stream\r\nCookie: {person.cookie}\r\n\r\n"
    ).encode()
    with ExitStack() as opened:
        listening = []
        for _ in range(many):
            address = (host.hostname, host.port)
            one = socket.create_connection(address, timeout=product.ANSWER_WITHIN)
            opened.enter_context(one)
            one.sendall(request)
            listening.append(one)
        for one in listening:
            said = b""
            while b"event: hello" not in said:
                more = one.recv(65536)
                assert more, said
                said += more
        yield listening


def _events(stream: socket.socket) -> int:
    """How many messages wait to be read."""
    stream.setblocking(False)
    try:
        return stream.recv(1 << 20).count(b"data:")
    except BlockingIOError:
        return 0


def _memory(pid: int) -> int:
    """Bytes that a process and its children have for themselves (man 5 proc, smaps_rollup)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))
    children: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        # Threads come and go.
        with suppress(FileNotFoundError):
            children += (task / "children").read_text().split()
    return own + sum(_memory(int(child)) for child in children)
