"""A registration that was not paid in time gets new days to pay; its number stays."""

from __future__ import annotations

from datetime import date

import pytest

from jkn.contribution.models import Bill, Tariff
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank, a_bill, open_accounts, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import SYSTEM
from jkn.core.month import Month
from jkn.membership.acts import record_death
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, an_account, members_of

pytestmark = pytest.mark.django_db
URL = "/iuran/bayar/ulang/"


@pytest.fixture
def lapsed(on_day):
    on_day("2026-11-22")
    family = a_family(
        names=("Siti Rahmawati", "Budi Santoso"), status=Status.REGISTRATION_LAPSED.value,
        paid_month=None, pay_from=date(2026, 9, 10), pay_by=date(2026, 9, 26),
    )  # fmt: skip
    a_bill(family, Month(2026, 9))
    open_accounts(family)
    return family


def signed_in(client, family):
    client.force_login(an_account(members_of(family)[0]))
    return client


def test_it_opens_new_days_and_the_old_number_can_be_paid(client, lapsed):
    answer = signed_in(client, lapsed).post(URL, {"_key": "k1"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/iuran/bayar/")
    family = Family.objects.get(family_id=lapsed.family_id)
    assert (family.pay_from, family.pay_by) == (date(2026, 12, 6), date(2026, 12, 22))
    statuses = Member.objects.filter(family_id=lapsed.family_id).values_list("status", flat=True)
    assert set(statuses) == {Status.CANDIDATE}
    assert StatusChange.objects.filter(family_id=lapsed.family_id, event="reissued").count() == 2
    assert Bill.objects.get(family_id=lapsed.family_id).month == Month(2026, 12).index


def test_it_can_be_paid_when_the_new_days_come(client, lapsed, on_day):
    signed_in(client, lapsed).post(URL, {"_key": "k1"})
    on_day("2026-12-06")
    answer = Bank(a_bank()).pay(va_of(lapsed), "R1", 70_000)

    assert answer.json()["responseCode"] == "2002500"
    assert Family.objects.get(family_id=lapsed.family_id).paid_month == Month(2026, 12).index


def test_twice_is_once(client, lapsed):
    signed_in(client, lapsed).post(URL, {"_key": "k1"})
    again = client.post(URL, {"_key": "k1"})
    other = client.post(URL, {"_key": "k2"})

    assert again.status_code == 302
    assert other.status_code == 409
    assert StatusChange.objects.filter(family_id=lapsed.family_id, event="reissued").count() == 2


def test_who_has_not_lapsed_is_refused_and_nothing_changes(client, lapsed):
    Family.objects.filter(family_id=lapsed.family_id).update(pay_by=date(2026, 11, 22))
    answer = signed_in(client, lapsed).post(URL, {"_key": "k1"})

    assert answer.status_code == 409
    assert Family.objects.get(family_id=lapsed.family_id).pay_by == date(2026, 11, 22)


def test_a_stranger_is_asked_to_sign_in(client, lapsed):
    assert client.post(URL, {"_key": "k1"}).status_code == 401


def test_new_days_cost_what_the_month_of_payment_costs(client, lapsed, on_day):
    """A new tariff and a death since then: the bill is of those who are registered now."""
    new = {"segment": "pbpu", "care_class": "3", "government": 0, "basis": "Perpres baru"}
    Tariff.objects.create(**new, valid_from=date(2026, 12, 1), monthly=40_000)
    budi = members_of(lapsed)[1]
    death = {"member_id": budi.id, "day": date(2026, 10, 9), "reason": "Surat kematian"}
    record_death(actor=SYSTEM, family_id=lapsed.family_id, on=date(2026, 11, 22), **death)
    signed_in(client, lapsed).post(URL, {"_key": "k1"})

    bill = Bill.objects.get(family_id=lapsed.family_id)
    assert (bill.month, bill.persons, bill.amount) == (Month(2026, 12).index, 1, 40_000)
    assert (bill.basis, bill.due_on) == ("Perpres baru", date(2026, 12, 22))
    assert set(broken_promises()) <= {"membership.places"}  # counted by a job
    on_day("2026-12-06")
    assert Bank(a_bank()).pay(va_of(lapsed), "R1", 40_000).status_code == 200
    assert members_of(lapsed)[0].status == Status.ACTIVE
