"""A newborn registered in time and not paid in time: contributions count from the birth month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.audit.models import Entry
from jkn.contribution import jobs
from jkn.contribution.actions import run_day
from jkn.contribution.late_newborns import LateNewborn, bill_late_newborns
from jkn.contribution.models import Bill, Payment
from jkn.contribution.newborns import register_newborns
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import (
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core import clock
from jkn.core.actor import Actor, Role
from jkn.core.month import Month
from jkn.membership.acts import record_death
from jkn.membership.models import Member
from jkn.membership.newborns import Baby, Birth
from jkn.membership.queries import figure
from jkn.membership.rules import Segment
from jkn.membership.terms import months_unpaid_in_time
from jkn.membership.tests.factories import a_family, a_member, an_account, members_of
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
ANDI = Actor(account_id=9, role=Role.BRANCH, name="Andi")
BORN = date(2026, 10, 25)
DAY_10, DAY_28, DAY_29 = date(2026, 11, 4), date(2026, 11, 22), date(2026, 11, 23)


@pytest.fixture
def siti(on_day):
    """Siti's family has paid November."""
    on_day("2026-11-04")
    family = a_family()
    open_accounts(family)
    return family


def born(family, *names, born=BORN, on=DAY_10):
    mother = members_of(family)[0].id
    babies = [Baby(name, "f") for name in names or ("Bayi",)]
    done = register_newborns(
        actor=ANDI, family_id=family.family_id, birth=Birth(mother, born, babies), on=on
    )
    return done.members


def paid_more(*, times):
    """A family that paid November at so many tellers at once: all but one become credit."""
    family = a_billed_family(months=1)
    bank, va = Bank(a_bank()), va_of(family)
    requests = [f"R{n}" for n in range(times)]
    for request in requests:
        bank.inquire(va, request)
    for request in requests:
        assert bank.pay(va, request, 35_000).status_code == 200
    return family


def bills_of(family):
    rows = Bill.objects.filter(family_id=family.family_id).order_by("month", "id")
    return [(str(Month.at(b.month)), b.amount, b.status) for b in rows]


IN_TIME = [("2026-11", 35_000, "open")]
LATE = [("2026-10", 35_000, "open"), ("2026-11", 35_000, "open")]


def test_on_day_28_nothing_is_added_on_day_29_the_birth_month_is(siti, on_day):
    (baby,) = born(siti)
    on_day("2026-11-22")
    assert run_day(on=DAY_28).late_newborns == 0
    assert bills_of(siti) == IN_TIME
    on_day("2026-11-23")
    assert run_day(on=DAY_29).late_newborns == 1
    assert bills_of(siti) == LATE
    added = Bill.objects.get(family_id=siti.family_id, month=Month(2026, 10).index)
    assert (added.member_id, added.due_on, added.persons) == (baby.id, date(2026, 11, 30), 1)
    assert broken_promises() == []


def test_twice_is_once_and_it_is_paid_as_a_whole(siti, on_day):
    born(siti)
    on_day("2026-11-23")
    run_day(on=DAY_29)
    assert run_day(on=DAY_29).late_newborns == run_day(on=date(2026, 12, 9)).late_newborns == 0
    assert Entry.objects.filter(verb="contribution.newborn_late").count() == 1
    assert Bank(a_bank()).pay(va_of(siti), "R1", 70_000).status_code == 200
    assert {m.status for m in members_of(siti)} == {"active"}
    assert run_day(on=DAY_29).late_newborns == 0
    assert broken_promises() == []


@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (datetime(2026, 11, 22, 16, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 22, 17, 0, tzinfo=UTC), 1),
    ],
    ids=["23.59 WIB of day 28", "0.00 WIB of day 29"],
)
def test_the_days_end_at_midnight_wib(siti, monkeypatch, time_machine, moment, late):
    born(siti)
    monkeypatch.delenv("JKN_TODAY")
    time_machine.move_to(moment, tick=False)
    assert run_day(on=clock.today()).late_newborns == late


def test_who_was_paid_on_day_28_is_left_alone(siti, on_day):
    born(siti)
    on_day("2026-11-22")
    assert Bank(a_bank()).pay(va_of(siti), "R1", 35_000).status_code == 200
    on_day("2026-11-23")
    assert run_day(on=DAY_29).late_newborns == 0
    assert bills_of(siti) == [("2026-11", 35_000, "paid")]


def test_of_twins_only_the_one_whom_credit_did_not_reach_is_billed_back(on_day):
    on_day("2026-11-04")
    siti = paid_more(times=2)
    first, second = born(siti, "Bayi Satu", "Bayi Dua")
    assert [status for *_, status in bills_of(siti)] == ["paid", "paid", "open"]
    on_day("2026-11-23")
    assert bill_late_newborns(on=DAY_29) == [LateNewborn(siti.family_id, second.id, 1, 35_000)]
    assert not Bill.objects.filter(member_id=first.id, month=Month(2026, 10).index).exists()
    assert broken_promises() == []


def test_twins_are_billed_both(siti, on_day):
    born(siti, "Bayi Satu", "Bayi Dua")
    on_day("2026-11-23")
    assert run_day(on=DAY_29).late_newborns == 2
    assert bills_of(siti) == [LATE[0], LATE[0], LATE[1], LATE[1]]
    assert broken_promises() == []


