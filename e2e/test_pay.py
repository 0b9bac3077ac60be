"""A suspended member sees the arrears, pays at the bank, and is active at once."""

from __future__ import annotations

import re

MOST_SECONDS = 60


def test_what_to_do_now_stands_on_the_first_screen(phone, stack):
    person = phone()
    for name in ("Joko Susanto", "Wati Kusuma", "Eko Nugroho"):
        person.sign_in(stack.account(name))
        person.open("/")
        act = person.page.get_by_role("link", name="Bayar", exact=True).bounding_box()
        bar = person.page.locator("nav.bar").bounding_box()
        assert act["y"] + act["height"] <= bar["y"], name
        person.page.context.clear_cookies()


def test_paying_the_arrears_makes_active_at_once(phone, stack, script):
    joko = stack.member("suspended")
    person = phone(java_script_enabled=script)
    name = "pay-script" if script else "pay-plain"

    person.sign_in(joko)
    person.sees("Berhenti karena iuran")
    person.shot(f"{name}-1-home")
    person.press("Bayar")
    person.press(re.compile("Bank BCA"))
    person.sees("Pembayaran belum kami terima.")
    number = person.page.locator("#nova").inner_text().replace(" ", "")
    person.open(f"{stack.partner('bank')}/")
    person.type("Nomor virtual account", number)
    person.press("Bayar")
    person.sees("Berhasil.")
    person.press("Kembali ke layanan peserta")
    person.sees("Iuran sudah dibayar")
    person.press("jkn, halaman awal")
    person.sees("Kepesertaan Anda aktif")
    person.shot(f"{name}-2-active")
    person.open("/iuran/bayar/bca/")
    person.sees("Pembayaran diterima")
    person.shot(f"{name}-3-received")
    person.press("Lihat kuitansi")
    person.sees("Nomor kuitansi")
    person.shot(f"{name}-4-receipt")
    with person.page.expect_download() as download:
        person.press(re.compile("Unduh kuitansi"))
    assert download.value.suggested_filename.endswith(".pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    print(f"pay ({'script' if script else 'plain'}): {person.seconds:.1f} s of a person")
    assert person.codes == 0
    assert person.seconds < MOST_SECONDS
