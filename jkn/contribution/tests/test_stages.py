"""The rules of paying arrears in stages: who, how much, until when, and that nothing is lost."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.rules import OpenBill, owed
from jkn.contribution.stages import (
    PlanTerms,
    deadline,
    is_missed,
    make_plan,
    may_register,
    owed_on,
    owed_under,
    schedule,
    settle_in_part,
    shares,
)
from jkn.core.errors import Refused
from jkn.core.month import Month, months_between

DAY = date(2026, 11, 22)
NOW = Month(2026, 11)
TERMS = PlanTerms(3, 12, 28, 27, "contoh", False)


def bills(count, amount=35_000, last=NOW):
    return [OpenBill(m.index, m, amount) for m in months_between(last.plus(1 - count), last)]


def debt_of(count, credit=0, amount=35_000):
    """Return a debt of `count` months of arrears and the current one."""
    return owed(bills(count + 1, amount), on=DAY, cap_months=24, credit=credit)


def refused(**over):
    values = {"segment": "pbpu", "is_suspended": True, "on": DAY, "terms": TERMS, **over}
    debt = values.pop("debt", debt_of(4))
    with pytest.raises(Refused) as caught:
        may_register(debt, **values)
    return caught.value.code


def test_more_than_three_months_are_needed():
    may_register(debt_of(4), segment="bp", is_suspended=True, on=DAY, terms=TERMS)
    assert refused(debt=debt_of(3)) == "instalments.too_few"
    assert refused(is_suspended=False) == "instalments.too_few"
    assert refused(segment="ppu") == "instalments.segment"


@pytest.mark.parametrize(
    ("month", "last"), [(Month(2026, 11), 28), (Month(2027, 2), 27), (Month(2028, 2), 27)]
)
def test_one_registers_until_the_28th_and_in_february_the_27th(month, last):
    day = deadline(month, TERMS)
    assert day == date(month.year, month.number, last)
    may_register(debt_of(4), segment="pbpu", is_suspended=True, on=DAY, terms=TERMS)
    assert refused(on=date(2026, 11, 29)) == "instalments.deadline"


def test_30_months_owed_are_24_billed():
    debt = debt_of(30)
    plan = make_plan(debt, stages=12, on=DAY, terms=TERMS)
    assert plan.arrears == 24 * 35_000
    assert plan.oldest_month == NOW.plus(-24)
    stages = schedule(plan, monthly=35_000)
    assert [s.amount for s in stages] == [70_000 + 35_000] * 12
    assert (stages[0].month, stages[-1].month) == (NOW, Month(2027, 10))


@pytest.mark.parametrize("stages", [-1, 0, 1, 13])
def test_two_to_twelve_stages(stages):
    with pytest.raises(Refused, match=r"instalments\.stages"):
        make_plan(debt_of(5), stages=stages, on=DAY, terms=TERMS)


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_the_stages_sum_to_the_whole(total, stages):
    parts = shares(total, stages)
    assert sum(parts) == total
    assert max(parts) - min(parts) <= 1
    assert min(parts) >= 0


def test_the_first_stage_carries_the_current_month():
    plan = make_plan(debt_of(4), stages=2, on=DAY, terms=TERMS)
    debt = owed_under(plan, bills(5), on=DAY, credit=0)
    assert (debt.amount, debt.whole) == (70_000 + 35_000, 175_000)


def test_what_was_paid_before_is_taken_off():
    plan = make_plan(debt_of(4, credit=20_000), stages=2, on=DAY, terms=TERMS)
    assert plan.arrears == 120_000


def test_what_credit_pays_is_not_split():
    with pytest.raises(Refused, match=r"instalments\.too_few"):
        make_plan(debt_of(4, credit=140_000), stages=2, on=DAY, terms=TERMS)


def test_part_of_a_debt_never_brings_cover_back():
    debt = debt_of(4)
    almost = settle_in_part(debt, amount=debt.total - 1, on=DAY)
    assert not almost.reactivates
    assert [b.month for b in almost.paid] == [NOW.plus(-4), NOW.plus(-3), NOW.plus(-2)]
    assert almost.credit == 69_999
    assert settle_in_part(debt, amount=debt.total, on=DAY).reactivates


CASES = {
    "count": st.integers(4, 30),
    "stages": st.integers(2, 12),
    "amount": st.integers(12, 600_000),
}


@given(**CASES)
def test_paying_every_stage_pays_everything_and_only_then(count, stages, amount):
    rest = bills(count + 1, amount)
    credit, on = 0, DAY
    plan = make_plan(debt_of(count, amount=amount), stages=stages, on=on, terms=TERMS)
    for n in range(stages):
        month = NOW.plus(n)
        on = month.last_day()
        if n:
            rest.append(OpenBill(month.index, month, amount))
        debt = owed_on(rest, on=on, cap_months=24, credit=credit, plan=plan)
        due = debt.amount
        assert due == schedule(plan, monthly=amount)[n].amount
        settled = settle_in_part(debt, amount=due, on=on)
        assert settled.reactivates == (n == stages - 1)
        assert sum(b.amount for b in settled.paid) + settled.credit == credit + due
        gone = {b.id for b in (*settled.paid, *settled.beyond_cap)}
        rest, credit = [b for b in rest if b.id not in gone], settled.credit
        assert owed_under(plan, rest, on=on, credit=credit).amount == 0
    assert (rest, credit) == ([], 0)


@given(count=CASES["count"], stages=CASES["stages"], late=st.integers(1, 14))
def test_a_stage_is_missed_when_its_month_has_ended(count, stages, late):
    plan = make_plan(debt_of(count), stages=stages, on=DAY, terms=TERMS)
    rest = bills(count + 1 + late, last=NOW.plus(late))
    on = NOW.plus(late).first_day()
    assert is_missed(plan, rest, on=on, credit=0)
    assert not is_missed(plan, rest, on=NOW.last_day(), credit=0)
    plain = owed(rest, on=on, cap_months=24)
    assert owed_on(rest, on=on, cap_months=24, credit=0, plan=plan).amount == plain.amount


def test_what_was_above_the_cap_does_not_come_back_when_stages_were_paid():
    plan = make_plan(debt_of(30), stages=6, on=DAY, terms=TERMS)
    rest = [
        b
        for b in bills(33, last=NOW.plus(2))
        if not 0 <= b.month.index - plan.oldest_month.index < 5
    ]
    debt = owed_on(rest, on=date(2027, 1, 1), cap_months=24, credit=0, plan=plan)
    assert (debt.amount, len(debt.beyond_cap)) == (22 * 35_000, 6)


def test_nothing_owed_is_nothing_due():
    plan = make_plan(debt_of(5), stages=3, on=DAY, terms=TERMS)
    assert owed_under(plan, [], on=DAY, credit=0).amount == 0
