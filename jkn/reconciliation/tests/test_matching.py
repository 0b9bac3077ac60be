"""Lines are matched, explained or in suspense, each with a reason; nothing is booked twice."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.models import ClosedMonth, Journal, Posting
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import SYSTEM
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.reconciliation.actions import match_bank, reconcile
from jkn.reconciliation.models import LineRule, Statement, StatementLine
from jkn.reconciliation.queries import accounts_of, balance_of, missing, missing_sum
from jkn.reconciliation.rules import SUSPENSE_GROUP, Unreadable
from jkn.reconciliation.tests.factories import (
    DAY,
    DUE,
    a_family_that_owes,
    a_payment,
    broken,
    reconciled,
)
from jkn.reconciliation.tests.paper import Move, as_csv, as_mt940
from jkn.treasury.actions import Payout, pay_refund, return_refund
from jkn.treasury.tests.factories import CREDIT, a_family_with_credit, an_approved_refund, officer

pytestmark = pytest.mark.django_db
BANK = "bank-contoh"


@pytest.fixture
def bank():
    return a_bank()


@pytest.fixture
def siti(bank):
    return a_family_that_owes()


@pytest.fixture
def paid(bank, siti):
    return a_payment(bank, siti, "R1")


def lines():
    return [
        (line.amount, line.status, line.reason)
        for line in StatementLine.objects.order_by("bank", "id")
    ]


def booked():
    rows = Posting.objects.filter(family_id=SUSPENSE_GROUP).order_by("journal_id")
    return [(row.debit, row.credit, row.amount) for row in rows]


def test_a_line_is_matched_by_the_banks_reference(paid):
    done = reconciled([Move(DUE, "R1")])
    assert (done.matched, done.explained, done.suspense, done.is_new) == (1, 0, 0, True)
    (line,) = StatementLine.objects.all()
    assert (line.matched_group, line.matched_id) == (paid.family_id, paid.id)
    assert (line.reason, line.reason_on) == ("reference", DAY)
    assert booked() == []
    assert broken() == []


def test_a_line_is_matched_by_the_request_that_made_the_payment(paid):
    assert reconciled([Move(DUE, "QR1")]).matched == 1


@pytest.mark.parametrize(("day", "status"), [(22, "matched"), (19, "matched"), (18, "suspense")])
def test_without_a_reference_account_amount_and_days_decide(paid, siti, day, status):
    reconciled([Move(DUE, "", f"SETORAN {va_of(siti)}", date(2026, 11, day))])
    (line,) = StatementLine.objects.all()
    assert (line.status, line.reason) == (
        status, "account" if status == "matched" else "no_payment"
    )  # fmt: skip
    assert broken() == []


def test_one_payment_is_matched_by_one_line_the_second_is_a_duplicate(paid, siti):
    number = va_of(siti)
    reconciled([Move(DUE, "R1", number), Move(DUE, "R1", number), Move(DUE, "", number)])
    assert lines() == [
        (DUE, "matched", "reference"),
        (DUE, "suspense", "duplicate"),
        (DUE, "suspense", "no_payment"),
    ]
    assert booked() == [(f"clearing.{BANK}", "suspense", DUE)] * 2
    assert broken() == []


def test_what_nobody_is_found_for_waits_in_suspense_with_its_reason(paid, siti):
    reconciled([
        Move(DUE + 1, "R1", va_of(siti)), Move(5, "", va_of(siti)), Move(6, "X", "8888899999999999"),
        Move(7, "Y", "TUNAI"), Move(-8, "Z", "TARIK"),
    ])  # fmt: skip
    assert [reason for _, _, reason in lines()] == [
        "amount_differs", "no_payment", "unknown_account", "no_reference", "unknown_debit",
    ]  # fmt: skip
    assert booked()[-1] == ("suspense", f"clearing.{BANK}", 8)
    assert {line.reason_on for line in StatementLine.objects.all()} == {DAY}
    assert broken() == []


def test_fees_interest_and_tax_explain_themselves_by_dated_words(bank):
    LineRule.objects.create(
        words="BIAYA ADM", is_debit=True, reason="bank_fee", at_most=0,
        valid_from=date(2026, 11, 21), basis="ended",
    )  # fmt: skip
    reconciled([
        Move(-5000, "", "Biaya adm rekening"), Move(900, "", "BUNGA"), Move(-180, "", "PAJAK"),
        Move(-100_001, "", "BIAYA ADM"), Move(5000, "", "BIAYA ADM"),
        Move(-5000, "", "BIAYA ADM", date(2026, 11, 21)),
    ])  # fmt: skip
    assert [reason for _, _, reason in lines()] == [
        "bank_fee", "interest", "tax", "unknown_debit", "no_reference", "unknown_debit",
    ]  # fmt: skip
    assert booked()[:3] == [
        ("bank_fees", f"clearing.{BANK}", 5000), (f"clearing.{BANK}", "bank_interest", 900),
        ("bank_tax", f"clearing.{BANK}", 180),
    ]  # fmt: skip
    assert broken() == []


def test_what_came_and_went_back_is_explained_and_leaves_nothing_in_suspense(bank):
    reconciled([Move(9, "A1"), Move(-9, "A1", "KOREKSI"), Move(-9, "A1", "KOREKSI")])
    assert [reason for _, _, reason in lines()] == ["reversed", "reversed", "unknown_debit"]
    assert broken() == []


def test_it_may_go_back_on_a_later_statement(bank):
    reconciled([Move(9, "A1")])
    reconciled([Move(-9, "A1", "KOREKSI")], opening=9)
    assert [reason for _, _, reason in lines()] == ["reversed", "reversed"]
    assert broken() == []


def test_what_the_bank_takes_back_after_it_paid_needs_a_person(paid):
    reconciled([Move(DUE, "R1"), Move(-DUE, "R1", "KOREKSI")])
    assert lines()[1] == (-DUE, "suspense", "taken_back")
    assert broken() == []


def test_the_same_file_again_answers_as_before_and_changes_nothing(paid):
    moves = [Move(DUE, "R1"), Move(10, "X"), Move(-5, "", "BIAYA ADM")]
    first = reconciled(moves)
    before = (lines(), booked(), Journal.objects.count())
    again = reconciled(moves)
    assert not again.is_new
    assert [getattr(again, n) for n in ("lines", "known", "matched", "explained", "suspense")] == [
        getattr(first, n) for n in ("lines", "known", "matched", "explained", "suspense")
    ]
    assert (lines(), booked(), Journal.objects.count()) == before
    assert Statement.objects.count() == 1


@pytest.mark.parametrize("told", ["", "R1-0000000000026", "0000000000261122"])
def test_a_line_counts_once_where_another_format_tells_its_reference_otherwise(paid, told):
    """Field 61 has room for 16 letters, and a CSV of many banks has no reference at all."""
    whole = "R1-00000000000261122"
    first = [Move(DUE, told), Move(500, "X1"), Move(-500, "X2"), Move(500, "X3")]
    second = [Move(DUE, whole), *first[1:], Move(7, "")]
    reconciled(first)
    again = reconciled(second)
    assert (again.lines, again.known) == (5, 4)
    assert StatementLine.objects.count() == 5
    assert broken() == []


def test_two_movements_with_other_references_are_two_lines(paid):
    reconciled([Move(DUE, "A1"), Move(-DUE, "A2")])
    again = reconciled([Move(DUE, "B1"), Move(-DUE, "B2"), Move(DUE, "B3")])
    assert (again.lines, again.known) == (3, 0)


def test_an_account_is_the_same_with_and_without_leading_zeros(paid):
    moves = [Move(DUE, "R9")]
    reconcile(as_csv(moves, account="000123-45").encode(), actor=SYSTEM, on=DAY)
    done = reconcile(as_csv(moves, account="12345", mark=",").encode(), actor=SYSTEM, on=DAY)
    assert (done.known, accounts_of(done.bank)) == (1, ["00012345"])
    done = reconcile(
        as_csv(moves, account="0012345", mark="\t").encode(), actor=SYSTEM, on=DAY, account="12345"
    )
    assert done.known == 1


def test_lines_of_an_overlapping_file_count_once_whatever_its_format(paid):
    moves = [Move(DUE, "R1", day=date(2026, 11, 19)), Move(10, "X"), Move(10, "X")]
    reconciled(moves[:2])
    later = [*moves[1:], Move(3, "Z", day=date(2026, 11, 21))]
    done = reconcile(as_mt940(later, opening=DUE).encode(), actor=SYSTEM, on=DAY)
    assert (done.lines, done.known) == (3, 1)
    assert [amount for amount, _, _ in lines()] == [DUE, 10, 10, 3]
    assert broken() == []


def test_a_payment_that_is_notified_late_takes_its_line_out_of_suspense(bank, siti):
    reconciled([Move(DUE, "R1", va_of(siti))])
    assert lines() == [(DUE, "suspense", "no_payment")]
    a_payment(bank, siti, "R1")
    match_bank(BANK, on=DAY)
    assert lines() == [(DUE, "matched", "reference")]
    assert booked() == [
        (f"clearing.{BANK}", "suspense", DUE), ("suspense", f"clearing.{BANK}", DUE),
    ]  # fmt: skip
    assert broken() == []


def test_payments_without_a_line_are_listed_after_some_days(bank, siti):
    payment = a_payment(bank, siti, "R1")
    assert missing(BANK, on=date(2026, 12, 1)) == []
    reconciled([Move(10, "X")])
    assert missing(BANK, on=date(2026, 11, 23)) == []
    (one,) = missing(BANK, on=date(2026, 11, 24))
    assert missing_sum(BANK, on=date(2026, 11, 24)) == (1, DUE)
    assert (one.id, one.amount, one.reference) == (payment.id, DUE, "R1")
    balance = balance_of(BANK)
    assert (balance.clearing, balance.lines, balance.outstanding) == (DUE + 10, 10, DUE)
    reconciled([Move(DUE, "R1")], opening=10)
    assert missing(BANK, on=date(2026, 12, 1)) == []
    assert balance_of(BANK).difference == 0


def test_another_banks_payments_are_not_taken(paid):
    a_bank(name="bank-lain")
    assert reconciled([Move(DUE, "R1")], bank="bank-lain").suspense == 1


@pytest.mark.parametrize(
    ("content", "told", "code"),
    [
        (as_csv([Move(1)]) + "30/02/2026;A;;;1;2\n", {}, "statement.unreadable"),
        (as_mt940([Move(1)]).replace(":62F:C261120IDR1", ":62F:C261120IDR2"), {},
         "statement.unreadable"),
        (as_csv([Move(1)]), {"bank": "bank-asing"}, "statement.bank_unknown"),
        (as_csv([Move(1)], account=""), {}, "statement.account_missing"),
        (as_csv([Move(1)]), {"account": "999"}, "statement.account_differs"),
    ],
)  # fmt: skip
def test_a_refused_file_changes_nothing(bank, content, told, code):
    with pytest.raises(Refused) as refused:
        reconcile(content.encode(), actor=SYSTEM, on=DAY, **told)
    assert refused.value.code == code
    assert isinstance(refused.value, Unreadable) == (code == "statement.unreadable")
    assert not Statement.objects.exists()
    assert not StatementLine.objects.exists()


def test_the_account_that_was_loaded_before_needs_no_repeating(bank):
    reconciled([Move(1)])
    done = reconcile(as_csv([Move(2)], opening=1, account="").encode(), actor=SYSTEM, on=DAY)
    assert done.lines == 1


def test_the_month_knows_many_slices(bank, monkeypatch):
    monkeypatch.setattr("jkn.reconciliation.actions.SLICE", 3)
    told = []
    moves = [Move(n + 1, f"R{n}") for n in range(10)]
    done = reconcile(
        as_csv(moves).encode(), actor=SYSTEM, on=DAY, tell=lambda *how: told.append(how)
    )
    assert done.suspense == 10
    assert told[0] == ("read", 3, 10)
    assert told[-1] == ("match", 10, 10)
    assert broken() == []


@pytest.mark.parametrize("act", ["_insert", "match_slice"])
def test_a_run_that_was_killed_half_way_completes_when_run_again(paid, monkeypatch, act):
    monkeypatch.setattr("jkn.reconciliation.actions.SLICE", 2)
    moves = [Move(DUE, "R1"), *(Move(n + 1, f"X{n}") for n in range(5))]
    real, calls = getattr(__import__("jkn.reconciliation.actions", fromlist=[act]), act), []

    def dies(*args, **named):
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **named)

    with monkeypatch.context() as patched:
        patched.setattr(f"jkn.reconciliation.actions.{act}", dies)
        with pytest.raises(KeyboardInterrupt):
            reconciled(moves)
    done = reconciled(moves)
    assert (done.lines, done.known, done.matched, done.suspense) == (6, 0, 1, 5)
    assert broken() == []


def test_a_refund_that_went_out_and_came_back_has_its_lines(on_day):
    on_day("2026-11-22")
    refund = an_approved_refund(a_family_with_credit())
    told = {"actor": officer("Andi"), "family_id": refund.family_id, "refund_id": refund.id}
    pay_refund(**told, payout=Payout(BANK, "OUT1", CREDIT), on=DAY)

    reconciled([Move(-CREDIT, "OUT1")])
    assert lines() == [(-CREDIT, "matched", "reference")]
    return_refund(**told, reason="Rekening ditutup", on=DAY)
    reconciled([Move(CREDIT, "OUT1", "RETUR")], opening=-CREDIT)
    assert lines()[1] == (CREDIT, "matched", "reference")
    kinds = StatementLine.objects.order_by("id").values_list("matched_kind", flat=True)
    assert list(kinds) == ["refund", "returned"]
    assert booked() == []
    assert broken() == []


def test_a_line_of_a_closed_month_is_booked_today(bank):
    ClosedMonth.objects.create(month=Month(2026, 10).index)
    reconciled([Move(5, "", "TANPA NAMA", date(2026, 10, 30)), Move(6, "", "TANPA NAMA")])
    days = Journal.objects.filter(family_id=SUSPENSE_GROUP).order_by("id")
    assert list(days.values_list("day", flat=True)) == [DAY, date(2026, 11, 20)]
    assert broken() == []
