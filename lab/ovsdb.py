"""A small OVSDB client (RFC 7047) over a unix socket: transactions and one monitor."""

import codecs
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lab.errors import LabError

_CHUNK = 65536


class Connection:
    """One JSON-RPC connection to an ovsdb-server.

    ``timeout`` is in seconds and holds for each answer.
    """

    def __init__(self, path: Path, *, timeout: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise LabError(f"no database answers at {path}: {error.strerror}.") from error
        self._decoder = json.JSONDecoder()
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._serial = 0

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def call(self, method: str, params: list[Any]) -> Any:
        """Send a request and return its result; LabError with what the server refused."""
        self._serial += 1
        serial = self._serial
        self._send({"method": method, "params": params, "id": serial})
        while True:
            message = self._receive()
            if message.get("id") == serial and "method" not in message:
                if message.get("error"):
                    raise LabError(f"the database refused {method}: {message['error']}")
                return message["result"]

    def select(self, database: str, table: str, columns: list[str]) -> list[dict[str, Any]]:
        """All rows of ``table``, each with ``columns`` alone."""
        operation = {"op": "select", "table": table, "where": [], "columns": columns}
        (answer,) = self.call("transact", [database, operation])
        if "error" in answer:
            raise LabError(f"the database refused to read {table}: {answer['error']}")
        return list(answer["rows"])

    def monitor(
        self, database: str, table: str, columns: list[str], stop: Callable[[], bool]
    ) -> Iterator[dict[str, Any]]:
        """Yield the updates of ``table`` by row UUID (RFC 7047, 4.1.5 and 4.1.6), all rows first.

        Ends when ``stop()`` holds, which it asks at least each time the timeout passes.
        """
        watched = {table: {"columns": columns}}
        yield self.call("monitor", [database, None, watched]).get(table, {})
        while not stop():
            try:
                message = self._receive()
            except TimeoutError:
                continue
            if message.get("method") == "update":
                yield message["params"][1].get(table, {})

    def _send(self, message: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(message).encode())

    def _receive(self) -> dict[str, Any]:
        """The next message that is not an echo; echoes are answered (RFC 7047, 4.1.11)."""
        while True:
            message = self._parsed()
            if message.get("method") != "echo":
                return message
            self._send({"id": message["id"], "result": message["params"], "error": None})

    def _parsed(self) -> dict[str, Any]:
        while True:
            self._text = self._text.lstrip()
            if self._text:
                try:
                    message, used = self._decoder.raw_decode(self._text)
                except json.JSONDecodeError:
                    pass
                else:
                    self._text = self._text[used:]
                    return dict(message)
            chunk = self._socket.recv(_CHUNK)
            if not chunk:
                raise LabError("the database closed the connection.")
            self._text += self._utf8.decode(chunk)


def columns_map(value: Any) -> dict[str, str]:
    """An OVSDB map (``["map", [[key, value], …]]``) as a dictionary."""
    return dict(value[1])


def columns_set(value: Any) -> list[Any]:
    """An OVSDB set as a list; a set of one is written as its only member (RFC 7047, 5.1)."""
    if isinstance(value, list) and value and value[0] == "set":
        return list(value[1])
    return [value]
