"""A visit is reviewed, answered, reported and decided; a member changes to another FKTP."""

from __future__ import annotations

import re

from e2e.phone import WIDE

PLACE = "/faskes/3275P002/ulasan/"
STORY = "Antre sebentar, dokternya menjelaskan dengan sabar."
NARROW = {"width": 360, "height": 640}


def test_siti_rates_her_visit_rina_answers_wati_reports_andi_decides(phone, stack):
    hers = phone(viewport=NARROW)
    hers.sign_in(stack.account("Siti Rahmawati"))
    hers.open(PLACE)
    hers.press(re.compile("Tulis ulasan kunjungan Anda"))
    for aspect in ("waiting", "staff", "clarity", "cleanliness"):
        hers.page.locator(f'input[name="{aspect}"][value="4"]').check()
    hers.type("Cerita Anda (boleh kosong)", f"{STORY} Telepon 0812 3456 7890.")
    hers.press("Kirim ulasan")
    hers.sees(re.compile("Hapus kontak atau nomor ini"))
    hers.check("review-refused")
    hers.type("Cerita Anda (boleh kosong)", STORY)
    hers.press("Kirim ulasan")
    hers.is_at(PLACE)
    hers.sees(STORY)
    hers.check("review-list")

    rina = phone(viewport=WIDE)
    rina.sign_in(stack.account("Rina Marlina"))
    rina.open("/petugas/ulasan/")
    rina.page.get_by_role("link", name=re.compile("Jawab ulasan ini")).first.click()
    rina.sees(STORY)
    rina.check("review-answer")
    rina.type("Jawaban faskes", "Terima kasih sudah datang.")
    rina.press("Simpan jawaban")
    rina.is_at("/petugas/ulasan/")

    wati = phone(viewport=NARROW)
    wati.sign_in(stack.account("Wati Kusuma"))
    wati.open(PLACE)
    wati.sees("Terima kasih sudah datang.")
    wati.page.get_by_role("link", name=re.compile("Laporkan ulasan ini")).first.click()
    wati.choose("Lainnya")
    wati.type("Alasan Anda", "Ini ulasan saya sendiri.")
    wati.check("review-report")
    wati.press("Kirim laporan")
    wati.is_at(PLACE)

    andi = phone(viewport=WIDE)
    andi.sign_in(stack.account("Andi Saputra"))
    andi.open("/petugas/ulasan/")
    andi.check("review-reported")
    andi.page.locator('main a[href^="/petugas/ulasan/3275P002/"]').last.click()
    andi.sees(STORY)
    andi.choose("Biarkan tampil")
    andi.type("Alasan", "Tidak ada yang salah.")
    andi.check("review-decide")
    andi.press("Simpan keputusan")
    andi.is_at("/petugas/ulasan/")


def test_a_member_changes_to_another_fktp_from_next_month(phone, stack, script):
    person = phone(viewport=NARROW, java_script_enabled=script)
    person.sign_in(stack.account("Intan Pertiwi" if script else "Agus Pranata"))
    person.open("/keluarga/")
    person.page.get_by_role("link", name=re.compile("Pindah faskes")).first.click()
    person.sees(re.compile("Faskes baru berlaku mulai"))
    see = person.check if script else person.shot  # axe is a script
    see(f"primary-{'script' if script else 'plain'}")
    person.page.locator('input[name="facility"]:not([disabled])').nth(1).check()
    person.press("Pindah faskes")
    person.is_at("/keluarga/?tercatat")
    person.sees("Sudah tercatat")
    see(f"primary-chosen-{'script' if script else 'plain'}")
    person.page.get_by_role("link", name=re.compile("Pindah faskes")).first.click()
    person.sees(re.compile("Pindah faskes sudah dicatat"))
