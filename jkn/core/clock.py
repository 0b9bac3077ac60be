"""The field's day and the real time. Only doors, jobs and commands ask; rules are given the day."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAKARTA = ZoneInfo("Asia/Jakarta")  # WIB


def today() -> date:
    """Return the field's day in WIB: bills, cover, ages and deadlines count from it.

    `JKN_TODAY=2026-12-01` sets it (settings refuse that in production). Sessions, codes, tokens
    and audit times never use it.
    """
    fixed = os.environ.get("JKN_TODAY")
    return date.fromisoformat(fixed) if fixed else now().astimezone(JAKARTA).date()


def now() -> datetime:
    """Return the real time, aware, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """Return the calendar day of a moment in WIB."""
    return moment.astimezone(JAKARTA).date()
