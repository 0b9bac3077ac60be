"""Ratna, who acts for an employer, uploads workers, and pays the month at the bank."""

from __future__ import annotations

import re
import time

from e2e.phone import WIDE
from e2e.places import EMPLOYER_PAGES

HEADING = "nik;nama;tanggal_lahir;upah;mulai;kk"
PATIENCE_SECONDS = 60


def line(household, wage="6.500.000", **over):
    head = {**household["members"][0], **over}
    day = "-".join(reversed(head["birth_date"].split("-")))
    return f"{head['nik']};{head['name']};{day};{wage};01-11-2026;{household['kk']}"


def test_workers_are_uploaded_and_the_month_is_paid(phone, stack, script):
    first, second = stack.newcomer(), stack.newcomer()
    person = phone(java_script_enabled=script)
    name = f"employer-{'script' if script else 'plain'}"
    keep = person.check if script else person.shot  # axe is a script
    person.sign_in(stack.account("Ratna Dewi"))
    person.sees("PT Contoh Sejahtera")
    person.shot(f"{name}-1-start")

    person.press(re.compile("Unggah berkas CSV"))
    choose(person, [line(first), line(second, nik="123")])
    person.sees("1 dari 2 baris salah. Tidak ada yang diimpor.")
    keep(f"{name}-2-errors")
    choose(person, [line(first), line(second)])
    person.sees("Belum ada yang disimpan.")
    keep(f"{name}-3-preview")
    person.press("Simpan semua")
    person.sees(first["members"][0]["name"])
    until_registered(person, first["members"][0]["name"])
    keep(f"{name}-4-employee")

    person.open("/perusahaan/tagihan/")
    person.press(re.compile("Belum dibayar|Lunas"))
    person.sees("Kenapa segini?")
    keep(f"{name}-5-bill")
    if script:
        person.open("/perusahaan/")
        person.press("Demo: bayar di bank tiruan")
        person.press("Bayar")
        person.sees("Berhasil.")
        person.open("/perusahaan/")
        person.sees("Tidak ada tagihan")
    person.open("/perusahaan/riwayat/")
    person.press(re.compile("Rp.*Bank Contoh"))
    person.sees("Nomor kuitansi")
    keep(f"{name}-6-receipt")
    person.open("/perusahaan/riwayat/")
    person.press(re.compile("Rekap iuran"))
    person.sees("Jumlah ditagih")
    keep(f"{name}-7-year")


def choose(person, lines):
    raw = "\r\n".join([HEADING, *lines]).encode("utf-8-sig")
    file = {"name": "pekerja.csv", "mimeType": "text/csv", "buffer": raw}
    person.page.get_by_label("Berkas CSV").set_input_files(file)
    person.press("Periksa berkas")


def until_registered(person, name):
    """Open the worker's page until the job has made them a member."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    person.press(name)
    while "Sedang didaftarkan" in person.page.content():
        assert time.monotonic() < deadline, "nobody registered the worker"
        time.sleep(0.5)
        person.page.reload()
    person.sees("Terdaftar")


def test_pages_are_accessible_and_fit(phone, stack):
    person = phone(viewport={"width": 320, "height": 640})
    person.sign_in(stack.account("Ratna Dewi"))
    for path in EMPLOYER_PAGES:
        person.page.set_viewport_size({"width": 320, "height": 640})
        person.open(path)
        person.check(f"employer{path.replace('/', '-')}320")
        for width in (360, WIDE["width"]):
            person.page.set_viewport_size({"width": width, "height": 640})
            if person.is_wide():
                person.problems.append(f"{path} at {width}: scrolls sideways")
            person.shot(f"employer{path.replace('/', '-')}{width}")


def test_a_worker_pays_for_a_parent_out_of_the_wage(phone, stack, script):
    """Gunawan's mother waits; he agrees to the cut, sees from when, and takes it back."""
    person = phone(java_script_enabled=script)
    name = f"extra-{'script' if script else 'plain'}"
    keep = person.check if script else person.shot
    person.sign_in(stack.account("Gunawan Prasetyo"))
    person.open("/keluarga/")
    person.sees("Belum ditanggung")
    person.press(re.compile("Keluarga tambahan pekerja"))
    person.sees("sebulan tiap orang")
    keep(f"{name}-1-price")
    person.press("Daftarkan keluarga tambahan")
    person.sees("Centang persetujuan")
    keep(f"{name}-2-refused")
    person.page.get_by_role("radio", name=re.compile("Wagiyem")).check()
    person.page.get_by_role("checkbox").check()
    person.press("Daftarkan keluarga tambahan")
    person.sees("Hentikan untuk Wagiyem Prasetyo")
    keep(f"{name}-3-registered")
    person.press("Hentikan untuk Wagiyem Prasetyo")
    person.page.get_by_role("radio", name=re.compile("Wagiyem")).wait_for()
    keep(f"{name}-4-stopped")
