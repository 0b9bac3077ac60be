"""The first bill of a family: made when it registers, and kept to who is registered until it pays.

Only in the transaction of whoever changes the family, with its lock held.
"""

from __future__ import annotations

from datetime import date

from jkn.contribution.ledger import book
from jkn.contribution.models import Bill
from jkn.contribution.queries import tariffs
from jkn.contribution.rules import (
    BillStatus,
    Chart,
    Posting,
    monthly_bill,
    tariff_on,
)
from jkn.core.month import Month
from jkn.membership.models import Family, Member
from jkn.membership.rules import PaymentWindow, Segment, Status

_REGISTERED = (Status.CANDIDATE.value, Status.REGISTRATION_LAPSED.value)


def bill_first_month(
    family_id: int, *, segment: Segment, care_class: str, persons: int, window: PaymentWindow
) -> None:
    """Make the bill of the month in which a new family can pay, due on its last day of payment."""
    month = Month.of(window.opens)
    tariff = tariff_on(tariffs(), segment=segment, care_class=care_class, on=month.first_day())
    bill = Bill.objects.create(
        family_id=family_id,
        month=month.index,
        persons=persons,
        care_class=care_class,
        per_person=tariff.monthly,
        amount=monthly_bill(tariff, persons=persons),
        basis=tariff.basis,
        due_on=window.closes,
    )
    lines = owed_more(bill.amount, bill_id=bill.id)
    book(family_id, "billed", lines, on=month.first_day())


def refit_first_bill(family_id: int, *, on: date, month: Month | None = None) -> None:
    """Let the first bill of a family that never paid count who is registered now, at the tariff.

    `month` is the one in which payment opens anew; else the bill keeps its own. Nothing is owed
    for who left before anything was paid: a bill for nobody is cancelled. What changes is booked
    on the day. Of other families nothing is changed.
    """
    family = Family.objects.get(family_id=family_id)
    status = (BillStatus.OPEN.value, BillStatus.CANCELLED.value)
    bill = Bill.objects.filter(family_id=family_id, member_id=None, status__in=status).first()
    if family.paid_month is not None or bill is None:
        return
    before = bill.amount if bill.status == BillStatus.OPEN else 0
    rows = Member.objects.filter(family_id=family_id, ended_on=None, status__in=_REGISTERED)
    persons = rows.count()
    bill.status = (BillStatus.OPEN if persons else BillStatus.CANCELLED).value
    if persons:
        month = month or Month.at(bill.month)
        first = month.first_day()
        tariff = tariff_on(
            tariffs(), segment=family.segment, care_class=family.care_class, on=first
        )
        bill.month, bill.persons = month.index, persons
        bill.due_on = family.pay_by or bill.due_on
        bill.care_class, bill.basis = family.care_class, tariff.basis
        bill.per_person, bill.amount = tariff.monthly, monthly_bill(tariff, persons=persons)
    Bill.objects.filter(family_id=family_id, id=bill.id).update(
        status=bill.status, month=bill.month, due_on=bill.due_on, persons=bill.persons,
        care_class=bill.care_class, basis=bill.basis, per_person=bill.per_person,
        amount=bill.amount,
    )  # fmt: skip
    lines = owed_more((bill.amount if persons else 0) - before)
    if lines:
        book(family_id, "corrected", lines, on=on)


def owed_more(amount: int, *, bill_id: int | None = None) -> tuple[Posting, ...]:
    """Return the line by which so many rupiah more are owed; less, where below zero."""
    if amount > 0:
        return (Posting(Chart.RECEIVABLE, Chart.INCOME, amount, bill_id),)
    return (Posting(Chart.INCOME, Chart.RECEIVABLE, -amount, bill_id),) if amount else ()
