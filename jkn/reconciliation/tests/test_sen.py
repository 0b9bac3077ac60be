"""Sen: a bank counts them, our ledger does not, and both add up exactly."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from itertools import count

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jkn.contribution.models import Posting
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import SYSTEM, Actor, Role
from jkn.core.errors import Refused
from jkn.membership.tests.factories import a_staff_account, signed_in
from jkn.reconciliation.actions import match_bank, reconcile
from jkn.reconciliation.acts import ask_assignment, explain_line, owner_of
from jkn.reconciliation.models import Statement, StatementLine
from jkn.reconciliation.queries import balance_of
from jkn.reconciliation.reading import read_file
from jkn.reconciliation.rules import SUSPENSE_GROUP, Reason, Unreadable
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
AT = "/petugas/keuangan/rekonsiliasi/"
INTEREST = Move(Decimal("1234.56"), "", "BUNGA")
TAX = Move(Decimal("-246.91"), "", "PAJAK BUNGA")
EXACT = st.decimals(-(10**9), 10**9, places=2)


@pytest.fixture(autouse=True)
def bank(on_day):
    on_day("2026-11-22")
    return a_bank()


@pytest.fixture
def siti():
    return a_family_that_owes()


def stands():
    return sorted(StatementLine.objects.values_list("amount", "sen", "status", "reason"))


def booked():
    """Return the postings of the house: debit, credit, rupiah."""
    rows = Posting.objects.filter(family_id=SUSPENSE_GROUP).order_by("id")
    return [(p.debit, p.credit, p.amount) for p in rows]


@pytest.mark.parametrize("write", [as_csv, as_mt940])
def test_interest_and_its_tax_are_explained_and_the_sen_stand_beside_the_book(
    bank, siti, write, tmp_path
):
    a_payment(bank, siti, "R1")
    file = tmp_path / "koran"
    file.write_text(write([Move(DUE, "R1"), INTEREST, TAX], opening=Decimal("5000.40")))
    out = StringIO()
    call_command("reconcile", str(file), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert stands() == [
        (-246, -91, "explained", "tax"), (1234, 56, "explained", "interest"),
        (DUE, 0, "matched", "reference"),
    ]  # fmt: skip
    assert booked() == [
        ("clearing.bank-contoh", "bank_interest", 1234),
        ("bank_tax", "clearing.bank-contoh", 246),
    ]
    assert told["sen"] == told["balance"]["sen"] == -35
    assert told["balance"]["difference"] == 0
    assert told["balance"]["lines"] == DUE + 1234 - 246
    assert Statement.objects.get().exact_closing == Decimal("5000.40") + DUE + Decimal("987.65")
    assert broken() == []
    call_command("reconcile", str(file), stdout=(words := StringIO()))
    assert "sen that are not booked:    -Rp0,35" in words.getvalue()


def test_a_line_with_sen_is_no_payment_though_all_else_is_right(bank, siti):
    a_payment(bank, siti, "R1")
    done = reconciled([Move(DUE + Decimal("0.50"), "R1", va_of(siti))])
    assert (done.suspense, done.suspense_amount, done.sen) == (1, DUE, 50)
    assert stands() == [(DUE, 50, "suspense", "fraction")]
    match_bank("bank-contoh", on=DAY)
    assert stands() == [(DUE, 50, "suspense", "fraction")]
    assert broken() == []


def test_a_line_with_sen_is_explained_by_a_person_and_given_to_nobody(siti):
    andi = Actor(account_id=1, role=Role.BRANCH, name="Andi")
    reconciled([Move(Decimal("70000.50"), "X")])
    line = StatementLine.objects.get()
    owner = owner_of("va", va_of(siti))
    with pytest.raises(Refused, match=r"line\.fraction"):
        ask_assignment(actor=andi, line_id=line.id, owner=owner, note="", on=DAY)
    explain_line(actor=andi, line_id=line.id, reason=Reason.OTHER, note="salah kirim", on=DAY)
    assert stands() == [(70_000, 50, "explained", "other")]
    assert broken() == []


def test_less_than_a_rupiah_is_explained_and_nothing_is_booked():
    reconciled([Move(0, "", "INFO"), Move(Decimal("0.56"), "", "BUNGA"), Move(Decimal("-0.11"))])
    assert stands() == [
        (0, -11, "explained", "fraction"), (0, 0, "explained", "zero"),
        (0, 56, "explained", "fraction"),
    ]  # fmt: skip
    assert booked() == []
    assert broken() == []


def test_the_pages_and_the_export_tell_the_sen():
    reconciled([INTEREST, TAX])
    andi = signed_in(a_staff_account(role=Role.BRANCH, name="Andi", facility_id=""))
    lines = andi.get(f"{AT}baris/").content.decode()
    assert "Rp1.234,56" in lines
    for page in (lines, andi.get(AT).content.decode()):
        assert "Pecahan rupiah: -Rp0,35." in page
    line = StatementLine.objects.get(reason="tax")
    assert "-Rp246,91" in andi.get(f"{AT}baris/{line.id}/").content.decode()
    text = b"".join(andi.get(f"{AT}unduh/").streaming_content).decode()
    assert ",246,,,,PAJAK BUNGA,explained,tax,2026-11-22,,-91" in text


def test_what_goes_back_with_other_sen_is_not_its_reversal():
    back = Move(Decimal("-500.50"), "X")
    reconciled([Move(Decimal("500.25"), "X"), back, Move(Decimal("500.50"), "X")])
    assert stands() == [
        (-500, -50, "explained", "reversed"), (500, 25, "suspense", "fraction"),
        (500, 50, "explained", "reversed"),
    ]  # fmt: skip
    assert broken() == []


def test_the_same_lines_in_the_other_format_count_once():
    moves = [INTEREST, TAX, Move(9, "1234567890123456", day=date(2026, 11, 21))]
    reconcile(as_csv(moves).encode(), actor=SYSTEM, on=DAY)
    assert reconcile(as_mt940(moves).encode(), actor=SYSTEM, on=DAY).known == 3


def test_a_rule_holds_to_the_sen():
    reconciled([Move(Decimal("-100000.01"), "", "BIAYA ADM"), Move(-100_000, "", "BIAYA ADM")])
    assert [reason for *_, reason in stands()] == ["fraction", "bank_fee"]


_NUMBERS = count(1_000_000)


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.lists(EXACT, min_size=1, max_size=6), EXACT)
def test_lines_and_sen_are_what_the_banks_balance_moved_by(amounts, opening):
    before = balance_of("bank-contoh")
    text = as_csv([Move(a) for a in amounts], opening=opening, account=str(next(_NUMBERS)))
    done = reconcile(text.encode(), actor=SYSTEM, on=DAY)
    after = balance_of("bank-contoh")
    moved = after.lines - before.lines + Decimal(after.sen - before.sen) / 100
    assert moved == sum(amounts)
    assert done.sen == after.sen - before.sen
    assert done.lines == done.explained + done.suspense == len(amounts)
    assert after.difference == 0
    assert broken() == []


def test_the_database_refuses_sen_that_are_no_part_of_the_amount():
    reconciled([Move(9, "X")])
    for wrong in ({"sen": 100}, {"sen": -1}, {"amount": -9, "sen": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StatementLine.objects.update(**wrong)


def test_a_balance_beyond_our_tables_is_refused_by_its_line():
    most = Move(999_999_999_999_999)
    with pytest.raises(Unreadable, match="Saldo ini terlalu besar") as refused:
        read_file(as_mt940([most, most, Move(-most.amount), Move(-most.amount + 5)]).encode())
    assert [f.row for f in refused.value.faults] == [7]