@pytest.mark.parametrize("segment", [Segment.PBI_NATIONAL, Segment.PBI_REGIONAL, Segment.WORKER])
def test_whose_contributions_others_pay_is_never_billed(on_day, segment):
    on_day("2026-11-04")
    family = a_family(segment=segment.value, paid_month=None)
    born(family)
    assert run_day(on=DAY_29).late_newborns == 0
    assert bills_of(family) == []


def test_a_baby_of_this_month_counts_from_its_birth_anyway(siti, on_day):
    born(siti, born=date(2026, 11, 2))
    assert run_day(on=date(2026, 12, 1)).late_newborns == 0
    assert bills_of(siti)[0] == ("2026-11", 35_000, "open")


def test_a_baby_on_the_familys_own_bill_is_late_with_it(on_day):
    on_day("2026-11-01")
    family = a_family(paid_month=Month(2026, 10).index)
    open_accounts(family)
    born(family, on=date(2026, 11, 1))
    run_day(on=date(2026, 11, 1))
    assert bills_of(family) == [("2026-11", 70_000, "open")]
    on_day("2026-11-23")
    run_day(on=DAY_29)
    assert bills_of(family) == [LATE[0], ("2026-11", 70_000, "open")]


def test_a_server_that_slept_uses_credit_before_it_judges(on_day):
    on_day("2026-11-01")
    family = paid_more(times=3)  # two months of credit
    born(family, born=date(2026, 11, 20), on=date(2026, 12, 1))  # December is not billed yet
    on_day("2026-12-25")
    assert run_day(on=date(2026, 12, 25)).late_newborns == 0
    assert bills_of(family)[-1] == ("2026-12", 70_000, "paid")


def test_who_died_by_then_is_not_billed_back(siti, on_day):
    (baby,) = born(siti)
    record_death(
        actor=ANDI, family_id=siti.family_id, member_id=baby.id, day=date(2026, 11, 6),
        reason="Surat kematian", on=date(2026, 11, 7),
    )  # fmt: skip
    assert run_day(on=DAY_29).late_newborns == 0
    assert bills_of(siti) == IN_TIME


def test_late_months_are_of_the_class_and_tariff_of_then(siti, on_day):
    a_bill(siti, Month(2026, 9), care_class="1", per_person=150_000, persons=1)
    a_bill(siti, Month(2026, 10), care_class="2", per_person=100_000, persons=1)
    born(siti)
    run_day(on=DAY_29)
    rows = Bill.objects.filter(family_id=siti.family_id, member_id__isnull=False)
    assert [(b.care_class, b.amount) for b in rows.order_by("month")] == [
        ("2", 100_000), ("3", 35_000),
    ]  # fmt: skip


def test_the_statement_is_the_rule(siti):
    """Around two ends of months, registered on any day; each as the rule says."""
    days, cap = (
        figure("newborn_days", on=DAY_29).value,
        figure("newborn_cap_months", on=DAY_29).value,
    )
    people = []
    for place in range(40):
        birth = date(2026, 9, 20) + timedelta(days=place)
        since = birth + timedelta(days=place * 7 % 31)
        baby = a_member(
            siti, name="B", relation="child", status="candidate", birth_date=birth, since=since
        )
        a_bill(siti, Month.of(since), persons=1, member_id=baby.id)
        people.append((baby.id, birth, since))
    on = date(2026, 11, 20)
    told = {late.member_id: late.months for late in bill_late_newborns(on=on)}
    ruled = {
        who: len(months)
        for who, birth, since in people
        if (months := months_unpaid_in_time(
            born=birth, registered=since, on=on, days=days, cap_months=cap))
    }  # fmt: skip
    assert told == ruled
    assert 0 < len(told) < len(people)


@pytest.mark.django_db(transaction=True)
def test_eight_runs_at_once_and_a_payment_bill_once(siti, on_day):
    families = [siti, *(a_family() for _ in range(5))]
    for family in families:
        born(family)
    on_day("2026-11-23")
    done = at_once([lambda: bill_late_newborns(on=DAY_29)] * 8)
    assert sum(len(late) for late in done) == len(families)
    for family in families:
        assert bills_of(family) == LATE
    assert broken_promises() == []


def test_the_family_is_told_why_and_by_which_law(client, siti, on_day):
    born(siti, "Bayi Ny. Siti")
    account = an_account(members_of(siti)[0])
    client.force_login(account)
    page = client.get("/iuran/").content.decode()
    assert "Bayar iuran Bayi Ny. Siti paling lambat 22 November 2026" in page
    assert "Sejak bulan lahir" not in page
    on_day("2026-11-23")
    run_day(on=DAY_29)
    args = ProcrastinateJob.objects.get(task_name="contribution.tell_newborn_late").args
    for _ in range(2):  # jobs run at least once
        jobs.tell_newborn_late(**args)
    told = Notice.objects.get(account_id=account.id, kind="contribution.newborn_late")
    assert told.values["basis"] == "Perpres 82/2018 pasal 16"
    assert (told.values["until"], told.values["amount"]) == ("2026-11-22", "Rp35.000")
    page = client.get("/iuran/").content.decode()
    assert "Sejak bulan lahir" in page
    assert "Perpres 82/2018 pasal 16" in page
    assert "paling lambat 22 November" not in page


def test_who_paid_is_shown_no_day_to_come(client, siti):
    born(siti)
    Bank(a_bank()).pay(va_of(siti), "R1", 35_000)
    client.force_login(an_account(members_of(siti)[0]))
    assert "dihitung sejak bulan lahir" not in client.get("/iuran/").content.decode()
    assert Payment.objects.count() == 1
    assert not Member.objects.filter(status="candidate").exists()
