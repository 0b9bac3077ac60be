"""Writes to debits: planned on the dated days, sent once, posted once, or refused.

The bank is called between two transactions. The first writes that it will be; whoever comes back
after a crash asks the bank what became of it before anything is sent again, under the same id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.contribution import ledger, partner
from jkn.contribution.actions import quote, receive_payment
from jkn.contribution.debits import (
    DEBITING_BANK,
    DebitProblem,
    DebitStatus,
    MandateStatus,
    day_to_announce,
    debit_day,
    debiting_bank,
)
from jkn.contribution.figures import debit_terms
from jkn.contribution.ledger import Notified
from jkn.contribution.mandates import note_refused_debit, write
from jkn.contribution.models import Debit, Mandate
from jkn.contribution.partner import DebitHeard
from jkn.contribution.queries import virtual_accounts_of
from jkn.contribution.rules import PaymentVerdict
from jkn.core.actor import SYSTEM
from jkn.core.clock import now
from jkn.core.db import execute
from jkn.core.errors import Conflict, NotFound
from jkn.core.month import Month
from jkn.gate.jobs import defer

_AT_ONCE = 5_000
_WANTED = """
  m.status = 'active' AND m.active_on <= %(dated)s AND (m.day = %(day)s OR m.is_retry)
  AND EXISTS (SELECT 1 FROM contribution_bill b
    WHERE b.family_id = m.family_id AND b.status = 'open' AND b.month <= %(month)s)
"""
_ANNOUNCE = f"""
UPDATE contribution_mandate SET noticed_for = %(dated)s
WHERE (family_id, id) IN (
  SELECT m.family_id, m.id FROM contribution_mandate m
  WHERE {_WANTED} AND (m.noticed_for IS NULL OR m.noticed_for < %(dated)s)
  ORDER BY m.family_id LIMIT %(at_once)s FOR UPDATE SKIP LOCKED)
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)
_PLAN = f"""
INSERT INTO contribution_debit (family_id, id, mandate_id, dated_on, status, reason)
SELECT m.family_id, new_id(), m.id, %(dated)s, 'planned', ''
FROM contribution_mandate m
WHERE {_WANTED} AND NOT EXISTS (SELECT 1 FROM contribution_debit d
  WHERE d.family_id = m.family_id AND (d.status IN ('planned', 'sent')
    OR (d.mandate_id = m.id AND d.dated_on >= %(dated)s)))
ORDER BY m.family_id LIMIT %(at_once)s
ON CONFLICT DO NOTHING
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)


def announce(*, on: date) -> int:
    """Tell families of a debit some days before; return how many. Once for each dated day."""
    dated = day_to_announce(on, debit_terms(on=on))
    count = 0
    while dated and (told := _announce_some(dated, on=on)):
        count += told
    return count


@transaction.atomic
def _announce_some(dated: date, *, on: date) -> int:
    rows = execute(_ANNOUNCE, _values(dated, on=on))
    for family_id, mandate_id in rows:
        defer("autodebit.tell_coming", family_id=family_id, mandate_id=mandate_id)
    return len(rows)


def plan_debits(*, on: date) -> int:
    """Begin the debits of a dated day, for families that owe; return how many.

    Idempotent: one attempt for each mandate and dated day, none while one is on its way.
    """
    dated = debit_day(on, debit_terms(on=on))
    count = 0
    while dated and (planned := _plan_some(dated, on=on)):
        count += planned
    return count


@transaction.atomic
def _plan_some(dated: date, *, on: date) -> int:
    rows = execute(_PLAN, _values(dated, on=on))
    for family_id, debit_id in rows:
        defer("autodebit.debit", family_id=family_id, debit_id=debit_id)
    return len(rows)


def _values(dated: date, *, on: date) -> dict[str, object]:
    return {
        "dated": dated, "day": dated.day, "month": Month.of(on).index, "at_once": _AT_ONCE,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What the bank is to be asked: a new debit, or what became of one that may have arrived."""

    debit_id: int
    mandate_id: int
    amount: int
    is_new: bool
    is_wanted: bool  # the mandate still runs and the sum is still owed


@transaction.atomic
def begin(family_id: int, debit_id: int, *, on: date) -> Order | None:
    """Write that the bank will be asked, with the sum of this moment; None where all is settled.

    The sum counts as quoted: it is accepted whatever is paid meanwhile, a surplus as credit.
    """
    debit, mandate = _locked(family_id, debit_id)
    if debit.status not in (DebitStatus.PLANNED, DebitStatus.SENT):
        return None
    is_active = mandate.status == MandateStatus.ACTIVE
    amount = _owed(family_id, debit, mandate, on=on) if is_active else 0
    if debit.status == DebitStatus.SENT:
        sent = debit.amount or 0
        return Order(debit.id, mandate.id, sent, is_new=False, is_wanted=amount == sent)
    if not amount:
        _drop(debit, "" if is_active else DebitProblem.AT_BANK)
        return None
    write(debit, status=DebitStatus.SENT.value, amount=amount)
    record(
        actor=SYSTEM, verb="autodebit.sent", group=family_id, subject=debit.id, amount=amount
    )  # fmt: skip
    return Order(debit.id, mandate.id, amount, is_new=True, is_wanted=True)


