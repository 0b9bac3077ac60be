"""The branch's pages: loading, listing, resolving; nobody else, and no formula in the export."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jkn.audit.models import Entry
from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import Role
from jkn.membership.tests.factories import a_staff_account, an_account, members_of, signed_in
from jkn.reconciliation.actions import match_bank
from jkn.reconciliation.acts import carry, on_their_way
from jkn.reconciliation.models import Assignment, Statement, StatementLine
from jkn.reconciliation.tests.factories import (
    DAY,
    DUE,
    a_family_that_owes,
    a_payment,
    broken,
    reconciled,
)
from jkn.reconciliation.tests.paper import Move, as_csv

pytestmark = pytest.mark.django_db
AT = "/petugas/keuangan/rekonsiliasi/"


@pytest.fixture(autouse=True)
def bank(on_day):
    on_day("2026-11-22")
    return a_bank()


def branch(name):
    account = a_staff_account(role=Role.BRANCH, name=name, facility_id="")
    return signed_in(account)


@pytest.fixture
def andi():
    return branch("Andi")


@pytest.fixture
def dewi():
    return branch("Dewi")


@pytest.fixture
def siti():
    return a_family_that_owes()


def upload(client, text, **typed):
    file = SimpleUploadedFile("mutasi.csv", text.encode())
    return client.post(AT, {"bank": "bank-contoh", "account": "", "file": file, **typed})


@pytest.fixture
def line():
    reconciled([Move(DUE, "X1", "=SETORAN <b>")])
    return StatementLine.objects.get()


def page_of(line, act=""):
    return f"{AT}baris/{line.id}/{act}"


def test_a_file_is_loaded_and_the_job_matches_it(andi):
    answer = upload(andi, as_csv([Move(DUE, "X1"), Move(-5, "", "BIAYA ADM")]))
    assert (answer.status_code, answer["Location"]) == (302, AT)
    assert "2 belum dilihat" in andi.get(AT).content.decode()
    match_bank("bank-contoh", on=DAY)
    shown = andi.get(AT).content.decode()
    assert "belum dilihat" not in shown
    assert "Rp69.995" in shown
    assert Statement.objects.get().by_name == "Andi"


def test_a_bad_file_is_refused_row_by_row_and_changes_nothing(andi):
    answer = upload(andi, as_csv([Move(1)]) + "30/02/2026;A;;;1;2\n")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Baris 4: Tanggal ini tidak ada" in text
    assert 'role="alert"' in text
    assert not Statement.objects.exists()


@pytest.mark.parametrize(
    ("typed", "status"), [({"bank": "x"}, 422), ({"file": ""}, 422), ({"account": "99"}, 422)]
)
def test_a_form_with_a_mistake_is_shown_again(andi, typed, status):
    assert upload(andi, as_csv([Move(1)]), **typed).status_code == status
    assert not StatementLine.objects.exists()


def test_lines_are_listed_by_status_and_each_look_is_written_down(andi, line):
    text = andi.get(f"{AT}baris/?status=suspense").content.decode()
    assert f"/baris/{line.id}/" in text
    assert "Tanpa nomor yang dikenal" in text
    assert "&lt;b&gt;" in text
    assert f"/baris/{line.id}/" not in andi.get(f"{AT}baris/?status=matched").content.decode()
    assert andi.get(f"{AT}baris/?status=%27&mutasi=zzz&hal=-1").status_code == 200
    assert Entry.objects.filter(verb="reconciliation.lines_looked").count() == 3


def test_two_persons_give_a_line_to_a_family(andi, dewi, line, siti):
    typed = {"kind": "va", "number": va_of(siti), "note": "bukti setor 12"}
    assert andi.post(page_of(line, "berikan/"), typed)["Location"] == page_of(line)
    number = Assignment.objects.get().id
    decide = page_of(line, f"putuskan/{number}/")
    own = andi.post(decide, {"decision": "accept"})
    assert own.status_code == 403
    assert "Petugas lain yang memutuskan" in own.content.decode()
    assert "bukti setor 12" in dewi.get(decide).content.decode()
    for _ in range(2):
        assert dewi.post(decide, {"decision": "accept"}).status_code == 302
    for transfer_id in on_their_way():
        carry(transfer_id=transfer_id, on=DAY)
    assert Payment.objects.get(family_id=siti.family_id).amount == DUE
    assert "Dikirim ke keluarga" in dewi.get(page_of(line)).content.decode()
    assert broken() == []


def test_a_number_of_nobody_keeps_what_was_typed(andi, line):
    answer = andi.post(
        page_of(line, "berikan/"), {"kind": "va", "number": "8888899999999999", "note": "bukti"}
    )
    assert answer.status_code == 422
    assert "8888899999999999" in answer.content.decode()
    assert not Assignment.objects.exists()


def test_a_line_is_explained_once_and_then_closed(andi, dewi, line):
    typed = {"reason": "other", "note": "salah kirim"}
    for _ in range(2):
        assert andi.post(page_of(line, "jelaskan/"), typed).status_code == 302
    assert "salah kirim" in andi.get(page_of(line)).content.decode()
    other = dewi.post(page_of(line, "jelaskan/"), {"reason": "tax", "note": "bukan"})
    assert other.status_code == 409
    assert dewi.post(page_of(line, "jelaskan/"), {"reason": "reference"}).status_code == 422
    assert broken() == []


def test_the_export_holds_no_formula(andi, line):
    answer = andi.get(f"{AT}unduh/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"].startswith("attachment")
    head, row = text.splitlines()
    assert head.startswith("Bank,Rekening,Tanggal,Keluar,Masuk")
    assert ",,70000,X1,,'=SETORAN <b>,suspense,no_reference,2026-11-22," in row


def test_without_a_statement_nothing_is_said_to_be_on_one(andi, siti):
    page = andi.get(f"{AT}belum-ada/").content.decode()
    assert "Semua pembayaran sudah ada" not in page
    assert "Belum ada rekening koran." in page


def test_who_asked_is_not_offered_to_decide(andi, dewi, line, siti):
    asked = {"kind": "va", "number": va_of(siti), "note": "bukti setor", "_key": "a1"}
    assert andi.post(page_of(line, "berikan/"), asked).status_code == 302
    assert "/putuskan/" not in andi.get(page_of(line)).content.decode()
    assert "/putuskan/" in dewi.get(page_of(line)).content.decode()


def test_payments_on_no_statement_are_listed(andi, on_day, line, siti, bank):
    a_payment(bank, siti, "R1")
    on_day("2026-12-01")
    text = andi.get(f"{AT}belum-ada/").content.decode()
    assert "1 pembayaran, Rp70.000." in text


def test_nobody_else_opens_a_line_or_acts_on_it(line, siti):
    clinic = signed_in(a_staff_account())
    member = signed_in(an_account(members_of(siti)[0]))
    for client in (clinic, member):
        for act in ("", "berikan/", "jelaskan/"):
            assert client.get(page_of(line, act)).status_code == 403
        assert client.post(page_of(line, "jelaskan/"), {"reason": "tax", "note": "x"}
                           ).status_code == 403  # fmt: skip
        assert upload(client, as_csv([Move(1)])).status_code == 403
    assert StatementLine.objects.get().status == "suspense"
    assert Statement.objects.count() == 1
