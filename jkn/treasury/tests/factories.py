"""Makers of money-office test data: families with credit, two officers, what they type."""

from __future__ import annotations

from datetime import date
from typing import Any

from jkn.account.models import Account
from jkn.contribution.models import Posting
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.membership.models import Family
from jkn.membership.tests.factories import a_staff_account, actor_of
from jkn.treasury.actions import Wanted, approve_refund, propose_refund, request_refund
from jkn.treasury.models import Refund
from jkn.treasury.promises import PROMISES
from jkn.treasury.rules import BankAccount

DAY = date(2026, 11, 22)
BANK = "bank-contoh"
CREDIT = 70_000
ACCOUNT = BankAccount("BRI", "0123456789012", "Siti Rahmawati")
TYPED = {
    "amount": "70.000", "bank": "BRI", "number": "0123 4567 8901 2", "holder": "Siti Rahmawati",
    "_key": "k1",
}  # fmt: skip


def a_family_with_credit(*, times: int = 1, **over: Any) -> Family:
    """Return a family of two that paid one bill of 70.000 once, and `times` times too often."""
    family = a_billed_family(months=1, **{"names": ("Siti Rahmawati", "Budi"), **over})
    bank = Bank(a_bank())
    for n in range(times + 1):
        bank.inquire(va_of(family), f"Q{family.family_id}-{n}")
    for n in range(times + 1):
        told = bank.pay(va_of(family), f"Q{family.family_id}-{n}", CREDIT)
        assert told.status_code == 200
    return family


def an_officer(name: str = "Andi") -> Account:
    """Return the account of an officer of the branch."""
    return a_staff_account(role=Role.BRANCH, name=name, facility_id="")


def officer(name: str = "Andi") -> Actor:
    """Return an officer of the branch as the one who acts."""
    return actor_of(an_officer(name))


def member(family: Family) -> Actor:
    """Return somebody of the family as the one who acts."""
    return Actor(family.family_id + 1, Role.MEMBER, "Siti", family_id=family.family_id)


def balance(family: Family, account: str) -> int:
    """Return an account's balance in the family's group in rupiah, credits above zero."""
    rows = Posting.objects.filter(family_id=family.family_id)
    return sum(
        r.amount * ((r.credit == account) - (r.debit == account)) for r in rows
    )  # fmt: skip


def a_refund(family: Family, *, amount: int = CREDIT) -> Refund:
    """Return a refund that the family has asked for."""
    return request_refund(
        actor=member(family), family_id=family.family_id, wanted=Wanted(amount, ACCOUNT), on=DAY
    )


def an_approved_refund(family: Family) -> Refund:
    """Return a refund that two officers have approved."""
    row = a_refund(family)
    ids = {"family_id": family.family_id, "refund_id": row.id}
    propose_refund(actor=officer("Andi"), **ids, reason="KTP cocok")
    approve_refund(actor=officer("Dewi"), **ids, reason="Setuju")
    return Refund.objects.get(family_id=family.family_id, id=row.id)


def broken() -> list[str]:
    """Return the names of the promises that do not hold now, ours and those below."""
    return [*broken_promises(), *(p.name for p in PROMISES if p.broken())]
