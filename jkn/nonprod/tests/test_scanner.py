"""The simulated bank's scanner: reads what we write, refuses what was changed, pays through SNAP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.qris import Merchant, payload
from jkn.nonprod.partners.bank import Bank
from jkn.nonprod.partners.scanner import Unreadable, scan
from jkn.nonprod.tests.partners import serving

SHOP = Merchant(
    "JKN CONTOH", "BEKASI", "17141", "6300", "ID.CO.CONTOH.WWW", "936000000000000000", "CONTOH1",
    "ID0000000000000", "UBE",
)  # fmt: skip


def a_code(amount=70_000):
    return payload(SHOP, amount=amount, bill_number="00ABCDEF", label="IURAN 2026-11")


@given(st.integers(1, 10**12))
def test_it_reads_what_we_write(amount):
    read = scan(a_code(amount))
    assert (read.amount, read.bill_number, read.merchant) == (amount, "00ABCDEF", "JKN CONTOH")


def test_a_changed_digit_is_unreadable_wherever_it_stands():
    code = a_code()
    for place in [i for i, letter in enumerate(code) if letter.isdigit()]:
        other = str((int(code[place]) + 1) % 10)
        with pytest.raises(Unreadable):
            scan(code[:place] + other + code[place + 1 :])


@given(st.text())
def test_anything_else_is_unreadable(text):
    with pytest.raises(Unreadable):
        scan(text)


def test_the_page_shows_what_is_asked_and_pays_nothing_without_being_registered(tmp_path):
    with serving(Bank(tmp_path / "none.json").app()) as client:
        page = client.get("/qris", params={"text": a_code()}).text
        assert "Rp70.000" in page
        assert "belum terdaftar" in page
        assert "tidak dapat dibaca" in client.post("/qris", data={"text": "abc"}).text
        assert "belum terdaftar" in client.post("/qris", data={"text": a_code()}).text
