"""Families are told what happened to their money: in the inbox, in words, once for each account."""

from __future__ import annotations

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from jkn.contribution import jobs
from jkn.contribution.models import Payment
from jkn.contribution.tests.factories import NOW, a_bank, a_bill, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, an_account, members_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


def inbox(account):
    return signed_in(account).get("/pemberitahuan/").content.decode()


def deferred(name):
    return list(ProcrastinateJob.objects.filter(task_name=name).values_list("args", flat=True))


def test_a_payment_is_told_to_each_account_of_the_family():
    family = a_billed_family(months=2, names=("Siti", "Budi"))
    siti, budi = (an_account(m) for m in members_of(family))
    wati = an_account(members_of(a_family(names=("Wati",)))[0])
    Bank(a_bank()).pay(va_of(family), "R1", 140_000)
    payment = Payment.objects.get(family_id=family.family_id)
    (told,) = deferred("contribution.tell_paid")
    assert told == {"family_id": family.family_id, "payment_id": payment.id}  # ids only
    for _ in range(2):  # jobs run at least once
        jobs.tell_paid(**told)
    for account in (siti, budi):
        page = inbox(account)
        assert page.count("Rp140.000") == 1
        assert payment.receipt in page
        assert f"/iuran/riwayat/{payment.id}/" in page
    assert "Rp140.000" not in inbox(wati)


def test_a_refused_payment_tells_nobody():
    family = a_billed_family(months=2)
    Bank(a_bank()).pay(va_of(family), "R1", 1)
    assert deferred("contribution.tell_paid") == []


def test_a_suspension_is_told_with_what_brings_cover_back():
    family = a_billed_family(months=3, status=Status.ACTIVE.value)
    siti = an_account(members_of(family)[0])
    jobs.day(0)
    (told,) = deferred("contribution.tell_suspended")
    for _ in range(2):
        jobs.tell_suspended(**told)
    assert inbox(siti).count("Rp105.000") == 1
    jobs.day(0)
    assert len(deferred("contribution.tell_suspended")) == 1


def test_a_registration_is_told_with_its_last_day():
    family = a_family(
        status=Status.CANDIDATE.value, paid_month=None, pay_from=date(2026, 11, 22),
        pay_by=date(2026, 12, 22),
    )  # fmt: skip
    a_bill(family, NOW)
    siti = an_account(members_of(family)[0])
    for _ in range(2):
        jobs.tell_registered(family.family_id)
    assert inbox(siti).count("22 Desember 2026") == 1


def test_a_family_without_accounts_is_told_nothing_and_nothing_breaks():
    a_billed_family(months=3, status=Status.ACTIVE.value)
    jobs.day(0)
    (told,) = deferred("contribution.tell_suspended")
    jobs.tell_suspended(**told)


def test_who_paid_before_the_news_went_out_is_not_told():
    family = a_billed_family(months=3, status=Status.ACTIVE.value)
    siti = an_account(members_of(family)[0])
    jobs.day(0)
    (told,) = deferred("contribution.tell_suspended")
    assert Bank(a_bank()).pay(va_of(family), "R1", 105_000).status_code == 200
    jobs.tell_suspended(**told)
    assert "berhenti" not in inbox(siti)
