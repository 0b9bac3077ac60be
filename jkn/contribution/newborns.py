"""Registering babies with what a self-paying family owes for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from jkn.contribution import ledger
from jkn.contribution.actions import use_credit
from jkn.contribution.first_bills import owed_more
from jkn.contribution.ledger import LockedFamily
from jkn.contribution.models import Bill
from jkn.contribution.queries import figure, tariffs
from jkn.contribution.rules import due_day, tariff_on
from jkn.core.actor import Actor
from jkn.core.errors import NotFound
from jkn.core.month import Month, months_between
from jkn.membership.models import Member
from jkn.membership.newborns import Birth, enter_newborns
from jkn.membership.queries import figure as membership_figure
from jkn.membership.rules import PAYS_ITSELF, Segment
from jkn.membership.terms import is_registered_in_time, newborn_months


@dataclass(frozen=True, slots=True)
class Registered:
    """The babies, and what was billed for them now, in rupiah."""

    members: Sequence[Member]
    amount: int


@transaction.atomic
def register_newborns(*, actor: Actor, family_id: int, birth: Birth, on: date) -> Registered:
    """Register the babies of one birth; a family that pays itself is billed for them.

    Months whose bill of the family is made already get a bill for the baby beside it, each at the
    tariff of its month and the class in which the family was then; the run that makes a month's
    bills counts the baby from then on. Credit that pays them whole does so at once.
    """
    family = ledger.lock_family(family_id)
    if family is None:
        raise NotFound
    members = enter_newborns(actor=actor, family_id=family_id, birth=birth, on=on)
    amount = 0
    if Segment(family.segment) in PAYS_ITSELF:
        months = _months_to_bill(family_id, family, birth, on=on)
        own = Bill.objects.filter(family_id=family_id, member_id__isnull=True)
        classes = dict(own.values_list("month", "care_class"))
        amount = sum(
            _bill(
                family_id, family.segment, classes.get(month.index, family.care_class), member,
                month, _due(month, birth, on=on), on=on,
            )
            for member in members
            for month in months
        )  # fmt: skip
        if amount:
            use_credit(family_id=family_id, on=on)
    return Registered(members, amount)


def _months_to_bill(family_id: int, family: LockedFamily, birth: Birth, *, on: date) -> list[Month]:
    """Return the months owed for a baby that no run will bill any more."""
    owed = newborn_months(
        born=birth.born,
        on=on,
        days=membership_figure("newborn_days", on=on).value,
        cap_months=membership_figure("newborn_cap_months", on=on).value,
    )
    paid = Month.at(family.paid_month) if family.paid_month is not None else Month.of(on)
    rows = Bill.objects.filter(family_id=family_id, member_id__isnull=True)
    billed = {Month.at(index) for index in rows.values_list("month", flat=True)}
    ahead = months_between(Month.of(on).plus(1), max(paid, *billed, Month.of(on)))
    return [m for m in (*owed, *ahead) if m <= paid or m in billed]


def _due(month: Month, birth: Birth, *, on: date) -> date:
    """Return until when the baby's month is to be paid: in time, the 28 days after birth."""
    days = membership_figure("newborn_days", on=on).value
    if is_registered_in_time(born=birth.born, on=on, days=days):
        return max(on, birth.born + timedelta(days=days))
    own = due_day(month, day=figure("due_day", on=month.first_day()).value)
    return max(own, Month.of(on).last_day())


def _bill(
    family_id: int, segment: str, care_class: str, member: Member, month: Month, due_on: date, *,
    on: date,
) -> int:  # fmt: skip
    tariff = tariff_on(tariffs(), segment=segment, care_class=care_class, on=month.first_day())
    bill = Bill.objects.create(
        family_id=family_id, month=month.index, persons=1, care_class=care_class,
        per_person=tariff.monthly, amount=tariff.monthly, basis=tariff.basis, due_on=due_on,
        member_id=member.id,
    )  # fmt: skip
    ledger.book(family_id, "billed", owed_more(bill.amount, bill_id=bill.id), on=on)
    return bill.amount
