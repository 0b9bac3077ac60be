"""Opening hours: every way they are written, holidays, midnight."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.facility.hours import DAY, Hours, parse

CHRISTMAS = date(2026, 12, 25)  # a Friday


def at(text):
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "written",
    [
        "Mo-Fr 08:00-16:00; Sa 08:00-12:00; PH off",
        "Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00",
        "sen-jum 08:00–16:00;sab 08:00-12:00; libur tutup",
        "Mo,Tu,We,Th,Fr 8:00-16:00; Sa 8:00-12:00",
    ],
)
def test_ways_to_write_the_same(written):
    hours = parse(written)
    assert str(hours) == "Mo-Fr 08:00-16:00; Sa 08:00-12:00"
    assert hours.open_until(at("2026-11-20 15:59"), ()) == at("2026-11-20 16:00")
    assert hours.open_until(at("2026-11-20 16:00"), ()) is None
    assert hours.opens_next(at("2026-11-20 16:00"), ()) == at("2026-11-21 08:00")
    assert hours.opens_next(at("2026-11-21 12:00"), ()) == at("2026-11-23 08:00")


@pytest.mark.parametrize("written", ["24/7", "24 jam", "Buka 24 jam"])
def test_never_closed_not_even_on_holidays(written):
    hours = parse(written)
    assert str(hours) == "24/7"
    assert hours.is_always
    assert hours.open_until(at("2026-12-25 03:00"), {CHRISTMAS}) == at("2026-12-26 00:00")


def test_a_span_over_midnight_belongs_to_the_day_it_begins_on():
    hours = parse("Fr 20:00-04:00")
    assert hours.open_until(at("2026-11-20 23:00"), ()) == at("2026-11-21 04:00")
    assert hours.open_until(at("2026-11-21 03:59"), ()) == at("2026-11-21 04:00")
    assert hours.open_until(at("2026-11-20 03:00"), ()) is None
    assert hours.open_until(at("2026-11-21 20:00"), ()) is None
    assert str(hours) == "Fr 20:00-04:00"


def test_a_holiday_has_its_own_hours_and_the_night_before_goes_on():
    hours = parse("Mo-Su 08:00-22:00; PH 09:00-15:00")
    assert hours.open_until(at("2026-12-25 08:30"), {CHRISTMAS}) is None
    assert hours.open_until(at("2026-12-25 14:00"), {CHRISTMAS}) == at("2026-12-25 15:00")
    night = parse("Th 20:00-04:00")
    assert night.open_until(at("2026-12-25 02:00"), {CHRISTMAS}) == at("2026-12-25 04:00")


def test_over_the_end_of_the_week():
    hours = parse("Sa-Mo 22:00-02:00")
    assert hours.open_until(at("2026-11-23 01:00"), ()) == at("2026-11-23 02:00")
    assert str(hours) == "Mo 22:00-02:00; Sa-Su 22:00-02:00"


@pytest.mark.parametrize(
    "nonsense",
    ["", ";", "selalu", "Mo 25:00-26:00", "Mo 08:00", "Mo 08:60-09:00", "Xx 08:00-09:00", "Mo",
     "Mo 24:00-25:00", "😀", "a" * 300, "Mo-Fr 08:00-16:00; maybe", "PH off", "--", "1-2-3"],
)  # fmt: skip
def test_what_is_not_understood_is_refused(nonsense):
    with pytest.raises(ValueError, match="."):
        parse(nonsense)


SPANS = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).map(
    lambda s: (s[0], s[1] if s[1] > s[0] else s[1] + DAY)
)
WEEKS = st.lists(
    st.lists(SPANS, max_size=3, unique=True).map(lambda spans: tuple(sorted(spans))),
    min_size=8, max_size=8,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WEEKS.filter(any))
def test_written_and_read_again_is_the_same(days):
    hours = Hours(tuple(days))
    if len(str(hours)) <= 200:
        assert parse(str(hours)) == hours
