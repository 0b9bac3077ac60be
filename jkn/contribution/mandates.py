"""Writes to mandates of autodebit: given, confirmed at the bank, suspended, ended. Under the lock.

Nobody calls the bank here: jobs do, outside of every transaction, and say what they heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from jkn.audit.actions import record
from jkn.contribution import ledger
from jkn.contribution.debits import (
    LIVE,
    STOPS_MANDATE,
    DebitProblem,
    MandateEvent,
    MandateStatus,
    account_number,
    holder_name,
    mandate_after,
    masked_account,
)
from jkn.contribution.figures import debit_terms
from jkn.contribution.models import Mandate, account_place
from jkn.contribution.partner import Account, MandateHeard
from jkn.contribution.queries import banks, family_bills, figures
from jkn.core.actor import SYSTEM, Actor
from jkn.core.db import FamilyModel, execute, sealer
from jkn.core.errors import Conflict, NotFound, Refused, Unavailable
from jkn.core.figures import MissingFigure, figure_on
from jkn.core.ids import new_id
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.rules import PAYS_ITSELF

NOT_CONFIRMED, BY_FAMILY = "not_confirmed", "by_family"


def mandate_of(family_id: int) -> Mandate | None:
    """Return the family's newest mandate, living or ended, or None."""
    return Mandate.objects.filter(family_id=family_id).order_by("-id").first()


def masked(mandate: Mandate) -> str:
    """Return the account number as a page shows it."""
    return masked_account(mandate.account())


def is_required(care_class: str, *, on: date) -> bool:
    """Whether new families of a class must use autodebit on a day: a dated figure, off."""
    try:
        return figure_on(figures(), f"autodebit_required_class_{care_class}", on=on).value == 1
    except MissingFigure:
        return False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member types: bank's code, account number, its holder's name, day of the month."""

    bank: str
    number: str
    holder: str
    day: int


def _checked(family_id: int, wish: Wish, *, on: date) -> Wish:
    bank = wish.bank.upper()
    if bank not in {b.code for b in banks()}:
        raise Refused("autodebit.bank", N_("Pilih bank dari daftar."))
    days = debit_terms(on=on).days
    if wish.day not in days:
        raise Refused(
            "autodebit.day", N_("Pilih tanggal {days}."), days=", ".join(str(d) for d in days)
        )
    bills = family_bills(family_id, on=on)
    if bills.family.segment not in PAYS_ITSELF and not bills.debt.whole:
        raise Refused(
            "autodebit.not_payer", N_("Iuran Anda dibayar pemerintah atau pemberi kerja.")
        )
    return Wish(bank, account_number(wish.number), holder_name(wish.holder), wish.day)


@transaction.atomic
def give_mandate(*, actor: Actor, family_id: int, wish: Wish, on: date) -> int:
    """Let the bank debit the family's account from its next dated day on; return the mandate's id.

    It waits until the holder agrees at the bank. Refuses `autodebit.running` (a Conflict) where
    one lives, `autodebit.bank`, `.day`, `.account`, `.holder` and `.not_payer`.
    """
    if not settings.AUTODEBIT:
        raise Unavailable("autodebit.off", N_("Bayar otomatis belum tersedia."))
    if ledger.lock_family(family_id) is None:
        raise NotFound
    if Mandate.objects.filter(family_id=family_id, status__in=LIVE).exists():
        raise Conflict("autodebit.running", N_("Bayar otomatis Anda sudah terdaftar."))
    wish = _checked(family_id, wish, on=on)
    mandate_id = new_id()
    Mandate.objects.create(
        family_id=family_id, id=mandate_id, bank=wish.bank, day=wish.day, holder=wish.holder,
        account_sealed=sealer().seal(wish.number, place=account_place(mandate_id)),
        by_account=actor.account_id, asked_on=on,
    )  # fmt: skip
    record(actor=actor, verb="autodebit.asked", group=family_id, subject=mandate_id, day=wish.day)
    defer("autodebit.ask", family_id=family_id, mandate_id=mandate_id)
    return mandate_id


@transaction.atomic
def end_mandate(*, actor: Actor, family_id: int, on: date) -> None:
    """End the family's mandate at once. Refuses `autodebit.none` (a Conflict) where none lives.

    A debit that is on its way stays asked for: the bank may have made it already.
    """
    mandate = _locked(family_id)
    if mandate is None:
        raise Conflict("autodebit.none", N_("Tidak ada bayar otomatis yang berjalan."))
    _move(mandate, MandateEvent.ENDED, reason=BY_FAMILY, actor=actor, on=on)


def _locked(family_id: int, mandate_id: int | None = None) -> Mandate | None:
    if ledger.lock_family(family_id) is None:
        raise NotFound
    rows = Mandate.objects.filter(family_id=family_id)
    if mandate_id is not None:
        return rows.filter(id=mandate_id).first()
    return rows.filter(status__in=LIVE).first()


def write(row: FamilyModel, **values: object) -> None:
    """Write some columns of one row of a family, by its whole key."""
    type(row)._default_manager.filter(family_id=row.family_id, id=row.id).update(**values)


def _move(mandate: Mandate, event: MandateEvent, *, reason: str, actor: Actor, on: date) -> bool:
    """Write the state after an event; return whether it is another one."""
    after = mandate_after(MandateStatus(mandate.status), event)
    if after == mandate.status:
        return False
    values: dict[str, object] = {"status": after.value, "reason": reason}
    if after is MandateStatus.ACTIVE:
        values["active_on"] = on
    if after is MandateStatus.ENDED:
        values["ended_on"] = on
        defer("autodebit.close", family_id=mandate.family_id, mandate_id=mandate.id)
    write(mandate, **values)
    record(
        actor=actor, verb=f"autodebit.{after}", group=mandate.family_id, subject=mandate.id,
        reason=reason,
    )  # fmt: skip
    return True


def question_of(family_id: int, mandate_id: int) -> tuple[bool, Account] | None:
    """Return whether the bank knows a waiting mandate, and its account; None where none waits."""
    row = Mandate.objects.filter(
        family_id=family_id, id=mandate_id, status=MandateStatus.PENDING.value
    ).first()
    if row is None:
        return None
    return row.is_known, Account(row.bank, row.account(), row.holder, row.day)


@transaction.atomic
def hear_mandate(family_id: int, mandate_id: int, heard: MandateHeard, *, on: date) -> None:
    """Write what the bank says of a waiting mandate, and tell the family what became of it."""
    mandate = _locked(family_id, mandate_id)
    if mandate is None or mandate.status != MandateStatus.PENDING:
        return
    write(mandate, is_known=True, confirm_url=heard.confirm_url)
    moved = False
    if heard.problem is not None:
        moved = _move(mandate, MandateEvent.REFUSED, reason=heard.problem, actor=SYSTEM, on=on)
    elif heard.is_active:
        moved = _move(mandate, MandateEvent.CONFIRMED, reason="", actor=SYSTEM, on=on)
    if moved:
        defer("autodebit.tell_mandate", family_id=family_id, mandate_id=mandate_id)


@transaction.atomic
def forget_unconfirmed(family_id: int, mandate_id: int, *, on: date) -> bool:
    """End a mandate to which nobody agreed at the bank within the figure's days."""
    mandate = _locked(family_id, mandate_id)
    if mandate is None or mandate.status != MandateStatus.PENDING:
        return False
    days = timedelta(days=debit_terms(on=mandate.asked_on).confirm_days)
    if on <= mandate.asked_on + days:
        return False
    _move(mandate, MandateEvent.ENDED, reason=NOT_CONFIRMED, actor=SYSTEM, on=on)
    defer("autodebit.tell_mandate", family_id=family_id, mandate_id=mandate_id)
    return True


