"""Sockets to OVSDB servers, by the connection methods of man 7 ovsdb."""

import socket
import ssl
import time

from networking.backends.ovn.config import Tls


def connect(remotes: str, tls: Tls | None, deadline: float) -> socket.socket:
    """A connected socket to the first of the comma-separated `remotes` that accepts.

    `deadline` is on the clock of `time.monotonic`. Raises OSError when none accepts by then.
    """
    failure: OSError = TimeoutError()
    for remote in remotes.split(","):
        try:
            return _connect(remote.strip(), tls, deadline)
        except OSError as error:
            failure = error
    raise failure


def remaining(deadline: float) -> float:
    """Seconds until `deadline`. Raises TimeoutError once it has passed."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _connect(remote: str, tls: Tls | None, deadline: float) -> socket.socket:
    method, _, address = remote.partition(":")
    if method == "unix":
        return _connect_unix(address, deadline)
    host, _, port = address.rpartition(":")
    plain = socket.create_connection((host.strip("[]"), int(port)), timeout=remaining(deadline))
    # Requests are small and each waits for its answer, which Nagle's algorithm would hold back.
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if method == "tcp":
        return plain
    return _encrypted(plain, tls, deadline)


def _connect_unix(path: str, deadline: float) -> socket.socket:
    plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        plain.settimeout(remaining(deadline))
        plain.connect(path)
    except OSError:
        plain.close()
        raise
    return plain


def _encrypted(plain: socket.socket, tls: Tls | None, deadline: float) -> socket.socket:
    try:
        if tls is None:
            raise ssl.SSLError("no certificates are configured")
        context = ssl.create_default_context(cafile=tls.ca_file)
        # Certificates of ovs-pki name no host: the private authority's signature is the proof.
        context.check_hostname = False
        context.load_cert_chain(tls.certificate_file, tls.private_key_file)
        plain.settimeout(remaining(deadline))
        return context.wrap_socket(plain)
    except OSError:
        plain.close()
        raise
