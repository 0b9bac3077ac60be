"""Months: added up, balanced, compared, closed by two, never posted into again."""

from __future__ import annotations

import json
import threading
from datetime import date
from functools import partial

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from jkn.contribution.actions import run_day
from jkn.contribution.models import Bill, ClosedMonth, Journal
from jkn.contribution.tests.crowd import at_once
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.clock import now
from jkn.core.errors import Conflict, NotFound, Refused, Unavailable
from jkn.core.month import Month
from jkn.membership.tests.factories import a_family, signed_in
from jkn.treasury.closing import close_month, drop_proposal, propose_close
from jkn.treasury.jobs import add_up
from jkn.treasury.models import MonthClose, MonthTotal
from jkn.treasury.tests.factories import (
    BANK,
    CREDIT,
    a_family_with_credit,
    a_refund,
    an_officer,
    broken,
    officer,
)
from jkn.treasury.totals import differences, is_closed, roll_up, trial_balance

pytestmark = pytest.mark.django_db
NOV, DEC = Month(2026, 11), Month(2026, 12)
HERE = "/petugas/keuangan/neraca/"
IN_DECEMBER = date(2026, 12, 3)


@pytest.fixture
def siti(on_day):
    on_day("2026-11-22")
    family = a_family_with_credit()
    a_refund(family)
    return family


def lines(month=NOV):
    return {
        x.account: (x.opening, x.debit, x.credit, x.closing) for x in trial_balance(month).lines
    }


def closed(month=NOV):
    propose_close(actor=officer("Andi"), month=month, on=IN_DECEMBER)
    close_month(actor=officer("Dewi"), month=month)


def test_a_month_adds_up_to_the_rupiah(siti):
    roll_up()
    assert lines() == {
        f"clearing.{BANK}": (0, 2 * CREDIT, 0, 2 * CREDIT),
        "credit": (0, CREDIT, CREDIT, 0),
        "income": (0, 0, CREDIT, -CREDIT),
        "receivable": (0, CREDIT, CREDIT, 0),
        "refund_payable": (0, 0, CREDIT, -CREDIT),
    }
    balance = trial_balance(NOV)
    assert (balance.debit, balance.credit, balance.is_balanced) == (4 * CREDIT, 4 * CREDIT, True)
    assert {a: x[3] for a, x in lines().items()} == {a: x[0] for a, x in lines(DEC).items()}
    assert differences(first=NOV, last=NOV) == []


def test_adding_up_twice_or_at_once_is_as_once(siti):
    roll_up()
    before = list(MonthTotal.objects.order_by("account").values_list("account", "debit", "credit"))
    roll_up()
    add_up()
    after = MonthTotal.objects.order_by("account").values_list("account", "debit", "credit")
    assert list(after) == before


def test_a_rollup_that_is_not_what_was_posted_is_noticed(siti):
    roll_up()
    MonthTotal.objects.filter(account="income").update(credit=1)
    MonthTotal.objects.create(
        month=NOV.index, account="ghost", debit=1, credit=0, at=MonthTotal.objects.first().at
    )
    found = {
        d.account: (d.rolled_credit, d.posted_credit) for d in differences(first=NOV, last=NOV)
    }
    assert found == {"income": (1, CREDIT), "ghost": (0, 0)}
    assert not trial_balance(NOV).is_balanced
    with pytest.raises(Refused, match="unequal"):
        propose_close(actor=officer(), month=NOV, on=IN_DECEMBER)
    assert not MonthClose.objects.exists()