def _locked(family_id: int, debit_id: int) -> tuple[Debit, Mandate]:
    ledger.lock_family(family_id)
    debit = debit_of(family_id, debit_id)
    return debit, Mandate.objects.get(family_id=family_id, id=debit.mandate_id)


def _owed(family_id: int, debit: Debit, mandate: Mandate, *, on: date) -> int:
    number = _number_of(family_id, mandate.bank)
    quoted = number and quote(
        partner_id=DEBITING_BANK, request_id=str(debit.id), number=number, on=on
    )
    if not quoted or quoted.verdict is not PaymentVerdict.ACCEPTED:
        return 0
    return quoted.debt.amount


def _number_of(family_id: int, bank: str) -> str:
    numbers = virtual_accounts_of(family_id)
    return numbers.get(bank) or next(iter(numbers.values()), "")


def _drop(debit: Debit, reason: str) -> None:
    write(debit, status=DebitStatus.DROPPED.value, reason=reason)


def ask_bank(order: Order) -> DebitHeard:
    """Let the bank debit, or hear what it did; never in a transaction. Raises `Unavailable`.

    A debit whose answer was lost is asked for by its id. One that never arrived is sent again
    under the same id, or forbidden where it is not wanted any more.
    """
    if not order.is_new:
        heard = partner.debit_status(order.debit_id, amount=order.amount)
        if heard is not None:
            return heard
    if not order.is_wanted:
        return partner.cancel_debit(order.debit_id, amount=order.amount)
    return partner.debit(order.debit_id, mandate_id=order.mandate_id, amount=order.amount)


def hear_debit(family_id: int, debit_id: int, heard: DebitHeard, *, on: date) -> None:
    """Post the money once, or write why there is none. Two workers at once are as one."""
    for is_last in (False, True):
        try:
            with transaction.atomic():
                if heard.problem is None:
                    _post(family_id, debit_id, heard, on=on)
                else:
                    _refuse(family_id, debit_id, heard.problem, on=on)
                return
        except Conflict:
            if is_last:
                raise


def _post(family_id: int, debit_id: int, heard: DebitHeard, *, on: date) -> None:
    debit, mandate = _locked(family_id, debit_id)
    if debit.status == DebitStatus.PAID:
        return
    notified = Notified(
        partner_id=DEBITING_BANK, bank=debiting_bank(mandate.bank),
        request_id=str(debit.id), reference=heard.reference,
        number=_number_of(family_id, mandate.bank), amount=heard.amount,
        paid_at=heard.paid_at or now(),
    )  # fmt: skip
    ledger.remember_quote(
        family_id, partner_id=DEBITING_BANK, request_id=str(debit.id), amount=heard.amount
    )
    receipt = receive_payment(notified=notified, on=on)
    if receipt.verdict is not PaymentVerdict.ACCEPTED:  # money was taken: somebody must look
        raise RuntimeError(f"debit {debit.id} was taken and not posted: {receipt.verdict}")
    write(debit, status=DebitStatus.PAID.value, payment_id=receipt.payment_id, reason="")
    write(mandate, is_retry=False)


def _refuse(family_id: int, debit_id: int, problem: DebitProblem, *, on: date) -> None:
    debit, mandate = _locked(family_id, debit_id)
    if debit.status != DebitStatus.SENT:
        return
    if problem is DebitProblem.CANCELLED:  # by us: what is still owed waits for the next day
        _drop(debit, problem)
        write(mandate, is_retry=True)
        return
    write(debit, status=DebitStatus.REFUSED.value, reason=problem.value)
    record(
        actor=SYSTEM, verb="autodebit.refused", group=family_id, subject=debit.id, reason=problem
    )  # fmt: skip
    note_refused_debit(mandate, problem, on=on)
    defer("autodebit.tell_refused", family_id=family_id, debit_id=debit.id)


def debit_of(family_id: int, debit_id: int) -> Debit:
    """Return one attempt of the family; raises `NotFound` for any other id."""
    debit = Debit.objects.filter(family_id=family_id, id=debit_id).first()
    if debit is None:
        raise NotFound
    return debit


def debits_of(family_id: int, *, at_most: int = 12) -> list[Debit]:
    """Return the family's attempts to debit, newest first."""
    return list(Debit.objects.filter(family_id=family_id).order_by("-id")[:at_most])


_UNSETTLED = """
SELECT family_id, id FROM contribution_debit WHERE status IN ('planned', 'sent')
ORDER BY id LIMIT %s
"""


def unsettled_debits(*, at_most: int) -> list[tuple[int, int]]:
    """Return (family, debit) of those on their way, the oldest first."""
    return [(f, d) for f, d in execute(_UNSETTLED, [at_most])]
