"""Paying months to come, and looking at another family's account number before paying it."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import caches

from jkn.audit.models import Entry
from jkn.contribution.actions import run_day
from jkn.contribution.ahead import choose_ahead
from jkn.contribution.care_class import change_class
from jkn.contribution.models import AheadChoice, Bill, Payment, Tariff
from jkn.contribution.queries import family_bills
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank, a_billed_family, open_accounts, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.core.errors import Refused
from jkn.membership.models import Family, Member
from jkn.membership.rules import Segment, Status
from jkn.membership.tests.factories import a_family, an_account, members_of

pytestmark = pytest.mark.django_db
URL = "/iuran/di-muka/"
OTHER = "/iuran/keluarga-lain/"
DAY = date(2026, 11, 22)
SITI = Actor(account_id=4711, role=Role.MEMBER, name="Siti")


@pytest.fixture
def siti(client, on_day):
    """Siti and Budi owe November: 70,000 a month."""
    on_day("2026-11-22")
    family = a_billed_family(months=1, names=("Siti", "Budi"))
    client.force_login(an_account(members_of(family)[0]))
    return family


@pytest.fixture
def bank(db):
    return Bank(a_bank())


def text(answer):
    return answer.content.decode()


def test_three_months_ahead_are_paid_and_used_month_by_month(client, siti, bank, on_day):
    answer = client.post(URL, {"months": "3", "_key": "k1"})
    assert answer.headers["Location"] == "/iuran/bayar/"
    assert "Rp280.000" in text(client.get("/iuran/bayar/bri/"))
    data = bank.inquire(va_of(siti), "R1").json()["virtualAccountData"]
    assert data["totalAmount"]["value"] == "280000.00"
    assert [b["billAmount"]["value"] for b in data["billDetails"]] == ["70000.00", "210000.00"]
    assert bank.pay(va_of(siti), "R1", 280_000).status_code == 200

    assert Payment.objects.get(family_id=siti.family_id).credited == 210_000
    assert not AheadChoice.objects.filter(family_id=siti.family_id).exists()
    assert "Cukup untuk 3 bulan" in text(client.get(URL))
    for day in (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)):
        on_day(day.isoformat())
        assert run_day(on=day).paid_by_credit == 1
        assert broken_promises() == []
    assert not Bill.objects.filter(family_id=siti.family_id, status="open").exists()
    assert str(Family.objects.get(family_id=siti.family_id).paid_until) == "2027-02"


def test_who_pays_only_the_bill_keeps_the_choice(siti, bank):
    choose_ahead(actor=SITI, family_id=siti.family_id, months=2, on=DAY)
    assert bank.pay(va_of(siti), "R1", 70_000).status_code == 200
    assert bank.inquire(va_of(siti), "R2").json()["virtualAccountData"]["totalAmount"] == {
        "value": "140000.00", "currency": "IDR",
    }  # fmt: skip
    assert bank.pay(va_of(siti), "R3", 139_999).json()["responseCode"] == "4042513"
    assert bank.pay(va_of(siti), "R4", 140_000).status_code == 200
    assert broken_promises() == []


def test_a_choice_ends_with_its_month(siti, bank, on_day):
    choose_ahead(actor=SITI, family_id=siti.family_id, months=2, on=DAY)
    on_day("2026-12-01")
    run_day(on=date(2026, 12, 1))
    total = bank.inquire(va_of(siti), "R1").json()["virtualAccountData"]["totalAmount"]
    assert total["value"] == "140000.00"  # November and December, nothing ahead


def test_0_takes_the_choice_back(client, siti):
    client.post(URL, {"months": "3", "_key": "k1"})
    assert client.post(URL, {"months": "0", "_key": "k2"}).headers["Location"] == "/iuran/"
    assert not AheadChoice.objects.filter(family_id=siti.family_id).exists()


@pytest.mark.parametrize("months", ["", "x", "-1", "13", "1.5"])
def test_what_is_no_number_of_months_is_said(client, siti, months):
    answer = client.post(URL, {"months": months, "_key": "k1"})
    assert answer.status_code == 422
    assert not AheadChoice.objects.filter(family_id=siti.family_id).exists()


@pytest.mark.parametrize(
    "over",
    [{"segment": Segment.WORKER.value}, {"status": Status.CANDIDATE.value, "paid_month": None}],
)
def test_who_may_not_pay_ahead_is_refused(on_day, over):
    on_day("2026-11-22")
    family = a_family(**over)
    with pytest.raises(Refused, match=r"ahead\.not_active"):
        choose_ahead(actor=SITI, family_id=family.family_id, months=1, on=DAY)


# For another family.


def test_another_familys_number_shows_what_a_bank_shows(client, siti):
    joko = a_billed_family(months=3, names=("Joko Widodo", "Iriana Kecil"))
    page = text(client.post(OTHER, {"number": va_of(joko)}))
    assert "Joko W." in page
    assert "Rp210.000" in page
    assert "Bank BRI" in page
    assert "Widodo" not in page
    assert "Iriana" not in page
    looked = Entry.objects.get(group_id=joko.family_id, verb="contribution.va_looked")
    assert not looked.is_own_read


def test_a_paid_family_needs_nothing(client, siti):
    wati = a_family()
    open_accounts(wati)
    assert "Tidak ada yang perlu dibayar" in text(client.post(OTHER, {"number": va_of(wati)}))


@pytest.mark.parametrize(("number", "status"), [("", 422), ("123", 422), ("8" * 16, 422)])
def test_an_unknown_number_says_so(client, siti, number, status):
    assert client.post(OTHER, {"number": number}).status_code == status


def test_looking_for_people_is_limited(client, siti):
    answers = [client.post(OTHER, {"number": "8" * 16}).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_strangers_are_asked_to_sign_in(client, db):
    assert client.get(URL).status_code == 302
    assert client.get(OTHER).status_code == 302


# A tariff or a class that begins later, and is known today, is in the sum.


def a_dearer_year():
    """From January on class 3 costs 40.000, class 2 110.000."""
    for care_class, monthly in (("3", 40_000), ("2", 110_000)):
        Tariff.objects.create(
            segment="pbpu", care_class=care_class, valid_from=date(2027, 1, 1), monthly=monthly,
            government=0, basis="Perpres baru",
        )  # fmt: skip
    caches["memory"].clear()


def test_months_ahead_cost_what_they_will_cost(client, siti, bank, on_day):
    a_dearer_year()
    page = text(client.get(URL))
    assert "Bulan depan Rp70.000" in page
    assert "Mulai Januari 2027 Rp80.000 sebulan" in page
    client.post(URL, {"months": "3", "_key": "k1"})
    assert bank.pay(va_of(siti), "R1", 70_000 + 70_000 + 2 * 80_000).status_code == 200
    assert "Cukup untuk 3 bulan" in text(client.get(URL))
    for day in (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)):
        on_day(day.isoformat())
        assert run_day(on=day).paid_by_credit == 1
    family = Family.objects.get(family_id=siti.family_id)
    assert str(family.paid_until) == "2027-02"
    assert family_bills(siti.family_id, on=date(2027, 2, 1)).debt.credit == 0
    assert broken_promises() == []


def test_more_months_follow_those_that_the_credit_pays(siti, bank):
    a_dearer_year()
    choose_ahead(actor=SITI, family_id=siti.family_id, months=2, on=DAY)
    assert bank.pay(va_of(siti), "R1", 70_000 + 70_000 + 80_000).status_code == 200
    assert choose_ahead(actor=SITI, family_id=siti.family_id, months=1, on=DAY) == 80_000


def test_a_class_that_begins_meanwhile_is_in_the_sum(siti, bank):
    a_dearer_year()
    assert bank.pay(va_of(siti), "R1", 70_000).status_code == 200
    change_class(actor=SITI, family_id=siti.family_id, care_class="2", on=DAY, reason="Pindah")
    cost = choose_ahead(actor=SITI, family_id=siti.family_id, months=2, on=DAY)
    assert cost == 2 * 100_000 + 2 * 110_000  # December in class 2 at the old tariff, then the new


def test_the_page_names_the_payer_whom_the_bank_names(client, siti, bank, on_day):
    """Siti, the head, has died: Budi is asked to pay for the rest of the family."""
    Member.objects.filter(id=members_of(siti)[0].id).update(status="deceased")
    Member.objects.filter(id=members_of(siti)[1].id).update(name="Budi Santoso")
    asked = bank.inquire(va_of(siti), "R1").json()["virtualAccountData"]
    assert asked["virtualAccountName"] == "Budi S."
    assert "Budi S." in text(client.post(OTHER, {"number": va_of(siti)}))
