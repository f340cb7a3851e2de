"""The one way in which a statement is written down: same statement, same bytes, same digest."""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import sha256
from typing import Any
from uuid import UUID

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
    if value is None or type(value) in (str, bool, int):
        return value
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    for kind, write in WRITTEN:
        if isinstance(value, kind):
            return write(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


# In this order: a datetime is a date.
WRITTEN: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    (Decimal, lambda value: format(value, "f")),
    (datetime, lambda value: value.astimezone(UTC).isoformat().replace("+00:00", "Z")),
    (date, date.isoformat),
    (UUID, str),
    (Period, lambda value: {"month": str(value), "zone": value.zone}),
)
