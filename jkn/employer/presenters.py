"""Words for how an employee stands and what the branch has to solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jkn.core.errors import Conflict
from jkn.core.words import N_
from jkn.employer.models import Employee, EmployerBill
from jkn.employer.queries import Payroll, Worker, employer, extras_of, payrolls_of
from jkn.employer.rules import END_REASONS, EmployeeState
from jkn.membership.queries import MemberView, family_of, names_in
from jkn.membership.relatives import RELATIVES
from jkn.membership.rules import Status

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


@dataclass(frozen=True, slots=True)
class ExtraShown:
    """Somebody for whom the worker pays as extra family, or did."""

    id: int
    member_id: int
    name: str
    employer: str
    first_day: date
    last_day: date | None
    never_began: bool


@dataclass(frozen=True, slots=True)
class ExtraPage:
    """What a worker can do about extra family: from which wage, for whom, and who is one."""

    person: MemberView | None  # who asks, where they are of the family
    payrolls: list[Payroll]
    waiting: list[MemberView]
    extras: list[ExtraShown]

    def payroll(self, employee_id: str) -> Payroll:
        """Return one of the person's own jobs; refuses `extra.no_job` any other."""
        for one in self.payrolls:
            if str(one.employee_id) == employee_id:
                return one
        raise Conflict(
            "extra.no_job",
            N_("Anda belum terdaftar sebagai pekerja di sini. Tanyakan ke pemberi kerja."),
        )


def extra_page(family_id: int, person_id: int | None, *, on: date) -> ExtraPage:
    """Return what a person of a family can do; somebody else's wage is told to nobody."""
    family = family_of(family_id, on=on)
    person = next((m for m in family.members if m.id == person_id), None)
    if person is None:
        return ExtraPage(None, [], [], [])
    waiting = [
        m for m in family.members
        if m.stored_status is Status.WAITING_PLACE and m.relation in RELATIVES
        and (m.extra is None or m.extra.until is not None)
    ]  # fmt: skip
    names = names_in(family_id)
    extras = [
        ExtraShown(
            row.id, row.member_id, names.get(row.member_id, ""), employer(row.employer_id).name,
            row.first_day, row.last_day,
            row.until_month is not None and row.until_month < row.from_month,
        )
        for row in extras_of(family_id, worker_id=person.id)
    ]  # fmt: skip
    return ExtraPage(person, payrolls_of(person.nik, on=on), waiting, extras)
