"""Each promise holds for an honest day, and notices the fault that was planted for it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from jkn.account.models import Directory
from jkn.contribution.billing import suspend_overdue
from jkn.contribution.models import Bill, Journal, Payment, Posting
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import (
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core.db import execute
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Cover, Segment, Status, status_on
from jkn.membership.tests.factories import a_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def siti(on_day):
    """Siti's family has paid October and November: every promise has something to look at."""
    on_day("2026-11-22")
    family = a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))
    assert Bank(a_bank()).pay(va_of(family), "R1", 140_000).status_code == 200
    assert broken_promises() == []
    return family


def change(table, **values):
    """Change rows behind the application's back, triggers off, as a slip in a script would."""
    columns = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"UPDATE {table} SET {columns}", list(values.values()))
        cursor.execute("SET session_replication_role = origin")


def a_posting(family, **over):
    journal = Journal.objects.create(family_id=family.family_id, kind="paid", day=date(2026, 11, 1))
    values = {"debit": "receivable", "credit": "income", "amount": 5, "bill_id": None, **over}
    return Posting.objects.create(family_id=family.family_id, journal_id=journal.id, **values)


def test_a_line_too_many_is_noticed(siti):
    a_posting(siti)
    assert broken_promises() == ["ledger.receivable"]


def test_an_amount_that_was_changed_is_noticed(siti):
    change("contribution_posting", amount=1)
    assert {"ledger.receivable", "ledger.money_in", "ledger.paid_bills"} & set(broken_promises())


def test_a_payment_that_was_made_larger_is_noticed(siti):
    change("contribution_payment", amount=140_001)
    assert broken_promises() == ["ledger.money_in"]


def test_a_payment_booked_to_another_bank_is_noticed(siti):
    change("contribution_payment", bank="bank-lain")
    assert broken_promises() == ["ledger.money_in"]


def test_a_payment_without_a_journal_is_noticed(siti):
    change("contribution_journal", payment_id=None)
    assert "ledger.money_in" in broken_promises()


def test_a_payment_booked_twice_is_noticed(siti):
    payment = Payment.objects.get(family_id=siti.family_id)
    Journal.objects.create(
        family_id=siti.family_id, kind="paid", day=date(2026, 11, 22), payment_id=payment.id
    )
    assert "ledger.one_journal" in broken_promises()


def test_a_bill_marked_paid_without_money_is_noticed(siti):
    payment = Payment.objects.get(family_id=siti.family_id)
    bill = a_bill(siti, NOW.plus(-3))
    Bill.objects.filter(family_id=siti.family_id, id=bill.id).update(
        status="paid", payment_id=payment.id
    )
    assert set(broken_promises()) == {"ledger.receivable", "ledger.paid_bills"}


def test_credit_below_zero_is_noticed(siti):
    a_posting(siti, debit="credit", credit="refund")
    assert broken_promises() == ["ledger.credit"]


def test_a_request_that_counted_in_two_families_is_noticed(siti):
    wati = a_family(names=("Wati Lestari",))
    first = Payment.objects.get(family_id=siti.family_id)
    again = Payment.objects.create(
        family_id=wati.family_id, partner_id=first.partner_id, bank=first.bank,
        request_id=first.request_id, reference="OTHER", number="0", amount=5, day=first.day,
        paid_at=first.paid_at, receipt="X",
    )  # fmt: skip
    journal = Journal.objects.create(
        family_id=wati.family_id, kind="paid", day=first.day, payment_id=again.id
    )
    Posting.objects.create(
        family_id=wati.family_id, journal_id=journal.id, debit=f"clearing.{first.bank}",
        credit="credit", amount=5,
    )  # fmt: skip
    assert set(broken_promises()) == {"payment.once", "payment.in_directory"}


def test_a_payment_that_nobody_finds_again_is_noticed(siti):
    Directory.objects.filter(kind="payment").delete()
    assert broken_promises() == ["payment.in_directory"]


def test_a_paid_month_after_paid_until_is_noticed(siti):
    Family.objects.filter(family_id=siti.family_id).update(paid_month=NOW.plus(-1).index)
    assert "bill.paid_month" in broken_promises()


def test_arrears_paid_in_part_above_a_gap_are_no_false_alarm(on_day, db):
    """A sum quoted before midnight: the month turned, the newest bill is dearer than the oldest."""
    october = NOW.plus(-1)
    family = a_family(paid_month=october.plus(-49).index, status=Status.SUSPENDED_ARREARS.value)
    for back in range(49):
        a_bill(family, october.plus(-back))
    open_accounts(family)
    on_day("2026-10-31")
    bank = Bank(a_bank())
    bank.inquire(va_of(family), "R1")
    on_day("2026-11-01")
    a_bill(family, NOW, per_person=50_000)
    assert bank.pay(va_of(family), "R1", 25 * 35_000).status_code == 200
    assert Bill.objects.filter(family_id=family.family_id, status="paid").count() == 24
    assert broken_promises() == []


