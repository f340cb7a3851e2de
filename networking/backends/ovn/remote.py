"""Sockets to OVSDB servers, by the connection methods of man 7 ovsdb."""

import socket
import ssl
import time
from pathlib import Path

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


def reason(error: OSError) -> str:
    """Why there is no connection, in words that name no address: customers read them."""
    if isinstance(error, ssl.SSLCertVerificationError):
        # What comes after a comma is the name that was asked for.
        return f"its certificate is not trusted ({error.verify_message.partition(',')[0]})"
    if isinstance(error, ssl.SSLError) and "_ALERT_" in (error.reason or ""):
        said = error.reason.partition("_ALERT_")[2].replace("_", " ").lower()
        return f"it refuses our certificate ({said})"
    if isinstance(error, ssl.SSLEOFError):
        # Its alert may come after our request was sent in vain.
        return "it hung up; it may not trust our certificate"
    return error.strerror or str(error)


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
    return _encrypted(plain, host.strip("[]"), tls, deadline)


def _connect_unix(path: str, deadline: float) -> socket.socket:
    plain = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        plain.settimeout(remaining(deadline))
        plain.connect(path)
    except OSError:
        plain.close()
        raise
    return plain


def _encrypted(plain: socket.socket, host: str, tls: Tls | None, deadline: float) -> socket.socket:
    try:
        if tls is None:
            raise ssl.SSLError("no certificates are configured")
        context = _context(tls)
        plain.settimeout(remaining(deadline))
        return context.wrap_socket(plain, server_hostname=host if tls.check_names else None)
    except OSError:
        plain.close()
        raise


def _context(tls: Tls) -> ssl.SSLContext:
    for name in ("private_key_file", "certificate_file", "ca_file"):
        try:
            Path(getattr(tls, name)).read_bytes()
        except OSError as error:
            raise OSError(f"tls.{name} cannot be read: {error.strerror}") from error
    context = ssl.create_default_context(cafile=tls.ca_file)
    # Without names, the signature of a private authority is the proof.
    context.check_hostname = tls.check_names
    context.load_cert_chain(tls.certificate_file, tls.private_key_file)
    return context
