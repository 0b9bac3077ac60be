"""Turns refunds into words: each state with its date and what happens next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from jkn.contribution.rules import receipt_number
from jkn.core.words import N_
from jkn.treasury.journal import Line
from jkn.treasury.models import Refund
from jkn.treasury.queries import account_of
from jkn.treasury.rules import OPEN, BankAccount, RefundEvent, RefundState, events_of

NOBODY = N_("Nomor ini tidak terdaftar. Periksa angkanya dengan KTP peserta.")
# Kind of tag, what it is called, what happens next (msgids).
STATES = {
    RefundState.REQUESTED: (
        "", N_("Diterima"), N_("Petugas kantor cabang memeriksa permintaan ini."),
    ),
    RefundState.PROPOSED: (
        "", N_("Sudah diperiksa"), N_("Petugas kedua memutuskan."),
    ),
    RefundState.APPROVED: (
        "", N_("Disetujui"), N_("Bank mengirim uangnya ke rekening Anda."),
    ),
    RefundState.PAID: (
        "ok", N_("Sudah dikirim"), N_("Periksa rekening Anda. Belum masuk? Telepon 165."),
    ),
    RefundState.REFUSED: (
        "bad", N_("Ditolak"), N_("Uangnya kembali menjadi titipan Anda."),
    ),
    RefundState.RETURNED: (
        "bad", N_("Dikembalikan bank"),
        N_("Uangnya kembali menjadi titipan. Periksa rekening, lalu minta lagi."),
    ),
}  # fmt: skip
_ACTS = {
    RefundEvent.PROPOSE: N_("Data cocok, usulkan"),
    RefundEvent.APPROVE: N_("Setujui"),
    RefundEvent.REFUSE: N_("Tolak"),
    RefundEvent.PAY: N_("Catat sudah dikirim bank"),
    RefundEvent.RETURN: N_("Catat gagal atau dikembalikan bank"),
}

KINDS = {
    "billed": N_("Tagihan"),
    "corrected": N_("Tagihan dibetulkan"),
    "paid": N_("Pembayaran"),
    "credit": N_("Titipan dipakai"),
    "refund_held": N_("Pengembalian disisihkan"),
    "refund_freed": N_("Pengembalian ditolak"),
    "refund_paid": N_("Pengembalian dikirim"),
    "refund_back": N_("Pengembalian kembali dari bank"),
    "written_off": N_("Tunggakan dihapus"),
    "bank": N_("Mutasi rekening bank"),
}
ACCOUNTS = {
    "receivable": N_("Piutang iuran"),
    "income": N_("Pendapatan iuran"),
    "credit": N_("Titipan peserta"),
    "beyond_cap": N_("Tunggakan di atas batas"),
    "refund_payable": N_("Pengembalian yang disisihkan"),
    "written_off": N_("Tunggakan yang dihapus"),
    "receivable.employer": N_("Piutang pemberi kerja"),
    "income.employer": N_("Pendapatan dari pemberi kerja"),
    "suspense": N_("Uang yang belum dikenal"),
    "bank_fees": N_("Biaya bank"),
    "bank_interest": N_("Bunga bank"),
    "bank_tax": N_("Pajak bunga bank"),
    "own_transfer": N_("Pindah antar rekening sendiri"),
    "bank_other": N_("Mutasi bank lain"),
    "clearing.rekonsiliasi": N_("Uang yang sedang dipindahkan"),
}
SHEET_HEADS = (
    "day", "journal", "kind", "group", "receipt", "bank", "reference", "debit", "credit", "amount",
)  # fmt: skip


def account_words(account: str) -> str:
    """Return what people call an account: a msgid, or the bank whose clearing account it is."""
    return ACCOUNTS.get(account, account.removeprefix("clearing."))


def number(prefix: str, thing: int) -> str:
    """Return a number that people can read aloud, of a journal (J) or a ledger group (K)."""
    return f"{prefix}-{receipt_number(thing)}"


def sheet(lines: Iterable[Line]) -> Iterator[tuple[str | int, ...]]:
    """Yield the rows of the exported journal; the amount is a number, all else is text."""
    yield SHEET_HEADS
    for line in lines:
        j = line.journal
        yield (
            j.day.isoformat(), number("J", j.id), j.kind, number("K", j.family_id), j.receipt,
            j.bank, j.reference, line.debit, line.credit, line.amount,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a refund, and its words (a msgid)."""

    title: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A refund as pages show it."""

    id: int
    amount: int
    tag: str
    title: str
    next: str
    is_open: bool
    due_on: date
    is_late: bool
    bank: str
    ending: str  # last digits of the account's number
    reference: str
    steps: tuple[Step, ...]  # newest first


def refund_line(row: Refund, *, on: date) -> RefundLine:
    """Return a refund in words for a day."""
    tag, title, following = STATES[RefundState(row.state)]
    account = account_of(row)
    is_open = row.state in OPEN
    return RefundLine(
        id=row.id,
        amount=row.amount,
        tag=tag,
        title=title,
        next=following,
        is_open=is_open,
        due_on=row.due_on,
        is_late=is_open and on > row.due_on,
        bank=account.bank,
        ending=account.number[-4:],
        reference=row.bank_reference,
        steps=_steps(row),
    )


def acts_on(row: Refund) -> list[tuple[str, str]]:
    """Return what may be done with a refund now: an event's value and its words (a msgid)."""
    return [(event.value, _ACTS[event]) for event in events_of(RefundState(row.state))]


def _steps(row: Refund) -> tuple[Step, ...]:
    is_refused = row.state == RefundState.REFUSED
    decided = N_("Ditolak") if is_refused else N_("Disetujui")
    told = (
        (N_("Diminta"), row.asked_at, row.asked_name, ""),
        (N_("Diperiksa"), row.proposed_at, row.proposed_name, row.proposed_reason),
        (decided, row.decided_at, row.decided_name, row.decided_reason),
        (N_("Dikirim bank"), row.paid_at, "", ""),
        (N_("Dikembalikan bank"), row.returned_at, "", row.returned_reason),
    )
    steps = [Step(title, at, by, reason) for title, at, by, reason in told if at is not None]
    return tuple(reversed(steps))


def is_of_family(account: BankAccount, names: list[str]) -> bool:
    """Whether the holder of an account is called like somebody of the family."""
    return account.holder.casefold() in {name.casefold() for name in names}


# What staff call the figures of the money office.
FIGURES = {"refund_working_days": N_("Pengembalian titipan (hari kerja)")}
