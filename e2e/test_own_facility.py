"""Rina changes what members read of her puskesmas; who is not signed in sees it at once."""

from __future__ import annotations

import re

from e2e.phone import WIDE

PLACE = "/faskes/3275P002/"
NARROW = {"width": 360, "height": 640}


def test_rina_changes_profile_and_schedule_and_anybody_sees_it(phone, stack):
    rina = phone(viewport=NARROW)
    rina.sign_in(stack.account("Rina Marlina"))
    rina.press(re.compile("Faskes Anda"))
    rina.check("own-start")
    rina.press(re.compile("Ubah profil"))
    rina.type("Telepon", "021 555 0123")
    rina.type("Senin", "25.00-26.00")
    rina.type("Alasan perubahan", "Nomor baru sejak pindah loket.")
    rina.press("Simpan profil")
    rina.check("own-profile-refused")
    rina.sees(re.compile("Jam tidak terbaca"))
    rina.type("Senin", "07.30-14.00")
    rina.press("Simpan profil")
    rina.is_at("/petugas/faskes/")
    rina.press(re.compile("Jadwal dokter"))
    rina.press("Tambah jadwal")
    rina.page.get_by_label("Dokter", exact=True).select_option("0")
    rina.type("Nama dokter baru", "dr. Contoh Wulan Sari")
    rina.page.get_by_label("Poli", exact=True).select_option("UMU")
    rina.page.get_by_label("Kamis", exact=True).check()
    for label, text in (("Mulai", "08.00"), ("Selesai", "12.00"), ("Pasien paling banyak", "20")):
        rina.page.get_by_label(label, exact=True).fill(text)
    rina.check("own-add")
    rina.press("Simpan jadwal")
    rina.is_at("/petugas/faskes/jadwal/")
    rina.sees(re.compile("dr. Contoh Wulan Sari"))
    rina.check("own-plans")

    anybody = phone(viewport=WIDE)
    anybody.open(PLACE)
    anybody.sees(re.compile("dr. Contoh Wulan Sari"))
    assert anybody.page.locator('a[href="tel:0215550123"]').count() == 1

    andi = phone(viewport=WIDE)
    andi.sign_in(stack.account("Andi Saputra"))
    andi.open("/petugas/faskes/")
    andi.type("Kode faskes", "3275p002")
    andi.press("Buka")
    andi.is_at("/petugas/faskes/3275P002/")
    andi.check("own-look")
    andi.sees(re.compile("dr. Contoh Wulan Sari"))
