"""Rules of refunds: the state table, two persons, accounts, working days."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.core.errors import Refused
from jkn.treasury.rules import (
    NEXT,
    OPEN,
    RefundEvent,
    RefundState,
    after,
    bank_account,
    came_back,
    freed,
    held,
    may_refund,
    paid_out,
    reference,
    second_person,
    working_days_after,
)


@pytest.mark.parametrize("state", RefundState)
@pytest.mark.parametrize("event", RefundEvent)
def test_only_the_table_decides(state, event):
    if (state, event) in NEXT:
        assert after(state, event) is NEXT[state, event]
    else:
        with pytest.raises(Refused, match=r"refund\.state"):
            after(state, event)


def test_what_is_refused_or_returned_has_ended():
    ended = set(RefundState) - {state for state, _ in NEXT}
    assert ended == {RefundState.REFUSED, RefundState.RETURNED}
    assert not ended & set(OPEN)


@pytest.mark.parametrize(("asked", "proposed"), [(1, None), (2, 1), (1, 1)])
def test_one_person_alone_is_refused(asked, proposed):
    with pytest.raises(Refused, match="same_person"):
        second_person(decides=1, asked=asked, proposed=proposed)


def test_two_persons_may():
    second_person(decides=3, asked=1, proposed=2)


@pytest.mark.parametrize(("amount", "free"), [(1, 0), (0, 5), (-1, 5), (6, 5)])
def test_more_than_the_free_credit_is_refused(amount, free):
    with pytest.raises(Refused, match=r"refund\."):
        may_refund(amount, free=free)


def test_the_whole_free_credit_may_go():
    may_refund(5, free=5)


@pytest.mark.parametrize(
    ("bank", "number", "holder", "field"),
    [
        ("", "123456", "Siti", "bank"),
        ("=1+1", "123456", "Siti", "bank"),
        ("BRI", "12345", "Siti", "number"),
        ("BRI", "000000", "Siti", "number"),
        ("BRI", "1" * 21, "Siti", "number"),
        ("BRI", "١٢٣٤٥٦", "Siti", "number"),
        ("BRI", "123456", "S", "holder"),
        ("BRI", "123456", "+62812", "holder"),
        ("BRI", "123456", "Siti\x00R", "holder"),
    ],
)
def test_an_account_that_no_bank_could_pay_is_refused_at_its_field(bank, number, holder, field):
    with pytest.raises(Refused, match=f"bank_account.{field}"):
        bank_account(bank=bank, number=number, holder=holder)


def test_an_account_is_tidied():
    found = bank_account(bank=" Bank  Jabar ", number="0123-456.789", holder=" Siti  R. ")
    assert (found.bank, found.number, found.holder) == ("Bank Jabar", "0123456789", "Siti R.")


@pytest.mark.parametrize("text", ["", "ab", "a" * 65, "=cmd()", "a;b"])
def test_a_reference_that_is_none_is_refused(text):
    with pytest.raises(Refused, match=r"refund\.reference"):
        reference(text)


@pytest.mark.parametrize(
    ("day", "count", "until"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday → Monday
        (date(2026, 11, 22), 1, date(2026, 11, 23)),  # Sunday
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 22), 14, date(2026, 12, 10)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
    ],
)
def test_working_days_are_monday_to_friday(day, count, until):
    assert working_days_after(day, count=count) == until


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_a_working_day_more_is_never_earlier_and_never_a_weekend(day, count):
    until = working_days_after(day, count=count)
    assert until > day
    assert until.weekday() < 5
    assert working_days_after(day, count=count + 1) > until


@given(st.integers(1, 10**12))
def test_every_way_of_a_refund_leaves_nothing_set_aside(amount):
    bounced = [*held(amount), *paid_out(amount, bank="b"), *came_back(amount, bank="b")]
    for way in ([*held(amount), *freed(amount)], [*held(amount), *paid_out(amount, bank="b")],
                bounced):  # fmt: skip
        for account in ("refund_payable", *(["credit"] if way[-1].credit == "credit" else [])):
            assert sum(
                p.amount * ((p.credit == account) - (p.debit == account)) for p in way
            ) == 0  # fmt: skip
