"""CSV (RFC 4180) that a spreadsheet opens as what it says."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from portal.lib.sheets import FORMULA_STARTS

YES, NO = "yes", "no"
NUMBERS = frozenset("0123456789.-")


def cell(value: Any) -> str:
    """A value as text. What would be taken for a formula gets a quote mark before it, which a
    spreadsheet shows as text; numbers stay bare, None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Mapping):
        return cell(";".join(f"{name}={value[name]}" for name in sorted(value)))
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if text.startswith(FORMULA_STARTS) and not (NUMBERS.issuperset(text) and _number(text)):
        return f"'{text}"
    return text


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Each row as one line of CSV with its CRLF."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
