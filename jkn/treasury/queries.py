"""Reads of the money office: figures, a family's refunds, what waits for staff and for the bank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import msgspec
from django.core.cache import caches

from jkn.contribution.queries import family_bills
from jkn.contribution.rules import Owed
from jkn.core.db import sealer
from jkn.core.errors import NotFound
from jkn.core.figures import Figure, figure_on
from jkn.gate.queries import partners
from jkn.treasury.models import MonthClose, Refund, TreasuryFigure
from jkn.treasury.rules import OPEN, BankAccount, RefundState

_REMEMBERED_SECONDS = 60


def figures() -> tuple[Figure, ...]:
    """Return every dated figure of the money office, remembered for a minute."""
    cache = caches["memory"]
    rows: tuple[Figure, ...] | None = cache.get("treasury.figures")
    if rows is None:
        rows = tuple(f.as_figure() for f in TreasuryFigure.objects.order_by("name", "valid_from"))
        cache.set("treasury.figures", rows, _REMEMBERED_SECONDS)
    return rows


def figure(name: str, *, on: date) -> Figure:
    """Return one figure in force on a day; raises `MissingFigure`."""
    return figure_on(figures(), name, on=on)


def free_of(debt: Owed) -> int:
    """Return the rupiah of credit that no bill of today needs."""
    return max(0, debt.credit - debt.total)


def free_credit(family_id: int, *, on: date) -> int:
    """Return what a family could get back today, in rupiah."""
    return free_of(family_bills(family_id, on=on).debt)


def account_place(refund_id: int) -> str:
    """Return the place to which a refund's account is sealed."""
    return f"treasury.refund.account.{refund_id}"


def account_of(row: Refund) -> BankAccount:
    """Return the bank account of a refund, opened."""
    text = sealer().open(row.account_sealed, place=account_place(row.id))
    return msgspec.json.decode(text, type=BankAccount)


def refunds_of(family_id: int, *, at_most: int = 24) -> list[Refund]:
    """Return the family's refunds, newest first."""
    return list(Refund.objects.filter(family_id=family_id).order_by("-id")[:at_most])


def refund_of(family_id: int, refund_id: int) -> Refund:
    """Return one refund of the family; raises `NotFound` for any other id."""
    row = Refund.objects.filter(family_id=family_id, id=refund_id).first()
    if row is None:
        raise NotFound
    return row


def refunds_waiting(*, at_most: int = 100) -> list[Refund]:
    """Return the open refunds of all families, the most urgent first; no names or accounts.

    A queue of staff, served by a partial index over what is open.
    """
    rows = Refund.objects.filter(state__in=[s.value for s in OPEN])
    return list(rows.order_by("due_on", "id")[:at_most])


@dataclass(frozen=True, slots=True)
class AwaitingPayout:
    """An approved refund that no bank has paid yet, as a statement's line may match it."""

    family_id: int
    refund_id: int
    amount: int
    decided_on: date
    account: BankAccount


def refunds_awaiting_payout(*, at_most: int = 10_000) -> list[AwaitingPayout]:
    """Return the approved refunds of all families, oldest decision first, accounts opened.

    For programs that match a bank statement; whoever shows an account records the read.
    """
    rows = Refund.objects.filter(state=RefundState.APPROVED.value).order_by("due_on", "id")
    return [
        AwaitingPayout(r.family_id, r.id, r.amount, (r.decided_at or r.asked_at).date(), account)
        for r in rows[:at_most]
        for account in [account_of(r)]
    ]


def proposed_close() -> MonthClose | None:
    """Return the closing that waits for a second officer, or None; one waits at most."""
    return MonthClose.objects.filter(closed_at__isnull=True).first()


def closings(*, at_most: int = 24) -> list[MonthClose]:
    """Return the closings that were done, newest first."""
    return list(MonthClose.objects.filter(closed_at__isnull=False).order_by("-month")[:at_most])


def paying_banks() -> list[str]:
    """Return the names of the banks with a clearing account, in their order."""
    return sorted({p.name for p in partners() if p.kind == "snap" and p.revoked_at is None})


# Movements of a bank's account (%(bank)s) as the matching of bank statements reads them:
# (family_id, id, day, rupiah as the bank signs it, reference, number).
REFUNDS_PAID = """
SELECT family_id, id, paid_on AS day, -amount AS amount, bank_reference AS reference, '' AS number
FROM treasury_refund WHERE bank = %(bank)s AND paid_journal_id IS NOT NULL
"""
REFUNDS_RETURNED = """
SELECT family_id, id, returned_on AS day, amount, bank_reference AS reference, '' AS number
FROM treasury_refund WHERE bank = %(bank)s AND paid_journal_id IS NOT NULL AND state = 'returned'
"""
