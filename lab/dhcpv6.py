"""The little DHCPv6 client of the machines (RFC 8415): one address, when a router says so.

Linux forms addresses from router advertisements by itself, but where these say that addresses
are managed (the M flag, RFC 4861, 4.2) a client has to ask for one. Busybox of Debian 12 has
none, so the lab brings the four messages that it takes.
"""

import os
import secrets
import socket
import struct
import threading
import time
from collections.abc import Iterator
from ipaddress import IPv6Address

from lab import netns
from lab.errors import LabError

_CLIENT, _SERVER = 546, 547
_ALL_SERVERS = "ff02::1:2"
_SOLICIT, _ADVERTISE, _REQUEST, _REPLY = 1, 2, 3, 7
_CLIENTID, _SERVERID, _IA_NA, _IAADDR, _ELAPSED = 1, 2, 3, 5, 8
_DUID_LL, _ETHERNET = 3, 1

_ROUTER_ADVERTISEMENT = 134
_MANAGED = 0x80
_ICMPV6_FILTER = 1  # linux/icmpv6.h

_PATIENCE = 0.5  # seconds for an answer, and between looks whether to stop


class Client(threading.Thread):
    """Waits for a router that manages addresses, asks for one and puts it on the interface."""

    def __init__(self, namespace: str, interface: str, mac: str) -> None:
        super().__init__(name=f"dhcpv6 {namespace}", daemon=True)
        self._namespace = namespace
        self._interface = interface
        self._duid = struct.pack("!HH", _DUID_LL, _ETHERNET) + bytes.fromhex(mac.replace(":", ""))
        self._stopped = threading.Event()
        # Opened before the link comes up, so that no advertisement is missed.
        with netns.entered(namespace):
            self._icmp = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            self._udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            self._scope = socket.if_nametoindex(interface)
        wanted = (1 << 256) - 1 - (1 << _ROUTER_ADVERTISEMENT)
        self._icmp.setsockopt(socket.IPPROTO_ICMPV6, _ICMPV6_FILTER, wanted.to_bytes(32, "little"))
        self._udp.bind(("::", _CLIENT))
        for door in (self._icmp, self._udp):
            door.settimeout(_PATIENCE)

    def stop(self) -> None:
        """Stop asking; an address that was given stays."""
        self._stopped.set()

    def run(self) -> None:
        """Follow advertisements until there is an address or ``stop``."""
        with self._icmp, self._udp:
            while not self._stopped.is_set():
                if self._managed():
                    address = self._ask()
                    if address and self._take(address):
                        return

    def _managed(self) -> bool:
        try:
            advertisement = self._icmp.recv(1500)
        except TimeoutError:
            return False
        return len(advertisement) > 5 and bool(advertisement[5] & _MANAGED)

    def _ask(self) -> IPv6Address | None:
        """Solicit, Advertise, Request, Reply (RFC 8415, 18.2)."""
        identity = os.urandom(4)
        association = option(_IA_NA, identity + bytes(8))
        advertised = self._exchange(_SOLICIT, _ADVERTISE, association)
        server = advertised.get(_SERVERID)
        if server is None:
            return None
        replied = self._exchange(_REQUEST, _REPLY, association + option(_SERVERID, server))
        return address_in(replied.get(_IA_NA, b""))

    def _exchange(self, kind: int, answer: int, body: bytes) -> dict[int, bytes]:
        """Send one message and return the options of its answer, none if there was none."""
        transaction = secrets.token_bytes(3)
        head = bytes([kind]) + transaction
        options = option(_CLIENTID, self._duid) + option(_ELAPSED, bytes(2))
        try:
            self._udp.sendto(head + options + body, (_ALL_SERVERS, _SERVER, 0, self._scope))
            deadline = time.monotonic() + _PATIENCE
            while time.monotonic() < deadline:
                message = self._udp.recv(1500)
                if message[:4] == bytes([answer]) + transaction:
                    return dict(options_in(message[4:]))
        except OSError:
            # No answer, or the link is not up yet: the next advertisement starts anew.
            return {}
        return {}

    def _take(self, address: IPv6Address) -> bool:
        command = f"addr replace {address}/128 dev {self._interface}"
        try:
            netns.batch([command], namespace=self._namespace)
        except LabError:
            return False
        return True


def option(code: int, value: bytes) -> bytes:
    """One DHCPv6 option (RFC 8415, 21.1)."""
    return struct.pack("!HH", code, len(value)) + value


def options_in(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The options of a message; one cut short ends the list."""
    while len(data) >= 4:
        code, length = struct.unpack("!HH", data[:4])
        if len(data) < 4 + length:
            return
        yield code, data[4 : 4 + length]
        data = data[4 + length :]


def address_in(association: bytes) -> IPv6Address | None:
    """The first address of an IA_NA option (RFC 8415, 21.4 and 21.6)."""
    for code, value in options_in(association[12:]):
        if code == _IAADDR and len(value) >= 16:
            return IPv6Address(value[:16])
    return None
