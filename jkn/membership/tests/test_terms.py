"""The terms of membership: days, ages and months, by examples and by properties."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Refused
from jkn.core.identifiers import age_on
from jkn.core.month import Month
from jkn.membership.rules import NEXT, Cover, Event, Relation, Segment, Status, status_on
from jkn.membership.terms import (
    check_class_change,
    check_newborn,
    check_parent,
    check_study_proof,
    class_change_from,
    class_on,
    is_registered_in_time,
    joining_status,
    months_after,
    months_unpaid_in_time,
    newborn_months,
    newborn_pay_by,
    newborn_status,
    over_age_from,
)

DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
BORN = date(2026, 10, 25)


@pytest.mark.parametrize(("age", "in_time"), [(0, True), (1, True), (28, True), (29, False)])
def test_day_28_is_in_time_and_day_29_is_late(age, in_time):
    """Perpres 82/2018 art. 16."""
    on = BORN + timedelta(days=age)
    assert is_registered_in_time(born=BORN, on=on, days=28) is in_time


def test_in_time_the_month_of_registration_is_owed():
    on = date(2026, 11, 22)  # day 28
    assert newborn_months(born=BORN, on=on, days=28, cap_months=24) == [Month(2026, 11)]


@pytest.mark.parametrize(
    ("born", "registered", "until"),
    [
        (BORN, date(2026, 11, 1), date(2026, 11, 22)),
        (BORN, date(2026, 11, 22), date(2026, 11, 22)),
        (BORN, date(2026, 11, 23), None),  # late: its months are billed already
        (BORN, date(2026, 10, 31), None),  # its first month is the birth month
        (date(2028, 2, 1), date(2028, 2, 29), None),
        (date(2028, 2, 2), date(2028, 3, 1), date(2028, 3, 1)),
    ],
)
def test_until_when_a_newborn_is_paid_in_time(born, registered, until):
    assert newborn_pay_by(born=born, registered=registered, days=28) == until


@pytest.mark.parametrize(
    ("on", "owed"),
    [(date(2026, 11, 22), []), (date(2026, 11, 23), [Month(2026, 10)]), (date(2028, 11, 30), [])],
    ids=["day 28", "day 29", "above the cap"],
)
def test_unpaid_after_the_days_the_birth_month_is_owed_too(on, owed):
    registered = date(2026, 11, 4)
    months = months_unpaid_in_time(born=BORN, registered=registered, on=on, days=28, cap_months=24)
    assert list(months) == owed


@given(born=DAYS, wait=st.integers(0, 60), later=st.integers(0, 900))
def test_whether_late_to_register_or_to_pay_the_same_months_are_owed(born, wait, later):
    """The months of a late registration, less those that are billed from the registration on."""
    registered = born + timedelta(days=wait)
    on = registered + timedelta(days=later)
    more = months_unpaid_in_time(born=born, registered=registered, on=on, days=28, cap_months=24)
    if wait <= 28 < wait + later:
        whole = newborn_months(born=born, on=on, days=28, cap_months=24)
        assert list(more) == [m for m in whole if m < Month.of(registered)]
    else:
        assert not more


def test_late_every_month_from_the_birth_month_is_owed():
    on = date(2026, 11, 23)  # day 29
    months = newborn_months(born=BORN, on=on, days=28, cap_months=24)
    assert months == [Month(2026, 10), Month(2026, 11)]


def test_late_by_years_24_months_and_this_one_are_owed():
    months = newborn_months(born=date(2022, 1, 5), on=date(2026, 11, 22), days=28, cap_months=24)
    assert (months[0], months[-1], len(months)) == (Month(2024, 11), Month(2026, 11), 25)


@given(born=DAYS, age=st.integers(0, 4000), days=st.integers(0, 60), cap=st.integers(0, 36))
def test_months_owed_never_go_before_birth_nor_above_the_cap(born, age, days, cap):
    on = born + timedelta(days=age)
    months = newborn_months(born=born, on=on, days=days, cap_months=cap)
    assert 1 <= len(months) <= cap + 1
    assert months[0] >= Month.of(born)
    assert months[-1] == Month.of(on)
    assert [m.index for m in months] == list(range(months[0].index, months[-1].index + 1))


@given(day=DAYS, months=st.integers(-24, 24))
def test_months_after_a_day_stay_in_their_month(day, months):
    later = months_after(day, months)
    assert Month.of(later) == Month.of(day).plus(months)
    assert later.day <= day.day


def test_the_31st_becomes_the_30th_and_29_february_the_28th():
    assert months_after(date(2026, 8, 31), 3) == date(2026, 11, 30)
    assert months_after(date(2028, 2, 29), 12) == date(2029, 2, 28)


def test_a_baby_needs_a_nik_after_three_months():
    check_newborn(born=date(2026, 8, 22), on=date(2026, 11, 22), has_nik=False, nik_months=3)
    with pytest.raises(Refused, match=r"newborn\.nik_needed"):
        check_newborn(born=date(2026, 8, 21), on=date(2026, 11, 22), has_nik=False, nik_months=3)
    check_newborn(born=date(2024, 8, 21), on=date(2026, 11, 22), has_nik=True, nik_months=3)


@pytest.mark.parametrize(
    ("born", "code"),
    [(date(2026, 11, 23), "newborn.not_born"), (date(2009, 1, 1), "newborn.adult")],
)
def test_who_is_not_born_yet_or_grown_up_is_no_newborn(born, code):
    with pytest.raises(Refused, match=code.replace(".", r"\.")):
        check_newborn(born=born, on=date(2026, 11, 22), has_nik=True, nik_months=3)


@given(status=st.sampled_from(Status))
def test_only_a_covered_mother_brings_a_baby_in(status):
    if status is Status.ACTIVE:
        check_parent(status)
    else:
        with pytest.raises(Refused, match=r"newborn\.parent_inactive"):
            check_parent(status)


@given(segment=st.sampled_from(Segment), children=st.integers(0, 12))
def test_the_mothers_segment_decides_how_a_baby_begins(segment, children):
    status = newborn_status(segment, covered_children=children, most_children=3)
    expected = {
        Segment.PBI_NATIONAL: Status.ACTIVE,
        Segment.PBI_REGIONAL: Status.ACTIVE,
        Segment.WORKER: Status.ACTIVE if children < 3 else Status.WAITING_PLACE,
    }
    assert status is expected.get(segment, Status.CANDIDATE)


@pytest.mark.parametrize("segment", Segment)
@pytest.mark.parametrize("relation", Relation)
def test_a_workers_parent_is_not_of_the_household(segment, relation):
    status = joining_status(
        segment,
        paid_until=Month(2026, 11),
        relation=relation,
        covered_children=0,
        most_children=3,
        on=date(2026, 11, 22),
    )
    waits = segment is Segment.WORKER and relation is Relation.PARENT
    assert (status is Status.WAITING_PLACE) == waits


@given(events=st.lists(st.sampled_from(Event), max_size=30), first=st.sampled_from(Status))
def test_whatever_happens_the_dead_stay_dead_and_moved_rows_stay_closed(events, first):
    status = first
    for event in events:
        after = NEXT.get((status, event), status)
        if status is Status.DECEASED:
            assert after is Status.DECEASED
        if status in (Status.DUPLICATE, Status.MOVED_SEGMENT):
            assert after in (status, Status.DECEASED)
        status = after


LIMITS: dict[str, Any] = {"limit": 21, "student_limit": 25}


@pytest.mark.parametrize(
    ("birth", "student_until", "disabled", "ends"),
    [
        (date(2005, 11, 22), None, False, date(2026, 11, 22)),
        (date(2004, 2, 29), None, False, date(2025, 3, 1)),
        (date(2005, 11, 22), date(2027, 6, 30), False, date(2027, 7, 1)),
        (date(2005, 11, 22), date(2031, 6, 30), False, date(2030, 11, 22)),
        (date(2005, 11, 22), date(2025, 6, 30), False, date(2026, 11, 22)),
        (date(2005, 11, 22), None, True, None),
    ],
)
def test_a_workers_child_is_covered_until_21_or_25_in_education(
    birth, student_until, disabled, ends
):
    found = over_age_from(birth, student_until=student_until, is_disabled=disabled, **LIMITS)
    assert found == ends


@given(birth=DAYS, until=st.none() | st.dates(date(2030, 1, 1), date(2080, 1, 1)))
def test_no_child_is_covered_at_25_and_every_one_until_21(birth, until):
    ends = over_age_from(birth, student_until=until, is_disabled=False, **LIMITS)
    assert ends is not None
    assert age_on(ends - timedelta(days=1), on=ends) == 0
    assert age_on(birth, on=ends) in range(21, 26)
    assert age_on(birth, on=ends - timedelta(days=1)) < 25


@given(birth=DAYS, on=DAYS, segment=st.sampled_from(Segment))
def test_only_a_child_of_a_worker_that_is_covered_or_waits_ends_by_age(birth, on, segment):
    paid = Month(2045, 1)
    for status in Status:
        found = status_on(Cover(segment, status, paid, over_age_from=birth), on=on)
        ages = status in (Status.ACTIVE, Status.WAITING_PLACE)
        ends = segment is Segment.WORKER and ages and on >= birth
        assert (found is Status.OVER_AGE) == (ends or status is Status.OVER_AGE)


def test_a_proof_of_study_has_its_days():
    proof: dict[str, Any] = {
        "birth": date(2004, 1, 1),
        "on": date(2026, 11, 22),
        "student_limit": 25,
    }
    check_study_proof(until=date(2027, 11, 22), proof_months=12, **proof)
    for until in (date(2026, 11, 21), date(2027, 11, 23)):
        with pytest.raises(Refused, match=r"age\.proof_days"):
            check_study_proof(until=until, proof_months=12, **proof)
    with pytest.raises(Refused, match=r"age\.too_old"):
        check_study_proof(
            until=date(2029, 2, 1), proof_months=12, **{**proof, "on": date(2029, 1, 1)}
        )


def asks(**over: Any) -> dict[str, Any]:
    return {
        "segment": Segment.SELF_PAYING, "care_class": "3", "wanted": "2", "pending_from": None,
        "statuses": [Status.ACTIVE], "class_since": date(2025, 11, 22), "on": date(2026, 11, 22),
        "wait_months": 12, **over,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({}, ""), ({"segment": Segment.NOT_WORKING}, ""), ({"wanted": "3"}, "class.same"),
        ({"segment": Segment.WORKER}, "class.not_self_paying"),
        ({"segment": Segment.PBI_NATIONAL}, "class.not_self_paying"),
        ({"on": date(2026, 11, 21)}, "class.too_soon"),
        ({"statuses": [Status.SUSPENDED_ARREARS]}, "class.not_active"),
        ({"statuses": [Status.CANDIDATE]}, "class.not_active"),
        ({"statuses": [Status.ACTIVE, Status.CANDIDATE, Status.DECEASED]}, ""),
        ({"statuses": []}, "class.not_active"),
        ({"pending_from": date(2026, 12, 1)}, "class.pending"),
        ({"class_since": date(2024, 2, 29), "on": date(2025, 2, 28)}, ""),
    ],
)  # fmt: skip
def test_who_may_change_class(over, code):
    if not code:
        check_class_change(**asks(**over))
        return
    with pytest.raises(Refused) as refused:
        check_class_change(**asks(**over))
    assert refused.value.code == code


@given(on=DAYS, ahead=st.none() | st.integers(-3, 30))
def test_a_changed_class_begins_with_a_later_month_that_is_not_paid(on, ahead):
    paid_until = None if ahead is None else Month.of(on).plus(ahead)
    begins = class_change_from(on=on, paid_until=paid_until)
    assert begins.day == 1
    assert begins > on
    assert paid_until is None or Month.of(begins) > paid_until


@given(on=DAYS, begins=st.none() | DAYS)
def test_the_class_of_a_day_is_the_new_one_from_its_first_day(on, begins):
    found = class_on("3", following="2", begins=begins, on=on)
    assert (found == "2") == (begins is not None and on >= begins)
