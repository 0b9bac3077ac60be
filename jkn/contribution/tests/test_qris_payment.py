"""QRIS that are paid: the acquirer's word posts the money once, by the rules of every payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import qriskit
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from jkn.contribution.ahead import choose_ahead
from jkn.contribution.instalments import register_plan
from jkn.contribution.models import Bill, Payment, Quote
from jkn.contribution.qris import Merchant, payload, read_ticket, ticket
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import DAY, NOW, a_bank, a_bill, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.actor import Actor, Role
from jkn.membership.models import Family
from jkn.membership.rules import Status
from jkn.membership.tests.factories import an_account, members_of

KEY = b"k" * 32
IDS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(1_704_067_200, 3_786_912_000).map(lambda s: datetime.fromtimestamp(s, UTC))
SHOP = Merchant(
    "JKN CONTOH", "BEKASI", "17141", "6300", "ID.CO.CONTOH.WWW", "936000000000000000", "CONTOH1",
    "ID0000000000000", "UBE",
)  # fmt: skip


@given(IDS, st.integers(1, 10**9), MOMENTS)
def test_a_number_says_whose_and_until_when_and_holds_only_for_its_amount(family, amount, at):
    text = ticket(family, amount=amount, now=at, hours=24, key=KEY)
    assert len(text) == 25
    read = read_ticket(text)
    assert read is not None
    assert read.family_id == family
    assert timedelta(hours=23) < read.expires - at <= timedelta(hours=24)
    assert not read.is_over(at)
    assert read.is_over(at + timedelta(hours=24))
    assert read.asked_for(amount, key=KEY)
    assert not read.asked_for(amount + 1, key=KEY)
    assert not read.asked_for(amount, key=b"o" * 32)


@given(st.text(max_size=30))
def test_other_texts_are_no_numbers_or_nobodys_seal(text):
    read = read_ticket(text)
    assert read is None or not read.asked_for(70_000, key=KEY)


@given(IDS, st.integers(1, 10**12), MOMENTS, st.data())
def test_every_code_is_read_by_another_program_and_refused_with_a_changed_digit(
    family, amount, at, data
):
    number = ticket(family, amount=amount, now=at, hours=24, key=KEY)
    code = payload(SHOP, amount=amount, bill_number=number, label="IURAN 2026-11")
    read = qriskit.parse(code, strict=True)
    assert (read.amount, read.additional_data.bill_number) == (amount, number)
    place = data.draw(st.sampled_from([i for i, letter in enumerate(code) if letter.isdigit()]))
    digit = data.draw(st.sampled_from("0123456789".replace(code[place], "")))
    assert not qriskit.is_valid(code[:place] + digit + code[place + 1 :])


@pytest.fixture
def november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def siti(client, november, db):
    family = a_billed_family(months=2, names=("Siti", "Budi"))
    client.force_login(an_account(members_of(family)[0]))
    return family


def shown(client, family):
    """The bill number and the amount of the code that the family is shown."""
    bill = Bill.objects.filter(family_id=family.family_id, status="open").latest("month")
    answer = client.get(f"/api/v1/bills/{bill.id}/qris").json()
    assert answer["is_payable"]
    read = qriskit.parse(answer["payload"], strict=True)
    assert read.amount == answer["amount"]
    return read.additional_data.bill_number, answer["amount"]


def _with(months, **over):
    return a_billed_family(months=months, **over)


def _planned():
    family = _with(7)
    actor = Actor(account_id=1, role=Role.MEMBER, name="x", family_id=family.family_id)
    register_plan(actor=actor, family_id=family.family_id, stages=3, on=DAY)
    return family


def _ahead():
    family = _with(1, status=Status.ACTIVE.value)
    actor = Actor(account_id=1, role=Role.MEMBER, name="x", family_id=family.family_id)
    choose_ahead(actor=actor, family_id=family.family_id, months=5, on=DAY)
    return family


def _newborn():
    family = _with(1, status=Status.ACTIVE.value, names=("Ani", "Bayi"))
    a_bill(family, NOW, persons=1, member_id=members_of(family)[1].id)
    return family


@pytest.mark.parametrize(
    "made", [partial(_with, 1), partial(_with, 2), partial(_with, 31), _planned, _ahead, _newborn]
)
def test_the_code_of_every_open_bill_is_read_and_refused_when_changed(client, november, db, made):
    family: Family = made()
    client.force_login(an_account(members_of(family)[0]))
    bills = Bill.objects.filter(family_id=family.family_id, status="open")
    assert bills.exists()
    for bill in bills:
        answer = client.get(f"/api/v1/bills/{bill.id}/qris").json()
        code = answer["payload"]
        assert qriskit.parse(code, strict=True).amount == answer["amount"]
        assert qriskit.is_valid(code)
        for place in [i for i, letter in enumerate(code) if letter.isdigit()]:
            other = str((int(code[place]) + 1 + bill.month % 9) % 10)
            if other != code[place]:
                assert not qriskit.is_valid(code[:place] + other + code[place + 1 :]), place
    number, amount = shown(client, family)
    assert Bank(a_bank()).scan(number, "T1", amount).status_code == 200
    assert Payment.objects.get(family_id=family.family_id).amount == amount
    assert broken_promises() == []


def test_a_scan_pays_the_bill_and_brings_cover_back(client, siti):
    number, amount = shown(client, siti)
    bank = Bank(a_bank())
    answer = bank.scan(number, "T1", amount)
    assert answer.json() == {"responseCode": "2005200", "responseMessage": "Successful"}
    again = bank.scan(number, "T1", amount)
    assert again.json()["responseCode"] == "2005200"
    payment = Payment.objects.get(family_id=siti.family_id)
    assert (payment.amount, payment.credited, payment.reference) == (140_000, 0, "T1")
    assert {m.status for m in members_of(siti)} == {"active"}
    assert "Pembayaran diterima" in client.get("/iuran/bayar/bri/").content.decode()
    assert broken_promises() == []


def test_another_payment_of_the_same_code_is_kept_as_credit(client, siti):
    number, amount = shown(client, siti)
    bank = Bank(a_bank())
    for transaction in ("T1", "T2"):
        assert bank.scan(number, transaction, amount).status_code == 200
    credited = [p.credited for p in Payment.objects.filter(family_id=siti.family_id)]
    assert sorted(credited) == [0, amount]
    assert broken_promises() == []


def test_a_code_that_was_paid_elsewhere_meanwhile_is_kept_as_credit(client, siti):
    number, amount = shown(client, siti)
    bank = Bank(a_bank())
    assert bank.pay(va_of(siti), "R1", amount).status_code == 200
    assert bank.scan(number, "T1", amount).status_code == 200
    assert broken_promises() == []


def test_an_old_code_is_refused_and_its_own_repetition_is_not(client, siti, monkeypatch):
    number, amount = shown(client, siti)
    bank = Bank(a_bank())
    assert bank.scan(number, "T1", amount).status_code == 200
    later = datetime.now(UTC) + timedelta(hours=24)
    monkeypatch.setattr("jkn.contribution.scans.now", lambda: later)
    refused = bank.scan(number, "T2", amount)
    assert (refused.status_code, refused.json()["responseCode"]) == (403, "4035200")
    assert bank.scan(number, "T1", amount).json()["responseCode"] == "2005200"
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": {"value": "140001.00", "currency": "IDR"}}, "4045213"),
        ({"amount": {"value": "140000.50", "currency": "IDR"}}, "4005201"),
        ({"amount": {"value": "140000.00", "currency": "USD"}}, "4005201"),
        ({"amount": None}, "4005202"),
        ({"originalReferenceNo": ""}, "4005202"),
        ({"originalPartnerReferenceNo": "0" * 25}, "4045201"),
        ({"originalPartnerReferenceNo": "U" * 25}, "4045201"),
        ({"originalPartnerReferenceNo": "ABC"}, "4045201"),
        ({"latestTransactionStatus": "99"}, "4005201"),
        ({"transactionDate": "kemarin"}, "4005201"),
    ],
)
def test_what_is_wrong_is_refused_in_the_protocols_words(client, siti, fields, code):
    number, amount = shown(client, siti)
    answer = Bank(a_bank()).scan(number, "T1", amount, fields=fields)
    assert answer.json()["responseCode"] == code
    assert not Payment.objects.filter(family_id=siti.family_id).exists()
    assert not Quote.objects.filter(family_id=siti.family_id).exists()


@pytest.mark.parametrize("status", ["01", "03", "05", "06"])
def test_a_transaction_that_took_no_money_posts_none(client, siti, status):
    number, amount = shown(client, siti)
    answer = Bank(a_bank()).scan(
        number, "T1", amount, fields={"latestTransactionStatus": status}
    )  # fmt: skip
    assert answer.json()["responseCode"] == "2005200"
    assert not Payment.objects.filter(family_id=siti.family_id).exists()


def test_a_known_transaction_for_another_code_or_amount_is_refused(client, siti):
    number, amount = shown(client, siti)
    bank = Bank(a_bank())
    assert bank.scan(number, "T1", amount).status_code == 200
    assert bank.scan(number, "T1", amount + 1).json()["responseCode"] == "4045218"
    wati = a_billed_family(months=1)
    client.force_login(an_account(members_of(wati)[0]))
    other, due = shown(client, wati)
    assert bank.scan(other, "T1", due).json()["responseCode"] == "4045218"
    assert Payment.objects.count() == 1


def test_a_forged_notification_is_refused(client, siti):
    number, amount = shown(client, siti)
    answer = Bank(a_bank()).scan(number, "T1", amount, secret="wrong")
    assert answer.json()["responseCode"] == "4015200"
    assert not Payment.objects.filter(family_id=siti.family_id).exists()


@pytest.mark.django_db(transaction=True)
def test_one_transaction_told_sixteen_times_counts_once(client, siti):
    number, amount = shown(client, siti)
    partner = a_bank()
    first = Bank(partner)
    token = first.signed_in()
    tellers = [Bank(partner, Client()) for _ in range(16)]
    for teller in tellers:
        teller.token = token
    answers = at_once([partial(t.scan, number, "T1", amount) for t in tellers])
    assert {a.json()["responseCode"] for a in answers} == {"2005200"}
    assert Payment.objects.get(family_id=siti.family_id).amount == amount
    assert broken_promises() == []
