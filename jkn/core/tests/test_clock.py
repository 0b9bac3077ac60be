"""The field's day is that of WIB, also where the machine's clock and UTC are on another."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date

import pytest
import time_machine

from jkn.core.clock import day_of, now, today
from jkn.core.month import Month
from jkn.core.options import a_day, a_month


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-11-30T16:59:59.999Z", date(2026, 11, 30)),
        ("2026-11-30T17:00:00Z", date(2026, 12, 1)),  # 00.00 WIB: the next month's first day
        ("2026-12-31T16:59:59Z", date(2026, 12, 31)),
        ("2026-12-31T17:00:00Z", date(2027, 1, 1)),
        ("2028-02-28T17:00:00Z", date(2028, 2, 29)),
        ("2027-02-28T17:00:00Z", date(2027, 3, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_wib(utc, day, monkeypatch):
    with time_machine.travel(utc, tick=False):
        assert today() == day == day_of(now())
        monkeypatch.setenv("JKN_PRODUCTION", "1")
        assert a_day(day.isoformat()) == day
        with pytest.raises(ArgumentTypeError, match="still to come"):
            a_day(date.fromordinal(day.toordinal() + 1).isoformat())


def test_tests_and_demos_may_run_a_day_to_come():
    assert a_day("2099-02-28") == date(2099, 2, 28)


def test_months_of_31_and_30_days_follow_each_other():
    assert Month.of(date(2026, 10, 31)).plus(1).last_day() == date(2026, 11, 30)
    assert Month.of(date(2028, 1, 31)).plus(1).last_day() == date(2028, 2, 29)
    assert a_month("2026-12").plus(1) == Month(2027, 1)
