"""Text from outside: whatever passes can be written down and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.text import is_text

letters = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | letters,
    lambda inner: st.lists(inner) | st.dictionaries(letters, inner),
)


@given(values)
def test_ordinary_values_pass(value):
    assert is_text(value)
    assert not is_text([value, "\0"])


@pytest.mark.parametrize(
    "value",
    ["\0", "a\0", ["ok", ["\0"]], {"\0": 1}, {"a": {"b": ("c", "\0")}}, "\ud800", ["\udfff"]],
)
def test_what_no_column_takes_is_found_at_any_depth(value):
    assert not is_text(value)
