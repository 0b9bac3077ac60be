"""Many at once, with real commits: one credit is refunded once, by two different people."""

from __future__ import annotations

from functools import partial

import pytest

from jkn.contribution.actions import use_credit
from jkn.contribution.models import Bill
from jkn.contribution.tests.crowd import at_once
from jkn.contribution.tests.factories import NOW, a_bill
from jkn.core.errors import Refused
from jkn.treasury.actions import Payout, approve_refund, pay_refund, propose_refund, refuse_refund
from jkn.treasury.models import Refund
from jkn.treasury.tests.factories import (
    BANK,
    CREDIT,
    DAY,
    a_family_with_credit,
    a_refund,
    an_approved_refund,
    balance,
    broken,
    officer,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def siti(transactional_db, on_day):
    on_day("2026-11-22")
    return a_family_with_credit()


def tried(act):
    """Return what an act says: "done", or the code with which it is refused."""
    try:
        act()
    except Refused as refused:
        return refused.code
    return "done"


def whole(family):
    assert broken() == []
    assert balance(family, "credit") >= 0


def test_two_who_ask_for_one_credit_at_once_get_it_once(siti):
    told = at_once([partial(tried, partial(a_refund, siti)) for _ in range(8)])
    assert sorted(told) == ["done"] + ["refund.running"] * 7
    assert (balance(siti, "credit"), balance(siti, "refund_payable")) == (0, CREDIT)
    whole(siti)


def test_a_refund_and_a_bill_that_want_one_credit_at_once(siti):
    """The new bill may come before or after the refund: the credit goes to one of them."""
    a_bill(siti, NOW.plus(-12))
    told = at_once(
        [
            partial(tried, partial(a_refund, siti)),
            partial(use_credit, family_id=siti.family_id, on=DAY),
        ]
    )
    assert told == ["refund.none", 1]
    assert not Bill.objects.filter(family_id=siti.family_id, status="open").exists()
    assert balance(siti, "refund_payable") == 0
    whole(siti)


def test_officers_who_approve_and_refuse_at_once_decide_once(siti):
    row = a_refund(siti)
    ids = {"family_id": siti.family_id, "refund_id": row.id, "reason": "x"}
    propose_refund(actor=officer("Andi"), **ids)
    acts = [partial(approve_refund, actor=officer(f"Dewi {n}"), **ids) for n in range(4)]
    acts += [partial(refuse_refund, actor=officer(f"Tuti {n}"), **ids, on=DAY) for n in range(4)]
    told = at_once([partial(tried, act) for act in acts])
    assert sorted(told) == ["done"] + ["refund.state"] * 7
    state = Refund.objects.get(family_id=siti.family_id).state
    held = CREDIT if state == "approved" else 0
    assert (balance(siti, "credit"), balance(siti, "refund_payable")) == (CREDIT - held, held)
    whole(siti)


def test_one_transfer_noted_by_many_at_once_counts_once(siti):
    row = an_approved_refund(siti)
    pay = partial(
        pay_refund, family_id=siti.family_id, refund_id=row.id, on=DAY,
        payout=Payout(BANK, "TRF-1", CREDIT),
    )  # fmt: skip
    told = at_once([partial(tried, partial(pay, actor=officer(f"A{n}"))) for n in range(6)])
    assert told == ["done"] * 6
    assert balance(siti, f"clearing.{BANK}") == -CREDIT
    whole(siti)
