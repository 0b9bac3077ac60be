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


def judged(desk, path, name):
    """Open a page and judge it at both widths."""
    for size in (WIDE, SMALL):
        desk.page.set_viewport_size(size)
        desk.open(path)
        desk.check(f"{name}-{size['width']}")


def statement(stack, number):
    """Let the bank take a payment; return its statement with two lines that nobody knows."""
    bank = stack.partner("bank").rstrip("/")
    paid = httpx.post(f"{bank}/pay", json={"va": number}).json()
    assert paid["results"][-1]["accepted"]
    text = httpx.get(f"{bank}/statement.csv").text
    day, *_, balance = text.strip().splitlines()[-1].split(";")
    total = int(balance.removesuffix(",00").replace(".", ""))
    return (
        f"{text}{day};SETOR TUNAI {'X' * 60};Z1;;5.000,00;{total + 5_000}\r\n"
        f"{day};TARIK TUNAI;Z2;1.000;;{total + 4_000}\r\n"
    )


def test_a_statement_is_loaded_and_a_strange_line_given_to_a_family(phone, stack, tmp_path):
    number = stack.member("open_bill")["va"]["BRI"]
    file = tmp_path / "koran.csv"
    file.write_text(statement(stack, number), encoding="utf-8")

    desk = phone(java_script_enabled=False)
    desk.sign_in(officer(stack, "Andi Cabang", "3275011503850021"))
    desk.press(re.compile("^Keuangan"))
    desk.press(re.compile("Rekonsiliasi bank"))
    desk.page.get_by_label("Berkas rekening koran").set_input_files(file)
    desk.press("Muat berkas")
    stack.manage("reconcile", str(file))  # the worker may be at it: twice is as once
    desk.open(f"{AT}baris/?status=suspense")
    desk.shot("reconcile-plain")
    desk.page.get_by_role("row", name=re.compile("Z1")).get_by_role("link").click()
    desk.press(re.compile("Berikan ke keluarga"))
    desk.choose("Nomor virtual account")
    desk.type("Nomor", number)
    desk.type("Alasan dan bukti", "bukti setor 12")
    desk.press("Minta persetujuan")
    desk.sees("Menunggu petugas kedua")

    second = phone()
    second.sign_in(officer(stack, "Dewi Cabang", "3275015503850022"))
    judged(second, AT, "reconcile")
    judged(second, f"{AT}baris/?status=suspense", "reconcile-lines")
    second.page.get_by_role("row", name=re.compile("Z2")).get_by_role("link").click()
    judged(second, f"{second.page.url}berikan/", "reconcile-assign")
    second.press("Baris rekening koran")
    judged(second, f"{second.page.url}jelaskan/", "reconcile-explain")
    second.open(AT)
    second.press(re.compile("Diminta Andi Cabang"))
    judged(second, second.page.url, "reconcile-line")
    second.press("Putuskan")
    judged(second, second.page.url, "reconcile-decide")
    second.choose("Kirim ke keluarga ini")
    second.press("Simpan keputusan")
    second.sees("Dikirim ke keluarga")
    judged(second, f"{AT}belum-ada/", "reconcile-missing")
