"""A line in suspense is explained by one person, or given to a family by two."""

from __future__ import annotations

import pytest

from jkn.audit.models import Entry
from jkn.contribution.models import Bill, Payment, Posting
from jkn.contribution.tests.factories import a_bank, va_of
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict, Forbidden, NotFound, Refused
from jkn.membership.models import Family
from jkn.membership.tests.factories import members_of
from jkn.reconciliation.acts import (
    ask_assignment,
    carry,
    decide_assignment,
    explain_line,
    on_their_way,
    owner_of,
)
from jkn.reconciliation.models import Assignment, StatementLine, Transfer
from jkn.reconciliation.rules import SUSPENSE_GROUP, Reason
from jkn.reconciliation.tests.factories import (
    DAY,
    DUE,
    a_family_that_owes,
    a_payment,
    broken,
    reconciled,
)
from jkn.reconciliation.tests.paper import Move

pytestmark = pytest.mark.django_db
ANDI = Actor(account_id=1, role=Role.BRANCH, name="Andi")
DEWI = Actor(account_id=2, role=Role.BRANCH, name="Dewi")


@pytest.fixture
def siti():
    a_bank()
    return a_family_that_owes()


def suspense(amount=DUE, reference="X1"):
    reconciled([Move(amount, reference)])
    return StatementLine.objects.get(reference=reference)


def asked(line, family, by=ANDI):
    owner = owner_of("va", va_of(family))
    return ask_assignment(actor=by, line_id=line.id, owner=owner, note="bukti setor", on=DAY)


def given(line, family):
    """Let Dewi accept what Andi asked, and the job carry it; return the payment."""
    decide_assignment(
        actor=DEWI, line_id=line.id, assignment_id=asked(line, family), accepts=True, on=DAY
    )
    for transfer_id in on_their_way():
        carry(transfer_id=transfer_id, on=DAY)
    return Payment.objects.get(family_id=family.family_id)


def balance(account):
    rows = Posting.objects.all()
    return sum(r.amount for r in rows if r.debit == account) - sum(
        r.amount for r in rows if r.credit == account
    )


def now_of(line):
    row = StatementLine.objects.get(id=line.id)
    return row.status, row.reason


def test_two_persons_give_a_line_to_a_family_and_its_bill_is_paid(siti):
    line = suspense()
    payment = given(line, siti)
    assert now_of(line) == ("matched", "assigned")
    assert (payment.amount, payment.number) == (DUE, va_of(siti))
    assert Bill.objects.get(family_id=siti.family_id).payment_id == payment.id
    assert Family.objects.get(family_id=siti.family_id).paid_month is not None
    assert [balance(a) for a in ("suspense", "clearing.rekonsiliasi", "clearing.bank-contoh")] == [
        0, 0, DUE,
    ]  # fmt: skip
    assert broken() == []


def test_what_is_more_than_owed_becomes_credit(siti):
    given(suspense(DUE + 500), siti)
    assert balance("credit") == -500
    assert broken() == []


def test_money_on_its_way_stands_in_transit_and_arrives_once(siti):
    line = suspense()
    decide_assignment(
        actor=DEWI, line_id=line.id, assignment_id=asked(line, siti), accepts=True, on=DAY
    )
    assert balance("clearing.rekonsiliasi") == -DUE
    assert broken() == []
    (transfer,) = on_their_way()
    for _ in range(3):
        carry(transfer_id=transfer, on=DAY)
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1
    assert on_their_way() == []
    assert broken() == []


def test_a_job_that_died_between_its_two_transactions_does_not_pay_twice(siti):
    given(suspense(), siti)
    Transfer.objects.update(arrived_at=None)
    (transfer,) = on_their_way()
    carry(transfer_id=transfer, on=DAY)
    assert Payment.objects.filter(family_id=siti.family_id).count() == 1
    assert broken() == []


def test_who_asks_may_not_decide(siti):
    line = suspense()
    number = asked(line, siti)
    with pytest.raises(Forbidden):
        decide_assignment(actor=ANDI, line_id=line.id, assignment_id=number, accepts=True, on=DAY)
    assert Assignment.objects.get().state == "asked"
    assert now_of(line) == ("suspense", "no_reference")
    assert not Transfer.objects.exists()


