"""Row "site": a site learns a prefix, from the request to the site's own routing table, against an
engineer who types the same into the router."""

import itertools
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from threading import Condition, Thread
from time import perf_counter

from bench import product
from bench.product import Browser, Product
from bench.rows import Measured, row

WITHIN = 60.0  # seconds
TENANT, SITE, ROUTER = "acme", "acme-berlin", "pe1"
# Nobody else would end it: a signal to the command that runs it does not reach it.
MONITOR = "ip -4 monitor route & cat; kill $!"
NETWORKS = f"/api/v1/tenants/{TENANT}/networks"


@row("site", size="rounds")
def site(rounds: int) -> list[Measured]:
    """On the lab, which needs root; nothing where it does not run."""
    if not product.has_lab("site"):
        return []
    with product.running("lab") as mine, ExitStack() as opened:
        person = mine.browser(f"admin@{TENANT}.example")
        routes = opened.enter_context(_routes(mine))
        engineer = opened.enter_context(_terminal(mine))
        return _measured(rounds, mine, person, routes, engineer)


class _Routes:
    """What the site's kernel said of its routes, and when."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bool], float] = {}
        self._news = Condition()

    def heard(self, line: str) -> None:
        """A line of `ip monitor route` (man 8 ip-monitor)."""
        at, words = perf_counter(), line.split()
        gone = words[:1] == ["Deleted"]
        with self._news:
            self._seen.setdefault((words[gone], gone), at)
            self._news.notify_all()

    def when(self, prefix: str, *, gone: bool = False) -> float:
        """When the route came, or went, for the first time. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: (prefix, gone) in self._seen, WITHIN):
                raise TimeoutError(f"{SITE} was told nothing of {prefix} within {WITHIN:g} s")
            return self._seen[prefix, gone]


class _Terminal:
    """A shell on the router that is open already."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        self._input = process.stdin

    def configure(self, *lines: str) -> None:
        """Have FRR take these lines of configuration."""
        words = " ".join(f"-c '{line}'" for line in ("configure terminal", *lines))
        self._input.write(f"vtysh {words}\n")
        self._input.flush()


def _measured(
    rounds: int, mine: Product, person: Browser, routes: _Routes, engineer: _Terminal
) -> list[Measured]:
    region = person.read(f"/api/v1/tenants/{TENANT}/regions")[0]["code"]
    prefixes = (f"10.1.{100 + number}.0/24" for number in itertools.count())
    ours, by_hand = [], []
    for number in range(rounds + 1):
        prefix, other = next(prefixes), next(prefixes)
        began = perf_counter()
        wanted = {"name": f"bench-{number}", "region": region, "ipv4_prefix": prefix}
        change = person.send("POST", NETWORKS, wanted)
        ours.append(routes.when(prefix) - began)
        _settled(person, change["id"])
        lines = _lines(_configuration(mine), prefix, other)
        began = perf_counter()
        engineer.configure(*lines)
        by_hand.append(routes.when(other) - began)
        engineer.configure(*(_undone(line) for line in lines))
        routes.when(other, gone=True)
        _remove(person, f"bench-{number}")
        routes.when(prefix, gone=True)
    return [
        Measured(
            f"a site learns a prefix, HTTP to {SITE}'s routing table",
            median(ours[1:]), median(by_hand[1:]), "the same lines by hand in vtysh",
        )
    ]  # fmt: skip


def _lines(configuration: str, prefix: str, other: str) -> list[str]:
    """What the product wrote for one prefix, for another one, each line in its section."""
    found, section = [], ""
    for line in configuration.splitlines():
        if line and not line.startswith(" "):
            section = line
        if prefix in line.split():
            # A new entry of a list goes to its end.
            text = re.sub(r" seq \d+", "", line.strip()).replace(prefix, other)
            found += [section, text, "exit"] if line.startswith(" ") else [text]
    assert found, f"the router has no line about {prefix}"
    return found


def _undone(line: str) -> str:
    """The line that takes back a line of `_lines`."""
    return f"no {line}" if " route " in line or " prefix-list " in line else line


def _configuration(mine: Product) -> str:
    return mine.demarc("lab", "exec", ROUTER, "--", "vtysh", "-c", "show running-config").stdout


def _settled(person: Browser, change: str) -> None:
    path = f"/api/v1/tenants/{TENANT}/changes/{change}"
    product.wait_for(lambda: person.read(path)["state"] == "done", "the change is done", WITHIN)


def _remove(person: Browser, name: str) -> None:
    found = person.read(f"{NETWORKS}?page_size=200")["results"]
    path = next(f"{NETWORKS}/{one['id']}" for one in found if one["name"] == name)
    person.get(path)
    _settled(person, person.send("DELETE", path, {})["id"])


@contextmanager
def _routes(mine: Product) -> Iterator[_Routes]:
    """The site's routes, as they come and go."""
    routes = _Routes()
    with _inside(mine, SITE, "sh", "-c", MONITOR) as process:
        assert process.stdout is not None
        lines = process.stdout

        def read() -> None:
            for line in lines:
                routes.heard(line)

        thread = Thread(target=read, daemon=True)
        thread.start()
        yield routes
    thread.join(WITHIN)


@contextmanager
def _terminal(mine: Product) -> Iterator[_Terminal]:
    with _inside(mine, ROUTER, "sh") as process:
        yield _Terminal(process)


@contextmanager
def _inside(mine: Product, where: str, *argv: str) -> "Iterator[subprocess.Popen[str]]":
    """A program in a part of the lab; it ends when its input does."""
    process = subprocess.Popen(
        mine.command("lab", "exec", where, "--", *argv),
        env=mine.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait(WITHIN)
