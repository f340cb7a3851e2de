"""What a spreadsheet must not carry out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.sheets import FORMULA_STARTS, quoted, unquoted


@given(st.text(alphabet="'=a-", max_size=6) | st.text())
def test_no_text_begins_a_formula_and_none_is_lost(text: str):
    assert not quoted(text).startswith(FORMULA_STARTS)
    assert unquoted(quoted(text)) == text


@pytest.mark.parametrize("text", ["", "it's", "'tis", "a=b", "'"])
def test_other_text_stays_as_it_is(text: str):
    assert (quoted(text), unquoted(text)) == (text, text)
