"""How the values of a notice are written out: amounts and days, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from jkn.core.money import rupiah
from jkn.shell.formats import day

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def in_words(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values as people read them: `amount` in rupiah, ISO days as day, month, year."""
    return {name: _in_words(name, value) for name, value in values.items()}


def _in_words(name: str, value: object) -> object:
    if name == "amount" and isinstance(value, int):
        return rupiah(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return value
