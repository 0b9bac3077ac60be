"""Cells of files that people open in a spreadsheet: text stays text, numbers stay numbers. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

_BEGINS_A_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")  # the last four are wide
# A spreadsheet that separates by `;`, as in Indonesia, begins a cell in the middle of a text.
_BEGINS_A_CELL = re.compile("([;\t\r\n] *)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")


def cell(value: str | int) -> str | int:
    """Return what to write: where a spreadsheet would begin a formula, a `'` stands before it."""
    if not isinstance(value, str):
        return value
    text = _BEGINS_A_CELL.sub(r"\1'", value)
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_A_FORMULA) else text


def as_csv(rows: Iterable[Iterable[str | int]]) -> Iterator[str]:
    """Yield rows as lines of CSV (comma, UTF-8, quotes where needed), each cell made safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
