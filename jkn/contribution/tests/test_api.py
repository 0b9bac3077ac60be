"""Contribution for a member's own programs: bills, payments, the whole journal, how to pay."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pytest
from django.test import Client

from jkn.audit.models import Entry
from jkn.contribution.models import Bill
from jkn.contribution.tests.factories import (
    NOW,
    a_bank,
    a_bill,
    a_billed_family,
    open_accounts,
    va_of,
)
from jkn.contribution.tests.snap import Bank
from jkn.core.ids import new_id
from jkn.membership.rules import Status
from jkn.membership.tests.factories import a_family, an_account, bearer, members_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def family(db):
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def siti(family):
    return Client(headers=bearer(an_account(members_of(family)[0])))


def newest(family):
    return Bill.objects.filter(family_id=family.family_id).order_by("-month")[0]


def pay(client, bill_id, **body):
    return client.post(f"/api/v1/bills/{bill_id}/pay", json.dumps(body), "application/json")


def test_bills_newest_first_ids_as_strings_money_as_integers(siti, family):
    told = siti.get("/api/v1/bills").json()
    assert (told["amount_due"], told["credit"]) == (140_000, 0)
    assert [b["month"] for b in told["bills"]] == ["2026-11", "2026-10"]
    assert told["bills"][0] == {
        "id": str(newest(family).id), "month": "2026-11", "amount": 70_000, "persons": 2,
        "per_person": 35_000, "care_class": "3", "due_on": "2026-11-10", "status": "open",
        "basis": "Perpres 64/2020", "payment_id": None,
    }  # fmt: skip


def test_payments_tell_times_with_their_offset(siti, family):
    Bank(a_bank()).pay(va_of(family), "R1", 140_000)
    (payment,) = siti.get("/api/v1/payments").json()["payments"]
    assert (payment["amount"], payment["credited"], payment["months"]) == (140_000, 0, 2)
    assert payment["bank"] == "bank-contoh"
    assert isinstance(payment["id"], str)
    for name in ("paid_at", "received_at"):
        assert payment[name].endswith(("Z", "+00:00", "+07:00"))
    bills = siti.get("/api/v1/bills").json()["bills"]
    assert {b["payment_id"] for b in bills} == {payment["id"]}


def test_the_statement_rebuilds_every_balance(siti, family):
    bank, va = Bank(a_bank()), va_of(family)
    for request in ("R1", "R2"):
        bank.inquire(va, request)
    for request in ("R1", "R2"):
        bank.pay(va, request, 140_000)
    told = siti.get("/api/v1/statement").json()

    rebuilt: Counter[str] = Counter()
    for line in told["lines"]:
        rebuilt[line["debit"]] += line["amount"]
        rebuilt[line["credit"]] -= line["amount"]
    assert dict(rebuilt) == told["balances"]
    assert sum(told["balances"].values()) == 0
    assert told["balances"] == {
        "receivable": 0, "income": -140_000, "clearing.bank-contoh": 280_000, "credit": -140_000,
    }  # fmt: skip
    assert {line["kind"] for line in told["lines"]} == {"billed", "paid"}
    for line in told["lines"]:
        assert (line["payment_id"] is not None) == (line["kind"] == "paid")


def test_how_to_pay_is_one_number_and_one_sum(siti, family):
    told = pay(siti, newest(family).id, channel="va", bank="mandiri").json()
    assert (told["va"], told["amount"], told["bank"]) == (
        va_of(family, "89888"),
        140_000,
        "MANDIRI",
    )
    assert (told["channel"], told["due_on"]) == ("va", "2026-11-10")
    assert len(told["steps"]) == 5
    assert set(
        Bill.objects.filter(family_id=family.family_id).values_list("status", flat=True)
    ) == {"open"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"channel": "va", "bank": "BANKLAIN"}, 422, "bank.unknown"),
        ({"channel": "va"}, 422, "bank.unknown"),
        ({"channel": "cash", "bank": "BRI"}, 422, "channel.unknown"),
        ({"channel": 7, "bank": "BRI"}, 422, "body.invalid"),
    ],
)
def test_ways_to_pay_that_are_none(siti, family, body, status, code):
    answer = pay(siti, newest(family).id, **body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_a_paid_bill_is_not_paid_again(siti, family):
    Bank(a_bank()).pay(va_of(family), "R1", 140_000)
    answer = pay(siti, newest(family).id, channel="va", bank="BRI")
    assert (answer.status_code, answer.json()["code"]) == (409, "bill.paid")


def test_before_its_first_day_a_registration_is_not_told_to_pay():
    family = a_family(
        status=Status.CANDIDATE.value, paid_month=None, pay_from=date(2026, 11, 24),
        pay_by=date(2026, 12, 10),
    )  # fmt: skip
    a_bill(family, NOW)
    open_accounts(family)
    client = Client(headers=bearer(an_account(members_of(family)[0])))
    answer = pay(client, newest(family).id, channel="va", bank="BRI")
    assert (answer.status_code, answer.json()["code"]) == (409, "bill.not_payable")


def test_an_id_of_another_family_is_as_one_that_does_not_exist(siti, family):
    wati = a_billed_family(months=2, names=("Wati Lestari",))
    body = {"channel": "va", "bank": "BRI"}
    answers = [pay(siti, i, **body) for i in (newest(wati).id, new_id(), 0, 2**63, 10**40)]
    assert {a.status_code for a in answers} == {404}
    assert len({a.content for a in answers}) == 1
    assert len({tuple(sorted(h for h in a.headers if h != "Content-Length")) for a in answers}) == 1


@pytest.mark.parametrize("path", ["bills", "payments", "statement"])
def test_a_stranger_sees_only_the_own_family(siti, family, path):
    Bank(a_bank()).pay(va_of(family), "R1", 140_000)
    wati = a_family(names=("Wati Lestari",))
    client = Client(headers=bearer(an_account(members_of(wati)[0])))
    told = client.get(f"/api/v1/{path}").json()
    assert next(v for v in told.values() if isinstance(v, list)) == []


@pytest.mark.parametrize("path", ["bills", "payments", "statement"])
def test_a_read_is_marked_once_a_day_and_not_shown_to_others(siti, family, path):
    for _ in range(3):
        siti.get(f"/api/v1/{path}")
    marks = Entry.objects.filter(group_id=family.family_id, verb=f"contribution.{path}")
    assert [m.is_own_read for m in marks] == [True]


def test_a_level_zero_account_may_not(family):
    low = an_account(members_of(family)[0], level=0)
    answer = Client(headers=bearer(low)).get("/api/v1/bills")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
