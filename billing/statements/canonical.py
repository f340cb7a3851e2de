"""The one way in which a statement is written down: same statement, same bytes, same digest."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from billing.rating.meters import Meter
from billing.rating.period import Period
from billing.statements.document import Statement

VERSION = 1
"""Of what is written; it stands in the bytes, so that a later form has other digests."""


def canonical(statement: Statement) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces. Decimals are text with all of their digits, times
    are UTC with `Z`, days ISO 8601."""
    body = {"version": VERSION, **plain(statement)}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return sha256(content).hexdigest()


def plain(value: Any) -> Any:
    """The value as JSON has it. Raises TypeError for what a statement does not hold."""
    kind = type(value)
    write = WRITTEN.get(kind)
    if write is not None:
        return write(value)
    if is_dataclass(kind):
        return {name: plain(getattr(value, name)) for name in _names(kind)}
    raise TypeError(f"{kind.__name__} has no canonical form")


def _itself(value: Any) -> Any:
    return value


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


# By the very type: a statement has some ten thousand values, and a page waits for them.
WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    type(None): _itself,
    str: _itself,
    bool: _itself,
    int: _itself,
    Meter: lambda value: value.value,
    Decimal: lambda value: format(value, "f"),
    UUID: str,
    date: date.isoformat,
    datetime: lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    Period: lambda value: {"month": str(value), "zone": value.zone},
    tuple: lambda value: [plain(one) for one in value],
    list: lambda value: [plain(one) for one in value],
    dict: lambda value: {str(key): plain(one) for key, one in value.items()},
}
