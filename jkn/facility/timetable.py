"""Changes of a doctor's schedule: from which day one holds, and whether its spans clash. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import TypeAlias

from jkn.facility.rules import HOLIDAY

Span: TypeAlias = tuple[int, time, time]  # weekday 1 to 8, opens, closes
_DAY = 24 * 60
_WEEK = 7 * _DAY


def holds_from(sent: datetime, *, closes_at: int, notice_days: int) -> date:
    """Return the day from which a change holds that was sent at a local moment.

    `closes_at` is the last minute of the day (1200: 20:00) at which changes are taken for that
    day; what comes later counts as sent on the next.
    """
    is_late = sent.hour * 60 + sent.minute > closes_at
    return sent.date() + timedelta(days=notice_days + is_late)


def clash(spans: Sequence[Span]) -> bool:
    """Say whether two spans of the week overlap; those of holidays are a day of their own."""
    week = _minutes([span for span in spans if span[0] != HOLIDAY])
    again = [(start + _WEEK, end + _WEEK) for start, end in week[:1]]  # Sunday's night, Monday
    return _overlap([*week, *again]) or _overlap(_minutes([s for s in spans if s[0] == HOLIDAY]))


def _minutes(spans: Sequence[Span]) -> list[tuple[int, int]]:
    return sorted(_span(*span) for span in spans)


def _span(weekday: int, opens: time, closes: time) -> tuple[int, int]:
    start = (weekday - 1) * _DAY + opens.hour * 60 + opens.minute
    length = (closes.hour - opens.hour) * 60 + closes.minute - opens.minute
    return start, start + (length if length > 0 else length + _DAY)


def _overlap(spans: Sequence[tuple[int, int]]) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(spans))
