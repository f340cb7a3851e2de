"""How other processes speak to a running lab: one JSON line each way over a unix socket."""

import json
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.errors import LabError

Handler = Callable[[dict[str, Any]], Any]

_LIMIT = 1 << 20
_PATIENCE = 60.0  # seconds: healing everything starts some twenty daemons


class Control:
    """The lab's end: answers each request with what ``handler`` returns."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self._handler = handler
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(str(path))
        path.chmod(0o600)
        self._door.listen()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more requests."""
        # A thread in accept() is not woken by close(), only by shutdown().
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rw") as stream:
            try:
                answer = {"result": self._handler(json.loads(stream.readline(_LIMIT)))}
            except (LabError, OSError, ValueError, KeyError) as error:
                answer = {"error": str(error)}
            stream.write(json.dumps(answer) + "\n")


def ask(path: Path, request: dict[str, Any]) -> Any:
    """Send one request to the lab at ``path``; LabError if none runs or it refuses."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(_PATIENCE)
        try:
            door.connect(str(path))
        except OSError:
            raise LabError(
                f"no lab named {path.parent.name} runs here: start it with ./demarc up, or name "
                "another with --name."
            ) from None
        with door.makefile("rw") as stream:
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            answer = json.loads(stream.readline() or '{"error": "the lab hung up."}')
    if "error" in answer:
        raise LabError(answer["error"])
    return answer["result"]
