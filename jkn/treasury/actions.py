"""Writes to refunds: each under the family's lock, each step with its lines in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from django.db import transaction

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.instalments import owed_of
from jkn.core.actor import Actor
from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.treasury.models import Refund
from jkn.treasury.queries import account_place, figure, free_of, paying_banks
from jkn.treasury.rules import (
    OPEN,
    BankAccount,
    RefundEvent,
    RefundState,
    after,
    came_back,
    freed,
    held,
    may_refund,
    paid_out,
    reference,
    second_person,
    working_days_after,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be refunded, in rupiah, and where it goes."""

    amount: int
    account: BankAccount


@transaction.atomic
def request_refund(*, actor: Actor, family_id: int, wanted: Wanted, on: date) -> Refund:
    """Set credit aside for a refund that a family asks for; return the refund.

    Refuses `refund.running` (a Conflict) where one is open, and what `may_refund` refuses.
    """
    return _begin(actor, family_id, wanted, on=on)


@transaction.atomic
def propose_for_family(
    *, actor: Actor, family_id: int, wanted: Wanted, reason: str, on: date
) -> Refund:
    """Set credit aside for a family that asks at the counter: asked and checked by one officer.

    A second officer decides. Refuses what `request_refund` refuses.
    """
    row = _begin(actor, family_id, wanted, on=on)
    _propose(row, actor, reason)
    return row


def _begin(actor: Actor, family_id: int, wanted: Wanted, *, on: date) -> Refund:
    if ledger.lock_family(family_id) is None:
        raise NotFound
    if Refund.objects.filter(family_id=family_id, state__in=[s.value for s in OPEN]).exists():
        raise Conflict(
            "refund.running", N_("Pengembalian sebelumnya masih berjalan. Tunggu sampai selesai.")
        )
    debt = owed_of(ledger.read_debt_only(family_id), on=on)
    may_refund(wanted.amount, free=free_of(debt))
    days = figure("refund_working_days", on=on)
    row = Refund(
        family_id=family_id, amount=wanted.amount, asked_on=on, basis=days.basis,
        due_on=working_days_after(on, count=days.value), asked_by=actor.account_id,
        asked_name=actor.name,
    )  # fmt: skip
    text = msgspec.json.encode(wanted.account).decode()
    row.account_sealed = sealer().seal(text, place=account_place(row.id))
    row.held_journal_id = ledger.book(family_id, "refund_held", held(wanted.amount), on=on)
    row.save(force_insert=True)
    _told(row, actor, "asked")
    return row


def _told(row: Refund, actor: Actor, what: str) -> None:
    record(
        actor=actor, verb=f"treasury.refund_{what}", group=row.family_id, subject=row.id,
        amount=row.amount,
    )  # fmt: skip
    defer(
        "treasury.tell_refund", family_id=row.family_id, refund_id=row.id, state=str(row.state)
    )  # fmt: skip


def _locked(family_id: int, refund_id: int) -> Refund:
    """Lock the family, then read its refund; raises `NotFound` for an id of anybody else."""
    if ledger.lock_family(family_id) is None:
        raise NotFound
    row = Refund.objects.filter(family_id=family_id, id=refund_id).first()
    if row is None:
        raise NotFound
    return row


def _change(row: Refund, event: RefundEvent, **values: Any) -> None:
    """Move a locked refund to its next state and write what belongs to it."""
    values["state"] = after(RefundState(row.state), event).value
    Refund.objects.filter(family_id=row.family_id, id=row.id).update(**values)
    for name, value in values.items():
        setattr(row, name, value)


@transaction.atomic
def propose_refund(*, actor: Actor, family_id: int, refund_id: int, reason: str) -> None:
    """Note that a first officer has checked a refund and proposes it. Twice is as once.

    Refuses `refund.state` (a Conflict) where it is further already, `refund.same_person` where
    the officer asked for it.
    """
    row = _locked(family_id, refund_id)
    if (row.state, row.proposed_by) == (RefundState.PROPOSED, actor.account_id):
        return
    second_person(decides=actor.account_id, asked=row.asked_by, proposed=None)
    _propose(row, actor, reason)


def _propose(row: Refund, actor: Actor, reason: str) -> None:
    _change(
        row, RefundEvent.PROPOSE, proposed_by=actor.account_id, proposed_name=actor.name,
        proposed_at=now(), proposed_reason=reason[:200],
    )  # fmt: skip
    _told(row, actor, "proposed")


