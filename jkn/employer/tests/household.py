"""A worker's household for tests: three children, a fourth who waits, a parent who waits."""

from __future__ import annotations

from datetime import date
from typing import Any

from jkn.account.queries import family_of as by_number
from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.core.month import Month
from jkn.employer.actions import run_day
from jkn.employer.enrolment import follow_paid
from jkn.employer.extras import Wish, ask_extra, withdraw_extra
from jkn.employer.models import BillLine, EmployerBill, Extra
from jkn.employer.tests.factories import ON, an_employer, hired, va_of
from jkn.membership.models import Family, Member
from jkn.membership.queries import family_of
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_member, an_account


class Home:
    """A worker of an employer, whose November is paid, with a fourth child and a parent."""

    def __init__(self, **over: Any) -> None:
        self.employer = an_employer()
        (self.employee,) = hired(self.employer, **over)
        whose = by_number("nik", self.employee.nik)
        assert whose is not None
        self.worker = Member.objects.get(family_id=whose.family_id, id=whose.member_id)
        self.family = Family.objects.get(family_id=whose.family_id)
        for n in range(3):
            a_member(
                self.family, name=f"Anak {n}", relation="child", birth_date=date(2012 + n, 1, 1)
            )
        self.fourth = a_member(
            self.family, name="Anak Keempat", relation="child", birth_date=date(2018, 1, 1),
            status="waiting_place",
        )  # fmt: skip
        self.parent = a_member(
            self.family, name="Sulastri", relation="parent", status="waiting_place"
        )
        self.account = an_account(self.worker)
        self.actor = self.account.as_actor()
        run_day(on=ON)
        bill = EmployerBill.objects.get(employer_id=self.employer.employer_id)
        self.pay("R0", bill.amount, on=ON)

    def ask(self, who: Member, *, on: date = ON) -> Extra:
        """Consent to pay for one of the family."""
        wish = Wish(self.employer.employer_id, self.employee.id, who.id)
        return ask_extra(actor=self.actor, family_id=self.family.family_id, wish=wish, on=on)

    def withdraw(self, extra: Extra, *, on: date) -> Extra:
        """Take the consent back."""
        return withdraw_extra(
            actor=self.actor, family_id=self.family.family_id, extra_id=extra.id, on=on
        )

    def status(self, who: Member, on: date) -> Status:
        """Return how one of the family stands on a day."""
        return family_of(self.family.family_id, on=on).member(who.id).status

    def line(self, month: Month) -> BillLine:
        """Return the worker's line of a month's bill."""
        return BillLine.objects.get(employer_id=self.employer.employer_id, month=month.index)

    def pay(self, reference: str, amount: int, *, on: date) -> None:
        """Pay at the bank, and let cover follow."""
        assert Bank(a_bank()).pay(va_of(self.employer), reference, amount).status_code == 200
        payment = Payment.objects.filter(family_id=self.employer.employer_id).latest("id")
        follow_paid(employer_id=self.employer.employer_id, payment_id=payment.id, on=on)

    def typed(self, who: Member, /, **over: str) -> dict[str, str]:
        """Return what the worker's page sends."""
        return {"job": str(self.employee.id), "who": str(who.id), "consent": "on", **over}
