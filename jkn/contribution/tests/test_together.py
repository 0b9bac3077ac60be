"""Changes of a family and the ways to pay, together: newborns and classes with what came later."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.actions import run_day
from jkn.contribution.ahead import coming_months
from jkn.contribution.models import Bill
from jkn.contribution.queries import bill_of_month, family_bills
from jkn.contribution.reminders import remind
from jkn.contribution.stages import PlanTerms
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import NOW, a_bank, a_bill, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.contribution.ways import monthly_of, refusal
from jkn.core.month import Month
from jkn.membership.models import Family
from jkn.membership.rules import Relation, Status
from jkn.membership.tests.factories import a_member, members_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)
TERMS = PlanTerms(3, 12, 28, 27, "contoh", False)


def a_baby(family, *months):
    """Add a newborn for whom months were billed beside the family's own."""
    baby = a_member(
        family, name="Bayi Ny. Siti", relation=Relation.CHILD.value, status=Status.CANDIDATE.value
    )
    for month in months:
        a_bill(family, month, persons=1, member_id=baby.id)
    return baby


def test_a_newborn_brings_one_reminder_not_two(on_day):
    on_day("2026-11-03")
    family = a_billed_family(months=1)
    a_baby(family, NOW)
    assert remind(on=date(2026, 11, 3)) == 1


def test_a_month_ahead_counts_the_newborn_and_the_class_that_begins(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1, names=("Siti", "Budi"))
    assert coming_months(family.family_id, on=DAY).price(0) == 2 * 35_000
    a_baby(family, NOW)
    assert coming_months(family.family_id, on=DAY).price(0) == 3 * 35_000
    Family.objects.filter(family_id=family.family_id).update(
        next_class="2", next_class_from=date(2026, 12, 1)
    )
    assert coming_months(family.family_id, on=DAY).price(0) == 3 * 100_000
    run_day(on=date(2026, 12, 1))
    december = Bill.objects.get(family_id=family.family_id, month=Month(2026, 12).index)
    assert december.amount == 3 * 100_000


def test_months_of_a_newborn_do_not_count_twice_for_instalments(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=4)
    a_baby(family, NOW.plus(-1), NOW)
    bills = family_bills(family.family_id, on=DAY)
    assert len(bills.bills) == 6
    assert refusal(bills, on=DAY, terms=TERMS).code == "instalments.too_few"
    assert monthly_of(bills) == 35_000


def test_a_month_shows_the_familys_own_bill_first(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1, names=("Siti", "Budi"))
    a_baby(family, NOW)
    bill, payment = bill_of_month(family.family_id, NOW)
    assert (bill.member_id, bill.amount, payment) == (None, 70_000, None)


def test_one_payment_pays_the_family_and_the_newborn(on_day):
    on_day("2026-11-22")
    family = a_billed_family(months=1)
    baby = a_baby(family, NOW)
    assert Bank(a_bank()).pay(va_of(family), "R1", 70_000).status_code == 200
    assert next(m for m in members_of(family) if m.id == baby.id).status == Status.ACTIVE
    assert broken_promises() == []
