"""Closing the books (tutup buku): proposed by one officer, done by another, never undone."""

from __future__ import annotations

from datetime import date

from django.db import OperationalError, transaction

from jkn.audit.actions import record
from jkn.contribution.models import ClosedMonth
from jkn.core.actor import Actor
from jkn.core.clock import now
from jkn.core.db import execute
from jkn.core.errors import Conflict, NotFound, Refused, Unavailable
from jkn.core.month import Month, months_between
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.treasury.models import MonthClose
from jkn.treasury.rules import second_person
from jkn.treasury.totals import differences, first_open, is_closed, roll_up, trial_balance

HOUSE = 0  # the group of what belongs to no family


@transaction.atomic
def propose_close(*, actor: Actor, month: Month, on: date) -> None:
    """Propose to close a month and all open ones before it, after adding them up. Twice is once.

    Refuses `month.not_over`, `month.empty`, `month.unequal` where the rollup and the postings
    differ or do not balance, `month.closed` and `month.proposed` (Conflicts).
    """
    if month >= Month.of(on):
        raise Refused("month.not_over", N_("Bulan ini belum berakhir. Tutup setelah tanggal 1."))
    if is_closed(month):
        raise Conflict("month.closed", N_("Bulan ini sudah ditutup."))
    first = first_open()
    if first is None or first > month:
        raise Refused("month.empty", N_("Tidak ada jurnal sampai bulan ini."))
    known = MonthClose.objects.select_for_update().filter(closed_at__isnull=True).first()
    if known and (known.month, known.proposed_by) == (month.index, actor.account_id):
        return
    if known:
        raise Conflict("month.proposed", N_("Satu usulan tutup buku masih menunggu keputusan."))
    roll_up()
    balance = trial_balance(month)
    months = months_between(first, month)
    if not balance.is_balanced or any(differences(first=m, last=m) for m in months):
        raise Refused(
            "month.unequal", N_("Neraca tidak cocok dengan jurnal. Hubungi administrator.")
        )
    MonthClose.objects.create(
        month=month.index, total=balance.debit, proposed_by=actor.account_id,
        proposed_name=actor.name,
    )  # fmt: skip
    record(actor=actor, verb="treasury.close_proposed", group=HOUSE, month=str(month))


def _proposal(month: Month) -> MonthClose:
    row = MonthClose.objects.select_for_update().filter(month=month.index).first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def close_month(*, actor: Actor, month: Month) -> None:
    """Close a proposed month as a second officer, with all before it. Twice is once.

    From then on the database refuses journals of those months; who was writing one is waited for.
    Refuses `refund.same_person` for whoever proposed; raises `NotFound` without a proposal.
    """
    row = _proposal(month)
    if row.closed_at is not None:
        return
    second_person(decides=actor.account_id, asked=row.proposed_by, proposed=row.proposed_by)
    _let_nobody_post()
    ClosedMonth.objects.create(month=month.index)
    MonthClose.objects.filter(month=month.index).update(
        closed_by=actor.account_id, closed_name=actor.name, closed_at=now()
    )
    record(actor=actor, verb="treasury.month_closed", group=HOUSE, month=str(month))
    defer("treasury.roll_up")


def _let_nobody_post() -> None:
    """Wait for who is posting, and hold who comes after until the end of the transaction.

    Whoever comes after waits behind us, payments too: so not long. Refuses `month.busy`.
    """
    try:
        execute("SET LOCAL lock_timeout = '2s'")
        execute("LOCK TABLE contribution_journal IN SHARE ROW EXCLUSIVE MODE")
    except OperationalError:
        raise Unavailable(
            "month.busy", N_("Jurnal sedang ditulis, misalnya penagihan. Coba lagi nanti.")
        ) from None


@transaction.atomic
def drop_proposal(*, actor: Actor, month: Month, reason: str) -> None:
    """Take a proposal back, by anyone of the office, with a reason. Refuses `month.closed`."""
    row = _proposal(month)
    if row.closed_at is not None:
        raise Conflict("month.closed", N_("Bulan ini sudah ditutup."))
    MonthClose.objects.filter(month=month.index).delete()
    record(
        actor=actor, verb="treasury.close_refused", group=HOUSE, month=str(month),
        reason=reason[:200],
    )  # fmt: skip