def test_a_refused_assignment_leaves_the_line_in_suspense(siti):
    line = suspense()
    number = asked(line, siti)
    for _ in range(2):
        decide_assignment(actor=DEWI, line_id=line.id, assignment_id=number, accepts=False, on=DAY)
    assert now_of(line)[0] == "suspense"
    with pytest.raises(Conflict):
        decide_assignment(actor=DEWI, line_id=line.id, assignment_id=number, accepts=True, on=DAY)
    assert broken() == []


def test_the_same_question_and_the_same_answer_twice_are_as_once(siti):
    line = suspense()
    first = asked(line, siti)
    assert asked(line, siti) == first
    for _ in range(2):
        decide_assignment(actor=DEWI, line_id=line.id, assignment_id=first, accepts=True, on=DAY)
    assert Transfer.objects.count() == 1
    assert broken() == []


def test_a_line_that_waits_is_neither_explained_nor_asked_for_another_nor_matched(siti):
    line = suspense(reference="R1")
    asked(line, siti)
    with pytest.raises(Conflict):
        explain_line(actor=DEWI, line_id=line.id, reason=Reason.OTHER, note="x", on=DAY)
    with pytest.raises(Conflict):
        asked(line, a_family_that_owes("Wati Lestari"), by=DEWI)
    a_payment(a_bank(client_id="dua"), siti, "R1")
    reconciled([Move(5, "Z")], opening=DUE)
    assert now_of(line)[0] == "suspense"
    assert broken() == []


@pytest.mark.parametrize("amount", [900, -900])
def test_one_person_explains_a_line_with_a_reason(siti, amount):
    line = suspense(amount)
    for _ in range(2):
        explain_line(actor=ANDI, line_id=line.id, reason=Reason.OTHER, note="salah kirim", on=DAY)
    assert now_of(line) == ("explained", "other")
    assert StatementLine.objects.get(id=line.id).note == "salah kirim"
    assert [balance(a) for a in ("suspense", "bank_other")] == [0, -amount]
    assert Entry.objects.filter(verb="reconciliation.explained").count() == 1
    assert broken() == []


def test_only_a_reason_of_the_list_and_only_a_line_in_suspense_is_explained(siti):
    line = suspense()
    with pytest.raises(Refused):
        explain_line(actor=ANDI, line_id=line.id, reason=Reason.REFERENCE, note="x", on=DAY)
    explain_line(actor=ANDI, line_id=line.id, reason=Reason.OTHER, note="x", on=DAY)
    with pytest.raises(Conflict):
        explain_line(actor=DEWI, line_id=line.id, reason=Reason.TAX, note="x", on=DAY)
    with pytest.raises(Conflict):
        asked(line, siti)
    with pytest.raises(NotFound):
        explain_line(actor=DEWI, line_id=4711, reason=Reason.TAX, note="x", on=DAY)
    assert broken() == []


def test_money_that_went_out_is_given_to_nobody(siti):
    with pytest.raises(Refused) as refused:
        asked(suspense(-DUE), siti)
    assert refused.value.code == "line.money_out"


def test_a_number_of_nobody_is_refused(siti):
    for kind, number in (("va", "8888899999999999"), ("card", "0009999999999")):
        with pytest.raises(Refused) as refused:
            owner_of(kind, number)
        assert refused.value.code == "number.unknown"


def test_a_card_leads_to_the_familys_account(siti):
    assert owner_of("card", members_of(siti)[0].card).family_id == siti.family_id


def test_a_registration_outside_its_payment_days_gets_no_money(siti):
    Family.objects.filter(family_id=siti.family_id).update(
        paid_month=None, pay_from="2026-10-01", pay_by="2026-10-31"
    )
    with pytest.raises(Refused) as refused:
        asked(suspense(), siti)
    assert refused.value.code == "registration.window"
    assert not Assignment.objects.exists()


def test_each_act_is_written_down_without_a_number(siti):
    given(suspense(), siti)
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"reconciliation.loaded", "reconciliation.assign_asked",
            "reconciliation.assign_decided"} <= verbs  # fmt: skip
    assert not any(va_of(siti) in str(e.details) for e in Entry.objects.all())
    assert Entry.objects.filter(group_id=SUSPENSE_GROUP).exists()