def test_a_status_that_nobody_wrote_down_is_noticed(siti):
    Member.objects.filter(family_id=siti.family_id).update(status=Status.ABROAD.value)
    assert broken_promises() == ["membership.status_is_last_change"]


def test_a_copy_that_differs_from_the_rule_is_noticed(siti, on_day):
    on_day("2027-01-01")
    assert broken_promises() == ["membership.status_follows_rule"]


def test_a_day_to_come_that_was_run_already_is_judged_when_it_comes(siti, on_day):
    suspend_overdue(on=date(2027, 1, 5))
    statuses = Member.objects.filter(family_id=siti.family_id).values_list("status", flat=True)
    assert set(statuses) == {Status.SUSPENDED_ARREARS}
    assert broken_promises() == []
    on_day("2027-01-05")
    assert broken_promises() == []


def test_one_person_in_two_families_is_noticed(siti):
    wati = a_family(names=("Wati Lestari",))
    row = Member.objects.filter(family_id=siti.family_id).values()[0]
    Member.objects.create(**{**row, "family_id": wati.family_id})
    assert "membership.one_open" in broken_promises()


def test_a_member_whom_nobody_finds_is_noticed(siti):
    Directory.objects.filter(kind="nik").delete()
    assert broken_promises() == ["membership.in_directory"]


def test_the_promise_in_sql_is_the_rule_in_python(db, on_day):
    on_day("2026-11-22")
    day = date(2026, 11, 22)
    told = {"membership.status_follows_rule"}
    for status in (Status.CANDIDATE, Status.REGISTRATION_LAPSED, Status.ACTIVE,
                   Status.SUSPENDED_ARREARS):  # fmt: skip
        for paid in (None, *(NOW.plus(n) for n in (-3, -2, -1, 0, 1))):
            for pay_by in (None, date(2026, 11, 21), date(2026, 11, 22)):
                family = a_family(
                    status=status.value, paid_month=paid and paid.index, pay_by=pay_by
                )
                rule = status_on(Cover(Segment.SELF_PAYING, status, paid, pay_by), on=day)
                assert (set(broken_promises()) == told) == (rule is not status), (paid, pay_by)
                Family.objects.filter(family_id=family.family_id).update(segment="pbi_jk")


def test_the_command_says_which_promise_is_broken(siti, capsys):
    call_command("invariants", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert len(told["invariants"]) >= 15

    change("contribution_payment", amount=140_001)
    with pytest.raises(CommandError, match=r"broken: ledger\.money_in, statement\.clearing"):
        call_command("invariants", "--json")
    told = json.loads(capsys.readouterr().out)
    broken = {p["name"] for p in told["invariants"] if not p["ok"]}
    assert broken == {"ledger.money_in", "statement.clearing"}


def test_rows_of_money_and_of_status_are_never_changed(siti):
    for model in (Payment, Journal, Posting, StatusChange):
        for act in ("UPDATE {} SET family_id = family_id", "DELETE FROM {}"):
            with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
                execute(act.format(model._meta.db_table))


def test_an_orphan_is_refused_by_the_database(siti):
    """ForeignObject makes no constraint: the composite keys of the migrations do."""
    wati = a_family(names=("Wati Lestari",))
    mine = Bill.objects.filter(family_id=siti.family_id)[0]
    orphans = (
        lambda: Bill.objects.filter(family_id=siti.family_id).update(payment_id=new_id()),
        lambda: a_posting(siti, bill_id=new_id()),
        lambda: a_posting(wati, bill_id=mine.id),  # a true id, of another family
        lambda: Journal.objects.create(
            family_id=siti.family_id, kind="paid", day=date(2026, 1, 1), payment_id=new_id()
        ),
        lambda: a_bill(Family(family_id=new_id(), care_class="3"), Month(2026, 1), persons=1),
        lambda: Member.objects.filter(family_id=siti.family_id).delete(),
    )
    for orphan in orphans:
        with pytest.raises(IntegrityError, match="violates foreign key"):
            at_once_checked(orphan)


def at_once_checked(act):
    with transaction.atomic():
        act()
        execute("SET CONSTRAINTS ALL IMMEDIATE")
