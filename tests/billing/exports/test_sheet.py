"""CSV that nobody's spreadsheet carries out."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.exports.sheet import FORMULA_STARTS, cell, lines


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (12, "12"),
        (-12, "-12"),
        ("-0.5000000000000000", "-0.5000000000000000"),
        (Decimal("-1.25"), "-1.25"),
        ("web-1", "web-1"),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-cmd", "'-cmd"),
        ("-1-1", "'-1-1"),
        ("--", "'--"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ({"tier": "web", "app": "shop"}, "app=shop;tier=web"),
        ({"=cmd": "x"}, "'=cmd=x"),
        ({}, ""),
    ],
)
def test_a_cell(value: Any, expected: str) -> None:
    assert cell(value) == expected


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    written = cell(text)

    assert not written.startswith(FORMULA_STARTS) or _is_number(written)


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    text = "".join(lines(rows))

    read = list(csv.reader(io.StringIO(text, newline="")))

    assert read == [[cell(value) for value in row] for row in rows]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
