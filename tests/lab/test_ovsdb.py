"""The OVSDB client against a server that cuts its answers where it likes."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import LabError
from lab.ovsdb import Connection, columns_map, columns_set


class Server:
    """Answers one connection with bytes written by the test."""

    def __init__(self, path: Path) -> None:
        self.door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.door.bind(str(path))
        self.door.listen()
        self.received: list[dict[str, object]] = []

    def serve(self, pieces: list[bytes], wait_for: int = 1) -> threading.Thread:
        def run() -> None:
            peer, _ = self.door.accept()
            with peer:
                decoder, text = json.JSONDecoder(), ""
                while len(self.received) < wait_for:
                    text += peer.recv(65536).decode()
                    while text:
                        message, used = decoder.raw_decode(text)
                        self.received.append(message)
                        text = text[used:]
                    for piece in pieces:
                        peer.sendall(piece)
                    pieces.clear()

        thread = threading.Thread(target=run)
        thread.start()
        return thread


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "db.sock")
    yield made
    made.door.close()


def test_answers_are_put_together_from_pieces_and_echoes_answered(server, tmp_path):
    answer = json.dumps({"id": 1, "error": None, "result": [{"rows": [{"name": "zürich"}]}]})
    raw = answer.replace("\\u00fc", "ü").encode()
    cut = raw.index("ü".encode()) + 1
    echo = b'{"id":"e","method":"echo","params":["x"]}'
    thread = server.serve([echo + raw[:cut], raw[cut:]], wait_for=2)
    with Connection(tmp_path / "db.sock", timeout=5) as connection:
        assert connection.select("DB", "T", ["name"]) == [{"name": "zürich"}]
    thread.join(5)
    assert server.received[1] == {"id": "e", "result": ["x"], "error": None}


def test_a_refusal_is_told(server, tmp_path):
    thread = server.serve([b'{"id":1,"result":null,"error":"unknown database"}'])
    with (
        Connection(tmp_path / "db.sock", timeout=5) as connection,
        pytest.raises(LabError, match="unknown database"),
    ):
        connection.call("transact", ["DB"])
    thread.join(5)


def test_a_server_that_goes_is_told(server, tmp_path):
    thread = server.serve([b'{"id":1,'])
    with (
        Connection(tmp_path / "db.sock", timeout=5) as connection,
        pytest.raises(LabError, match="closed the connection"),
    ):
        connection.call("transact", ["DB"])
    thread.join(5)


def test_no_server_is_told(tmp_path):
    with pytest.raises(LabError, match="no database answers"):
        Connection(tmp_path / "none.sock")


def test_columns():
    assert columns_map(["map", [["a", "b"]]]) == {"a": "b"}
    assert columns_set(["set", ["a", "b"]]) == ["a", "b"]
    assert columns_set(["set", []]) == []
    assert columns_set("a") == ["a"]
