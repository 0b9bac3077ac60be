"""Days, months and counts as an operator types them; what is wrong is said plainly."""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from datetime import date

from jkn.core.clock import today
from jkn.core.month import Month

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ON = {"1", "true", "yes", "on"}  # as settings read a switch
_FIRST, _LAST = date(2014, 1, 1), date(2100, 12, 31)  # JKN began then; later is a slip of the pen
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def a_month(text: str) -> Month:
    """Return the month of `2026-12`; raises `ArgumentTypeError` for any other text."""
    if not _MONTH.fullmatch(text) or text.startswith("0000"):
        raise ArgumentTypeError(f"{text!r} is no month: write it as 2026-12")
    return Month(int(text[:4]), int(text[5:]))


def a_day(text: str) -> date:
    """Return the day of `2026-12-01`; raises `ArgumentTypeError` for any other text.

    In production a day to come is refused, too: it would stop people's cover before its time.
    """
    try:
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day: write it as 2026-12-01") from None
    if not _FIRST <= day <= _LAST:
        raise ArgumentTypeError(f"{day} is out of range: {_FIRST} to {_LAST}")
    if day > today() and os.environ.get("JKN_PRODUCTION", "").lower() in _ON:
        raise ArgumentTypeError(f"{day} is still to come: today is {today()}")
    return day


def a_count(text: str) -> int:
    """Return a whole number above zero; raises `ArgumentTypeError` for any other text."""
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10):
        raise ArgumentTypeError(f"{text!r} is no count: write a whole number above 0")
    return int(text)


DAY_HELP = "the day, such as 2026-12-01; today unless given"
SLICE_HELP = "families in one transaction (default %(default)s)"
