"""Many at once, with real commits: money counts once, nothing is lost, every promise holds."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.db.models import Sum
from django.test import Client

from jkn.contribution.models import Bill, Payment, Posting
from jkn.contribution.tests.crowd import at_once, broken_promises
from jkn.contribution.tests.factories import NOW, a_bank, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.membership.models import Family, Member, StatusChange
from jkn.membership.rules import Status

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 16
DUE = 140_000


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def siti(transactional_db):
    """Siti's family of two owes October and November: 140.000 rupiah."""
    return a_billed_family(months=2, names=("Siti Rahmawati", "Budi Santoso"))


@pytest.fixture
def tellers(transactional_db):
    """One bank's program with many tellers: one token, a connection each."""
    partner = a_bank()
    first = Bank(partner)
    token = first.signed_in()
    tellers = [Bank(partner, Client()) for _ in range(CROWD)]
    for teller in tellers:
        teller.token = token
    return tellers


def codes(answers):
    return Counter(a.json()["responseCode"] for a in answers)


def clearing(family):
    lines = Posting.objects.filter(family_id=family.family_id, debit="clearing.bank-contoh")
    return lines.aggregate(sum=Sum("amount"))["sum"] or 0


def nothing_doubled(family, *, paid):
    payments = Payment.objects.filter(family_id=family.family_id)
    assert sum(p.amount for p in payments) == paid == clearing(family)
    assert broken_promises() == []


def test_one_request_from_sixteen_tellers_counts_once_and_all_hear_success(tellers, siti):
    va = va_of(siti)
    answers = at_once([partial(t.pay, va, "R1", DUE) for t in tellers])

    assert codes(answers) == {"2002500": CROWD}
    assert len({a.content for a in answers}) == 1
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1
    assert StatusChange.objects.filter(family_id=siti.family_id, event="settled").count() == 2
    nothing_doubled(siti, paid=DUE)


def test_one_quoted_request_from_sixteen_tellers_counts_once(tellers, siti):
    va = va_of(siti)
    tellers[0].inquire(va, "R1")
    answers = at_once([partial(t.pay, va, "R1", DUE) for t in tellers])

    assert codes(answers) == {"2002500": CROWD}
    nothing_doubled(siti, paid=DUE)


def test_sixteen_requests_that_nobody_quoted_pay_the_bill_once(tellers, siti):
    va = va_of(siti)
    answers = at_once([partial(t.pay, va, f"R{n}", DUE) for n, t in enumerate(tellers)])

    assert codes(answers) == {"2002500": 1, "4042514": CROWD - 1}
    nothing_doubled(siti, paid=DUE)


def test_sixteen_quoted_requests_are_all_kept_the_surplus_as_credit(tellers, siti):
    """Sixteen tellers collected cash for a sum that we quoted: nobody's money may vanish."""
    va = va_of(siti)
    for n, teller in enumerate(tellers):
        teller.inquire(va, f"R{n}")
    answers = at_once([partial(t.pay, va, f"R{n}", DUE) for n, t in enumerate(tellers)])

    assert codes(answers) == {"2002500": CROWD}
    credited = Payment.objects.filter(family_id=siti.family_id).aggregate(sum=Sum("credited"))
    assert credited["sum"] == DUE * (CROWD - 1)
    nothing_doubled(siti, paid=DUE * CROWD)


def test_one_reference_under_sixteen_requests_moves_money_once(tellers, siti):
    va = va_of(siti)
    for n, teller in enumerate(tellers):
        teller.inquire(va, f"R{n}")
    acts = [partial(t.pay, va, f"R{n}", DUE, reference="SAME") for n, t in enumerate(tellers)]
    answers = at_once(acts)

    assert codes(answers) == {"2002500": 1, "4092501": CROWD - 1}
    nothing_doubled(siti, paid=DUE)


def test_one_request_for_two_families_counts_for_one_of_them(tellers, siti):
    wati = a_billed_family(months=2, names=("Wati Lestari", "Anak Wati"))
    accounts = [va_of(siti), va_of(wati)] * (CROWD // 2)
    acts = [partial(t.pay, va, "R1", DUE) for t, va in zip(tellers, accounts, strict=True)]
    answers = at_once(acts)

    assert codes(answers) == {"2002500": CROWD // 2, "4042518": CROWD // 2}
    assert Payment.objects.count() == 1
    assert broken_promises() == []


def test_an_external_id_is_taken_once_however_many_ask(tellers, siti):
    va = va_of(siti)
    acts = [
        partial(t.pay, va, f"R{n}", DUE, external_id="4711") for n, t in enumerate(tellers)
    ]  # fmt: skip
    answers = at_once(acts)

    taken = codes(answers)
    assert taken["4092500"] >= CROWD - 2  # a refusal gives the number back to one that waited
    assert taken["2002500"] == 1
    nothing_doubled(siti, paid=DUE)


def test_inquiries_beside_a_payment_quote_what_was_owed_or_say_paid(tellers, siti):
    va = va_of(siti)
    asking = [partial(t.inquire, va, f"Q{n}") for n, t in enumerate(tellers[1:])]
    paid, *told = at_once([partial(tellers[0].pay, va, "R1", DUE), *asking])

    assert paid.json()["responseCode"] == "2002500"
    assert set(codes(told)) <= {"2002400", "4042414"}
    for answer in told:
        if answer.status_code == 200:
            total = answer.json()["virtualAccountData"]["totalAmount"]["value"]
            assert total == f"{DUE}.00"
    nothing_doubled(siti, paid=DUE)


def test_cover_comes_back_with_the_money_and_never_without(tellers, siti):
    answers = at_once([partial(t.pay, va_of(siti), f"R{n}", DUE) for n, t in enumerate(tellers)])

    assert codes(answers)["2002500"] == 1
    assert Family.objects.get(family_id=siti.family_id).paid_until == NOW
    statuses = Member.objects.filter(family_id=siti.family_id).values_list("status", flat=True)
    assert set(statuses) == {Status.ACTIVE}
    assert not Bill.objects.filter(family_id=siti.family_id, status="open").exists()
