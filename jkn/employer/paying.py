"""An employer as a payer: banks ask and notify by the doors of contribution."""

from __future__ import annotations

from datetime import date

from jkn.audit.actions import record
from jkn.contribution import payers
from jkn.contribution.ledger import Notified, book_payment, read_debt
from jkn.contribution.payers import Quoted, Receipt
from jkn.contribution.rules import (
    OpenBill,
    Owed,
    PaymentVerdict,
    Posting,
    Settlement,
    clearing,
)
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.employer.ledger import lock_employer, mark_paid, open_bills
from jkn.employer.models import Employer
from jkn.employer.rules import EmployerAccounts, bills_paid_by
from jkn.gate.jobs import defer

# The bills of employers have a table of their own: to the families' ledger nothing is settled.
_NO_FAMILY_BILLS = Settlement(paid=(), beyond_cap=(), credit=0, reactivates=False)


class EmployerPayer:
    """Employers at the bank's doors: exactly the oldest open bills, nothing else, no credit."""

    def quote(self, group_id: int, *, on: date) -> Quoted | None:
        """Return what the employer owes: all open bills, oldest first.

        The bank is not held to the sum: the oldest bills alone are taken as well.
        """
        name = lock_employer(group_id)
        if name is None:
            return None
        bills = open_bills(group_id)
        owed = tuple(OpenBill(i, Month.at(month), amount) for i, month, amount in bills)
        debt = Owed(bills=owed, beyond_cap=(), credit=0)
        verdict = PaymentVerdict.ACCEPTED if owed else PaymentVerdict.PAID_ALREADY
        return Quoted(group_id, verdict, debt, name, is_business=True)

    def receive(self, group_id: int, *, notified: Notified, on: date) -> Receipt | None:
        """Post a payment of exactly the oldest bill, or the oldest few; else write nothing.

        Raises `Conflict` where another worker posted the same request or reference meanwhile.
        """
        name = lock_employer(group_id)
        if name is None:
            return None
        if read_debt(group_id, notified=notified, quote_hours=1).is_posted:
            raise Conflict("payment.posted", N_("Pembayaran ini sudah dicatat."))
        bills = open_bills(group_id)
        count = bills_paid_by([amount for _, _, amount in bills], amount=notified.amount)
        if not count:
            verdict = PaymentVerdict.WRONG_AMOUNT if bills else PaymentVerdict.PAID_ALREADY
            return Receipt(verdict, group_id)
        payment_id = _post(group_id, bills[:count], notified, on=on)
        return Receipt(PaymentVerdict.ACCEPTED, group_id, payment_id, name, is_business=True)

    def name(self, group_id: int) -> str | None:
        """Return the employer's name."""
        rows = Employer.objects.filter(employer_id=group_id)
        return rows.values_list("name", flat=True).first()


def _post(
    employer_id: int, bills: list[tuple[int, int, int]], notified: Notified, *, on: date
) -> int:
    account = EmployerAccounts.RECEIVABLE.value
    payment_id = book_payment(
        employer_id, notified=notified, settlement=_NO_FAMILY_BILLS,
        lines=[Posting(clearing(notified.bank), account, amount) for _, _, amount in bills],
        credited=0, on=on,
    )  # fmt: skip
    mark_paid(employer_id, payment_id=payment_id, bill_ids=[i for i, _, _ in bills])
    record(
        actor=Actor(account_id=notified.partner_id, role=Role.PARTNER, name=notified.bank),
        verb="employer.paid", group=employer_id, subject=payment_id, amount=notified.amount,
        months=len(bills),
    )  # fmt: skip
    # Thousands of families may follow: a job of its own, so that the bank has its answer.
    defer("employer.follow_paid", employer_id=employer_id, payment_id=payment_id)
    return payment_id


payers.join(EmployerPayer())
