"""Rules of employers: exact sums, dated wages, first months, due days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.wages import WageTerms, wage_shares
from jkn.core.errors import Refused
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month
from jkn.employer.rules import (
    bill_due,
    bills_paid_by,
    check_end,
    check_start,
    class_of_wage,
    employer_number,
    employer_va,
    first_billed,
    first_extra,
    last_extra,
    last_extra_at_work,
)

NOV = Month(2026, 11)
amounts = st.lists(st.integers(1, 10**12), max_size=12)


@given(amounts)
def test_the_oldest_bills_are_paid_by_exactly_their_sum(bills):
    for count in range(1, len(bills) + 1):
        assert bills_paid_by(bills, amount=sum(bills[:count])) == count


@given(amounts, st.integers(1, 10**13))
def test_no_other_sum_pays_anything(bills, amount):
    count = bills_paid_by(bills, amount=amount)
    sums = [sum(bills[:n]) for n in range(1, len(bills) + 1)]
    assert (count > 0) == (amount in sums)
    assert count == 0 or sum(bills[:count]) == amount


@given(st.integers(1, 10**9), st.integers(0, 6_000_000), st.integers(6_000_001, 20_000_000))
def test_shares_add_up_and_stay_between_floor_and_ceiling(wage, floor, ceiling):
    terms = WageTerms(4, 1, floor, ceiling, 1)
    shares = wage_shares(wage, terms=terms)
    assert shares.total == shares.employer + shares.worker >= 0
    assert floor <= shares.base <= ceiling
    assert wage_shares(wage + 1, terms=terms).total >= shares.total


@pytest.mark.parametrize(
    ("start", "has_bill", "first"),
    [
        (date(2020, 1, 1), False, NOV),
        (date(2020, 1, 1), True, NOV.plus(1)),
        (date(2027, 1, 4), False, Month(2027, 1)),
    ],
)
def test_nobody_is_billed_for_months_before_they_were_registered(start, has_bill, first):
    assert first_billed(start=start, on=date(2026, 11, 22), has_bill=has_bill) == first


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2026, 11, 1), date(2026, 11, 10)),
        (date(2026, 11, 10), date(2026, 11, 10)),
        (date(2026, 11, 11), date(2026, 11, 30)),
    ],
)
def test_due_on_the_tenth_else_by_the_months_end(on, due):
    assert bill_due(NOV, day=10, on=on) == due


def test_up_to_four_million_is_class_two():
    assert class_of_wage(4_000_000, class_2_up_to=4_000_000) == "2"
    assert class_of_wage(4_000_001, class_2_up_to=4_000_000) == "1"


def test_an_employers_account_is_never_a_familys():
    family = virtual_account_of("0001234567890", prefix="88888")
    assert family[5] == "0"
    assert employer_va("12345678", prefix="88888") == "8888890012345678"


def test_numbers_days_of_start_and_end():
    assert employer_number("1234 5678") == "12345678"
    for text in ("", "1234567", "123456789", "1234567a"):
        with pytest.raises(Refused):
            employer_number(text)
    with pytest.raises(Refused):
        check_start(date(1968, 1, 1), birth=date(1968, 1, 31), on=date(2026, 11, 22))
    with pytest.raises(Refused):
        check_start(date(2028, 1, 1), birth=date(1968, 1, 31), on=date(2026, 11, 22))
    check_start(date(2028, 2, 29), birth=date(1968, 1, 31), on=date(2028, 2, 29))
    for day in (date(2026, 10, 31), date(2026, 11, 23)):
        with pytest.raises(Refused):
            check_end(day, start=date(2026, 11, 1), on=date(2026, 11, 22))


MONTHS = st.integers(2025 * 12, 2028 * 12).map(Month.at)
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(on=DAYS, bill_from=MONTHS, newest=st.none() | MONTHS)
def test_extra_family_begins_after_and_ends_with_what_is_billed(on, bill_from, newest):
    first = first_extra(on=on, bill_from=bill_from, newest_line=newest)
    last = last_extra(on=on, newest_line=newest)
    assert first > Month.of(on)
    assert first >= bill_from
    assert last < first  # withdrawn at once, it costs nothing
    assert newest is None or last >= newest
    assert last_extra_at_work(ended=on, newest_line=newest) >= Month.of(on)
    assert newest is None or first > newest
