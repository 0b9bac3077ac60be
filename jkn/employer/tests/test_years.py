"""An employer's statement of a year: its parts add up, its own alone, as a page and as PDF."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.tests.factories import a_bank
from jkn.contribution.tests.snap import Bank
from jkn.employer.actions import run_day
from jkn.employer.models import EmployerBill
from jkn.employer.rules import parts_of
from jkn.employer.tests.factories import ON, an_employer, an_employer_account, hired, va_of
from jkn.membership.tests.factories import a_staff_account, signed_in


@dataclass
class Bill:
    """The parts of a bill."""

    employer_part: int
    worker_part: int
    extra_part: int


RUPIAH = st.integers(0, 10**12)


@given(st.lists(st.builds(Bill, RUPIAH, RUPIAH, RUPIAH), max_size=12))
def test_the_parts_sum_to_the_whole(bills):
    parts = parts_of(bills)
    assert parts.total == sum(b.employer_part + b.worker_part + b.extra_part for b in bills)
    assert min(parts.employer, parts.worker, parts.extra) >= 0


@pytest.fixture
def employer(on_day, db):
    """November is paid, December and January are open."""
    on_day("2026-11-22")
    made = an_employer()
    hired(made, 2)
    run_day(on=ON)
    Bank(a_bank()).pay(va_of(made), "R1", 650_000)
    run_day(on=date(2026, 12, 1))
    run_day(on=date(2027, 1, 1))
    on_day("2027-01-05")
    return made


def test_the_page_tells_each_month_of_the_year_and_what_was_paid(employer):
    ratna = signed_in(an_employer_account(employer))
    page = ratna.get("/perusahaan/tahun/2026/").content.decode()
    for text in ("Rp1.040.000", "Rp260.000", "Rp1.300.000", "November 2026", "Desember 2026"):
        assert text in page
    assert "Januari 2027" not in page
    assert "/perusahaan/tahun/2027/" in page
    assert "/perusahaan/tahun/2025/" not in page
    january = ratna.get("/perusahaan/tahun/2027/").content.decode()
    assert "Rp650.000" in january
    assert "Belum ada pembayaran" in january
    assert "Rekap iuran 2027" in ratna.get("/perusahaan/riwayat/").content.decode()


def test_the_file_holds_the_same_sums(employer):
    ratna = signed_in(an_employer_account(employer))
    answer = ratna.get("/perusahaan/tahun/2026.pdf")
    assert answer["Content-Disposition"].endswith(f'iuran-{employer.number}-2026.pdf"')
    assert answer["Cache-Control"] == "no-store"
    streams = re.findall(rb"stream\n(.*?)\nendstream", answer.content, re.DOTALL)
    text = b"".join(zlib.decompress(s) for s in streams if s.startswith(b"x")).decode("latin-1")
    for words in ("PT Contoh Sejahtera", "Rp1.040.000", "Rp260.000", "Rp1.300.000"):
        assert words in text


@pytest.mark.parametrize("year", [0, 2025, 2028, 99999])
def test_no_year_before_it_or_to_come(employer, year):
    ratna = signed_in(an_employer_account(employer))
    for path in (f"/perusahaan/tahun/{year}/", f"/perusahaan/tahun/{year}.pdf"):
        assert ratna.get(path).status_code == 404


def test_another_employer_sees_its_own_alone(employer):
    other = an_employer(on=date(2026, 12, 1))
    page = signed_in(an_employer_account(other)).get("/perusahaan/tahun/2026/").content.decode()
    assert "Rp1.300.000" not in page
    assert "Tidak ada tagihan" in page
    assert signed_in(a_staff_account()).get("/perusahaan/tahun/2026/").status_code == 403
    assert EmployerBill.objects.filter(employer_id=other.employer_id).count() == 0
