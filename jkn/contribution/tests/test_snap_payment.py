"""A bank reports money: it counts once, whatever the network does, and cover comes back."""

from __future__ import annotations

import json

import pytest

from jkn.contribution.models import Bill, Payment, Posting
from jkn.contribution.tests.factories import a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank, account, money, timestamp
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def bank(db):
    return Bank(a_bank())


@pytest.fixture
def siti(db):
    """Siti's family of two owes October and November: 140.000 rupiah."""
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


def code(response):
    return response.json()["responseCode"]


def nothing_moved(family):
    assert not Payment.objects.filter(family_id=family.family_id).exists()
    assert set(
        Bill.objects.filter(family_id=family.family_id).values_list("status", flat=True)
    ) == {"open"}
    assert Family.objects.get(family_id=family.family_id).paid_month == family.paid_month


def test_it_pays_all_months_and_cover_comes_back(bank, siti):
    answer = bank.pay(va_of(siti), "R1", 140_000)

    assert answer.status_code == 200
    assert code(answer) == "2002500"
    assert answer.json()["virtualAccountData"]["paymentFlagStatus"] == "00"
    assert set(
        Member.objects.filter(family_id=siti.family_id).values_list("status", flat=True)
    ) == {Status.ACTIVE}
    changes = StatusChange.objects.filter(family_id=siti.family_id, event="settled")
    assert changes.count() == 2
    (payment,) = Payment.objects.filter(family_id=siti.family_id)
    assert (payment.amount, payment.months, payment.credited) == (140_000, 2, 0)
    lines = Posting.objects.filter(family_id=siti.family_id, debit="clearing.bank-contoh")
    assert sorted(lines.values_list("credit", "amount")) == [
        ("receivable", 70_000), ("receivable", 70_000),
    ]  # fmt: skip


def test_inquiry_tells_the_sum_and_each_month(bank, siti):
    data = bank.inquire(va_of(siti), "R1").json()["virtualAccountData"]

    assert data["totalAmount"] == money(140_000)
    assert [row["billNo"] for row in data["billDetails"]] == ["202610", "202611"]
    assert data["virtualAccountName"] == "Siti R."


def test_the_same_request_again_gets_the_first_answer_and_counts_once(bank, siti):
    first = bank.pay(va_of(siti), "R1", 140_000)
    again = bank.pay(va_of(siti), "R1", 140_000)

    assert code(again) == "2002500"
    assert again.json() == first.json()
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1


def test_the_same_external_id_on_a_day_is_refused(bank, siti):
    bank.pay(va_of(siti), "R1", 140_000, external_id="777")
    again = bank.pay(va_of(siti), "R2", 140_000, external_id="777")

    assert (again.status_code, code(again)) == (409, "4092500")
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1


@pytest.mark.parametrize("amount", [139_999, 140_001, 70_000])
def test_another_amount_is_refused_and_nothing_moves(bank, siti, amount):
    answer = bank.pay(va_of(siti), "R1", amount)

    assert (answer.status_code, code(answer)) == (404, "4042513")
    nothing_moved(siti)


def test_the_same_request_with_another_amount_is_inconsistent(bank, siti):
    bank.pay(va_of(siti), "R1", 140_000)
    answer = bank.pay(va_of(siti), "R1", 150_000)

    assert code(answer) == "4042518"
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1


def test_the_same_request_for_another_family_is_inconsistent(bank, siti):
    wati = a_billed_family(months=2, names=("Wati Lestari", "Anak Wati"))
    bank.pay(va_of(siti), "R1", 140_000)
    answer = bank.pay(va_of(wati), "R1", 140_000)

    assert code(answer) == "4042518"
    nothing_moved(wati)


def test_another_request_with_a_known_reference_is_refused(bank, siti):
    wati = a_billed_family(months=2, names=("Wati Lestari", "Anak Wati"))
    bank.pay(va_of(siti), "R1", 140_000, reference="SAME")
    answer = bank.pay(va_of(wati), "R2", 140_000, reference="SAME")

    assert code(answer) == "4092501"
    nothing_moved(wati)


def test_paid_already_and_never_quoted(bank, siti):
    bank.pay(va_of(siti), "R1", 140_000)
    answer = bank.pay(va_of(siti), "R2", 140_000)

    assert code(answer) == "4042514"


def test_paid_already_but_quoted_becomes_credit(bank, siti):
    """Two tellers inquire, both collect: the second sum is kept for the family, never lost."""
    bank.inquire(va_of(siti), "R1")
    bank.inquire(va_of(siti), "R2")
    bank.pay(va_of(siti), "R1", 140_000)
    answer = bank.pay(va_of(siti), "R2", 140_000)

    assert code(answer) == "2002500"
    assert Payment.objects.get(family_id=siti.family_id, request_id="R2").credited == 140_000


