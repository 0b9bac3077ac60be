"""Rina at the clinic checks a card by its QR and by NIK; the member sees that she did."""

from __future__ import annotations

import re
import time

FRESH_SECONDS = 60
ASKED = "Kode QR, NIK, atau nomor kartu"


def test_a_card_is_checked_by_its_code_and_by_nik(phone, stack, script):
    wati, rina = stack.member("paid"), stack.account("Rina Marlina")
    hers, desk = phone(), phone(java_script_enabled=script)
    hers.sign_in(wati)
    hers.open("/kartu/")
    code = hers.code_shown()
    assert len(code) <= 40
    assert wati["nik"] not in code

    desk.sign_in(rina)
    desk.press(re.compile("Periksa kartu peserta"))
    desk.type(ASKED, code)
    desk.press("Periksa")
    desk.sees("Kode baru saja dibuat di ponsel peserta.")
    desk.sees(wati["name"])
    desk.sees("Aktif")
    desk.shot(f"staff-{'script' if script else 'plain'}")

    desk.type(ASKED, wati["nik"])
    desk.choose("Rujukan atau kontrol")
    desk.press("Periksa")
    desk.sees("Cocokkan nama dan tanggal lahir dengan KTP.")
    desk.sees(wati["name"])

    hers.open("/pengaturan/akses/")
    hers.sees(re.compile("Rina Marlina · Pendaftaran pasien"))
    hers.sees(re.compile("Rina Marlina · Rujukan atau kontrol"))
    hers.check("seen-by")


def test_an_old_code_is_taken_for_a_copy(phone, stack, early_code):
    """The code was read when the first journey began: its 60 seconds are over."""
    code, taken_at, name = early_code
    desk = phone()
    desk.sign_in(stack.account("Rina Marlina"))
    desk.open("/petugas/peserta/")
    desk.type(ASKED, code)
    time.sleep(max(0.0, FRESH_SECONDS + 1 - (time.time() - taken_at)))
    desk.press("Periksa")
    desk.sees(re.compile("salinan luring, cocokkan KTP", re.IGNORECASE))
    desk.sees(name)
    desk.check("staff-old-code")


def test_a_code_that_is_not_ours_says_what_to_do(phone, stack):
    desk = phone()
    desk.sign_in(stack.account("Rina Marlina"))
    desk.open("/petugas/peserta/")
    desk.type(ASKED, "A" * 40)
    desk.press("Periksa")
    desk.sees("Kode ini bukan kode kartu JKN. Ketik NIK atau nomor kartu.")
