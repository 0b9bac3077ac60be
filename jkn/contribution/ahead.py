"""Writes to what a family wants to pay ahead with its next payment. Only under the lock."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.models import AheadChoice
from jkn.contribution.queries import family_bills, figure, tariffs
from jkn.contribution.rules import Coming, monthly_bill, tariff_on
from jkn.core.actor import Actor
from jkn.core.errors import NotFound, Refused
from jkn.core.month import Month, months_between
from jkn.core.words import N_
from jkn.membership.rules import PAYS_ITSELF, Status
from jkn.membership.terms import class_on

_MONTHS_KNOWN = 36  # that are priced one by one; later ones cost what the last of them does


def coming_months(family_id: int, *, on: date) -> Coming:
    """Return what the family's coming months cost, as far as tariffs and its class are known today.

    Refuses `ahead.not_active` unless the family pays for itself and is covered.
    """
    bills = family_bills(family_id, on=on)
    family = bills.family
    active = any(m.is_active for m in family.members)
    if family.segment not in PAYS_ITSELF or not active or bills.plan:
        raise Refused(
            "ahead.not_active", N_("Bayar di muka untuk keluarga mandiri yang kartunya aktif.")
        )
    # As the billing run will count: a newborn who is not paid for yet, and a class that begins.
    persons = sum(m.is_active or m.status is Status.CANDIDATE for m in family.members)
    prices = []
    for month in months_between(Month.of(on).plus(1), Month.of(on).plus(_MONTHS_KNOWN)):
        first = month.first_day()
        care_class = class_on(
            family.care_class, following=family.next_class, begins=family.next_class_from, on=first
        )
        tariff = tariff_on(tariffs(), segment=family.segment, care_class=care_class, on=first)
        prices.append(monthly_bill(tariff, persons=persons))
    return Coming(tuple(prices), credit=max(0, bills.debt.credit - bills.debt.total))


@transaction.atomic
def choose_ahead(*, actor: Actor, family_id: int, months: int, on: date) -> int:
    """Let banks ask for `months` months more until the month ends; return their rupiah.

    They follow those that the credit pays already, each at the tariff and class of its month. 0
    takes the choice back. What is paid becomes credit that the daily run uses. Refuses
    `ahead.months` above the figure's most, and what `coming_months` refuses.
    """
    if ledger.lock_family(family_id) is None:
        raise NotFound
    most = figure("ahead_max_months", on=on).value
    if not 0 <= months <= most:
        raise Refused("ahead.months", N_("Pilih 1 sampai {most} bulan."), most=most)
    drop_ahead(family_id)
    amount = coming_months(family_id, on=on).cost(months) if months else 0
    if amount:
        AheadChoice.objects.create(
            family_id=family_id, months=months, amount=amount, until=Month.of(on).last_day()
        )
    record(actor=actor, verb="contribution.ahead", group=family_id, months=months, amount=amount)
    return amount


def drop_ahead(family_id: int) -> None:
    """Forget the family's choice: it was paid, or taken back."""
    AheadChoice.objects.filter(family_id=family_id).delete()
