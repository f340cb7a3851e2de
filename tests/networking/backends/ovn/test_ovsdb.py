"""The connection: bounded in time, and honest about what is not known."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from networking.backends.base import BackendError, UnreachableError
from networking.backends.ovn import ovsdb
from networking.backends.ovn.backend import OvnBackend
from networking.backends.ovn.config import OvnConfig, Tls
from networking.backends.ovn.ovsdb import Ovsdb, RefusedError
from tests.contracts.ovn_central import SCHEMAS, OvnCentral, run_database
from tests.networking.backends.ovn.intents import new_tenant, scope_of

SELECT = {"op": "select", "table": "NB_Global", "where": [], "columns": ["nb_cfg"]}
TIMEOUT = 0.3

Serve = Callable[[socket.socket], None]


def client(remotes: str, *, timeout: float = TIMEOUT, tls: Tls | None = None) -> Ovsdb:
    return Ovsdb("northbound database", "OVN_Northbound", remotes, timeout=timeout, tls=tls)


@contextmanager
def server(folder: Path, *serve: Serve) -> Iterator[str]:
    """A server that treats its n-th connection by the n-th function; its connection method."""
    path = folder / "fake.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def accept() -> None:
            for treat in serve:
                connection, _ = listener.accept()
                with connection:
                    treat(connection)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"unix:{path}"
    thread.join(timeout=5)


def answer(connection: socket.socket, rows: list[object]) -> None:
    request = json.loads(connection.recv(65536))
    reply = {"id": request["id"], "result": [{"rows": rows}], "error": None}
    connection.sendall(json.dumps(reply).encode())


def silent(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.recv(65536)  # returns when the client hangs up


def test_a_database_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match="cannot be reached") as caught:
        client(f"unix:{tmp_path}/none.sock").transact([SELECT])
    assert caught.value.retry


def test_a_refused_port_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(UnreachableError, match="Connection refused") as caught:
            client(f"tcp:127.0.0.1:{port}").transact([SELECT])
    assert str(port) not in str(caught.value), "customers read it"


def test_a_silent_server_is_given_up_in_time(tmp_path: Path) -> None:
    with server(tmp_path, silent) as remote:
        started = time.monotonic()
        with pytest.raises(UnreachableError, match=r"did not answer within 0\.3 s"):
            client(remote).transact([SELECT])
        assert TIMEOUT <= time.monotonic() - started < TIMEOUT + 0.5


def test_a_server_that_trickles_is_given_up_in_time(tmp_path: Path) -> None:
    stopped = threading.Event()

    def trickle(connection: socket.socket) -> None:
        while not stopped.wait(0.05):
            try:
                connection.sendall(b"{")
            except OSError:
                return

    with server(tmp_path, trickle) as remote:
        started = time.monotonic()
        with pytest.raises(UnreachableError):
            client(remote).transact([SELECT])
        assert time.monotonic() - started < TIMEOUT + 0.5
        stopped.set()


def test_a_frozen_database_is_unreachable_and_answers_once_thawed(tmp_path: Path) -> None:
    with run_database("nb", SCHEMAS / "ovn-nb.ovsschema", tmp_path) as process:
        database = client(f"unix:{tmp_path}/nb.sock")
        database.transact([SELECT])
        process.send_signal(19)  # SIGSTOP
        try:
            with pytest.raises(UnreachableError):
                database.transact([SELECT])
        finally:
            process.send_signal(18)  # SIGCONT
        assert database.transact([SELECT]) == [{"rows": []}]


@pytest.mark.parametrize(
    "ask",
    [
        lambda backend: backend.observe(scope_of(new_tenant())),
        lambda backend: backend.claim(scope_of(new_tenant()), 1),
        lambda backend: backend.scopes(),
        lambda backend: backend.request(),
        lambda backend: backend.progress(),
        lambda backend: backend.locate(),
    ],
    ids=["observe", "claim", "scopes", "request", "progress", "locate"],
)
def test_all_that_a_backend_does_is_bounded(
    tmp_path: Path, ask: Callable[[OvnBackend], object]
) -> None:
    with server(tmp_path, silent) as remote:
        config = OvnConfig(northbound=remote, southbound=remote, timeout=TIMEOUT)
        started = time.monotonic()
        with OvnBackend(config) as backend, pytest.raises(UnreachableError):
            ask(backend)
        assert time.monotonic() - started < TIMEOUT + 0.5


def test_a_server_that_hangs_up_is_unreachable(tmp_path: Path) -> None:
    with (
        server(tmp_path, lambda connection: None) as remote,
        pytest.raises(UnreachableError, match=r"closed the connection|Broken pipe|reset"),
    ):
        client(remote).transact([SELECT])


def test_a_probe_is_answered_and_split_text_is_joined(tmp_path: Path) -> None:
    seen = []

    def serve(connection: socket.socket) -> None:
        request = json.loads(connection.recv(65536))
        connection.sendall(b'{"method":"echo","params":["ping"],"id":"echo"}')
        seen.append(json.loads(connection.recv(65536)))
        reply = {"id": request["id"], "result": [{"rows": [{"name": "Zürich}"}]}], "error": None}
        data = json.dumps(reply, ensure_ascii=False).encode()
        for start in range(0, len(data), 7):
            connection.sendall(data[start : start + 7])
            time.sleep(0.001)

    with server(tmp_path, serve) as remote:
        assert client(remote).transact([SELECT]) == [{"rows": [{"name": "Zürich}"}]}]
    assert seen == [{"result": ["ping"], "error": None, "id": "echo"}]


def test_an_idle_connection_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ovsdb, "_IDLE", 0.0)
    once = lambda rows: lambda connection: answer(connection, rows)  # noqa: E731
    with server(tmp_path, once([1]), once([2])) as remote:
        database = client(remote)
        assert database.transact([SELECT]) == [{"rows": [1]}]
        assert database.transact([SELECT]) == [{"rows": [2]}]


def test_after_a_break_the_next_request_connects_anew(tmp_path: Path) -> None:
    with server(tmp_path, lambda connection: None, lambda c: answer(c, [3])) as remote:
        database = client(remote)
        with pytest.raises(UnreachableError):
            database.transact([SELECT])
        assert database.transact([SELECT]) == [{"rows": [3]}]


def test_an_answer_that_comes_too_late_is_not_taken_for_the_next(tmp_path: Path) -> None:
    def late(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(TIMEOUT + 0.1)

    with server(tmp_path, late, lambda c: answer(c, ["new"])) as remote:
        database = client(remote)
        with pytest.raises(UnreachableError):
            database.transact([SELECT])
        assert database.transact([SELECT]) == [{"rows": ["new"]}]


def test_the_next_of_a_cluster_is_tried(ovn_central: OvnCentral, tmp_path: Path) -> None:
    database = client(f"unix:{tmp_path}/dead.sock,{ovn_central.northbound}", timeout=2)
    (result,) = database.transact([SELECT])
    assert len(result["rows"]) == 1


def test_an_unknown_table_is_refused_with_the_servers_words(ovn_central: OvnCentral) -> None:
    with pytest.raises(RefusedError, match="No table named Nowhere") as caught:
        client(ovn_central.northbound).transact([SELECT | {"table": "Nowhere"}])
    assert not caught.value.retry


def test_a_wrong_database_is_refused(ovn_central: OvnCentral) -> None:
    with pytest.raises(BackendError, match="unknown database"):
        client(ovn_central.southbound).transact([SELECT])


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def test_tcp(tmp_path: Path) -> None:
    port = free_port()
    schema = SCHEMAS / "ovn-nb.ovsschema"
    with run_database("nb", schema, tmp_path, f"--remote=ptcp:{port}:127.0.0.1"):
        assert client(f"tcp:127.0.0.1:{port}").transact([SELECT]) == [{"rows": []}]
