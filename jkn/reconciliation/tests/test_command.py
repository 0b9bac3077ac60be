"""`manage.py reconcile`, the hourly job, and the keys that hold lines together."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import Actor, Role
from jkn.core.ids import new_id
from jkn.reconciliation.acts import ask_assignment, decide_assignment, owner_of
from jkn.reconciliation.jobs import again
from jkn.reconciliation.models import Assignment, Statement, StatementLine, Transfer
from jkn.reconciliation.rules import SUSPENSE_GROUP
from jkn.reconciliation.tests.factories import (
    DAY,
    DUE,
    a_family_that_owes,
    a_payment,
    broken,
    reconciled,
)
from jkn.reconciliation.tests.paper import Move, as_csv, as_mt940

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def bank(on_day):
    on_day("2026-11-22")
    return a_bank()


@pytest.fixture
def siti():
    return a_family_that_owes()


def said(path, *words):
    out = StringIO()
    call_command("reconcile", str(path), *words, stdout=out)
    return out.getvalue()


def test_it_says_what_it_did_and_how_far_it_is(bank, siti, tmp_path, capsys):
    a_payment(bank, siti, "R1")
    file = tmp_path / "koran.940"
    file.write_text(as_mt940([Move(DUE, "R1"), Move(7, "X"), Move(-5, "", "BIAYA ADM")]))
    told = json.loads(said(file, "--json", "--format", "mt940"))
    assert {n: told[n] for n in ("lines", "matched", "explained", "suspense", "known")} == {
        "lines": 3, "matched": 1, "explained": 1, "suspense": 1, "known": 0,
    }  # fmt: skip
    assert told["reasons"] == {"bank_fee": 1, "no_reference": 1, "reference": 1}
    assert told["balance"]["difference"] == 0
    assert "match 3/3" in capsys.readouterr().err
    again_told = json.loads(said(file, "--json"))
    assert again_told == {**told, "is_new": False}
    assert "in suspense:                1 (Rp7)" in said(file)


def test_a_bad_file_ends_with_its_rows_and_loads_nothing(tmp_path, capsys):
    rows = "".join(f"30/02/2026;A;;;1;{n}\n" for n in range(25))
    file = tmp_path / "koran.csv"
    file.write_text(as_csv([Move(1)]) + rows)
    with pytest.raises(CommandError) as refused:
        said(file)
    assert "baris 4: Tanggal ini tidak ada" in str(refused.value)
    assert "dan 5 lagi" in str(refused.value)
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("reconcile", str(file), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["code"] == "statement.unreadable"
    assert [f["row"] for f in told["faults"]] == list(range(4, 29))
    assert not Statement.objects.exists()


def test_no_file_and_no_such_bank_are_said(tmp_path):
    with pytest.raises(CommandError):
        said(tmp_path / "tidak-ada.csv")
    file = tmp_path / "koran.csv"
    file.write_text(as_csv([Move(1)]))
    with pytest.raises(CommandError, match=r"statement\.bank_unknown"):
        said(file, "--bank", "asing")


def test_the_hourly_job_finishes_what_was_left(bank, siti):
    reconciled([Move(DUE, "R1", va_of(siti)), Move(500, "X")])
    a_payment(bank, siti, "R1")
    line = StatementLine.objects.get(reference="X")
    officers = [Actor(account_id=n, role=Role.BRANCH, name="Petugas") for n in (1, 2)]
    number = ask_assignment(
        actor=officers[0], line_id=line.id, owner=owner_of("va", va_of(siti)), note="", on=DAY
    )
    decide_assignment(
        actor=officers[1], line_id=line.id, assignment_id=number, accepts=True, on=DAY
    )
    for _ in range(2):
        again(0)
    assert set(StatementLine.objects.values_list("status", flat=True)) == {"matched"}
    assert Payment.objects.filter(family_id=siti.family_id).count() == 2
    assert broken() == []


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_orphans_and_impossible_rows_are_refused_by_the_database():
    reconciled([Move(9, "X")])
    line = StatementLine.objects.get()
    rows = StatementLine.objects.filter(id=line.id)
    refused(lambda: rows.update(statement_id=new_id()))
    refused(lambda: rows.update(status="matched"))
    refused(lambda: rows.update(amount=0))
    refused(lambda: rows.update(reason=""))
    common = {"bank": line.bank, "family_id": 1, "number": "", "note": "", "asked_by": 1}
    refused(lambda: Assignment.objects.create(line_id=new_id(), **common))
    refused(lambda: Assignment.objects.create(
        line_id=line.id, state="accepted", decided_by=1, **common
    ))  # fmt: skip
    refused(lambda: Transfer.objects.create(
        family_id=SUSPENSE_GROUP, to_family=1, bank=line.bank, line_id=line.id, number="",
        reference="", amount=9, day=DAY, journal_id=new_id(),
    ))  # fmt: skip
