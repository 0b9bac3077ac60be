"""Rules of choosing an FKTP: three months, the 1st of the next month, who not in the app."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Refused
from jkn.membership.choosing import (
    EARLY,
    Ground,
    Registered,
    begins_on,
    check_change,
    check_in_app,
    check_other,
    possible_from,
    registered_on,
)
from jkn.membership.rules import Segment, Status

days = st.dates(date(2014, 1, 1), date(2090, 12, 31))
HERE = Registered("A", date(2026, 8, 31))


def refused(act, *args, **values):
    with pytest.raises(Refused) as caught:
        act(*args, **values)
    return caught.value


def ask(at, on, *, ground=Ground.ORDINARY, status=Status.ACTIVE):
    check_change(at, status=status, ground=ground, on=on, wait_months=3)


def test_three_months_to_the_day_the_short_month_counted():
    assert possible_from(HERE, wait_months=3) == date(2026, 11, 30)
    ask(HERE, date(2026, 11, 30))
    told = refused(ask, HERE, date(2026, 11, 29))
    assert (told.code, told.values["day"]) == ("primary.too_soon", date(2026, 11, 30))


def test_while_a_change_is_to_come_the_day_counts_from_its_beginning():
    coming = Registered("A", date(2021, 1, 1), "B", date(2026, 12, 1))
    told = refused(ask, coming, date(2026, 11, 22))
    assert told.code == "primary.pending"
    assert (told.values["begins"], told.values["day"]) == (date(2026, 12, 1), date(2027, 3, 1))


@pytest.mark.parametrize("ground", sorted(EARLY))
def test_with_a_proof_nobody_waits(ground):
    ask(HERE, date(2026, 9, 1), ground=ground)
    ask(Registered("A", date(2026, 9, 1), "B", date(2026, 10, 1)), date(2026, 9, 2), ground=ground)


@pytest.mark.parametrize("status", [Status.DECEASED, Status.DUPLICATE])
@pytest.mark.parametrize("ground", list(Ground))
def test_a_closed_card_chooses_nothing(status, ground):
    assert (
        refused(ask, HERE, date(2030, 1, 1), ground=ground, status=status).code == "primary.closed"
    )


@pytest.mark.parametrize(
    ("segment", "corps", "is_refused"),
    [
        (Segment.SELF_PAYING, "", False),
        (Segment.NOT_WORKING, "", False),
        (Segment.WORKER, "", False),
        (Segment.WORKER, "tni", True),
        (Segment.WORKER, "polri", True),
        (Segment.PBI_NATIONAL, "", True),
        (Segment.PBI_REGIONAL, "", True),
    ],
)
def test_who_cannot_change_in_the_app(segment, corps, is_refused):
    if not is_refused:
        check_in_app(segment=segment, corps=corps)
        return
    assert refused(check_in_app, segment=segment, corps=corps).code == "primary.not_here"


def test_the_same_facility_is_no_change():
    assert refused(check_other, HERE, wanted="A").code == "primary.same"
    coming = Registered("A", date(2021, 1, 1), "B", date(2026, 12, 1))
    assert refused(check_other, coming, wanted="B").code == "primary.same"
    check_other(coming, wanted="A")


@given(on=days)
def test_a_change_begins_on_the_next_first_day_of_a_month(on):
    begins = begins_on(on=on)
    assert begins.day == 1
    assert on < begins <= on + timedelta(days=31)


@given(on=days, begins=days)
def test_the_facility_of_a_day_is_the_next_one_from_its_first_day_on(on, begins):
    at = registered_on(Registered("A", date(2014, 1, 1), "B", begins), on=on)
    assert at.facility_id == ("B" if on >= begins else "A")
    assert registered_on(at, on=on) == at


@given(since=days, on=days, months=st.integers(1, 24))
def test_what_is_refused_is_possible_on_the_day_that_is_told(since, on, months):
    at = Registered("A", since)
    first = possible_from(at, wait_months=months)
    check_change(at, status=Status.ACTIVE, ground=Ground.ORDINARY, on=first, wait_months=months)
    if on < first:
        assert refused(
            check_change, at, status=Status.ACTIVE, ground=Ground.ORDINARY, on=on,
            wait_months=months,
        ).values["day"] == first  # fmt: skip