@transaction.atomic
def approve_refund(*, actor: Actor, family_id: int, refund_id: int, reason: str) -> None:
    """Approve a proposed refund as a second officer. Twice is as once.

    Refuses `refund.same_person` for whoever asked or proposed (the database refuses it too), and
    `refund.state` (a Conflict).
    """
    row = _locked(family_id, refund_id)
    if (row.state, row.decided_by) == (RefundState.APPROVED, actor.account_id):
        return
    second_person(decides=actor.account_id, asked=row.asked_by, proposed=row.proposed_by)
    _change(row, RefundEvent.APPROVE, **_decided(actor, reason))
    _told(row, actor, "approved")


def _decided(actor: Actor, reason: str) -> dict[str, Any]:
    return {
        "decided_by": actor.account_id, "decided_name": actor.name, "decided_at": now(),
        "decided_reason": reason[:200],
    }  # fmt: skip


@transaction.atomic
def refuse_refund(*, actor: Actor, family_id: int, refund_id: int, reason: str, on: date) -> None:
    """Refuse a refund; its money is credit again. The family reads the reason. Twice is as once.

    A first officer refuses at the check; once proposed, only a second one
    (`refund.same_person`). Refuses `refund.state` (a Conflict) after an approval.
    """
    row = _locked(family_id, refund_id)
    if (row.state, row.decided_by) == (RefundState.REFUSED, actor.account_id):
        return
    second_person(decides=actor.account_id, asked=row.asked_by, proposed=row.proposed_by)
    after(RefundState(row.state), RefundEvent.REFUSE)
    journal = ledger.book(family_id, "refund_freed", freed(row.amount), on=on)
    _change(row, RefundEvent.REFUSE, back_journal_id=journal, **_decided(actor, reason))
    _told(row, actor, "refused")


@dataclass(frozen=True, slots=True)
class Payout:
    """A transfer that a bank made: whose clearing account, its reference, rupiah."""

    bank: str
    reference: str
    amount: int


@transaction.atomic
def pay_refund(
    *, actor: Actor, family_id: int, refund_id: int, payout: Payout, on: date
) -> None:  # fmt: skip
    """Book that a bank paid an approved refund out; the same transfer twice is as once.

    For the staff page and for the matching of bank statements. Refuses `refund.bank` for a bank
    without a clearing account, `refund.other_amount` where the sums differ, `directory.taken` (a
    Conflict) where the reference paid another refund, `refund.state` (a Conflict) for any state
    but approved.
    """
    ref = reference(payout.reference)
    row = _locked(family_id, refund_id)
    if (row.state, row.bank, row.bank_reference) == (RefundState.PAID, payout.bank, ref):
        return
    after(RefundState(row.state), RefundEvent.PAY)
    if payout.bank not in paying_banks():
        raise Refused("refund.bank", N_("Bank ini tidak punya rekening penampung. Pilih lagi."))
    if payout.amount != row.amount:
        raise Conflict("refund.other_amount", N_("Jumlah transfer berbeda dari pengembalian."))
    enter_directory([Entry("refund", f"{payout.bank}:{ref}", family_id, row.id)])
    journal = ledger.book(family_id, "refund_paid", paid_out(row.amount, bank=payout.bank), on=on)
    _change(
        row, RefundEvent.PAY, bank=payout.bank, bank_reference=ref, paid_on=on, paid_at=now(),
        paid_journal_id=journal,
    )  # fmt: skip
    _told(row, actor, "paid")


@transaction.atomic
def return_refund(*, actor: Actor, family_id: int, refund_id: int, reason: str, on: date) -> None:
    """Book that the bank could not deliver a refund, or sent it back; the money is credit again.

    Twice is as once. Refuses `refund.state` (a Conflict) before the approval.
    """
    row = _locked(family_id, refund_id)
    if row.state == RefundState.RETURNED:
        return
    after(RefundState(row.state), RefundEvent.RETURN)
    lines = came_back(row.amount, bank=row.bank) if row.bank else freed(row.amount)
    journal = ledger.book(family_id, "refund_back", lines, on=on)
    _change(
        row, RefundEvent.RETURN, returned_on=on, returned_at=now(), returned_reason=reason[:200],
        back_journal_id=journal,
    )  # fmt: skip
    _told(row, actor, "returned")
