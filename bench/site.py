"""Row "site": a site learns a prefix, from the request to the site's own routing table, against an
engineer who types the same into the router."""

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from threading import Condition, Thread
from time import perf_counter

from bench import product
from bench.product import Browser, Product
from bench.rows import Measured, row
from bench.terminal import Terminal, inside, terminal

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
        engineer = opened.enter_context(terminal(mine, ROUTER))
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


def _measured(
    rounds: int, mine: Product, person: Browser, routes: _Routes, engineer: Terminal
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
        person.wait_until_done(TENANT, change["id"])
        lines = _lines(_configuration(mine), prefix, other)
        began = perf_counter()
        engineer.type(_vtysh(lines))
        by_hand.append(routes.when(other) - began)
        engineer.type(_vtysh([_undone(line) for line in lines]))
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


def _vtysh(lines: Sequence[str]) -> str:
    """The command that has FRR take these lines of configuration."""
    return "vtysh " + " ".join(f"-c '{line}'" for line in ("configure terminal", *lines))


def _undone(line: str) -> str:
    """The line that takes back a line of `_lines`."""
    return f"no {line}" if " route " in line or " prefix-list " in line else line


def _configuration(mine: Product) -> str:
    return mine.demarc("lab", "exec", ROUTER, "--", "vtysh", "-c", "show running-config").stdout


def _remove(person: Browser, name: str) -> None:
    found = person.read(f"{NETWORKS}?page_size=200")["results"]
    path = next(f"{NETWORKS}/{one['id']}" for one in found if one["name"] == name)
    person.get(path)
    person.wait_until_done(TENANT, person.send("DELETE", path, {})["id"])


@contextmanager
def _routes(mine: Product) -> Iterator[_Routes]:
    """The site's routes, as they come and go."""
    routes = _Routes()
    with inside(mine, SITE, "sh", "-c", MONITOR) as process:
        assert process.stdout is not None
        lines = process.stdout

        def read() -> None:
            for line in lines:
                routes.heard(line)

        thread = Thread(target=read, daemon=True)
        thread.start()
        yield routes
    thread.join(WITHIN)
