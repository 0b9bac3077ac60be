"""A newcomer registers a family, pays at the bank, and carries the card."""

from __future__ import annotations

import re
from datetime import date

MOST_SECONDS = 60
BANK = "BCA"


def test_a_family_registers_pays_and_has_its_card(phone, stack, script):
    household = stack.newcomer()
    head = next(p for p in household["members"] if p["relation"] == "head")
    person = phone(java_script_enabled=script)
    name = "register-script" if script else "register-plain"

    person.open("/")
    person.check(f"{name}-1-front") if script else person.shot(f"{name}-1-front")
    person.press("Daftar")
    person.choose("Belum, daftarkan keluarga saya")
    person.type("Nomor HP", f"0{household['phone'][2:]}")
    person.press("Kirim kode")
    person.sees("Masukkan kode")
    person.shot(f"{name}-2-code")
    person.type_code("Kode 6 angka", stack.code_for(household["phone"]))
    person.press("Lanjut")
    person.sees("Data kepala atau anggota keluarga")
    person.type("NIK", head["nik"])
    person.type("Nomor Kartu Keluarga", household["kk"])
    person.type("Tanggal lahir", f"{date.fromisoformat(head['birth_date']):%d-%m-%Y}")
    person.shot(f"{name}-3-identity")
    person.press("Lanjut")
    for member in household["members"]:
        person.sees(member["name"])
    person.shot(f"{name}-4-choose")
    person.choose("Kelas 3")
    person.page.get_by_role("checkbox").check()
    person.press("Daftarkan keluarga")
    person.sees("Pilih bank")
    person.press(re.compile(BANK))
    number = person.page.locator("#nova").inner_text().replace(" ", "")
    person.shot(f"{name}-5-number")
    paid_at_the_bank(person, stack, number)
    person.open("/kartu/")
    person.sees("Aktif")
    person.sees(head["name"])
    assert person.page.locator("svg.qr").bounding_box()["y"] < 640
    person.check(f"{name}-6-card") if script else person.shot(f"{name}-6-card")

    print(f"register ({'script' if script else 'plain'}): {person.seconds:.1f} s of a person")
    assert person.codes == 1
    assert len(stack.sent_to(household["phone"])) >= 1
    assert person.seconds < MOST_SECONDS


def paid_at_the_bank(person, stack, number):
    """Go to the bank's own page and pay there; its app is one press away."""
    person.open(f"{stack.partner('bank')}/")
    person.type("Nomor virtual account", number)
    person.press("Bayar")
    person.sees("Berhasil.")
    person.press("Kembali ke layanan peserta")
