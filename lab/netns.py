"""Network namespaces, veth pairs and offloads, by ``ip`` (man 8 ip-netns) and ioctl."""

import array
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from lab.errors import LabError
from lab.process import Record, end, run

FOLDER = Path("/run/netns")

_CLONE_NEWNET = 0x40000000  # linux/sched.h
_SIOCETHTOOL = 0x8946  # linux/sockios.h
_ETHTOOL_STXCSUM = 0x17  # linux/ethtool.h

_libc = ctypes.CDLL(None, use_errno=True)


def batch(commands: Iterable[str], *, namespace: str | None = None) -> None:
    """Run ``ip`` commands in one process, all in ``namespace`` when one is given."""
    where = ["-n", namespace] if namespace else []
    text = "\n".join(commands) + "\n"
    done = subprocess.run(
        ["ip", *where, "-batch", "-"], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise LabError(f"ip refused in {namespace or 'the root namespace'}: {done.stderr.strip()}")


def create(names: Sequence[str], sysctls: Sequence[str] = ()) -> None:
    """Create the namespaces ``names`` with their loopback up and ``sysctls`` (key=value) set."""
    batch(f"netns add {name}" for name in names)
    for name in names:
        write_sysctls(name, sysctls)
        batch(["link set lo up"], namespace=name)


def write_sysctls(namespace: str, sysctls: Sequence[str]) -> None:
    """Write ``net.*`` settings (``ipv4/ip_forward=1``) inside ``namespace``."""
    if not sysctls:
        return
    with entered(namespace):
        for setting in sysctls:
            key, _, value = setting.partition("=")
            (Path("/proc/sys/net") / key).write_text(value)


def names(prefix: str) -> list[str]:
    """The named namespaces that begin with ``prefix``."""
    if not FOLDER.is_dir():
        return []
    return sorted(name for name in os.listdir(FOLDER) if name.startswith(prefix))


def pids(namespace: str) -> list[int]:
    """The processes inside ``namespace``."""
    return [int(pid) for pid in run(["ip", "netns", "pids", namespace]).split()]


def delete(names: Sequence[str]) -> None:
    """End what still runs inside the namespaces and delete them with all their interfaces."""
    inside = [Record.of(pid) for name in names for pid in pids(name)]
    end((record for record in inside if record), grace=0)
    if names:
        batch(f"netns del {name}" for name in names)


def veth(left: tuple[str, str], right: tuple[str, str], *, mtu: int = 1500) -> str:
    """The ``ip`` command for a cable between two (namespace, interface) ends.

    Both ends are born inside their namespaces, so the system's own never sees them.
    """
    return (
        f"link add {left[1]} netns {left[0]} mtu {mtu} type veth "
        f"peer name {right[1]} netns {right[0]} mtu {mtu}"
    )


def enter(namespace: str) -> list[str]:
    """The words to put before a command so that it runs inside ``namespace``."""
    return ["nsenter", f"--net={FOLDER / namespace}", "--"]


@contextmanager
def entered(namespace: str) -> Iterator[None]:
    """Move this thread, and no other, into ``namespace`` for a while."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        there = os.open(FOLDER / namespace, os.O_RDONLY)
        try:
            _setns(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _setns(home)
    finally:
        os.close(home)


def no_tx_checksum(namespace: str, interfaces: Sequence[str]) -> None:
    """Make ``interfaces`` compute checksums themselves, as ``ethtool -K … tx off`` does.

    A veth otherwise leaves checksums to hardware that never comes, and a user-space switch
    hands the packet on with a wrong one.
    """
    with entered(namespace), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        for interface in interfaces:
            value = array.array("B", struct.pack("II", _ETHTOOL_STXCSUM, 0))
            request = struct.pack("16sP", interface.encode(), value.buffer_info()[0])
            fcntl.ioctl(door, _SIOCETHTOOL, request)


def _setns(handle: int) -> None:
    if _libc.setns(handle, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise LabError(f"cannot enter a network namespace: {os.strerror(number)}.")
