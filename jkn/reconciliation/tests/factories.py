"""Makers of reconciliation test data: families that paid, and files that were reconciled."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.contribution.actions import receive_payment
from jkn.contribution.ledger import Notified
from jkn.contribution.models import Payment
from jkn.contribution.promises import PROMISES as CONTRIBUTION
from jkn.contribution.tests.factories import a_billed_family, va_of
from jkn.core.actor import SYSTEM
from jkn.core.clock import now
from jkn.gate.models import Partner
from jkn.membership.models import Family
from jkn.reconciliation.actions import Done, reconcile
from jkn.reconciliation.promises import PROMISES
from jkn.reconciliation.tests.paper import Move, as_csv

DAY = date(2026, 11, 22)
DUE = 70_000


def a_payment(bank: Partner, family: Family, reference: str, **over: object) -> Payment:
    """Return a payment of the family's whole debt, as the bank notified it."""
    told = Notified(
        bank.id, bank.name, f"Q{reference}", reference, va_of(family), DUE, paid_at=now()
    )
    with transaction.atomic():
        receipt = receive_payment(notified=told, on=over.get("on", DAY))  # type: ignore[arg-type]
    return Payment.objects.get(family_id=family.family_id, id=receipt.payment_id)


def a_family_that_owes(name: str = "Siti Rahmawati") -> Family:
    """Return a family of two that owes November: 70.000 rupiah."""
    return a_billed_family(months=1, names=(name, "Budi Santoso"))


def reconciled(moves: list[Move], *, opening: int = 0, on: date = DAY, bank: str = "") -> Done:
    """Reconcile a CSV of these moves."""
    return reconcile(as_csv(moves, opening=opening).encode(), actor=SYSTEM, on=on, bank=bank)


def broken() -> list[str]:
    """Return the promises of money and of reconciliation that do not hold."""
    return [p.name for p in (*CONTRIBUTION, *PROMISES) if p.broken()]
