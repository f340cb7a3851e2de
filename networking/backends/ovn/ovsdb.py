"""A thin OVSDB client: transactions over JSON-RPC (RFC 7047), nothing held in memory.

The `ovs` package's client knows no deadlines, and keeps its TLS keys once per process, so that
two fabrics could not have different ones.
"""

import json
import socket
import time
from collections.abc import Sequence
from typing import Self

from networking.backends.base import BackendError, UnreachableError
from networking.backends.ovn.config import Tls
from networking.backends.ovn.remote import connect, reason, remaining
from networking.planning import Json

# The server probes after 5 s of silence and hangs up after 5 more (man 5 ovn-nb,
# inactivity_probe); nobody answers probes between two requests, so connect anew before that.
_IDLE = 4.0
_CHUNK = 65536

# Errors (RFC 7047, 4.1.3, 5.2 and man 7 ovsdb-server) after which observing and planning anew may
# succeed: rows changed under the plan, or the server was short of something.
_PASSING = frozenset(
    {
        "duplicate uuid", "I/O error", "not leader", "not owner", "referential integrity violation",
        "resources exhausted", "timed out",
    }
)  # fmt: skip


class RefusedError(BackendError):
    """The server aborted the transaction, all of it.

    `tag` is the kind (`timed out`, `constraint violation`, …), `details` the server's words and
    `index` the position of the operation at fault, one past the last when the commit failed.
    """

    def __init__(self, message: str, *, tag: str, details: str, index: int) -> None:
        super().__init__(message, retry=tag in _PASSING)
        self.tag = tag
        self.details = details
        self.index = index


class Ovsdb:
    """One database of one server. Connects with the first request; not for use by two threads.

    `title` is what people call it (`northbound database`). `requests`, `sent` and `received`
    count what passed, in requests and bytes.
    """

    def __init__(
        self, title: str, database: str, remotes: str, *, timeout: float, tls: Tls | None = None
    ) -> None:
        self.title = title
        self.requests = self.sent = self.received = 0
        self._database = database
        self._remotes = remotes
        self._timeout = timeout
        self._tls = tls
        self._socket: socket.socket | None = None
        self._used = 0.0
        self._pending = bytearray()
        self._decoder = json.JSONDecoder()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; the next request connects again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._pending.clear()

    def transact(self, operations: Sequence[Json]) -> list[Json]:
        """Run the operations as one atomic transaction (RFC 7047, 4.1.3); their results.

        Raises RefusedError when the server aborted it and UnreachableError when no answer came
        within the timeout: whether it was committed is then unknown.
        """
        result = self._call("transact", [self._database, *operations])
        for index, item in enumerate(result):
            if item and "error" in item:
                raise self._refused(item, index)
        return result

    def _call(self, method: str, params: list[Json]) -> list[Json]:
        deadline = time.monotonic() + self._timeout
        try:
            self._connected(deadline)
            self.requests += 1
            self._send({"method": method, "params": params, "id": self.requests}, deadline)
            reply = self._reply(self.requests, deadline)
        except TimeoutError:
            self.close()
            raise UnreachableError(
                f"The {self.title} did not answer within {self._timeout:g} s."
            ) from None
        except OSError as error:
            self.close()
            raise UnreachableError(
                f"The {self.title} cannot be reached: {reason(error)}."
            ) from error
        self._used = time.monotonic()
        if reply.get("error"):
            raise self._refused(reply["error"], 0)
        result: list[Json] = reply["result"]
        return result

    def _refused(self, error: Json, index: int) -> RefusedError:
        tag = error.get("error", "unknown error") if isinstance(error, dict) else str(error)
        details = error.get("details", "") if isinstance(error, dict) else ""
        text = f"The {self.title} at {self._remotes} refused: {tag}"
        text += f": {details}" if details else "."
        return RefusedError(text, tag=tag, details=details, index=index)

    def _connected(self, deadline: float) -> None:
        if self._socket is not None and time.monotonic() - self._used > _IDLE:
            self.close()
        if self._socket is None:
            self._socket = connect(self._remotes, self._tls, deadline)

    def _send(self, message: Json, deadline: float) -> None:
        assert self._socket is not None
        data = json.dumps(message, separators=(",", ":")).encode()
        self._socket.settimeout(remaining(deadline))
        self._socket.sendall(data)
        self.sent += len(data)

    def _reply(self, number: int, deadline: float) -> dict[str, Json]:
        """The answer to request `number`; the server's probes are answered meanwhile (4.1.11)."""
        while True:
            message = self._message(deadline)
            if message.get("method") == "echo":
                answer = {"result": message["params"], "error": None, "id": message["id"]}
                self._send(answer, deadline)
            elif message.get("id") == number:
                return message

    def _message(self, deadline: float) -> dict[str, Json]:
        assert self._socket is not None
        while True:
            # Messages have no delimiter; one can only be whole when the data ends in a brace.
            if self._pending.endswith(b"}") and (message := self._decoded()) is not None:
                return message
            self._socket.settimeout(remaining(deadline))
            data = self._socket.recv(_CHUNK)
            if not data:
                raise ConnectionResetError("it closed the connection")
            self.received += len(data)
            self._pending += data

    def _decoded(self) -> dict[str, Json] | None:
        try:
            text = self._pending.decode()
            message, end = self._decoder.raw_decode(text)
        except ValueError:
            return None
        self._pending = bytearray(text[end:], "utf-8")
        return dict(message)
