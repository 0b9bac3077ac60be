"""Days and months as an operator types them after a command; what is wrong is said plainly."""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from datetime import date

from jkn.core.clock import today
from jkn.core.month import Month

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ON = {"1", "true", "yes", "on"}  # as settings read a switch
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
    if day > today() and os.environ.get("JKN_PRODUCTION", "").lower() in _ON:
        raise ArgumentTypeError(f"{day} is still to come: today is {today()}")
    return day
