"""Every dated figure of every module, in words, with its basis and whether anybody has read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from jkn.contribution import presenters as contribution
from jkn.contribution.queries import figures as contribution_figures
from jkn.contribution.queries import tariffs
from jkn.core.figures import Figure, figure_on
from jkn.core.words import N_
from jkn.employer.queries import figures as employer_figures
from jkn.facility.figures import figures as facility_figures
from jkn.membership import presenters as membership
from jkn.membership.queries import figures as membership_figures
from jkn.reconciliation import presenters as reconciliation
from jkn.reconciliation.queries import figures as reconciliation_figures
from jkn.treasury import presenters as treasury
from jkn.treasury.queries import figures as treasury_figures

EMPLOYER_FIGURES = {"class_2_up_to_wage": N_("Kelas 2 untuk upah sampai (rupiah)")}
FACILITY_FIGURES = {
    "primary_capacity_clinic": N_("Peserta satu klinik, paling banyak"),
    "primary_capacity_dentist": N_("Peserta satu dokter gigi, paling banyak"),
    "primary_capacity_doctor": N_("Peserta satu dokter praktik, paling banyak"),
    "primary_capacity_puskesmas": N_("Peserta satu puskesmas, paling banyak"),
    "review_average_from": N_("Rata-rata ditampilkan mulai (ulasan)"),
    "review_days": N_("Ulasan setelah kunjungan, paling lama (hari)"),
    "schedule_capacity": N_("Pasien satu jadwal bila tidak disebut"),
    "schedule_closes_minute": N_("Menit terakhir mengirim jadwal untuk besok"),
    "schedule_notice_days": N_("Jadwal dikirim sebelum berlaku (hari)"),
}


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One row of law as staff read it; `name` is a msgid, or the code where it has no words."""

    name: str
    value: int
    since: date
    basis: str
    verified: bool
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class TariffLine:
    """What one person pays a month in a segment and class, in rupiah, as staff read it."""

    segment: str  # msgid
    care_class: str
    monthly: int
    government: int
    since: date
    basis: str
    verified: bool


def tariff_lines() -> list[TariffLine]:
    """Return every tariff, the newest of each class first."""
    rows = sorted(tariffs(), key=lambda t: (t.segment, t.care_class, -t.valid_from.toordinal()))
    return [
        TariffLine(
            membership.SEGMENTS[t.segment], t.care_class, t.monthly, t.government, t.valid_from,
            t.basis, t.verified,
        )
        for t in rows
    ]  # fmt: skip


def figure_sections(*, on: date) -> list[tuple[str, list[FigureLine]]]:
    """Return the figures by field of work (a msgid); older rows stay readable."""
    fields: tuple[tuple[str, Iterable[Figure], Mapping[str, str]], ...] = (
        (
            N_("Iuran, cicilan, denda, dan bayar otomatis"),
            contribution_figures(), contribution.FIGURES,
        ),
        (N_("Kepesertaan"), membership_figures(), membership.FIGURES),
        (N_("Badan usaha"), employer_figures(), EMPLOYER_FIGURES),
        (N_("Pengembalian titipan"), treasury_figures(), treasury.FIGURES),
        (N_("Rekonsiliasi bank"), reconciliation_figures(), reconciliation.FIGURES),
        (N_("Fasilitas kesehatan"), facility_figures(), FACILITY_FIGURES),
    )  # fmt: skip
    return [(title, _lines(rows, names, on=on)) for title, rows, names in fields]


def _lines(rows: Iterable[Figure], names: Mapping[str, str], *, on: date) -> list[FigureLine]:
    known = sorted(rows, key=lambda f: (names.get(f.name, f.name), f.valid_from))
    return [
        FigureLine(
            names.get(f.name, f.name), f.value, f.valid_from, f.basis, f.verified,
            f.valid_from <= on and figure_on(known, f.name, on=on) == f,
        )
        for f in known
    ]  # fmt: skip
