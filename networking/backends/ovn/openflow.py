"""Reads flow counters of a switch over OpenFlow 1.3 (ONF TS-006, the sections named below).

Open vSwitch serves each bridge on a management socket (man 8 ovs-vswitchd, `BRIDGE.mgmt`), beside
the connection of the controller, which is not disturbed.
"""

import socket
import struct
import time
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import PurePosixPath

from networking.backends.base import BackendError, UnreachableError
from networking.backends.ovn.config import OvnConfig
from networking.backends.ovn.remote import connect, reason, remaining

BRIDGE = "br-int"
"""The bridge that ovn-controller fills (man 8 ovn-controller, external_ids:ovn-bridge)."""

_VERSION = 4
_HEADER = struct.Struct("!BBHI")  # version, type, length, transaction (7.1)
_HELLO, _ERROR, _ECHO_REQUEST, _ECHO_REPLY, _REQUEST, _REPLY = 0, 1, 2, 3, 18, 19
_MULTIPART = struct.Struct("!HH4x")  # type, flags (7.3.5)
_FLOWS, _MORE = 1, 1
# Any table, out port, group and cookie, and a match that matches all (7.3.5.2).
_ASK = struct.Struct("!B3xII4xQQHH4x")
_ALL_TABLES, _ANYWHERE = 0xFF, 0xFFFFFFFF
_MATCH_TYPE, _MATCH_LENGTH = 1, 4
# Length, table, seconds, nanoseconds, priority, timeouts, flags, cookie, packets, bytes.
_FLOW = struct.Struct("!HBxIIHHHH4xQQQ")
_HEAD = struct.Struct("!H22xQ")  # length and cookie alone
_MATCH = struct.Struct("!HH")
_FIELD = struct.Struct("!HBB")  # class, field with its mask bit, length (7.2.3.2)
_BASIC = 0x8000
_METADATA, _IPV4_DST, _IPV6_DST = 2 << 1, 12 << 1, 27 << 1


@dataclass(frozen=True, slots=True)
class FlowCount:
    """One flow's counters since it was put in place. `match` tells it from others of the same
    cookie and table; `datapath` is the logical one that it belongs to (its metadata, man 7
    ovn-architecture), `destination` the address that it wants a packet to go to, if one."""

    cookie: int
    table: int
    priority: int
    match: int
    packets: int
    bytes: int
    datapath: int = 0
    destination: str = ""


def address(config: OvnConfig, host: str) -> str:
    """Where the host's bridge speaks OpenFlow: as configured, or beside a local database's socket.

    Raises BackendError for a host that is not configured, and for one with a database elsewhere:
    there is no standard port.
    """
    known = dict(config.openflow)
    if host in known:
        return known[host]
    ovsdb = dict(config.hosts).get(host)
    if ovsdb is None:
        raise BackendError(f"The fabric has no host {host}.", retry=False)
    method, _, path = ovsdb.partition(":")
    if method != "unix":
        raise BackendError(
            f"Host {host} has its database at {ovsdb}, which does not tell where its switch "
            "speaks OpenFlow. Name it in the fabric's configuration, under openflow.",
            retry=False,
        )
    return f"unix:{PurePosixPath(path).with_name(f'{BRIDGE}.mgmt')}"


def counts(config: OvnConfig, host: str, cookies: Container[int]) -> list[FlowCount]:
    """The counters of all flows with one of these cookies, from one look at all that the host has.

    Raises UnreachableError when the switch does not answer in time, BackendError when it is not
    known where to ask.
    """
    remote = address(config, host)
    deadline = time.monotonic() + config.timeout
    try:
        with connect(remote, config.tls, deadline) as channel:
            switch = _Switch(channel, deadline)
            switch.greet()
            return list(switch.flows(cookies))
    except (OSError, struct.error) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise UnreachableError(
            f"The switch of host {host} at {remote} does not answer over OpenFlow: "
            f"{why or 'no answer in time'}. Counters are read again later."
        ) from error


class _Switch:
    def __init__(self, channel: socket.socket, deadline: float) -> None:
        self._channel = channel
        self._deadline = deadline

    def greet(self) -> None:
        """Agree on the version (6.3.1): both sides send theirs and use the lower one."""
        self._send(_HELLO, 0, b"")
        kind, _, _ = self._receive()
        if kind != _HELLO:
            raise ConnectionError("it does not speak OpenFlow 1.3")

    def flows(self, cookies: Container[int]) -> Iterator[FlowCount]:
        """Ask for all flows; those with one of the cookies."""
        question = _MULTIPART.pack(_FLOWS, 0) + _ASK.pack(
            _ALL_TABLES, _ANYWHERE, _ANYWHERE, 0, 0, _MATCH_TYPE, _MATCH_LENGTH
        )
        self._send(_REQUEST, 1, question)
        more = _MORE
        while more:
            kind, _, body = self._receive()
            if kind == _ERROR:
                raise ConnectionError("it refused to tell its flows")
            if kind != _REPLY:
                continue
            _, flags = _MULTIPART.unpack_from(body)
            yield from _parsed(body[_MULTIPART.size :], cookies)
            more = flags & _MORE

    def _send(self, kind: int, transaction: int, body: bytes) -> None:
        self._channel.settimeout(remaining(self._deadline))
        header = _HEADER.pack(_VERSION, kind, _HEADER.size + len(body), transaction)
        self._channel.sendall(header + body)

    def _receive(self) -> tuple[int, int, bytes]:
        """The next message that is not a keep-alive: type, transaction, body."""
        while True:
            _, kind, length, transaction = _HEADER.unpack(self._exactly(_HEADER.size))
            body = self._exactly(length - _HEADER.size)
            if kind != _ECHO_REQUEST:
                return kind, transaction, body
            self._send(_ECHO_REPLY, transaction, body)

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            self._channel.settimeout(remaining(self._deadline))
            part = self._channel.recv(size - len(data))
            if not part:
                raise ConnectionResetError("it closed the connection")
            data += part
        return bytes(data)


def _parsed(body: bytes, cookies: Container[int]) -> Iterator[FlowCount]:
    at = 0
    while at < len(body):
        length, cookie = _HEAD.unpack_from(body, at)
        if cookie in cookies:
            yield _flow(body[at : at + length])
        at += length


def _flow(body: bytes) -> FlowCount:
    _, table, _, _, priority, _, _, _, cookie, packets, octets = _FLOW.unpack_from(body)
    _, match_length = _MATCH.unpack_from(body, _FLOW.size)
    match = body[_FLOW.size : _FLOW.size + match_length]
    datapath, destination = 0, ""
    for field, value in _fields(match[_MATCH.size :]):
        if field == _METADATA:
            datapath = int.from_bytes(value)
        elif field in (_IPV4_DST, _IPV6_DST):
            destination = str(ip_address(value))
    return FlowCount(
        cookie, table, priority, zlib.crc32(match), packets, octets, datapath, destination
    )


def _fields(match: bytes) -> Iterator[tuple[int, bytes]]:
    """The standard fields of a match that are compared as a whole (7.2.3.7)."""
    at = 0
    while at < len(match):
        kind, field, length = _FIELD.unpack_from(match, at)
        at += _FIELD.size
        if kind == _BASIC:
            yield field, match[at : at + length]
        at += length