def note_refused_debit(mandate: Mandate, problem: DebitProblem, *, on: date) -> None:
    """Try again on the next dated day, or suspend a mandate that the bank will not serve."""
    write(mandate, is_retry=True)
    if problem in STOPS_MANDATE:
        _move(mandate, MandateEvent.STOPPED, reason=problem, actor=SYSTEM, on=on)


def is_to_close(family_id: int, mandate_id: int) -> bool:
    """Whether a mandate has ended and the bank has not said that it knows."""
    return Mandate.objects.filter(
        family_id=family_id, id=mandate_id, status=MandateStatus.ENDED.value, is_closed=False
    ).exists()


@transaction.atomic
def note_closed(family_id: int, mandate_id: int) -> None:
    """Write that the bank knows of the end."""
    Mandate.objects.filter(family_id=family_id, id=mandate_id).update(is_closed=True)


_UNSETTLED = """
SELECT family_id, id, status FROM contribution_mandate
WHERE status = 'pending' OR (status = 'ended' AND NOT is_closed)
ORDER BY id LIMIT %s
"""


def unsettled_mandates(*, at_most: int) -> list[tuple[int, int, bool]]:
    """Return (family, mandate, whether it waits) of those that the bank is to be asked about."""
    rows = execute(_UNSETTLED, [at_most])
    return [(f, m, status == MandateStatus.PENDING) for f, m, status in rows]


@transaction.atomic
def ask_again(*, family_id: int) -> None:
    """Let a job ask the bank about the family's waiting mandate now. Else it does nothing."""
    mandate = _locked(family_id)
    if mandate is not None and mandate.status == MandateStatus.PENDING:
        defer("autodebit.ask", family_id=family_id, mandate_id=mandate.id)
