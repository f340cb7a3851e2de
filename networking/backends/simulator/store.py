"""The SQLite file behind simulated devices: WAL, short transactions, many processes."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from networking.backends.base import UnreachableError

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait for another process's transaction; each lasts milliseconds."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS resource (
    device TEXT, tenant TEXT, kind TEXT, key TEXT, attrs TEXT, noun TEXT, since REAL,
    PRIMARY KEY (device, tenant, kind, key)
);
CREATE TABLE IF NOT EXISTS fence (device TEXT, scope TEXT, token INTEGER,
    PRIMARY KEY (device, scope));
CREATE TABLE IF NOT EXISTS request (cfg INTEGER PRIMARY KEY AUTOINCREMENT, at REAL);
CREATE TABLE IF NOT EXISTS counter (
    host TEXT, kind TEXT, id TEXT,
    packets_in INTEGER NOT NULL DEFAULT 0, bytes_in INTEGER NOT NULL DEFAULT 0,
    packets_out INTEGER NOT NULL DEFAULT 0, bytes_out INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (host, kind, id)
);
CREATE TABLE IF NOT EXISTS fault (device TEXT, name TEXT, target TEXT, value REAL,
    PRIMARY KEY (device, name, target));
"""

_keepers: dict[str, sqlite3.Connection] = {}
"""A memory database lives as long as one connection to it does."""


class Store:
    """One device's part of a file: `device` is `fabric` or `router`."""

    def __init__(self, path: str, device: str) -> None:
        self._path = path
        self._device = device
        self._open: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file."""
        if self._open is not None:
            self._open.close()
            self._open = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One writing transaction, whatever faults there are."""
        if self._open is None:
            self._open = _connect(self._path)
        try:
            self._open.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise UnreachableError(f"The simulated {self._device} is busy: {error}.") from error
        try:
            yield self._open
        except BaseException:
            self._open.execute("ROLLBACK")
            raise
        self._open.execute("COMMIT")

    @contextmanager
    def answer(self) -> Iterator[sqlite3.Connection]:
        """One transaction as a client of the device gets it: late, or not at all."""
        with self.transaction() as db:
            silent = self.fault(db, "unreachable") is not None
            latency = self.fault(db, "latency") or 0.0
        if latency:
            time.sleep(latency)
        if silent:
            raise UnreachableError(f"The simulated {self._device} does not answer.")
        with self.transaction() as db:
            yield db

    def fault(self, db: sqlite3.Connection, name: str, target: str = "") -> float | None:
        """The value of a fault, None while there is none."""
        row = db.execute(
            "SELECT value FROM fault WHERE device = ? AND name = ? AND target = ?",
            (self._device, name, target),
        ).fetchone()
        return None if row is None else row[0]


def encoded(value: Any) -> str:
    """Canonical JSON text."""
    return json.dumps(value, sort_keys=True)


def _connect(path: str) -> sqlite3.Connection:
    if path.startswith("memory:"):
        uri = f"file:{path.removeprefix('memory:')}?mode=memory&cache=shared"
        if path not in _keepers:
            _keepers[path] = sqlite3.connect(uri, uri=True, check_same_thread=False)
        db = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=None)
    else:
        try:
            db = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None)
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            raise UnreachableError(
                f"The simulator's file {path} does not open: {error}."
            ) from error
    db.executescript(_SCHEMA)
    return db
