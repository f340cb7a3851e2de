"""Loopback ports."""

import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether something could listen on `port` on the loopback address now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """`preferred` where it is free, else one that the kernel chooses."""
    if preferred and is_free(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def remembered_port(state: Path, name: str) -> int:
    """The port that `name` had in the last run where it is free, so that clients find it again."""
    path = state / f"{name}-port.json"
    port = free_port(json.loads(path.read_text()) if path.exists() else None)
    path.write_text(json.dumps(port) + "\n")
    return port


def accepts(port: int) -> bool:
    """Whether something answers on `port` on the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
