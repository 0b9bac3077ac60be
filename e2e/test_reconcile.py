"""The branch takes the bank's own statement, and two persons give a strange line to a family."""

from __future__ import annotations

import re

import httpx

from e2e.phone import SMALL, WIDE

AT = "/petugas/keuangan/rekonsiliasi/"


def officer(stack, name, nik):
    """Return an account of the branch, made as the operator makes it."""
    said = stack.manage("staff", "add", "--role", "branch", "--name", name, "--nik", nik)
    return {"nik": nik, "password": said.strip().rsplit(" ", 1)[1], "name": name}


def judged(desk, name):
    """Judge a page at both widths."""
    for size in (WIDE, SMALL):
        desk.page.set_viewport_size(size)
        desk.check(f"{name}-{size['width']}")


def test_a_statement_is_loaded_and_a_strange_line_given_to_a_family(phone, stack, tmp_path):
    member = stack.member("open_bill")
    bank = stack.partner("bank").rstrip("/")
    paid = httpx.post(f"{bank}/pay", json={"va": member["va"]["BRI"]}).json()
    assert paid["results"][-1]["accepted"]
    statement = tmp_path / "koran.csv"
    text = httpx.get(f"{bank}/statement.csv").text
    last = text.strip().splitlines()[-1].split(";")
    total = int(last[-1].removesuffix(",00").replace(".", ""))
    strange = f"{last[0]};SETOR TUNAI {'X' * 60};Z1;;5.000,00;{total + 5_000}\r\n"
    statement.write_text(text + strange, encoding="utf-8")

    desk = phone(java_script_enabled=False)
    desk.sign_in(officer(stack, "Andi Cabang", "3275011503850021"))
    desk.press(re.compile("Rekonsiliasi bank"))
    desk.page.get_by_label("Berkas rekening koran").set_input_files(statement)
    desk.press("Muat berkas")
    stack.manage("reconcile", str(statement))  # the worker may be at it: twice is as once
    desk.open(AT)
    judged(desk, "reconcile")
    desk.page.get_by_role("link", name="Belum dikenal", exact=True).click()
    judged(desk, "reconcile-lines")
    desk.page.locator("tbody a").first.click()
    judged(desk, "reconcile-line")
    desk.press(re.compile("Berikan ke keluarga"))
    desk.choose("Nomor virtual account")
    desk.type("Nomor", member["va"]["BRI"])
    desk.type("Alasan dan bukti", "bukti setor 12")
    judged(desk, "reconcile-assign")
    desk.press("Minta persetujuan")
    desk.sees("Menunggu petugas kedua")

    second = phone()
    second.sign_in(officer(stack, "Dewi Cabang", "3275015503850022"))
    second.open(AT)
    second.press(re.compile("Diminta Andi Cabang"))
    second.press("Putuskan")
    judged(second, "reconcile-decide")
    second.choose("Kirim ke keluarga ini")
    second.press("Simpan keputusan")
    second.sees("Dikirim ke keluarga")
    second.open(f"{AT}belum-ada/")
    judged(second, "reconcile-missing")
