"""What simulated hosts counted, kept beside what they hold. Each counter has one series."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from networking.backends.base import PortCount, RuleHits, VipCount

SERIES = "simulated"


@dataclass(frozen=True, slots=True)
class Passed:
    """Packets and bytes of one direction; `outwards` is what a machine sends."""

    packets: int
    bytes: int
    outwards: bool = False


def add(db: sqlite3.Connection, host: str, kind: str, ident: str, passed: Passed) -> None:
    """A host counted so much more of a port, VIP or rule."""
    way = "out" if passed.outwards else "in"
    db.execute(
        f"INSERT INTO counter (host, kind, id, packets_{way}, bytes_{way}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
        f" ON CONFLICT DO UPDATE SET packets_{way} = packets_{way} + excluded.packets_{way},"
        f" bytes_{way} = bytes_{way} + excluded.bytes_{way}",
        (host, kind, ident, passed.packets, passed.bytes),
    )


def ports(db: sqlite3.Connection, host: str, plugged: Collection[str]) -> tuple[PortCount, ...]:
    """Of each machine that is plugged in there, at 0 until something passes."""
    seen = _seen(db, host, "port")
    return tuple(PortCount(one, SERIES, *seen.get(one, (0, 0, 0, 0))) for one in sorted(plugged))


def vips(db: sqlite3.Connection, host: str, held: Collection[str]) -> tuple[VipCount, ...]:
    """Of the VIPs among these that something was sent to."""
    return tuple(
        VipCount(one, SERIES, octets, packets)
        for one, (octets, _, packets, _) in _seen(db, host, "vip").items()
        if one in held
    )


def rules(db: sqlite3.Connection, host: str, held: Collection[str]) -> tuple[RuleHits, ...]:
    """Of the rules among these that matched something."""
    return tuple(
        RuleHits(host, one, SERIES, packets, octets)
        for one, (octets, _, packets, _) in _seen(db, host, "rule").items()
        if one in held
    )


def _seen(db: sqlite3.Connection, host: str, kind: str) -> dict[str, tuple[int, int, int, int]]:
    """By id: bytes in and out, packets in and out."""
    rows = db.execute(
        "SELECT id, bytes_in, bytes_out, packets_in, packets_out FROM counter"
        " WHERE host = ? AND kind = ? ORDER BY id",
        (host, kind),
    )
    return {one: (bytes_in, bytes_out, *rest) for one, bytes_in, bytes_out, *rest in rows}
