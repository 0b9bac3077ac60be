"""After every kind of door was used, no log holds a number, code, token or name of a person."""

from __future__ import annotations

import json
import logging

import pytest
from django.test import Client

from jkn.account import jobs as account_jobs
from jkn.account.models import Code
from jkn.account.tests.conftest import gateway
from jkn.contribution import jobs as contribution_jobs
from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import SECRET, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.gate.logs import AllowListFilter, JsonFormatter
from jkn.home import qr
from jkn.membership import jobs as membership_jobs
from jkn.membership.checks import token_for
from jkn.membership.tests.factories import (
    a_staff_account,
    an_account,
    bearer,
    members_of,
    signed_in,
)
from jkn.membership.tests.register import BUDI, KK, NIK, TYPED, register

__all__ = ["gateway", "register"]
pytestmark = pytest.mark.django_db
PHONE = "6281377788899"


@pytest.fixture
def written(caplog, capfd):
    """Give all that was written: the streams, and each record as our handler would write it."""
    caplog.set_level(logging.DEBUG)

    def collect():
        out, err = capfd.readouterr()
        lines = []
        for record in caplog.records:
            AllowListFilter().filter(record)
            lines.append(JsonFormatter().format(record))
        return "\n".join([out, err, *lines])

    return collect


@pytest.fixture
def family(on_day):
    on_day("2026-11-22")
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


def absent(text, *secrets):
    assert text.count('"route"') > 3  # it did write
    for secret in secrets:
        assert str(secret) not in text, secret


def test_pages_and_programs_of_a_member(written, family):
    siti = members_of(family)[0]
    account = an_account(siti, phone=PHONE)
    browser, header = signed_in(account), bearer(account)
    for path in ("/", "/kartu/", f"/kartu/{siti.id}/", "/iuran/", "/iuran/bayar/bri/",
                 "/pengaturan/akses/", f"/kartu/{siti.nik}/", f"/x/{siti.card}?nik={siti.nik}"):  # fmt: skip
        browser.get(path)
    program = Client(headers=header)
    for path in ("card", "bills", "payments", "statement", f"bills/{siti.nik}/pay"):
        program.get(f"/api/v1/{path}")
    Client(headers={"authorization": f"Bearer jkn_{siti.nik}"}).get("/api/v1/card")
    qr.card_qr(family.family_id, siti.id)
    absent(
        written(), siti.nik, siti.card, family.kk, PHONE, "Rahmawati",
        header["Authorization"].split()[1], browser.cookies["jkn"].value, va_of(family),
    )  # fmt: skip


def test_staff_checking_cards(written, family):
    siti = members_of(family)[0]
    rina = a_staff_account()
    token = token_for(family.family_id, siti.id)
    for asked in (
        {"nik": siti.nik},
        {"card": siti.card},
        {"token": token},
        {"nik": "x" + siti.nik},
    ):
        body = json.dumps({**asked, "purpose": "counter"})
        Client(headers=bearer(rina)).post("/api/v1/card-checks", body, "application/json")
        signed_in(rina).post("/petugas/peserta/", {"asked": next(iter(asked.values()))})
    absent(written(), siti.nik, siti.card, token, "Rahmawati")


def test_registering_from_the_phone_to_the_family(written, gateway, register, on_day):
    on_day("2026-11-22")
    client = Client()
    client.post("/daftar/", {"path": "keluarga", "phone": PHONE})
    account_jobs.send_code(Code.objects.get().id)
    code = gateway.last_code()
    client.post("/daftar/kode/", {"kode": code})
    client.post("/daftar/keluarga/", TYPED)
    client.post("/daftar/keluarga/", {**TYPED, "nik": NIK + "9"})
    client.get("/daftar/keluarga/pilih/")
    register.status = 500
    client.post("/daftar/keluarga/", TYPED)
    with pytest.raises(Exception, match=r"register\.down"):
        membership_jobs.ask_register(int(client.get("/api/v1/session").json()["account"]))
    absent(written(), NIK, BUDI["nik"], KK, PHONE, PHONE[2:], code, "Rahmawati",
           client.cookies["jkn"].value)  # fmt: skip


def test_banks_good_and_forged(written, family, gateway):
    an_account(members_of(family)[0], phone=PHONE)
    bank, va = Bank(a_bank()), va_of(family)
    bank.inquire(va, "R1")
    bank.pay(va, "R1", 140_000)
    bank.pay(va, "R1", 150_000)
    bank.pay(va, "R2", 140_000, secret="forged")
    bank.pay(va, "R3", 140_000, token="forged-token")
    bank.call("payment", {}, raw=b"{")
    payment = Payment.objects.get(family_id=family.family_id)
    contribution_jobs.tell_paid(family.family_id, payment.id)
    absent(written(), va, bank.token, SECRET, "Rahmawati", PHONE, members_of(family)[0].card)


def test_a_bug_in_the_middle_of_a_page_tells_its_place_and_no_value(written, family, monkeypatch):
    siti = members_of(family)[0]

    def broken(*args, **kwargs):
        raise ValueError(f"a person's number: {siti.nik}")

    monkeypatch.setattr("jkn.home.web.card_qr", broken)
    browser = signed_in(an_account(siti))
    for _ in range(4):
        assert browser.get("/kartu/").status_code == 500
    text = written()
    assert '"error": "ValueError"' in text
    absent(text, siti.nik, siti.card)