def test_months_above_the_cap_fall_away_at_reactivation(bank):
    family = a_billed_family(months=51)  # 50 of arrears and November
    answer = bank.pay(va_of(family), "R1", 25 * 35_000)

    assert code(answer) == "2002500"
    bills = Bill.objects.filter(family_id=family.family_id)
    assert bills.filter(status="paid").count() == 25
    assert bills.filter(status="beyond_cap").count() == 26
    assert not bills.filter(status="open").exists()


def test_an_unknown_account(bank):
    answer = bank.pay("8888899999999999", "R1", 140_000)
    assert (answer.status_code, code(answer)) == (404, "4042512")


def test_a_wrong_signature(bank, siti):
    answer = bank.pay(va_of(siti), "R1", 140_000, secret="not the secret")
    assert (answer.status_code, code(answer)) == (401, "4012500")
    nothing_moved(siti)


def test_a_wrong_token(bank, siti):
    answer = bank.pay(va_of(siti), "R1", 140_000, token="AAAA")
    assert (answer.status_code, code(answer)) == (401, "4012501")
    nothing_moved(siti)


def test_an_altered_body(bank, siti):
    fields = {**account(va_of(siti)), "paymentRequestId": "R1", "paidAmount": money(140_000)}
    raw = json.dumps(fields).encode()
    answer = bank.call("payment", fields, raw=raw, sent=raw.replace(b"140000", b"140001"))

    assert code(answer) == "4012500"
    nothing_moved(siti)


@pytest.mark.parametrize("minutes", [-6, 6, -600])
def test_a_stale_time(bank, siti, minutes):
    answer = bank.pay(va_of(siti), "R1", 140_000, at=timestamp(minutes))
    assert code(answer) == "4012500"
    nothing_moved(siti)


@pytest.mark.parametrize("field", ["partnerServiceId", "customerNo", "virtualAccountNo",
                                   "paymentRequestId", "paidAmount"])  # fmt: skip
def test_a_missing_field(bank, siti, field):
    fields = {**account(va_of(siti)), "paymentRequestId": "R1", "paidAmount": money(140_000)}
    del fields[field]
    answer = bank.call("payment", fields)

    assert (answer.status_code, code(answer)) == (400, "4002502")
    assert field in answer.json()["responseMessage"]
    nothing_moved(siti)


@pytest.mark.parametrize("name", ["X-TIMESTAMP", "X-SIGNATURE", "X-PARTNER-ID", "X-EXTERNAL-ID",
                                  "CHANNEL-ID"])  # fmt: skip
def test_a_missing_header(bank, siti, name):
    answer = bank.pay(va_of(siti), "R1", 140_000, headers={name: None})
    assert code(answer) == "4002502"
    nothing_moved(siti)


@pytest.mark.parametrize(
    "value", ["-140000.00", "140000.50", "1e5", "NaN", "", "0.00", "9" * 30, "140.000,00", True, []]
)
def test_an_amount_that_is_no_amount(bank, siti, value):
    paid = {"value": value, "currency": "IDR"}
    answer = bank.pay(va_of(siti), "R1", 0, fields={"paidAmount": paid})

    assert code(answer) in ("4002501", "4002502")
    nothing_moved(siti)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"{", b'{"a":NaN}', b"\xff\xfe", b"[" * 50_000, b'"text"']
)
def test_a_body_that_is_no_object(bank, siti, raw):
    answer = bank.call("payment", {}, raw=raw or b" ", sent=raw)
    assert answer.status_code in (400, 401)
    assert answer.json()["responseCode"].startswith(("400", "401"))
    nothing_moved(siti)


def test_a_body_with_spaces_and_other_letters_is_signed_over_its_own_text(bank, siti):
    """Re-serialising would break the signature: PHP escapes slashes, Python non-ASCII letters."""
    fields = {**account(va_of(siti)), "paymentRequestId": "R1", "paidAmount": money(140_000)}
    minified = json.dumps({**fields, "note": "é – \\/"}, separators=(",", ":"), ensure_ascii=False)
    sent = minified.replace('","', '" ,\n "').replace('":"', '" : "')
    answer = bank.call("payment", {}, raw=sent.encode(), minified=minified.encode())

    assert code(answer) == "2002500"


def test_status_tells_a_payment_and_not_a_strangers(bank, siti):
    bank.pay(va_of(siti), "R1", 140_000)
    known = bank.call("status", {**account(va_of(siti)), "inquiryRequestId": "R1"})
    unknown = bank.call("status", {**account(va_of(siti)), "inquiryRequestId": "R9"})

    assert code(known) == "2002600"
    assert known.json()["virtualAccountData"]["paidAmount"] == money(140_000)
    assert code(unknown) == "4042612"


def test_a_revoked_client_is_refused_at_once(bank, siti):
    token = bank.signed_in()
    bank.partner.revoked_at = "2026-11-01T00:00Z"
    bank.partner.save(update_fields=["revoked_at"])

    assert code(bank.pay(va_of(siti), "R1", 140_000, token=token)) == "4012501"
    assert code(bank.ask_token()) == "4017300"
