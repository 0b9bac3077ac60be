"""Siti paid too much: she asks for it back, Andi checks, Yuni approves, the bank has sent it."""

from __future__ import annotations

import re
import time

MOST_SECONDS = 90
REASON = "KTP dan buku tabungan cocok"


def test_an_overpayment_comes_back_through_two_officers(phone, stack, script):
    siti = stack.member("paid")
    hers = phone(java_script_enabled=script)
    name = "refund-script" if script else "refund-plain"
    look = _checked if script else _shot  # axe needs scripts
    hers.sign_in(siti)
    pays_a_month_ahead(stack, hers)
    asks_for_it_back(hers, siti["name"], lambda step: look(hers, f"{name}-{step}"))

    andi, yuni = phone(java_script_enabled=script), phone(java_script_enabled=script)
    andi.sign_in(stack.account("Andi Saputra"))
    andi.press(re.compile("Keuangan"))
    look(andi, f"{name}-3-office")
    andi.press(re.compile("Pengembalian titipan"))
    andi.press(re.compile("Rp10.000"))
    look(andi, f"{name}-4-desk")
    _decide(andi, "Data cocok, usulkan")
    andi.sees("Sudah diperiksa")
    here = andi.page.url
    andi.sees(re.compile("Petugas lain harus memutuskan."))
    assert andi.page.get_by_label("Setujui").count() == 0

    yuni.sign_in(stack.account("Yuni Lestari"))
    yuni.open(here)
    _decide(yuni, "Setujui")
    yuni.sees("Bank yang mengirim")
    yuni.choose("Catat sudah dikirim bank")
    yuni.type("Nomor referensi bank", f"TRF-{time.time_ns()}")
    yuni.press("Simpan keputusan")
    yuni.sees("Sudah dikirim")
    look(yuni, f"{name}-5-paid")

    hers.open("/iuran/pengembalian/")
    hers.sees("Sudah dikirim")
    look(hers, f"{name}-6-paid")
    print(f"refund ({'script' if script else 'plain'}): {hers.seconds:.1f} s of a person")
    assert hers.seconds < MOST_SECONDS


def pays_a_month_ahead(stack, hers):
    """Let the family have credit: a month that is not billed yet."""
    hers.open("/iuran/di-muka/")
    hers.type("Berapa bulan di muka?", "1")
    hers.press("Simpan pilihan")
    hers.press(re.compile("Bank BRI"))
    number = hers.page.locator("#nova").inner_text().replace(" ", "")
    hers.open(f"{stack.partner('bank')}/")
    hers.type("Nomor virtual account", number)
    hers.press("Bayar")
    hers.sees("Berhasil.")


def asks_for_it_back(hers, holder, look):
    """Ask for ten thousand rupiah of it."""
    hers.open("/iuran/")
    hers.press(re.compile("Pengembalian titipan"))
    hers.sees("Minta pengembalian")
    look("1-form")
    hers.type("Jumlah (rupiah)", "10.000")
    hers.type("Nama bank", "BRI")
    hers.type("Nomor rekening", "0123456789")
    hers.type("Nama pemilik rekening", holder)
    hers.press("Minta pengembalian")
    hers.sees("Petugas kantor cabang memeriksa permintaan ini.")
    look("2-asked")


def test_the_journal_and_the_trial_balance_are_there_on_every_screen(phone, stack):
    for size in ({"width": 360, "height": 640}, {"width": 1280, "height": 800}):
        desk = phone(viewport=size)
        desk.sign_in(stack.account("Andi Saputra"))
        desk.open("/petugas/keuangan/jurnal/")
        desk.sees("Unduh CSV")
        desk.check(f"journal-{size['width']}")
        desk.page.locator("ul.rows a").first.click()
        desk.sees("Nomor jurnal")
        desk.check(f"journal-entry-{size['width']}")
        desk.open("/petugas/keuangan/neraca/")
        desk.press("Jumlahkan sekarang")
        for _ in range(20):
            desk.open("/petugas/keuangan/neraca/?periksa=1")
            if desk.page.get_by_text("Debit sama dengan kredit.").count():
                break
            time.sleep(1)
        desk.sees("Neraca cocok dengan jurnal.")
        desk.check(f"balance-{size['width']}")


def _decide(desk, choice):
    desk.choose(choice)
    desk.type("Alasan dan bukti", REASON)
    desk.press("Simpan keputusan")


def _checked(person, name):
    person.check(name)


def _shot(person, name):
    person.shot(name)