def test_two_close_a_month_and_one_cannot(siti):
    andi, dewi = officer("Andi"), officer("Dewi")
    for _ in range(2):
        propose_close(actor=andi, month=NOV, on=IN_DECEMBER)
    with pytest.raises(Conflict, match="proposed"):
        propose_close(actor=dewi, month=NOV, on=IN_DECEMBER)
    with pytest.raises(Refused, match="same_person"):
        close_month(actor=andi, month=NOV)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClose.objects.update(closed_by=andi.account_id, closed_at=now())
    assert not is_closed(NOV)
    for _ in range(2):
        close_month(actor=dewi, month=NOV)
    assert is_closed(NOV)
    assert is_closed(NOV.plus(-30))
    assert not is_closed(DEC)
    with pytest.raises(Conflict, match="closed"):
        propose_close(actor=dewi, month=NOV, on=IN_DECEMBER)
    with pytest.raises(Conflict, match="closed"):
        drop_proposal(actor=dewi, month=NOV, reason="x")
    assert broken() == []


def test_a_month_that_runs_or_is_empty_is_not_closed(siti):
    with pytest.raises(Refused, match="not_over"):
        propose_close(actor=officer(), month=NOV, on=date(2026, 11, 30))
    with pytest.raises(Refused, match="empty"):
        propose_close(actor=officer(), month=NOV.plus(-1), on=IN_DECEMBER)
    with pytest.raises(NotFound):
        close_month(actor=officer(), month=NOV)


def test_a_proposal_is_taken_back_and_made_again(siti):
    propose_close(actor=officer("Andi"), month=NOV, on=IN_DECEMBER)
    drop_proposal(actor=officer("Dewi"), month=NOV, reason="Ada transfer belum dicatat")
    closed()
    assert is_closed(NOV)


def test_nothing_is_posted_into_a_closed_month_and_none_is_opened_again(siti):
    closed()
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        Journal.objects.create(family_id=siti.family_id, kind="paid", day=date(2026, 11, 30))
    with pytest.raises(IntegrityError, match="is closed"), transaction.atomic():
        Journal.objects.bulk_create(
            Journal(family_id=siti.family_id, kind="paid", day=day)
            for day in (date(2026, 12, 1), date(2026, 10, 31))
        )
    Journal.objects.create(family_id=siti.family_id, kind="paid", day=date(2026, 12, 1))
    for sql in (
        "DELETE FROM contribution_closedmonth",
        "UPDATE contribution_closedmonth SET month = 1",
    ):
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_what_comes_late_is_posted_on_the_present_day(siti, on_day):
    """The bank says 30 November, the bill is November's: the books say 3 December."""
    wati = a_billed_family(months=1, names=("Wati",))
    closed()
    on_day("2026-12-03")
    assert Bank(a_bank()).pay(va_of(wati), "late", 35_000).status_code == 200
    assert Journal.objects.get(family_id=wati.family_id, kind="paid").day == IN_DECEMBER
    forgotten = a_family_billed_late()
    run_day(on=IN_DECEMBER)
    billed = Journal.objects.filter(family_id=forgotten.family_id, kind="billed").order_by("id")
    assert [j.day for j in billed] == [IN_DECEMBER, date(2026, 12, 1)]
    months = Bill.objects.filter(family_id=forgotten.family_id).order_by("month")
    assert [b.month for b in months] == [NOV.index, DEC.index]
    roll_up()
    assert differences(first=NOV, last=DEC) == []
    assert broken() == []


def a_family_billed_late():
    """Return a family that is paid until October, and whose November nobody has billed."""
    return a_family(names=("Tuti",), paid_month=NOV.plus(-1).index)


def test_a_closed_month_is_added_up_a_last_time_and_then_left(siti):
    closed()
    assert roll_up() > 0
    assert MonthClose.objects.get().rolled_at is not None
    assert roll_up() == 0
    MonthTotal.objects.filter(account="income").update(credit=1)
    roll_up()
    assert [d.account for d in differences(first=NOV, last=NOV)] == ["income"]
    assert "treasury.rollup" in broken()


