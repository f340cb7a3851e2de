"""What rows make of the product's answers; the product itself is started by the rows alone."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import enforced, product, site, start, streams, terminal
from bench.rows import ROWS, SIZES

RUNNING = """\
frr version 8.4.4
vrf c01
 ip route 10.1.0.0/24 100.64.0.2 tag 4200
 ip route 10.1.100.0/24 100.64.0.2 tag 4200
exit-vrf
!
ip prefix-list demarc-1-out seq 5 permit 10.1.0.0/24
ip prefix-list demarc-1-out seq 10 permit 10.1.100.0/24
"""


def test_the_rows_are_there() -> None:
    names = ("enforced", "site", "start", "streams")
    assert [ROWS[name] for name in names] == [
        enforced.enforced, site.site, start.start, streams.streams,
    ]  # fmt: skip
    assert [SIZES[name] for name in names] == ["rounds", "rounds", "rounds", "streams"]


def test_an_engineer_types_what_the_product_wrote() -> None:
    lines = site._lines(RUNNING, "10.1.100.0/24", "10.1.101.0/24")
    assert lines == [
        "vrf c01", "ip route 10.1.101.0/24 100.64.0.2 tag 4200", "exit",
        "ip prefix-list demarc-1-out permit 10.1.101.0/24",
    ]  # fmt: skip
    assert [site._undone(line) for line in lines] == [
        "vrf c01", "no ip route 10.1.101.0/24 100.64.0.2 tag 4200", "exit",
        "no ip prefix-list demarc-1-out permit 10.1.101.0/24",
    ]  # fmt: skip
    assert site._vtysh(lines[:1]) == "vtysh -c 'configure terminal' -c 'vrf c01'"
    with pytest.raises(AssertionError, match="no line about"):
        site._lines(RUNNING, "10.9.0.0/24", "10.9.1.0/24")


def test_when_a_route_came_and_went(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "WITHIN", 0.01)
    routes = site._Routes()
    routes.heard("10.1.5.0/24 nhid 8 via 100.65.0.1 dev wan proto bgp metric 20")
    with pytest.raises(TimeoutError, match="told nothing"):
        routes.when("10.1.5.0/24", gone=True)
    routes.heard("Deleted 10.1.5.0/24 nhid 8 via 100.65.0.1 dev wan proto bgp metric 20")
    assert routes.when("10.1.5.0/24") < routes.when("10.1.5.0/24", gone=True)


def test_a_shell_that_is_open() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(["sh"], stdin=pipe, stdout=pipe, text=True) as process:
        shell = terminal.Terminal(process)
        assert shell.run("echo one line") == "one line"
        with pytest.raises(AssertionError, match="false"):
            shell.run("false")


def test_what_a_stream_was_told() -> None:
    server, client = socket.socketpair()
    with server, client:
        assert streams._events(client) == 0
        server.sendall(b"id: 1\ndata: a\n\nid: 1\ndata: b\n\n: alive\n\n")
        assert streams._events(client) == 2


def test_what_does_not_start_says_why(
    command: Callable[[str], None],
) -> None:
    command("import sys; sys.exit('demarc: Port 1 is taken.')")
    with pytest.raises(RuntimeError, match="Port 1 is taken"), product.running("none"):
        pass


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Puts a program of so many words in the place of `./demarc`."""

    def put(text: str) -> None:
        (tmp_path / "demarc").write_text(text)
        monkeypatch.setattr(product, "CHECKOUT", tmp_path)

    return put
