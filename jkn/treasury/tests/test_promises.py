"""Each promise of the money office notices the fault that was planted for it."""

from __future__ import annotations

import pytest
from django.db import connection

from jkn.contribution.models import ClosedMonth, Journal, Posting
from jkn.core.month import Month
from jkn.treasury.actions import Payout, pay_refund
from jkn.treasury.models import MonthTotal, Refund
from jkn.treasury.tests.factories import (
    BANK,
    CREDIT,
    DAY,
    a_family_with_credit,
    a_refund,
    an_approved_refund,
    broken,
    officer,
)
from jkn.treasury.totals import roll_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    family = a_family_with_credit()
    assert broken() == []
    return family


def plant(sql, *values):
    """Change rows behind the application's back, triggers and checks off."""
    with connection.cursor() as cursor:
        for name in ("refund_two_persons", "refund_paid_by_a_bank"):
            cursor.execute(f"ALTER TABLE treasury_refund DROP CONSTRAINT IF EXISTS {name}")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


def a_paid_refund(family):
    row = an_approved_refund(family)
    pay_refund(
        actor=officer(), family_id=family.family_id, refund_id=row.id, on=DAY,
        payout=Payout(BANK, f"TRF-{row.id}", CREDIT),
    )  # fmt: skip
    return row


def test_money_set_aside_for_nothing_is_noticed(siti):
    journal = Journal.objects.create(family_id=siti.family_id, kind="refund_held", day=DAY)
    Posting.objects.create(
        family_id=siti.family_id, journal_id=journal.id, debit="credit", credit="refund_payable",
        amount=5,
    )  # fmt: skip
    assert broken() == ["refund.held"]


def test_a_refund_without_its_money_is_noticed(siti):
    a_refund(siti)
    plant("UPDATE treasury_refund SET amount = amount - 1")
    assert broken() == ["refund.held"]


def test_a_payout_of_another_bank_or_amount_is_noticed(siti):
    a_paid_refund(siti)
    assert broken() == []
    plant("UPDATE treasury_refund SET bank = 'bank-lain'")
    assert broken() == ["refund.paid"]


def test_one_who_approved_alone_is_noticed(siti):
    an_approved_refund(siti)
    plant("UPDATE treasury_refund SET decided_by = proposed_by")
    assert broken() == ["refund.two_persons"]


def test_a_transfer_that_paid_two_refunds_is_noticed(siti):
    a_paid_refund(siti)
    a_paid_refund(a_family_with_credit(names=("Wati", "Citra")))
    plant("UPDATE treasury_refund SET bank_reference = 'TRF'")
    assert broken() == ["refund.reference"]
    assert Refund.objects.filter(bank_reference="TRF").count() == 2


def test_a_month_that_does_not_balance_is_noticed(siti):
    roll_up()
    MonthTotal.objects.filter(account="income").update(credit=1)
    assert broken() == ["treasury.balanced"]


def test_a_month_that_nobody_closed_properly_is_noticed(siti):
    ClosedMonth.objects.create(month=Month(2026, 10).index)
    assert broken() == ["treasury.closed_by_two"]
