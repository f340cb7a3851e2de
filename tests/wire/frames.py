"""Crafted Ethernet frames, sent from inside a machine: what an honest stack would never send."""

import struct
from ipaddress import IPv4Address

from lab import Lab

ETHERTYPE_IPV4 = 0x0800
ETHERTYPE_ARP = 0x0806
ETHERTYPE_VLAN = 0x8100
UDP = 17

# Runs in the machine: sends the frame given in hexadecimal ten times out of eth0.
_SEND = """
import socket, sys
frame = bytes.fromhex(sys.argv[1])
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("eth0", 0))
for _ in range(10):
    out.send(frame)
"""


def send(lab: Lab, machine: str, frame: bytes) -> None:
    """Send the frame ten times from the machine's card."""
    done = lab.exec(machine, "/usr/bin/python3", "-c", _SEND, frame.hex())
    assert done.returncode == 0, done.stderr


def udp(source_mac: str, target_mac: str, source: str, target: str, port: int) -> bytes:
    """A datagram to a port that marks it for a capture (RFC 768, RFC 791)."""
    payload = b"never meant to arrive"
    datagram = struct.pack("!HHHH", port, port, 8 + len(payload), 0) + payload
    head = struct.pack(
        "!BBHHHBBH4s4s",
        0x45, 0, 20 + len(datagram), 0, 0, 64, UDP, 0,
        IPv4Address(source).packed, IPv4Address(target).packed,
    )  # fmt: skip
    head = head[:10] + struct.pack("!H", _checksum(head)) + head[12:]
    return ethernet(source_mac, target_mac, ETHERTYPE_IPV4, head + datagram)


def arp_reply(mac: str, claimed: str, target_mac: str, target: str) -> bytes:
    """An unasked answer that claims an address for a MAC (RFC 826)."""
    body = struct.pack(
        "!HHBBH6s4s6s4s", 1, ETHERTYPE_IPV4, 6, 4, 2,
        _mac(mac), IPv4Address(claimed).packed, _mac(target_mac), IPv4Address(target).packed,
    )  # fmt: skip
    return ethernet(mac, target_mac, ETHERTYPE_ARP, body)


def tagged(frame: bytes, vlan: int) -> bytes:
    """The frame with an 802.1Q tag."""
    return frame[:12] + struct.pack("!HH", ETHERTYPE_VLAN, vlan) + frame[12:]


def ethernet(source: str, target: str, kind: int, body: bytes) -> bytes:
    """A frame, padded to what the wire carries at least."""
    return _mac(target) + _mac(source) + struct.pack("!H", kind) + body.ljust(46, b"\0")


def _mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def _checksum(head: bytes) -> int:
    total = sum(struct.unpack(f"!{len(head) // 2}H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
