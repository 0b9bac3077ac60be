"""Words for how an employee stands and what the branch has to solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jkn.core.words import N_
from jkn.employer.models import Employee, EmployerBill
from jkn.employer.queries import Worker
from jkn.employer.rules import END_REASONS, EmployeeState

# kind of tag, title
_STATES = {
    EmployeeState.PENDING: ("warn", N_("Sedang didaftarkan")),
    EmployeeState.ENROLLED: ("ok", N_("Terdaftar")),
    EmployeeState.BRANCH: ("bad", N_("Perlu ke cabang")),
}
_ENDED = ("", N_("Sudah berhenti"))
_WHY = {
    "employee.kk_needed": N_("Belum peserta JKN. Isi nomor KK, lalu coba lagi."),
    "employee.register_differs": N_(
        "NIK, KK, dan tanggal lahir tidak cocok dengan data kependudukan."
    ),
    "employee.no_own_card": N_("Bukan kepala keluarga atau pasangannya di KK itu."),
}
_ASK_BRANCH = N_("Data perlu dicocokkan. Minta pekerja datang ke kantor cabang dengan KTP dan KK.")
REASONS = {reason.value: text for reason, text in END_REASONS.items()}
NAV = (
    ("/perusahaan/", N_("Ringkasan")),
    ("/perusahaan/pekerja/", N_("Pekerja")),
    ("/perusahaan/tagihan/", N_("Tagihan")),
    ("/perusahaan/riwayat/", N_("Riwayat")),
)


def state_words(row: Employee) -> tuple[str, str]:
    """Return kind of tag and title (msgid) of an employee."""
    return _ENDED if row.ended_on else _STATES[EmployeeState(row.state)]


def why_words(row: Employee) -> str:
    """Return what stands in the way of a membership (msgid), or an empty text."""
    if row.state != EmployeeState.BRANCH or row.ended_on:
        return ""
    return _WHY.get(row.why, _ASK_BRANCH)


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list of employees."""

    worker: Worker
    tag: str
    title: str


def shown(workers: Sequence[Worker]) -> list[Shown]:
    """Return the lines of a list."""
    return [Shown(w, *state_words(w.row)) for w in workers]


def total_open(bills: Sequence[EmployerBill]) -> int:
    """Return what is open in rupiah."""
    return sum(bill.amount for bill in bills)
