"""What staff decide of lines in suspense: explain one, give one to a family with two persons.

Money reaches a family by two journals through the transit account: the house group's with the
decision, the family's by the job `reconciliation.carry`; a `Transfer` joins them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q

from jkn.account.queries import family_of as by_number
from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.actions import use_credit
from jkn.contribution.ledger import LockedFamily, Notified
from jkn.contribution.queries import virtual_accounts_of
from jkn.contribution.rules import Chart, Posting, Settlement, clearing
from jkn.core.actor import Actor
from jkn.core.clock import JAKARTA, now
from jkn.core.errors import Conflict, Forbidden, NotFound, Refused
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.reconciliation.matching import lock_bank, move_out
from jkn.reconciliation.models import Assignment, StatementLine, Transfer
from jkn.reconciliation.queries import line_of
from jkn.reconciliation.rules import (
    ACCOUNTS,
    BY_HAND,
    SUSPENSE_GROUP,
    TRANSIT_BANK,
    Reason,
    Status,
)

NOBODY = N_("Nomor ini tidak terdaftar. Periksa angkanya dengan bukti setor.")


def _locked(line_id: int) -> StatementLine:
    """Return a line that nobody else changes until the transaction ends; raises `NotFound`."""
    lock_bank(line_of(line_id).bank)
    return line_of(line_id)  # as it stands now that the bank is locked


def _need_suspense(line: StatementLine) -> None:
    if line.status != Status.SUSPENSE:
        raise Conflict("line.resolved", N_("Baris ini sudah diselesaikan. Muat ulang halamannya."))


def _asked(line: StatementLine) -> Assignment | None:
    rows = Assignment.objects.filter(bank=line.bank, line_id=line.id)
    return rows.filter(state="asked").first()


@transaction.atomic
def explain_line(*, actor: Actor, line_id: int, reason: Reason, note: str, on: date) -> None:
    """Take a line out of suspense with a reason and a sentence; its money goes to that account.

    Refuses `line.resolved` (a Conflict) where it is not in suspense, `line.asked` where a family
    was asked for it, `reason.unknown` for a reason that only the machine may give.
    """
    line = _locked(line_id)
    if (line.status, line.reason, line.note) == (Status.EXPLAINED, reason, note):
        return  # twice is as once
    _need_suspense(line)
    if reason not in BY_HAND:
        raise Refused("reason.unknown", N_("Alasan ini tidak ada. Pilih dari daftar."))
    if _asked(line):
        raise Conflict("line.asked", N_("Baris ini menunggu petugas kedua. Putuskan itu dulu."))
    move_out(line.bank, line.id, ACCOUNTS[reason].value, on=on)
    StatementLine.objects.filter(bank=line.bank, id=line.id).update(
        status=Status.EXPLAINED.value, reason=reason.value, reason_on=on, note=note
    )
    record(
        actor=actor, verb="reconciliation.explained", group=SUSPENSE_GROUP, subject=line.id,
        reason=reason.value, amount=line.amount,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Owner:
    """A family that a number leads to, and the virtual account that its money is booked to."""

    family_id: int
    number: str


def owner_of(kind: str, number: str) -> Owner:
    """Return whose a virtual account (`va`) or card is; refuses `number.unknown`."""
    whose = by_number(kind, number)
    if whose is None:
        raise Refused("number.unknown", NOBODY)
    if kind == "va":
        return Owner(whose.family_id, number)
    accounts = sorted(virtual_accounts_of(whose.family_id).values())
    if not accounts:
        raise Refused(
            "number.pays_nothing", N_("Keluarga ini tidak membayar iuran sendiri. Cari yang lain.")
        )
    return Owner(whose.family_id, accounts[0])


@transaction.atomic
def ask_assignment(*, actor: Actor, line_id: int, owner: Owner, note: str, on: date) -> int:
    """Ask a second person to give a line's money to a family; return the assignment's id.

    Refuses `line.resolved`, `line.asked` (Conflicts), `line.money_out` for money that went out,
    `line.fraction` for an amount with sen, `registration.window` for a family whose first payment
    is not possible on the day.
    """
    line = _locked(line_id)
    before = _asked(line)
    if before and (before.asked_by, before.family_id) == (actor.account_id, owner.family_id):
        return before.id
    _need_suspense(line)
    if before:
        raise Conflict("line.asked", N_("Baris ini menunggu petugas kedua. Putuskan itu dulu."))
    if line.amount < 0:
        raise Refused("line.money_out", N_("Uang keluar tidak dapat diberikan ke keluarga."))
    if line.sen:
        raise Refused(
            "line.fraction",
            N_("Baris ini memuat pecahan rupiah. Jelaskan, dan minta bank membetulkannya."),
        )
    _need_open_window(_family(owner.family_id), on=on)
    row = Assignment.objects.create(
        bank=line.bank, line_id=line.id, family_id=owner.family_id, number=owner.number,
        note=note, asked_by=actor.account_id, asked_name=actor.name,
    )  # fmt: skip
    record(
        actor=actor, verb="reconciliation.assign_asked", group=owner.family_id, subject=line.id,
        amount=line.amount,
    )  # fmt: skip
    return row.id


def _family(family_id: int) -> LockedFamily:
    family = ledger.lock_family(family_id)
    if family is None:
        raise NotFound
    return family


def _need_open_window(family: LockedFamily, *, on: date) -> None:
    never_paid = family.paid_month is None
    is_early = family.pay_from is not None and on < family.pay_from
    is_late = family.pay_by is not None and on > family.pay_by
    if never_paid and (is_early or is_late):
        raise Refused(
            "registration.window",
            N_("Masa bayar pendaftaran keluarga ini tidak terbuka. Tunggu atau perbarui dulu."),
        )


@transaction.atomic
def decide_assignment(
    *, actor: Actor, line_id: int, assignment_id: int, accepts: bool, on: date
) -> None:
    """Accept an assignment, which sends the money, or refuse it; never the one who asked.

    Refuses `assignment.same_person` (Forbidden), `assignment.decided` (a Conflict) where somebody
    decided otherwise. The same decision twice is as once.
    """
    line = _locked(line_id)
    rows = Assignment.objects.filter(bank=line.bank, id=assignment_id, line_id=line.id)
    row = rows.first()
    if row is None:
        raise NotFound
    state = "accepted" if accepts else "refused"
    if row.state == state:
        return
    if row.state != "asked":
        raise Conflict("assignment.decided", N_("Permintaan ini sudah diputuskan petugas lain."))
    if row.asked_by == actor.account_id:
        raise Forbidden(
            "assignment.same_person", N_("Petugas lain yang memutuskan. Minta rekan Anda.")
        )
    rows.update(state=state, decided_by=actor.account_id, decided_name=actor.name, decided_at=now())
    if accepts:
        _send(line, row, on=on)
    record(
        actor=actor, verb="reconciliation.assign_decided", group=row.family_id, subject=line.id,
        accepted=accepts, amount=line.amount,
    )  # fmt: skip


def _send(line: StatementLine, row: Assignment, *, on: date) -> None:
    journal_id = move_out(line.bank, line.id, clearing(TRANSIT_BANK), on=on)
    transfer = Transfer.objects.create(
        family_id=SUSPENSE_GROUP, to_family=row.family_id, bank=line.bank, line_id=line.id,
        number=row.number, reference=line.reference, amount=line.amount, day=line.day,
        journal_id=journal_id,
    )  # fmt: skip
    StatementLine.objects.filter(bank=line.bank, id=line.id).update(
        status=Status.MATCHED.value, reason=Reason.ASSIGNED.value, reason_on=on,
        matched_kind="transfer", matched_group=row.family_id, matched_id=transfer.id,
    )  # fmt: skip
    defer("reconciliation.carry", transfer_id=transfer.id)


def carry(*, transfer_id: int, on: date) -> None:
    """Bring money that is on its way to its family: booked as credit, which then pays its bills.

    The family's transaction comes first, then the mark that it arrived; each is done once, so
    that the job may be run again at any time.
    """
    transfer = Transfer.objects.filter(family_id=SUSPENSE_GROUP, id=transfer_id).first()
    if transfer is None:
        raise NotFound
    _arrive(transfer, on=on)
    Transfer.objects.filter(
        family_id=SUSPENSE_GROUP, id=transfer_id, arrived_at__isnull=True
    ).update(arrived_at=now())


@transaction.atomic
def _arrive(transfer: Transfer, *, on: date) -> None:
    family_id = transfer.to_family
    _family(family_id)
    request = f"transfer:{transfer.id}"
    notified = Notified(
        partner_id=0, bank=TRANSIT_BANK, request_id=request, reference=request,
        number=transfer.number, amount=transfer.amount,
        paid_at=datetime.combine(transfer.day, time(12), JAKARTA),
    )  # fmt: skip
    if ledger.read_debt(family_id, notified=notified, quote_hours=1).is_posted:
        return
    payment_id = ledger.book_payment(
        family_id,
        notified=notified,
        settlement=Settlement(paid=(), beyond_cap=(), credit=transfer.amount, reactivates=False),
        lines=(Posting(clearing(TRANSIT_BANK), Chart.CREDIT, transfer.amount),),
        credited=transfer.amount,
        on=on,
    )
    use_credit(family_id=family_id, on=on)
    defer("contribution.tell_paid", family_id=family_id, payment_id=payment_id)


def on_their_way() -> list[int]:
    """Return the transfers that have not arrived, the oldest first."""
    rows = Transfer.objects.filter(Q(family_id=SUSPENSE_GROUP), arrived_at__isnull=True)
    return list(rows.order_by("id").values_list("id", flat=True)[:500])
