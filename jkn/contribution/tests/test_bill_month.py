"""`manage.py bill_month` and `suspend_overdue`: what they print, refuse and leave alone."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from jkn.contribution import billing, ledger, progress
from jkn.contribution.actions import run_day
from jkn.contribution.billing import bill_month, suspend_overdue
from jkn.contribution.care_class import change_class
from jkn.contribution.models import Bill, Journal, Posting, Tariff
from jkn.contribution.newborns import register_newborns
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import NOW, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import SYSTEM
from jkn.core.month import Month
from jkn.membership import slices
from jkn.membership.models import Family
from jkn.membership.newborns import Baby, Birth
from jkn.membership.rules import Segment, Status
from jkn.membership.slices import Slice
from jkn.membership.tests.factories import a_family, members_of

pytestmark = pytest.mark.django_db
DECEMBER, ON = Month(2026, 12), date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def bills_of(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month", "id")
    return [(str(Month.at(b.month)), b.care_class, b.amount, b.status) for b in rows]


def told(capsys, *words):
    call_command(*words, "--json")
    return json.loads(capsys.readouterr().out)


def test_next_month_is_billed_and_the_command_says_so(capsys):
    siti = a_family(names=("Siti", "Budi"))
    done = told(capsys, "bill_month", "2026-12")
    assert {**done, "seconds": 0} == {
        "month": "2026-12", "made": 1, "seconds": 0, "without_tariff": [],
    }  # fmt: skip
    assert bills_of(siti) == [("2026-12", "3", 70_000, "open")]
    assert told(capsys, "bill_month", "2026-12")["made"] == 0
    call_command("bill_month", "2026-12")
    out, err = capsys.readouterr()
    assert out.startswith("2026-12: 0 bills made in ")
    assert err == "100 %: 1 of 1 families, 0 bills\n"
    assert broken_promises() == []


def test_a_month_to_come_is_not_owed_before_it_begins(on_day):
    siti = a_billed_family(months=1)
    bill_month(DECEMBER, on=ON)
    bank = Bank(a_bank())
    assert bank.pay(va_of(siti), "R1", 70_000).status_code == 404
    assert bank.pay(va_of(siti), "R2", 35_000).status_code == 200
    assert [b[3] for b in bills_of(siti)] == ["paid", "open"]
    on_day("2026-12-01")
    assert run_day(on=date(2026, 12, 1)).billed == 0
    assert bank.pay(va_of(siti), "R3", 35_000).status_code == 200
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-13", "write it as 2026-12"),
        ("12-2026", "write it as 2026-12"),
        ("2026-1", "write it as 2026-12"),
        ("0000-01", "write it as 2026-12"),
        ("Desember", "write it as 2026-12"),
        ("２０２６-12", "write it as 2026-12"),
        ("", "write it as 2026-12"),
        ("2027-01", "2024-11 sampai 2026-12"),
        ("9999-12", "2024-11 sampai 2026-12"),
        ("2024-10", "2024-11 sampai 2026-12"),
    ],
)
def test_a_wrong_month_is_refused_in_plain_words_and_nothing_is_made(typed, says):
    siti = a_family(paid_month=Month(2026, 1).index)
    with pytest.raises(CommandError, match=says):
        call_command("bill_month", typed)
    assert bills_of(siti) == []


@pytest.mark.parametrize("command", ["suspend_overdue", "age_members"])
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("2026-11-31", "write it as 2026-12-01"),
        ("2026-02-29", "write it as 2026-12-01"),
        ("20261101", "write it as 2026-12-01"),
        ("1 Desember", "write it as 2026-12-01"),
        ("2026-11-23", "still to come: today is 2026-11-22"),
    ],
)
def test_a_wrong_day_is_refused_in_plain_words(command, typed, says, monkeypatch):
    monkeypatch.setenv("JKN_PRODUCTION", "1")
    with pytest.raises(CommandError, match=says):
        call_command(command, "--on", typed)


def test_who_is_behind_is_suspended_once(capsys):
    siti = a_billed_family(months=3, names=("Siti", "Budi"), status=Status.ACTIVE.value)
    a_billed_family(months=1)
    done = told(capsys, "suspend_overdue", "--on", "2026-11-22")
    assert {**done, "seconds": 0} == {"on": "2026-11-22", "families": 1, "seconds": 0}
    assert {m.status for m in members_of(siti)} == {Status.SUSPENDED_ARREARS}
    assert told(capsys, "suspend_overdue")["families"] == 0
    call_command("suspend_overdue")
    assert capsys.readouterr().out.startswith("2026-11-22: 0 families suspended in ")
    assert broken_promises() == []


def test_ageing_says_its_day_and_what_changed(capsys):
    assert told(capsys, "age_members", "--on", "2026-11-01") == {
        "on": "2026-11-01", "over_age": 0, "places_freed": 0, "data_hold": 0, "guarantee_ended": 0,
    }  # fmt: skip
    call_command("age_members")
    assert capsys.readouterr().out.startswith("2026-11-22: over_age 0, ")


def test_families_without_a_tariff_are_named_and_the_others_are_billed(capsys):
    lost = a_family(care_class="KRIS")
    siti = a_family()
    with pytest.raises(CommandError, match="1 of pbpu class KRIS"):
        call_command("bill_month", "2026-12", "--json")
    done = json.loads(capsys.readouterr().out)
    assert done["made"] == 1
    assert done["without_tariff"] == [{"segment": "pbpu", "care_class": "KRIS", "families": 1}]
    assert bills_of(lost) == []
    assert len(bills_of(siti)) == 1


# Ranges.


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_the_ranges_hold_every_family_once(count):
    families = {a_family().family_id for _ in range(count)}
    ranges = list(slices.slices(size=2))
    assert ranges[0].after == -1
    assert all(a.through == b.after for a, b in pairwise(ranges))
    held = [sum(r.after < f <= r.through for r in ranges) for f in families]
    assert held == [1] * count


def test_each_range_is_told_with_what_it_made():
    for _ in range(5):
        a_family()
    counts = []
    assert bill_month(DECEMBER, on=ON, size=2, tell=counts.append) == 5
    assert counts == [2, 2, 1]
    lines = []
    tell = progress.Told(lines.append, "bills", size=2)
    for count in counts:
        tell(count)
    assert lines == ["40 %: 2 of 5 families, 2 bills", "100 %: 5 of 5 families, 5 bills"]


def test_a_run_that_fails_half_way_keeps_its_ranges_and_goes_on_where_it_was(monkeypatch):
    families = [a_family() for _ in range(5)]
    whole = billing._bill_slice
    seen: list[Slice] = []

    def failing(one, month, due):
        seen.append(one)
        if len(seen) == 2:
            with transaction.atomic():
                whole(one, month, due)
                raise RuntimeError("the machine went away")
        return whole(one, month, due)

    monkeypatch.setattr(billing, "_bill_slice", failing)
    with pytest.raises(RuntimeError):
        bill_month(DECEMBER, on=ON, size=2)
    assert [len(bills_of(f)) for f in families] == [1, 1, 0, 0, 0]
    assert bill_month(DECEMBER, on=ON) == 3
    assert [len(bills_of(f)) for f in families] == [1] * 5
    assert broken_promises() == []


# What changes between the run and the month.


def test_a_class_that_begins_with_the_month_is_billed_before_it_is_copied(on_day):
    siti = a_family(next_class="1", next_class_from=date(2026, 12, 1))
    bill_month(DECEMBER, on=ON)
    assert bills_of(siti) == [("2026-12", "1", 150_000, "open")]
    assert Family.objects.get(family_id=siti.family_id).care_class == "3"
    run_day(on=date(2026, 12, 1))
    assert Family.objects.get(family_id=siti.family_id).care_class == "1"
    assert len(bills_of(siti)) == 1


def test_a_class_that_is_changed_after_the_run_begins_with_the_month_after():
    siti = a_family()
    bill_month(DECEMBER, on=ON)
    begins = change_class(
        actor=SYSTEM, family_id=siti.family_id, care_class="1", on=date(2026, 11, 25), reason=""
    )
    assert begins == date(2027, 1, 1)
    bill_month(Month(2027, 1), on=ON)
    assert [b[1:3] for b in bills_of(siti)] == [("3", 35_000), ("1", 150_000)]


def test_a_baby_born_after_the_run_has_a_bill_beside_it():
    siti = a_family()
    bill_month(DECEMBER, on=ON)
    birth = Birth(members_of(siti)[0].id, date(2026, 11, 20), (Baby("Bayi Ny. Siti", "f", ""),))
    registered = register_newborns(
        actor=SYSTEM, family_id=siti.family_id, birth=birth, on=date(2026, 11, 22)
    )
    assert registered.amount == 70_000
    assert [b[0] for b in bills_of(siti)] == ["2026-11", "2026-12", "2026-12"]
    bill_month(Month(2027, 1), on=ON)
    assert bills_of(siti)[-1] == ("2027-01", "3", 70_000, "open")
    assert broken_promises() == []


@pytest.mark.parametrize("segment", [s.value for s in Segment if s not in ("pbpu", "bp")])
def test_whom_others_pay_for_gets_no_bill(segment):
    assert a_family(segment=segment)
    assert bill_month(DECEMBER, on=ON) == 0


def test_old_bills_keep_their_tariff_when_a_new_one_begins():
    siti = a_family(paid_month=Month(2026, 10).index)
    bill_month(Month(2026, 11), on=ON)
    Tariff.objects.create(
        segment="pbpu", care_class="3", valid_from=date(2026, 12, 1), monthly=42_000,
        government=0, basis="Perpres contoh", verified=False,
    )  # fmt: skip
    assert bill_month(Month(2026, 11), on=ON) == 0
    bill_month(DECEMBER, on=ON)
    assert [b[2] for b in bills_of(siti)] == [35_000, 42_000]
    assert Bill.objects.filter(family_id=siti.family_id, per_person=35_000).count() == 1


# Beside other work, with real commits.


@pytest.mark.django_db(transaction=True)
def test_eight_runs_of_ranges_at_once_make_one_bill_each():
    families = [a_family(names=("Siti", "Budi")) for _ in range(15)]
    made = at_once([lambda: bill_month(DECEMBER, on=ON, size=2)] * 8)
    assert sum(made) == len(families)
    assert all(len(bills_of(f)) == 1 for f in families)
    assert Journal.objects.filter(kind="billed").count() == len(families)
    assert Posting.objects.count() == len(families)
    assert broken_promises() == []


def slept(seconds):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


@pytest.mark.django_db(transaction=True)
def test_who_pays_while_the_run_suspends_stays_covered():
    """The payment holds the family's lock: the run waits, and then its month counts."""
    siti = a_billed_family(months=2, status=Status.ACTIVE.value)

    def pays():
        with transaction.atomic():
            assert ledger.lock_family(siti.family_id)
            slept(0.5)
            Family.objects.filter(family_id=siti.family_id).update(paid_month=NOW.index)

    def suspends():
        slept(0.2)
        return suspend_overdue(on=date(2026, 11, 22))

    assert at_once([pays, suspends])[1] == 0
    assert {m.status for m in members_of(siti)} == {Status.ACTIVE}


@pytest.mark.django_db(transaction=True)
def test_a_run_waits_for_a_family_that_is_locked_and_sees_what_was_written():
    siti = a_family(paid_month=Month(2026, 10).index)

    def baby():
        with transaction.atomic():
            birth = Birth(members_of(siti)[0].id, date(2026, 11, 20), (Baby("Bayi", "f", ""),))
            register_newborns(
                actor=SYSTEM, family_id=siti.family_id, birth=birth, on=date(2026, 11, 22)
            )
            slept(0.5)

    def run():
        slept(0.2)
        bill_month(Month(2026, 11), on=ON)

    at_once([baby, run])
    assert [b[2] for b in bills_of(siti)] == [70_000]
    assert broken_promises() == []
