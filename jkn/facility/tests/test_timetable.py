"""From which day a proposed schedule holds, and which spans clash."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.facility.timetable import clash, holds_from

MOMENTS = st.datetimes(max_value=datetime.fromisoformat("2999-01-01"))
SPANS = st.lists(st.tuples(st.integers(1, 8), st.times(), st.times()), max_size=5)


@pytest.mark.parametrize(
    ("sent", "begins"),
    [
        ("2026-11-22T00:00", date(2026, 11, 23)),
        ("2026-11-22T20:00:59", date(2026, 11, 23)),
        ("2026-11-22T20:01", date(2026, 11, 24)),
        ("2026-12-31T23:59", date(2027, 1, 2)),
    ],
)
def test_the_window(sent, begins):
    moment = datetime.fromisoformat(sent)
    assert holds_from(moment, closes_at=1200, notice_days=1) == begins


@given(MOMENTS, MOMENTS)
def test_what_is_sent_later_never_holds_earlier(one, other):
    first, last = sorted((one, other))
    days = [holds_from(at, closes_at=1200, notice_days=1) for at in (first, last)]
    assert days == sorted(days)
    assert days[0] > first.date()


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(1, "08:00", "12:00"), (1, "12:00", "14:00")], False),
        ([(1, "08:00", "12:00"), (1, "11:59", "14:00")], True),
        ([(1, "08:00", "12:00"), (1, "08:00", "12:00")], True),
        ([(1, "20:00", "02:00"), (2, "01:00", "04:00")], True),
        ([(7, "20:00", "02:00"), (1, "01:00", "04:00")], True),
        ([(7, "20:00", "02:00"), (8, "01:00", "04:00")], False),
        ([(8, "08:00", "12:00"), (8, "09:00", "10:00")], True),
        ([], False),
    ],
)
def test_spans_that_clash(spans, said):
    spans = [(d, time.fromisoformat(a), time.fromisoformat(b)) for d, a, b in spans]
    assert clash(spans) is said
    assert clash(spans[::-1]) is said


def minutes(span):
    """Return the minutes of a week in which a span lies; holidays apart."""
    day, opens, closes = span
    at, end = opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute
    told, passed = set(), 0
    while not passed or at % 1440 != end:
        minute = (day - 1) * 1440 + at
        told.add((day == 8, minute if day == 8 else minute % 10080))
        at, passed = at + 1, passed + 1
    return told


@given(SPANS)
def test_spans_clash_where_they_share_a_minute(spans):
    taken = [minutes(span) for span in spans]
    shares = sum(map(len, taken)) != len(set().union(*taken))
    assert clash(spans) is shares
