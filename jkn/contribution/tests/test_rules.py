"""The rules of contribution by examples from the law, and by what holds for every sum."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.rules import (
    Coming,
    OpenBill,
    Owed,
    PaymentVerdict,
    Tariff,
    due_day,
    judge_payment,
    monthly_bill,
    months_to_bill,
    owed,
    paid_until_after,
    postings_of,
    receipt_number,
    settle,
    tariff_on,
)
from jkn.core.errors import Refused
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month, months_between

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
LAW = "Perpres 64/2020 pasal 34"
TARIFFS = (
    Tariff("pbpu", "1", date(2020, 7, 1), 150_000, 0, LAW, True),
    Tariff("pbpu", "2", date(2020, 7, 1), 100_000, 0, LAW, True),
    Tariff("pbpu", "3", date(2020, 7, 1), 25_500, 16_500, LAW, False),
    Tariff("pbpu", "3", date(2021, 1, 1), 35_000, 7_000, LAW, True),
)
NOW = Month(2026, 11)
DAY = date(2026, 11, 22)
CAP = 24  # months: Perpres 82/2018 art. 42 (2) as amended by Perpres 64/2020


def bills_until_now(count, amount=35_000, last=NOW):
    first = last.plus(1 - count)
    return [OpenBill(n + 1, m, amount) for n, m in enumerate(months_between(first, last))]


# Tariffs.


@pytest.mark.parametrize("case", VECTORS["pbpu_keluarga"])
def test_a_familys_bill_is_the_laws(case):
    tariff = tariff_on(TARIFFS, segment="pbpu", care_class=str(case["kelas"]), on=DAY)
    assert monthly_bill(tariff, persons=case["jiwa"]) == case["tagihan"]
    assert tariff.government * case["jiwa"] == case["bantuan_pemerintah"]


@pytest.mark.parametrize(
    ("day", "monthly"),
    [
        (date(2020, 7, 1), 25_500),
        (date(2020, 12, 31), 25_500),
        (date(2021, 1, 1), 35_000),  # class 3 pays 35.000 from 2021 on
        (date(2030, 1, 1), 35_000),
    ],
)
def test_the_latest_tariff_that_has_begun_counts(day, monthly):
    assert tariff_on(TARIFFS, segment="pbpu", care_class="3", on=day).monthly == monthly


@pytest.mark.parametrize(
    ("segment", "care_class", "day"),
    [("pbpu", "3", date(2020, 6, 30)), ("pbpu", "KRIS", DAY), ("ppu", "3", DAY), ("", "", DAY)],
)
def test_without_a_tariff_nothing_is_guessed(segment, care_class, day):
    with pytest.raises(Refused) as refused:
        tariff_on(TARIFFS, segment=segment, care_class=care_class, on=day)
    assert refused.value.code == "contribution.no_tariff"


def test_the_standard_class_comes_by_data_alone():
    """KRIS replaces the three classes: one more row, no line of code."""
    kris = Tariff("pbpu", "KRIS", date(2027, 1, 1), 60_000, 0, "Perpres contoh", False)
    found = tariff_on((*TARIFFS, kris), segment="pbpu", care_class="KRIS", on=date(2027, 1, 1))
    assert monthly_bill(found, persons=3) == 180_000


def test_a_month_is_due_on_its_tenth_day():
    assert due_day(Month(2026, 2), day=10) == date(2026, 2, 10)


# Arrears and reactivation: Perpres 82/2018 art. 42 (2).


@pytest.mark.parametrize("case", VECTORS["reaktivasi"])
def test_reactivation_costs_the_arrears_to_the_cap_and_this_month(case):
    tariff = tariff_on(TARIFFS, segment="pbpu", care_class=str(case["kelas"]), on=DAY)
    monthly = monthly_bill(tariff, persons=case["jiwa"])
    debt = owed(bills_until_now(case["bulan_tunggak"] + 1, monthly), on=DAY, cap_months=CAP)
    assert debt.amount == case["bayar"]
    assert settle(debt, amount=debt.amount).reactivates


def test_the_newest_months_are_those_that_count_each_at_its_own_tariff():
    old, new = bills_until_now(24, 25_500, NOW.plus(-6)), bills_until_now(7, 35_000)
    debt = owed([*new, *old[:-1]], on=DAY, cap_months=CAP)
    assert len(debt.bills) == CAP + 1
    assert debt.beyond_cap == tuple(old[:5])
    assert debt.total == 18 * 25_500 + 7 * 35_000


def test_months_to_come_are_not_owed():
    debt = owed(bills_until_now(3, last=NOW.plus(2)), on=DAY, cap_months=CAP)
    assert [b.month for b in debt.bills] == [NOW]
    assert debt.months_of_arrears == 0


def test_the_last_day_of_a_month_still_belongs_to_it():
    bills = bills_until_now(2)
    assert owed(bills, on=date(2026, 11, 30), cap_months=CAP).total == 70_000
    assert owed(bills, on=date(2026, 10, 31), cap_months=CAP).total == 35_000


def test_a_cap_of_nothing_leaves_this_month_alone():
    debt = owed(bills_until_now(5), on=DAY, cap_months=0)
    assert [b.month for b in debt.bills] == [NOW]
    assert len(debt.beyond_cap) == 4


# Whatever the sums are.

amounts = st.integers(min_value=1, max_value=10_000_000)
debts = st.builds(
    lambda sums, cap, credit, ahead: owed(
        [
            OpenBill(n + 1, NOW.plus(ahead - n), amount) for n, amount in enumerate(sums)
        ],
        on=DAY, cap_months=cap, credit=credit,
    ),
    st.lists(amounts, max_size=40), st.integers(0, 30), st.integers(0, 20_000_000),
    st.integers(0, 2),
)  # fmt: skip


@given(debts)
def test_no_sum_is_ever_negative_and_the_cap_holds(debt: Owed):
    assert debt.amount >= 0
    assert debt.total == sum(b.amount for b in debt.bills)
    arrears = [b for b in debt.bills if b.month < NOW]
    assert all(b.month < arrears[0].month for b in debt.beyond_cap) if arrears else True
    assert len({b.id for b in (*debt.bills, *debt.beyond_cap)}) == len(
        (*debt.bills, *debt.beyond_cap)
    )


@given(st.lists(amounts, max_size=40), st.integers(0, 30))
def test_arrears_above_the_cap_are_never_asked_for(sums, cap):
    bills = [OpenBill(n + 1, NOW.plus(-n), amount) for n, amount in enumerate(sums)]
    debt = owed(bills, on=DAY, cap_months=cap)
    assert len(debt.bills) <= cap + 1
    assert len(debt.bills) + len(debt.beyond_cap) == len(bills)


@given(debts, amounts)
def test_every_rupiah_finds_its_place(debt: Owed, amount: int):
    done = settle(debt, amount=amount)
    assert sum(b.amount for b in done.paid) + done.credit == debt.credit + amount
    assert done.credit >= 0
    assert done.paid == debt.bills[: len(done.paid)]  # the oldest first, each whole
    assert done.reactivates == (done.paid == debt.bills)
    assert done.beyond_cap in ((), debt.beyond_cap)
    assert bool(done.beyond_cap) <= done.reactivates


@given(debts, amounts)
def test_what_is_asked_for_reactivates_and_one_rupiah_less_does_not(debt: Owed, more: int):
    assert settle(debt, amount=debt.amount + more).reactivates
    if debt.amount > 0:
        assert not settle(debt, amount=debt.amount - 1).reactivates


@given(debts, amounts)
def test_the_journal_adds_up_and_no_line_is_empty(debt: Owed, amount: int):
    done = settle(debt, amount=amount)
    lines = postings_of(done, bank="B", amount=amount, credit_before=debt.credit)
    assert all(line.amount > 0 and line.debit != line.credit for line in lines)
    assert sum(line.amount for line in lines if line.debit == "clearing.B") == amount
    for bill in done.paid:
        booked = [x.amount for x in lines if (x.bill_id, x.credit) == (bill.id, "receivable")]
        assert sum(booked) == bill.amount
    gained = sum(line.amount for line in lines if line.credit == "credit")
    spent = sum(line.amount for line in lines if line.debit == "credit")
    assert debt.credit + gained - spent == done.credit >= 0
    fallen = sum(line.amount for line in lines if line.debit == "beyond_cap")
    assert fallen == sum(b.amount for b in done.beyond_cap)


@given(debts, amounts, st.integers(-40, 0) | st.none(), st.booleans())
def test_the_paid_month_never_goes_back(debt: Owed, amount: int, behind: int | None, first: bool):
    before = None if behind is None else NOW.plus(behind)
    done = settle(debt, amount=amount)
    after = paid_until_after(done, before=before, on=DAY, is_first=first)
    if before is not None:
        assert after is not None
        assert after >= before
    if after is not None and after != before and done.paid:
        assert after <= max(b.month for b in done.paid) or (first and after == NOW)


def test_a_first_payment_covers_the_month_in_which_it_is_made():
    registered_in_october = [OpenBill(1, NOW.plus(-1), 35_000)]
    done = settle(owed(registered_in_october, on=DAY, cap_months=CAP), amount=35_000)
    assert paid_until_after(done, before=None, on=DAY, is_first=True) == NOW


def test_a_part_of_the_arrears_moves_the_paid_month_without_a_gap():
    done = settle(owed(bills_until_now(4), on=DAY, cap_months=CAP), amount=70_000)
    assert paid_until_after(done, before=NOW.plus(-4), on=DAY, is_first=False) == NOW.plus(-2)


def test_a_part_paid_behind_a_gap_does_not_move_it():
    """Months above the cap lie between: only when all is paid do they fall away."""
    done = settle(owed(bills_until_now(40), on=DAY, cap_months=CAP), amount=35_000)
    assert paid_until_after(done, before=NOW.plus(-40), on=DAY, is_first=False) == NOW.plus(-40)


# What a bank may pay.

V = PaymentVerdict
OPENS, CLOSES = date(2026, 11, 24), date(2026, 12, 10)


@pytest.mark.parametrize(
    ("amount", "due", "quoted", "window", "day", "verdict"),
    [
        (140, 140, None, (None, None), DAY, V.ACCEPTED),
        (139, 140, None, (None, None), DAY, V.WRONG_AMOUNT),
        (141, 140, None, (None, None), DAY, V.WRONG_AMOUNT),
        (140, 0, None, (None, None), DAY, V.PAID_ALREADY),
        (140, 0, 140, (None, None), DAY, V.ACCEPTED),  # we quoted it: the surplus is credit
        (140, 175, 140, (None, None), DAY, V.ACCEPTED),  # quoted before midnight
        (175, 175, 140, (None, None), DAY, V.ACCEPTED),
        (141, 0, 140, (None, None), DAY, V.PAID_ALREADY),
        (140, 140, None, (OPENS, CLOSES), OPENS - timedelta(days=1), V.NOT_YET),
        (140, 140, None, (OPENS, CLOSES), OPENS, V.ACCEPTED),
        (140, 140, None, (OPENS, CLOSES), CLOSES, V.ACCEPTED),
        (140, 140, None, (OPENS, CLOSES), CLOSES + timedelta(days=1), V.LAPSED),
        (140, 140, 140, (OPENS, CLOSES), CLOSES + timedelta(days=1), V.ACCEPTED),
    ],
)
def test_what_a_bank_may_pay(amount, due, quoted, window, day, verdict):
    given_verdict = judge_payment(
        amount=amount, due=due, quoted=quoted, opens=window[0], closes=window[1], on=day
    )
    assert given_verdict is verdict


# Numbers.


@pytest.mark.parametrize("case", VECTORS["va"])
def test_a_virtual_account_is_the_banks_prefix_and_the_card(case):
    prefix = {"MANDIRI": "89888"}.get(case["bank"], "88888")
    assert virtual_account_of(case["kartu"], prefix=prefix) == case["va"]


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_receipt_numbers_differ_and_are_read_aloud_safely(one, other):
    number = receipt_number(one)
    assert len(number) == 13
    assert not set(number) & set("ILOU")
    assert (number == receipt_number(other)) == (one == other)


@given(st.integers(0, 30_000), st.integers(0, 40))
def test_the_months_to_bill_follow_the_paid_one(index, count):
    months = months_to_bill(paid_until=Month.at(index), through=Month.at(index + count))
    assert [m.index for m in months] == list(range(index + 1, index + count + 1))


prices = st.lists(st.integers(1, 500_000), min_size=1, max_size=40).map(tuple)


@given(prices, st.integers(0, 10_000_000), st.integers(0, 12))
def test_what_is_paid_ahead_covers_so_many_months_more(known, credit, months):
    before = Coming(known, credit)
    after = Coming(known, credit + before.cost(months))
    assert after.covered >= before.covered + months
    assert before.cost(months) >= 0
    assert Coming(known, before.cost(months)).covered == months or before.covered


@pytest.mark.parametrize("credit", [0, 1, 10**12])
def test_months_that_cost_nothing_are_not_paid_ahead(credit):
    assert (Coming((0,), credit).covered, Coming((0,), credit).cost(12)) == (0, 0)
