"""Rules of the money office. Pure: amounts are whole rupiah, days are given.

A refund (pengembalian titipan) goes through two persons' hands; its money is set aside in the
family's ledger group from the moment it is asked for until the bank has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jkn.contribution.rules import Chart, Posting, clearing
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.core.words import N_


class RefundState(StrEnum):
    """How far a refund is."""

    REQUESTED = "requested"
    PROPOSED = "proposed"  # checked by a first officer
    APPROVED = "approved"  # by a second one; waits for the bank
    PAID = "paid"
    REFUSED = "refused"
    RETURNED = "returned"  # the bank could not deliver it, or sent it back


class RefundEvent(StrEnum):
    """What happens to a refund."""

    PROPOSE = "propose"
    APPROVE = "approve"
    REFUSE = "refuse"
    PAY = "pay"
    RETURN = "return"


NEXT: dict[tuple[RefundState, RefundEvent], RefundState] = {
    (RefundState.REQUESTED, RefundEvent.PROPOSE): RefundState.PROPOSED,
    (RefundState.REQUESTED, RefundEvent.REFUSE): RefundState.REFUSED,
    (RefundState.PROPOSED, RefundEvent.APPROVE): RefundState.APPROVED,
    (RefundState.PROPOSED, RefundEvent.REFUSE): RefundState.REFUSED,
    (RefundState.APPROVED, RefundEvent.PAY): RefundState.PAID,
    (RefundState.APPROVED, RefundEvent.RETURN): RefundState.RETURNED,
    (RefundState.PAID, RefundEvent.RETURN): RefundState.RETURNED,
}
OPEN = (RefundState.REQUESTED, RefundState.PROPOSED, RefundState.APPROVED)  # its money is set aside


def after(state: RefundState, event: RefundEvent) -> RefundState:
    """Return the state after an event; refuses `refund.state` (a Conflict) for any other pair."""
    if (state, event) not in NEXT:
        raise Conflict("refund.state", N_("Pengembalian ini sudah diproses. Muat ulang halaman."))
    return NEXT[state, event]


def events_of(state: RefundState) -> tuple[RefundEvent, ...]:
    """Return what may happen next, in the order in which staff are asked."""
    return tuple(event for known, event in NEXT if known is state)


def second_person(*, decides: int, asked: int, proposed: int | None) -> None:
    """Refuse `refund.same_person` where the second officer is the first one, or the asker."""
    if decides in (asked, proposed):
        raise Refused(
            "refund.same_person",
            N_("Anda sudah memeriksa permintaan ini. Petugas lain harus memutuskan."),
        )


def may_refund(amount: int, *, free: int) -> None:
    """Refuse `refund.none` and `refund.amount` where an amount is not within the free credit."""
    if free <= 0:
        raise Refused("refund.none", N_("Tidak ada titipan yang dapat dikembalikan."))
    if not 0 < amount <= free:
        raise Refused(
            "refund.amount", N_("Jumlahnya paling banyak {free}."),
            free=f"Rp{free:,}".replace(",", "."),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a refund goes: a bank, a number of digits, the holder's name."""

    bank: str
    number: str
    holder: str


_NAME = re.compile(r"[^\W_][\w .,'’()/&-]{1,79}")


def bank_account(*, bank: str, number: str, holder: str) -> BankAccount:
    """Return the account that a person typed, tidied; refuses what no bank could pay to.

    Codes: `bank_account.bank`, `bank_account.number` (6 to 20 digits), `bank_account.holder`.
    """
    plain = re.sub(r"[\s.\-]+", "", number)
    tidy_bank, tidy_holder = " ".join(bank.split()), " ".join(holder.split())
    if not _NAME.fullmatch(tidy_bank) or len(tidy_bank) > 60:
        raise Refused("bank_account.bank", N_("Tulis nama bank. Contoh: BRI."))
    if not re.fullmatch(r"[0-9]{6,20}", plain) or not int(plain):
        raise Refused("bank_account.number", N_("Nomor rekening berisi 6 sampai 20 angka."))
    if not _NAME.fullmatch(tidy_holder):
        raise Refused("bank_account.holder", N_("Tulis nama pemilik seperti di buku tabungan."))
    return BankAccount(tidy_bank, plain, tidy_holder)


_SATURDAY = 5


def working_days_after(day: date, *, count: int) -> date:
    """Return the `count`-th working day after a day: Monday to Friday.

    Public holidays are not known here, so that the real day may be later.
    """
    left = count
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY
    return day


def reference(text: str) -> str:
    """Return a bank's reference of a transfer; refuses `refund.reference`."""
    plain = "".join(text.split())
    if not re.fullmatch(r"[A-Za-z0-9/._-]{3,64}", plain):
        raise Refused("refund.reference", N_("Tulis nomor referensi bank: 3 sampai 64 huruf."))
    return plain


def month_of(text: str) -> Month:
    """Return a month written as `2026-11`; refuses `month.invalid`."""
    found = re.fullmatch(r"(2[0-9]{3})-(0[1-9]|1[0-2])", text)
    if found is None:
        raise Refused("month.invalid", N_("Tulis tahun dan bulan. Contoh: 2026-11."))
    return Month(int(found[1]), int(found[2]))


_RECEIPT = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # as `receipt_number` writes it


def receipt_id(text: str) -> int:
    """Return the payment that a receipt's number names; refuses `receipt.invalid`.

    Read as people write it: small letters, spaces and dashes, O for 0, I and L for 1.
    """
    plain = re.sub(r"[\s-]+", "", text).upper().translate(str.maketrans("OIL", "011"))
    if len(plain) != 13 or not set(plain) <= set(_RECEIPT):
        raise Refused("receipt.invalid", N_("Nomor kuitansi berisi 13 huruf dan angka."))
    number = 0
    for letter in plain:
        number = number * 32 + _RECEIPT.index(letter)
    if number >= 2**63:
        raise Refused("receipt.invalid", N_("Nomor kuitansi berisi 13 huruf dan angka."))
    return number


def seen_last(text: str) -> tuple[date, int] | None:
    """Return the day and id after which a page goes on (`2026-11-22.4711`), or None."""
    found = re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.([0-9]{1,18}|[0-8][0-9]{18})", text, re.ASCII)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def search_span(since: date, until: date, *, most_days: int) -> None:
    """Refuse `journal.span` where a search runs backwards or over too many days."""
    if until < since:
        raise Refused("journal.span", N_("Tanggal akhir lebih awal dari tanggal mulai."))
    if (until - since).days >= most_days:
        raise Refused("journal.span", N_("Pilih paling banyak {days} hari."), days=most_days)


# What each step books. A posting is the rupiah from the credited to the debited account.


def held(amount: int) -> tuple[Posting, ...]:
    """Return the lines that set a refund's money aside: credit → refund payable."""
    return (Posting(Chart.CREDIT, Chart.REFUND, amount),)


def freed(amount: int) -> tuple[Posting, ...]:
    """Return the lines that give the money back to the credit."""
    return (Posting(Chart.REFUND, Chart.CREDIT, amount),)


def paid_out(amount: int, *, bank: str) -> tuple[Posting, ...]:
    """Return the lines of a payout: refund payable → the bank's clearing account."""
    return (Posting(Chart.REFUND, clearing(bank), amount),)


def came_back(amount: int, *, bank: str) -> tuple[Posting, ...]:
    """Return the lines of money that the bank sent back: it is credit again."""
    return (Posting(clearing(bank), Chart.REFUND, amount), *freed(amount))
