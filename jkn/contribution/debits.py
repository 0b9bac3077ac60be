"""Rules of paying by autodebit (bayar otomatis): the mandate's states, and on which days. Pure.

The days (the 5th and the 20th) are dated figures; docs/reference/autodebit.md tells what is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.core.words import N_

DEBITING_BANK = 1  # in the place of a partner's id: we called this bank, it did not call us
_ACCOUNT = re.compile(r"[0-9]{8,16}")
_HOLDER = re.compile(r"[^\W\d_][\w .,'’/-]{1,59}")


class MandateStatus(StrEnum):
    """How a family's leave to debit its bank account stands."""

    PENDING = "pending"  # the holder has not agreed at the bank yet
    ACTIVE = "active"
    SUSPENDED = "suspended"  # the bank debits no more; the family is told why
    ENDED = "ended"


class MandateEvent(StrEnum):
    """What happens to a mandate."""

    CONFIRMED = "confirmed"  # the holder agreed at the bank
    REFUSED = "refused"  # the bank knows no such account, or the name differs
    STOPPED = "stopped"  # account closed, or the mandate ended at the bank
    ENDED = "ended"  # by the family, or because nobody agreed in time


_MOVES = {
    (MandateStatus.PENDING, MandateEvent.CONFIRMED): MandateStatus.ACTIVE,
    (MandateStatus.PENDING, MandateEvent.REFUSED): MandateStatus.ENDED,
    (MandateStatus.PENDING, MandateEvent.ENDED): MandateStatus.ENDED,
    (MandateStatus.ACTIVE, MandateEvent.STOPPED): MandateStatus.SUSPENDED,
    (MandateStatus.ACTIVE, MandateEvent.ENDED): MandateStatus.ENDED,
    (MandateStatus.SUSPENDED, MandateEvent.ENDED): MandateStatus.ENDED,
}
LIVE = (MandateStatus.PENDING, MandateStatus.ACTIVE, MandateStatus.SUSPENDED)


def mandate_after(status: MandateStatus, event: MandateEvent) -> MandateStatus:
    """Return the state after an event; one that does not fit (a late answer) changes nothing."""
    return _MOVES.get((status, event), status)


class DebitStatus(StrEnum):
    """How one attempt to debit stands."""

    PLANNED = "planned"
    SENT = "sent"  # the bank may have debited: only its answer ends this
    PAID = "paid"
    REFUSED = "refused"
    DROPPED = "dropped"  # nothing was owed any more, or the mandate had ended


class DebitProblem(StrEnum):
    """Why a bank refuses a mandate or a debit, in the words of our protocol."""

    NO_MONEY = "insufficient_funds"
    CLOSED = "account_closed"
    UNKNOWN = "account_unknown"
    NAME = "name_differs"
    DECLINED = "declined"
    AT_BANK = "mandate_ended"
    CANCELLED = "cancelled"
    OTHER = "other"


STOPS_MANDATE = frozenset({DebitProblem.CLOSED, DebitProblem.UNKNOWN, DebitProblem.AT_BANK})


def problem_of(word: str) -> DebitProblem:
    """Return what a bank's word means; a word that we do not know is `other`."""
    known = {p.value for p in DebitProblem}
    return DebitProblem(word) if word in known else DebitProblem.OTHER


@dataclass(frozen=True, slots=True)
class DebitTerms:
    """The figures of autodebit in force on a day."""

    days: tuple[int, ...]  # of a month, ascending
    notice_days: int  # the family is told so long before
    late_days: int  # a server that slept debits so many days later, then waits for the next day
    confirm_days: int  # within which the holder agrees at the bank
    basis: str
    verified: bool


def debiting_bank(code: str) -> str:
    """Return under which name a bank's debits are booked: its clearing account, its statements."""
    return f"autodebit-{code.lower()}"


def account_number(typed: str) -> str:
    """Return the digits of a bank account; refuses `autodebit.account`."""
    digits = re.sub(r"[\s.-]", "", typed)
    if not _ACCOUNT.fullmatch(digits):
        raise Refused(
            "autodebit.account", N_("Nomor rekening berisi 8 sampai 16 angka. Periksa lagi.")
        )
    return digits


def holder_name(typed: str) -> str:
    """Return the holder's name as it is written at the bank; refuses `autodebit.holder`."""
    name = " ".join(typed.split())
    if not _HOLDER.fullmatch(name):
        raise Refused("autodebit.holder", N_("Tulis nama pemilik seperti di bank."))
    return name


def masked_account(digits: str) -> str:
    """Return what a page shows of an account number: its last four digits."""
    return f"•••• {digits[-4:]}"


def _dated(month: Month, days: Sequence[int]) -> list[date]:
    return [date(month.year, month.number, day) for day in days]


def debit_day(on: date, terms: DebitTerms) -> date | None:
    """Return the dated day for which debits begin on a day: today's, or one just slept over."""
    month = Month.of(on)
    begun = [d for d in _dated(month.plus(-1), terms.days) + _dated(month, terms.days) if d <= on]
    newest = max(begun, default=None)
    if newest is None or on - newest > timedelta(days=terms.late_days):
        return None
    return newest


def next_debit_day(on: date, days: Sequence[int]) -> date:
    """Return the first of some days of the month that comes after a day."""
    month = Month.of(on)
    coming = [d for d in _dated(month, days) + _dated(month.plus(1), days) if d > on]
    return min(coming)


def day_to_announce(on: date, terms: DebitTerms) -> date | None:
    """Return the coming dated day that families are told of on a day, or None where it is far."""
    coming = next_debit_day(on, terms.days)
    return coming if coming - on <= timedelta(days=terms.notice_days) else None
