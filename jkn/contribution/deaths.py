"""Bills of months after a death: nothing is owed for the dead, what was paid becomes credit.

Debts that only the dead saw are shown to those who were billed with them.

Membership records a death and knows no bills; it calls this in the same transaction.
"""

from __future__ import annotations

from datetime import date

from jkn.account.queries import families_of
from jkn.contribution.first_bills import owed_more, refit_first_bill
from jkn.contribution.instalments import end_plan
from jkn.contribution.ledger import book
from jkn.contribution.left_debts import show_left_debt
from jkn.contribution.models import Bill
from jkn.contribution.queries import banks, is_counted
from jkn.contribution.rules import BillStatus, Chart, Posting
from jkn.contribution.stages import PlanStatus
from jkn.core.actor import SYSTEM
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month
from jkn.gate.jobs import defer
from jkn.membership.acts import when_somebody_dies
from jkn.membership.models import Family, Member
from jkn.membership.rules import PAYS_ITSELF, Segment

_ASKED_OR_PAID = (BillStatus.OPEN.value, BillStatus.PAID.value)


def unbill_dead(family: Family, member: Member, *, day: date, on: date) -> None:
    """Take a dead member out of the bills of the months after the day of death.

    An open bill counts one person less, and is cancelled where it was for nobody else. Of a paid
    one the person's part becomes credit. Booked on `on`; the caller holds the family's lock.
    """
    if Segment(family.segment) not in PAYS_ITSELF:
        return
    if family.paid_month is None:
        refit_first_bill(family.family_id, on=on)
        return
    later = Bill.objects.filter(
        family_id=family.family_id, month__gt=Month.of(day).index, status__in=_ASKED_OR_PAID
    )
    lines: list[Posting] = []
    for bill in later.order_by("month", "id"):
        if is_counted(bill, member):
            lines += _without_one(bill)
    if lines:
        book(family.family_id, "corrected", lines, on=on)
    still_open = Bill.objects.filter(family_id=family.family_id, status=BillStatus.OPEN.value)
    if not still_open.exists():  # a plan of instalments has nothing left to be paid
        end_plan(family.family_id, PlanStatus.COMPLETED, on=on, actor=SYSTEM)


def show_debts(family: Family, member: Member, *, day: date, on: date) -> None:
    """Show others the debts that only the dead saw: of their family, and of one that they had left."""
    numbers = [virtual_account_of(member.card, prefix=bank.prefix) for bank in banks()]
    held = {whose.family_id for whose in families_of("va", numbers).values()}
    for family_id in sorted({family.family_id, *held}):
        if show_left_debt(family_id):
            defer("contribution.tell_former", family_id=family_id, since=on.isoformat())


def _without_one(bill: Bill) -> tuple[Posting, ...]:
    if bill.status == BillStatus.PAID:
        return (Posting(Chart.INCOME, Chart.CREDIT, bill.per_person),)
    left = bill.persons - 1
    rows = Bill.objects.filter(family_id=bill.family_id, id=bill.id)
    if left:
        rows.update(persons=left, amount=bill.per_person * left)
    else:
        rows.update(status=BillStatus.CANCELLED.value)
    return owed_more(-bill.per_person)


when_somebody_dies(unbill_dead)
when_somebody_dies(show_debts)
