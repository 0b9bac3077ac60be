"""Makers of contribution test data: families with bills, virtual accounts and a bank's client."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.contribution.models import Bill, Journal, Posting, VirtualAccount
from jkn.contribution.rules import Chart, due_day
from jkn.core.identifiers import virtual_account_of
from jkn.core.month import Month, months_between
from jkn.gate.actions import add_partner
from jkn.gate.models import Partner
from jkn.membership.models import Family
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, members_of

_serial = itertools.count(1)
NOW = Month(2026, 11)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SECRET = "s3cret-of-a-bank"


def a_bill(family: Family, month: Month, **over: Any) -> Bill:
    """Return an open bill of a month, booked as owed."""
    persons = over.pop("persons", None) or len(members_of(family))
    per_person = over.pop("per_person", 35_000)
    bill = Bill.objects.create(
        **{
            "family_id": family.family_id, "month": month.index, "persons": persons,
            "care_class": family.care_class, "per_person": per_person,
            "amount": per_person * persons, "basis": "Perpres 64/2020",
            "due_on": due_day(month, day=10), **over,
        }
    )  # fmt: skip
    journal = Journal.objects.create(
        family_id=family.family_id, kind="billed", day=month.first_day()
    )
    Posting.objects.create(
        family_id=family.family_id, journal_id=journal.id, debit=Chart.RECEIVABLE.value,
        credit=Chart.INCOME.value, amount=bill.amount, bill_id=bill.id,
    )  # fmt: skip
    return bill


def a_billed_family(*, months: int, **over: Any) -> Family:
    """Return a family that owes `months` months up to November 2026, with its account numbers."""
    last_paid = NOW.plus(-months)
    if months > 1:
        over.setdefault("status", Status.SUSPENDED_ARREARS.value)
    family = a_family(**{"paid_month": last_paid.index, **over})
    for month in months_between(last_paid.plus(1), NOW):
        a_bill(family, month)
    open_accounts(family)
    return family


def open_accounts(family: Family) -> None:
    """Give the family its virtual accounts."""
    head = members_of(family)[0]
    for prefix in ("88888", "89888"):
        number = virtual_account_of(head.card, prefix=prefix)
        VirtualAccount.objects.create(family_id=family.family_id, prefix=prefix, number=number)
        enter_directory([Entry("va", number, family.family_id, head.id)])


def va_of(family: Family, prefix: str = "88888") -> str:
    """Return the family's virtual account number."""
    return VirtualAccount.objects.get(family_id=family.family_id, prefix=prefix).number


def a_bank(**over: Any) -> Partner:
    """Return a bank's program that may use SNAP."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    values = {
        "kind": "snap", "client_id": f"bank-{next(_serial)}", "secret": SECRET,
        "name": "bank-contoh", "public_key": public.decode(), **over,
    }  # fmt: skip
    return add_partner(**values)


DAY = date(2026, 11, 22)
