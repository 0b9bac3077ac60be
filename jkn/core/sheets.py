"""Cells of files that people open in a spreadsheet: text stays text, numbers stay numbers. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

_BEGINS_A_FORMULA = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")  # the last four are wide


def cell(value: str | int) -> str | int:
    """Return what to write: a text that a spreadsheet would run as a formula begins with `'`."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    return value


def as_csv(rows: Iterable[Iterable[str | int]]) -> Iterator[str]:
    """Yield rows as lines of CSV (comma, UTF-8, quotes where needed), each cell made safe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