def test_the_command_prints_and_judges(siti, capsys):
    call_command("trial_balance", "2026-11", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["balanced"], told["debit"], told["credit"]) == (True, 4 * CREDIT, 4 * CREDIT)
    assert told["differences"] == []
    assert told["accounts"][0] == {
        "account": f"clearing.{BANK}", "opening": 0, "debit": 2 * CREDIT, "credit": 0,
        "closing": 2 * CREDIT,
    }  # fmt: skip
    call_command("trial_balance", "2026-11")
    assert "Rp280.000" in capsys.readouterr().out
    closed()
    roll_up()
    MonthTotal.objects.filter(account="income").update(credit=1)
    with pytest.raises(CommandError, match="1 account"):
        call_command("trial_balance", "2026-11", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["differences"][0]["posted"] == [0, CREDIT]
    assert told["closed"] is True


def test_two_officers_close_a_month_by_page(siti, on_day):
    on_day("2026-12-03")
    andi, dewi = signed_in(an_officer("Andi")), signed_in(an_officer("Dewi"))
    assert "Belum ada yang dijumlahkan" in andi.get(HERE).content.decode()
    counted = andi.post(HERE, {"act": "count", "month": "2026-11", "_key": "c"})
    assert counted.status_code == 302
    add_up()
    page = andi.get(f"{HERE}?bulan=2026-11&periksa=1").content.decode()
    assert "Debit sama dengan kredit" in page
    assert "Neraca cocok dengan jurnal" in page
    assert "Rp280.000" in page
    act = {"month": "2026-11", "_key": "p"}
    assert andi.post(HERE, {**act, "act": "propose"}).status_code == 302
    assert "Petugas lain menutup bulan ini" in andi.get(HERE).content.decode()
    assert andi.post(HERE, {**act, "act": "close", "_key": "x"}).status_code == 422
    assert dewi.post(HERE, {**act, "act": "drop", "_key": "y"}).status_code == 422
    assert dewi.post(HERE, {**act, "act": "close"}).headers["Location"] == f"{HERE}?bulan=2026-11"
    page = dewi.get(HERE).content.decode()
    assert "Ditutup" in page
    assert "Diusulkan Andi, ditutup Dewi" in page
    assert dewi.post(HERE, {"act": "propose", "month": "x"}).status_code == 422
    assert dewi.post(HERE, {"act": "open", "month": "2026-11"}).status_code == 422
    again = dewi.post(HERE, {"act": "propose", "month": "2026-11", "_key": "z"})
    assert again.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_month_is_not_closed_while_a_long_run_posts_and_payments_go_on(transactional_db, on_day):
    on_day("2026-11-22")
    family = a_family_with_credit()
    propose_close(actor=officer("Andi"), month=NOV, on=IN_DECEMBER)
    is_posting, may_end = threading.Event(), threading.Event()

    def run():
        with transaction.atomic():
            a_refund(family)
            is_posting.set()
            may_end.wait(timeout=20)

    def close():
        is_posting.wait(timeout=20)
        try:
            with pytest.raises(Unavailable, match=r"month\.busy"):
                close_month(actor=dewi, month=NOV)
        finally:
            may_end.set()

    dewi = officer("Dewi")
    at_once([run, close])
    assert not is_closed(NOV)
    close_month(actor=dewi, month=NOV)
    assert is_closed(NOV)


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_who_is_posting_and_refuses_who_comes_after(transactional_db, on_day):
    """Everybody posts and one closes at once: what was booked is in the books, the rest refused."""
    on_day("2026-11-22")
    family = a_family_with_credit()
    propose_close(actor=officer("Andi"), month=NOV, on=IN_DECEMBER)

    def post():
        try:
            with transaction.atomic():
                a_refund(family)
        except IntegrityError:
            return "closed"
        except Refused as refused:
            return refused.code
        return "done"

    dewi = officer("Dewi")
    told = at_once([*[post] * 6, partial(close_month, actor=dewi, month=NOV)])
    assert set(told[:-1]) <= {"done", "closed", "refund.running"}
    roll_up()
    assert MonthClose.objects.get().rolled_at is not None
    assert differences(first=NOV, last=NOV) == []
    assert broken() == []
    assert ClosedMonth.objects.count() == 1
