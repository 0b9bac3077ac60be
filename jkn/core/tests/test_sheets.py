"""A file that is opened in a spreadsheet runs nothing, and its sums still add up."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.sheets import as_csv, cell


@pytest.mark.parametrize("begin", [*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20", " =", "  +"])
def test_what_a_spreadsheet_would_run_is_text(begin):
    assert cell(f"{begin}cmd|' /C calc'!A0") == f"'{begin}cmd|' /C calc'!A0"


@pytest.mark.parametrize("value", ["Siti", "", "a=b", "J-0123", 0, -5, 10**15])
def test_everything_else_stays_as_it_is(value):
    assert cell(value) == value


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("SETORAN;=1+1", "SETORAN;'=1+1"),
        ("A; -5;@x", "A; '-5;'@x"),
        ("A\n=1", "A\n'=1"),
        ("a;b, c=d", "a;b, c=d"),
    ],
)
def test_a_text_that_is_split_at_another_separator_runs_nothing(typed, written):
    assert cell(typed) == written


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
SPLITS = TEXTS | st.text("=+-@;, \t\r\na")


@given(st.lists(st.lists(SPLITS | st.integers(), min_size=2)))
def test_what_is_written_is_read_again_and_no_text_begins_a_formula(rows):
    read = list(csv.reader(io.StringIO("".join(as_csv(rows)), newline="")))
    for wrote, found in zip(rows, read, strict=True):
        for value, text in zip(wrote, found, strict=True):
            assert text.replace("'", "") == str(value).replace("'", "")
            if isinstance(value, str):
                parts = re.split("[;\t\r\n]", text)
                assert not any(part.lstrip(" ").startswith(tuple("=+-@")) for part in parts)
