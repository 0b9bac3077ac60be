"""What takes months: arrears in stages, a class that changes, children who grow up, a newborn.

A service of its own, on days of the field that the test chooses.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from e2e.phone import Phone
from e2e.stack import PATIENCE_SECONDS, Stack
from jkn.config import environment

FIRST_DAY, NEXT_MONTH, NEXT_YEAR = "2026-11-20", "2026-12-05", "2027-01-05"


@pytest.fixture(scope="module")
def years():
    """A service whose day can be moved forward; it is never moved back."""
    home = environment.ROOT / "var" / "test"
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="e2e-months-", dir=home))
    folder.chmod(0o755)  # where root runs this, PostgreSQL's own user must get there
    running = Stack(folder, on=FIRST_DAY)
    try:
        running.start()
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder)


@pytest.fixture
def person(years, browser):
    """Open a phone for somebody of the cast; all must end without a problem."""
    taken = []

    def take(name):
        taken.append(Phone.take(browser, years.base))
        taken[-1].sign_in(years.account(name))
        return taken[-1]

    yield take
    for each in taken:
        each.put_away()


def pays_at_bank(years, person):
    """Go the way of the page to the simulated bank and back."""
    person.open("/iuran/bayar/bca/")
    number = person.page.locator("#nova").inner_text().replace(" ", "")
    person.open(f"{years.partner('bank')}/")
    person.type("Nomor virtual account", number)
    person.press("Bayar")
    person.sees("Berhasil.")


def opens_family(person, head):
    """Open a family at the branch by the NIK of its head."""
    person.open("/petugas/kepesertaan/")
    person.choose("NIK")
    person.type("NIK, nomor kartu, atau nomor KK", head["nik"])
    person.press("Buka keluarga")


def birthday(years, head, child, age):
    """Return the day on which somebody of a family reaches an age, as the API tells the birth."""
    token = {"Authorization": f"Bearer {head['token']}"}
    family = httpx.get(years.url("/api/v1/family"), headers=token).json()
    born = next(m["birth_date"] for m in family["members"] if m["name"] == child)
    return date.fromisoformat(born).replace(year=int(born[:4]) + age)


def test_what_takes_months(years, person):
    """One story in order, because days only go forward."""
    tono_takes_two_stages(years, person("Tono Sutrisno"))
    agus_registers_a_baby(years, person("Agus Pranata"))
    gunawan = years.account("Gunawan Prasetyo")
    dimas_studies(person("Gunawan Prasetyo"), person("Andi Saputra"), gunawan)

    years.go_to(NEXT_MONTH)
    tono_is_active_and_chooses_a_class(years, person("Tono Sutrisno"))

    years.go_to(NEXT_YEAR)
    phone = person("Tono Sutrisno")
    phone.open("/iuran/")
    phone.sees(re.compile("3 orang × Rp100.000"))
    phone.check("months-new-class")

    grown = {"Ayu Prasetyo": 21, "Dimas Prasetyo": 25}
    days = [(birthday(years, gunawan, child, age), child) for child, age in grown.items()]
    for day, child in sorted(days):
        years.go_to((day - timedelta(days=1)).isoformat())
        employer_pays(years, gunawan)
        assert status_of(years, gunawan, child) == "active", day
        years.go_to(day.isoformat())
        assert status_of(years, gunawan, child) == "over_age", day
    phone = person("Gunawan Prasetyo")
    phone.open("/keluarga/")
    phone.check("months-grown-up")


def tono_takes_two_stages(years, phone):
    """He owes 30 months: 24 are billed. One stage paid brings no cover."""
    tono = years.account("Tono Sutrisno")
    phone.open("/iuran/")
    phone.press("Bandingkan cicilan")
    phone.type("Jumlah tahap", "2")
    phone.choose("Saya mengerti")
    phone.press("Daftarkan cicilan")
    phone.sees("Bayar tahap ini sebelum bulan berakhir.")
    phone.check("months-plan")
    pays_at_bank(years, phone)
    phone.open("/iuran/cicilan/")
    phone.sees("Tahap bulan ini sudah dibayar")
    assert status_of(years, tono, tono["name"]) == "suspended_arrears"


def tono_is_active_and_chooses_a_class(years, phone):
    """The last stage brings cover back; after more than a year in class 3 he takes class 2."""
    tono = years.account("Tono Sutrisno")
    assert status_of(years, tono, tono["name"]) == "suspended_arrears"
    pays_at_bank(years, phone)
    assert status_of(years, tono, tono["name"]) == "active"
    phone.open("/kartu/")
    phone.check("months-active-again")
    phone.open("/keluarga/kelas/")
    phone.choose("Kelas 2")
    phone.press("Pindah kelas")
    phone.open("/keluarga/")
    phone.sees(re.compile("Kelas 2 mulai 1 Januari 2027"))


def agus_registers_a_baby(years, phone):
    """Registered in time, covered once paid."""
    agus = years.account("Agus Pranata")
    phone.open("/keluarga/")
    phone.press(re.compile("Daftarkan bayi baru lahir"))
    phone.page.get_by_label("Ibu").select_option(label="Ratna Sari")
    phone.type("Tanggal lahir", "10-11-2026")
    phone.type("Nama bayi", "Kirana Contoh")
    phone.choose("Perempuan")
    phone.press("Daftarkan bayi")
    phone.open("/keluarga/")
    phone.sees("Kirana Contoh")
    phone.check("months-newborn")
    assert status_of(years, agus, "Kirana Contoh") == "candidate"
    pays_at_bank(years, phone)
    assert status_of(years, agus, "Kirana Contoh") == "active"
    phone.open("/keluarga/")
    phone.press("Lihat kartu Kirana")
    phone.check("months-newborn-card")


def dimas_studies(phone, desk, gunawan):
    """He is 24: cover through the father ended, until the branch sees a letter."""
    phone.open("/keluarga/")
    phone.sees(re.compile("Batas usia"))
    phone.check("months-over-age")
    opens_family(desk, gunawan)
    desk.press("Catat perubahan Dimas")
    desk.press(re.compile("Catat surat kuliah"))
    desk.type("Berlaku sampai", "30-06-2027")
    desk.type("Alasan dan bukti", "Surat aktif kuliah semester ganjil")
    desk.press("Simpan")
    phone.open("/keluarga/")
    phone.sees(re.compile("Surat aktif kuliah"))


def employer_pays(years, worker):
    """Pay all that the worker's employer owes at the bank, and wait until cover follows."""
    number = years.account("Ratna Dewi")["va"]["BCA"]
    httpx.post(f"{years.partner('bank')}/pay", json={"va": number}).raise_for_status()
    until = time.monotonic() + PATIENCE_SECONDS
    while status_of(years, worker, worker["name"]) != "active":
        assert time.monotonic() < until, "cover does not follow the payment"
        time.sleep(0.3)


def status_of(years, head, child):
    token = {"Authorization": f"Bearer {head['token']}"}
    family = httpx.get(years.url("/api/v1/family"), headers=token).json()
    return next(m["status"] for m in family["members"] if m["name"] == child)
