"""Rules of autodebit: states of a mandate, dated days, what may be typed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.debits import (
    DebitProblem,
    DebitTerms,
    MandateEvent,
    MandateStatus,
    account_number,
    day_to_announce,
    debit_day,
    holder_name,
    mandate_after,
    masked_account,
    next_debit_day,
    problem_of,
)
from jkn.core.errors import Refused

TERMS = DebitTerms((5, 20), 3, 2, 3, "dasar", verified=False)
DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    ("on", "dated"),
    [
        ("2026-12-04", None),
        ("2026-12-05", "2026-12-05"),
        ("2026-12-07", "2026-12-05"),  # a server that slept
        ("2026-12-08", None),
        ("2026-12-20", "2026-12-20"),
        ("2027-01-01", None),
    ],
)
def test_debits_begin_on_the_dated_days_and_two_days_late_at_most(on, dated):
    found = debit_day(date.fromisoformat(on), TERMS)
    assert found == (date.fromisoformat(dated) if dated else None)


@pytest.mark.parametrize(
    ("on", "told"),
    [("2026-12-01", None), ("2026-12-02", "2026-12-05"), ("2026-12-05", None),
     ("2026-12-17", "2026-12-20"), ("2026-12-31", None)],
)  # fmt: skip
def test_families_are_told_three_days_before(on, told):
    found = day_to_announce(date.fromisoformat(on), TERMS)
    assert found == (date.fromisoformat(told) if told else None)


@given(on=DAYS)
def test_every_dated_day_is_announced_before_and_debited_on(on):
    coming = next_debit_day(on, TERMS.days)
    assert coming > on
    assert coming.day in TERMS.days
    assert coming - on <= timedelta(days=16)
    assert debit_day(coming, TERMS) == coming
    assert day_to_announce(coming - timedelta(days=3), TERMS) == coming


def test_a_late_answer_changes_nothing():
    assert mandate_after(MandateStatus.ENDED, MandateEvent.CONFIRMED) is MandateStatus.ENDED
    assert mandate_after(MandateStatus.ACTIVE, MandateEvent.CONFIRMED) is MandateStatus.ACTIVE
    for status in MandateStatus:  # one press ends whatever lives
        assert mandate_after(status, MandateEvent.ENDED) is MandateStatus.ENDED


@pytest.mark.parametrize("typed", ["0123 4567-89", "0123456789", "0123.456.789"])
def test_an_account_number_is_its_digits(typed):
    assert account_number(typed) == "0123456789"
    assert masked_account("0123456789") == "•••• 6789"


@pytest.mark.parametrize("typed", ["", "1234567", "1" * 17, "12345678a", "１２３４５６７８"])
def test_other_account_numbers_are_refused(typed):
    with pytest.raises(Refused) as refused:
        account_number(typed)
    assert refused.value.code == "autodebit.account"


def test_a_holder_is_a_name():
    assert holder_name("  siti   Nur'aini, S.Pd. ") == "siti Nur'aini, S.Pd."
    for typed in ("", "x" * 61, "<b>", "1234", "a\x00b"):
        with pytest.raises(Refused):
            holder_name(typed)


@given(st.text())
def test_whatever_a_bank_says_is_a_problem_we_have_words_for(word):
    assert isinstance(problem_of(word), DebitProblem)
