"""A day on which nothing moved, and lines that only inform: both are told, and book nothing."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from jkn.contribution.tests.factories import a_bank
from jkn.core.actor import Role
from jkn.membership.tests.factories import a_staff_account, signed_in
from jkn.reconciliation.models import Statement, StatementLine
from jkn.reconciliation.queries import first_day_of
from jkn.reconciliation.reading import read_file
from jkn.reconciliation.rules import Unreadable
from jkn.reconciliation.tests.factories import broken
from jkn.reconciliation.tests.paper import Move, as_csv, as_mt940

pytestmark = pytest.mark.django_db
FOOT = "Saldo awal;;;;;1.000,00\nSaldo akhir;;;;;{closing}\n"
QUIET_CSV = as_csv([]) + FOOT.format(closing="1.000,00")
QUIET_MT940 = as_mt940([], opening=1000)


@pytest.fixture(autouse=True)
def bank(on_day):
    on_day("2026-11-22")
    return a_bank()


def said(path, *words):
    out = StringIO()
    call_command("reconcile", str(path), *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "day"), [(QUIET_CSV, None), (QUIET_MT940, date(2026, 11, 20))], ids=["csv", "mt940"]
)
def test_a_quiet_day_is_a_statement_and_is_said(text, day, tmp_path):
    file = tmp_path / "koran"
    file.write_text(text)
    told = json.loads(said(file, "--json"))
    assert (told["statements"], told["quiet"], told["lines"]) == (1, 1, 0)
    assert "without a movement:         1" in said(file)
    row = Statement.objects.get()
    assert (row.first_day, row.opening, row.closing) == (day, 1000, 1000)
    assert first_day_of(row.bank) == day
    assert broken() == []


def test_the_page_shows_a_quiet_day_that_names_no_day():
    andi = signed_in(a_staff_account(role=Role.BRANCH, name="Andi", facility_id=""))
    file = SimpleUploadedFile("mutasi.csv", QUIET_CSV.encode())
    typed = {"bank": "bank-contoh", "account": "", "file": file}
    assert andi.post("/petugas/keuangan/rekonsiliasi/", typed).status_code == 302
    text = andi.get("/petugas/keuangan/rekonsiliasi/").content.decode()
    assert "tidak ada mutasi, saldo tetap" in text


def test_the_period_of_a_quiet_csv_is_its_days():
    (read,) = read_file(f"Periode;01/11/2026 - 02/11/2026\n{QUIET_CSV}".encode())
    assert read.days == (date(2026, 11, 1), date(2026, 11, 2))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (as_csv([]) + FOOT.format(closing="1.000,01"), "Selisih Rp0,01"),
        (QUIET_MT940.replace("1000,00\r\n-", "999,00\r\n-"), "Selisih -Rp1"),
        (as_csv([]) + "Saldo awal;;;;;1.000,00\n", "tidak berisi mutasi"),
    ],
    ids=["csv", "mt940", "half told"],
)
def test_without_movements_balances_that_differ_are_refused(text, why, tmp_path):
    with pytest.raises(Unreadable) as refused:
        read_file(text.encode())
    assert why in str(refused.value)
    file = tmp_path / "koran"
    file.write_text(text)
    with pytest.raises(CommandError):
        said(file)
    assert not Statement.objects.exists()


def test_a_quiet_message_among_others_is_kept(tmp_path):
    file = tmp_path / "koran"
    messages = [as_mt940([Move(5)]), as_mt940([], opening=5), as_mt940([Move(2)], opening=5)]
    file.write_text("\r\n".join(messages))
    told = json.loads(said(file, "--json"))
    assert (told["statements"], told["quiet"], told["lines"]) == (3, 1, 2)


@pytest.mark.parametrize("zero", ["0;0", ";0,00", "-;-", ".00;0.00"])
def test_a_line_of_zero_informs_and_books_nothing(zero, tmp_path):
    file = tmp_path / "koran.csv"
    lines = f"20/11/2026;INFO;;{zero};5\n21/11/2026;SETOR;;;7;12\n"
    file.write_text(as_csv([Move(5)]) + lines)
    told = json.loads(said(file, "--json"))
    assert told["reasons"] == {"no_reference": 2, "zero": 1}
    assert StatementLine.objects.get(amount=0).journal_id is None
    assert broken() == []


def test_a_line_of_zero_needs_no_mark():
    rows = "date,description,amount,d/k,balance\n2026-11-20,A,10,K,10\n2026-11-20,INFO,0.00,,10\n"
    (read,) = read_file(rows.encode())
    assert [e.amount for e in read.entries] == [10, 0]
    text = as_mt940([Move(5), Move(0), Move(7)])
    assert [e.amount for e in read_file(text.encode())[0].entries] == [5, 0, 7]
