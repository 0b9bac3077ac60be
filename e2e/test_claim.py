"""Somebody who is a member already makes an account at /daftar/, with one code."""

from __future__ import annotations

from datetime import date


def test_a_member_without_account_makes_one(phone, stack, script):
    member = stack.unclaimed()
    person = phone(java_script_enabled=script)
    before = len(stack.sent_to(member["phone"]))

    person.open("/daftar/")
    person.choose("Sudah, buat akun")
    person.type("Nomor HP", f"0{member['phone'][2:]}")
    person.press("Kirim kode")
    person.sees("Masukkan kode")
    person.type_code("Kode 6 angka", stack.code_for(member["phone"], after=before))
    person.press("Lanjut")
    person.sees("Cocokkan data Anda")
    person.type("NIK", member["nik"])
    person.type("Tanggal lahir", f"{date.fromisoformat(member['birth_date']):%d-%m-%Y}")
    # One of the two numbers is enough; each way is tried by one of the phones.
    person.type("Nomor kartu JKN atau nomor KK", member["card"] if script else member["kk"])
    person.press("Buat akun")
    person.sees(member["name"])
    person.press("Kartu")
    person.sees(member["name"])

    print(f"account ({'script' if script else 'plain'}): {person.seconds:.1f} s of a person")
    assert person.codes == 1
    assert person.seconds < 60


def test_a_wrong_birth_date_says_what_to_do_and_keeps_what_was_typed(phone, stack, script):
    member = stack.unclaimed()
    person = phone(java_script_enabled=script)
    before = len(stack.sent_to(member["phone"]))

    person.open("/daftar/")
    person.choose("Sudah, buat akun")
    person.type("Nomor HP", f"0{member['phone'][2:]}")
    person.press("Kirim kode")
    person.sees("Masukkan kode")
    person.type_code("Kode 6 angka", stack.code_for(member["phone"], after=before))
    person.press("Lanjut")
    person.type("NIK", member["nik"])
    person.type("Tanggal lahir", "01-01-1950")
    person.type("Nomor kartu JKN atau nomor KK", member["card"])
    person.press("Buat akun")
    person.sees("Periksa lagi isian Anda")
    assert person.page.get_by_label("NIK", exact=True).input_value() == member["nik"]
    assert person.page.get_by_label("Tanggal lahir").input_value() == "01-01-1950"
    person.shot(f"claim-wrong-{'script' if script else 'plain'}")
