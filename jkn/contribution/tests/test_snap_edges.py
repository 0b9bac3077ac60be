"""The bank's door at its edges: tokens, ways to sign, too much of everything, and our own faults."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest
from django.db import OperationalError
from django.test import Client

from jkn.contribution.models import Journal, Payment, Posting
from jkn.contribution.tests.factories import DAY, SECRET, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import BASE, Bank, account, money, timestamp
from jkn.gate.models import ExternalId, Rate

pytestmark = pytest.mark.django_db
DUE = 140_000


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def bank(db):
    return Bank(a_bank())


@pytest.fixture
def siti(db):
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


def code(answer):
    assert answer["Content-Type"] == "application/json"
    return answer.json()["responseCode"]


def nothing_moved(family):
    assert not Payment.objects.filter(family_id=family.family_id).exists()


# Tokens.


def test_a_token_lives_nine_hundred_seconds(bank):
    told = bank.ask_token().json()
    assert (told["tokenType"], told["expiresIn"]) == ("Bearer", "900")
    assert told["responseCode"] == "2007300"


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"headers": {"X-CLIENT-KEY": "nobody"}}, "4017300"),
        ({"headers": {"X-CLIENT-KEY": None}}, "4007302"),
        ({"headers": {"X-SIGNATURE": None}}, "4007302"),
        ({"headers": {"X-SIGNATURE": "AAAA"}}, "4017300"),
        ({"headers": {"X-SIGNATURE": "not base64!"}}, "4017300"),
        ({"at": "2020-01-01T00:00:00+07:00"}, "4017300"),
        ({"at": "yesterday"}, "4007301"),
        ({"at": "2026-11-22"}, "4007301"),
        ({"body": "{}"}, "4007302"),
        ({"body": '{"grantType": "password"}'}, "4007301"),
        ({"body": "{"}, "4007300"),
    ],
)
def test_a_token_is_refused(bank, over, told):
    assert code(bank.ask_token(**over)) == told


def test_a_bank_without_a_good_key_gets_no_token(db):
    assert code(Bank(a_bank(public_key="no key")).ask_token()) == "4017300"


# Ways to sign that banks have.


@pytest.mark.parametrize("path", [f"{BASE}/transfer-va/inquiry", "/v1.0/transfer-va/inquiry"])
@pytest.mark.parametrize("form", [bytes.hex, lambda mac: base64.b64encode(mac).decode()])
def test_a_signature_in_either_form_over_the_long_or_short_path_counts(bank, siti, path, form):
    raw = json.dumps(
        {**account(va_of(siti)), "inquiryRequestId": "R1"}, separators=(",", ":")
    ).encode()
    at, token = timestamp(), bank.signed_in()
    text = f"POST:{path}:{token}:{hashlib.sha256(raw).hexdigest()}:{at}"
    mac = hmac.digest(SECRET.encode(), text.encode(), "sha512")
    answer = bank.call("inquiry", {}, raw=raw, at=at, headers={"X-SIGNATURE": form(mac)})
    assert code(answer) == "2002400"


def test_numbers_in_other_forms_count_as_the_same(bank, siti):
    va = va_of(siti)
    fields = {**account(va), "customerNo": int(va[5:]), "partnerServiceId": f"   {va[:5]}"}
    fields |= {"paymentRequestId": "R1", "paidAmount": {"value": DUE, "currency": "IDR"}}
    if va[5] != "0":
        assert code(bank.call("payment", fields)) == "2002500"
    else:  # an integer has lost its zeros: then the parts do not make the whole
        assert code(bank.call("payment", fields)) == "4002501"


@pytest.mark.parametrize(
    "over",
    [
        {"virtualAccountNo": "8888800000000000"},
        {"virtualAccountNo": "abc"},
        {"customerNo": "1" * 21},
        {"customerNo": True},
        {"customerNo": ["1"]},
        {"paymentRequestId": "x" * 129},
        {"paymentRequestId": "a\u0000b"},
        {"paymentRequestId": "a\ud800"},
        {"referenceNo": "\ud800"},
        {"paidAmount": {"value": "140000.00", "currency": "USD"}},
        {"paidAmount": "140000"},
        {"trxDateTime": "2026-11-22T10:00:00"},
        {"trxDateTime": "yesterday"},
        {"trxDateTime": 5},
    ],
)
def test_a_field_in_another_form_is_refused(bank, siti, over):
    fields = {**account(va_of(siti)), "paymentRequestId": "R1", "paidAmount": money(DUE), **over}
    assert code(bank.call("payment", fields)) == "4002501"
    nothing_moved(siti)


def test_two_sums_that_differ_are_a_wrong_amount(bank, siti):
    fields = {"totalAmount": money(DUE + 1)}
    assert code(bank.pay(va_of(siti), "R1", DUE, fields=fields)) == "4042513"
    nothing_moved(siti)


def test_an_external_id_is_of_digits(bank, siti):
    for wrong in ("abc", "1" * 37, "१२"):
        answer = bank.call("inquiry", {}, external_id="1", headers={"X-EXTERNAL-ID": wrong})
        assert code(answer) in ("4002401", "4012400")


# Too much.


@pytest.mark.parametrize("size", [70 * 1024, 3 * 1024 * 1024])
def test_a_body_that_is_too_large_is_a_bad_request(bank, siti, size):
    raw = json.dumps({**account(va_of(siti)), "note": "x" * size}).encode()
    answer = bank.call("payment", {}, raw=raw)
    assert (answer.status_code, code(answer)) == (400, "4002500")
    nothing_moved(siti)


def test_above_its_rate_a_bank_is_told_to_wait_and_forged_calls_do_not_count(bank, siti, settings):
    settings.PARTNER_REQUESTS_PER_SECOND = 3
    token = bank.signed_in()
    Rate.objects.all().delete()
    for _ in range(5):
        bank.inquire(va_of(siti), "R1", secret="forged", token=token)
    assert not Rate.objects.exists()
    told = [code(bank.inquire(va_of(siti), f"R{n}", token=token)) for n in range(12)]
    assert "4292400" in told
    assert told[0] == "2002400"


def test_more_than_twenty_four_months_share_the_first_row(bank):
    family = a_billed_family(months=25)
    data = bank.inquire(va_of(family), "R1").json()["virtualAccountData"]
    rows = data["billDetails"]
    assert len(rows) == 24
    assert rows[0]["billAmount"] == money(2 * 35_000)
    assert sum(float(r["billAmount"]["value"]) for r in rows) == 25 * 35_000
    assert data["totalAmount"] == money(25 * 35_000)


@pytest.mark.parametrize(
    ("credit", "rows"), [(20_000, [50_000, 70_000]), (70_000, [70_000]), (100_000, [40_000])]
)
def test_the_rows_add_up_to_the_total_where_credit_pays_a_part(bank, siti, credit, rows):
    journal = Journal.objects.create(family_id=siti.family_id, kind="paid", day=DAY)
    Posting.objects.create(
        family_id=siti.family_id, journal_id=journal.id, debit="clearing.x", credit="credit",
        amount=credit,
    )  # fmt: skip
    data = bank.inquire(va_of(siti), "R1").json()["virtualAccountData"]
    assert [r["billAmount"] for r in data["billDetails"]] == [money(r) for r in rows]
    assert data["totalAmount"] == money(sum(rows))


# Our own faults, in the bank's words; nothing is half done.


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OperationalError("secret"), (504, "5042500")),
        (ZeroDivisionError("secret"), (500, "5002500")),
    ],
)
def test_a_fault_of_ours_moves_nothing_and_can_be_repeated(bank, siti, monkeypatch, fault, told):
    bank.signed_in()
    with monkeypatch.context() as patch:
        patch.setattr("jkn.contribution.bridging.receive_payment", raising(fault))
        answer = bank.pay(va_of(siti), "R1", DUE, external_id="4711")
    assert (answer.status_code, code(answer)) == told
    assert "secret" not in answer.content.decode()
    nothing_moved(siti)
    assert not ExternalId.objects.filter(external_id="4711").exists()
    assert code(bank.pay(va_of(siti), "R1", DUE, external_id="4711")) == "2002500"


def raising(fault):
    def receive(**asked):
        raise fault

    return receive


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_move_nothing(siti, method):
    answer = Client().generic(method, f"{BASE}/transfer-va/payment", b"{}", "application/json")
    assert answer.status_code in (204, 405)
    nothing_moved(siti)
