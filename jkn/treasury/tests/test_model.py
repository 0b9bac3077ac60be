"""Any sequence of what can happen to credit: the ledger adds up to zero, nothing goes below zero."""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jkn.contribution.actions import use_credit
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import NOW, a_bank, a_bill, a_billed_family, va_of
from jkn.contribution.tests.snap import Bank
from jkn.core.db import execute
from jkn.core.errors import Refused
from jkn.treasury.actions import (
    Payout,
    approve_refund,
    pay_refund,
    propose_refund,
    refuse_refund,
    return_refund,
)
from jkn.treasury.models import Refund
from jkn.treasury.promises import PROMISES
from jkn.treasury.rules import NEXT, RefundEvent, RefundState
from jkn.treasury.tests.factories import BANK, DAY, a_refund, balance, officer
from jkn.treasury.totals import differences, roll_up, trial_balance

pytestmark = pytest.mark.django_db
LONG = os.environ.get("JKN_LONG") == "1"
MONTHLY = 35_000


class Money(RuleBasedStateMachine):
    """One family, one bank, three officers; beside them a model of three numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.family = a_billed_family(months=1, names=("Siti Rahmawati",))
        self.bank = Bank(a_bank())
        self.bank.signed_in()
        self.officers = [officer(name) for name in ("Andi", "Dewi", "Cici")]
        self.requests = 0
        self.first_open = NOW.plus(-1)
        self.credit, self.held, self.state = 0, 0, None
        self.owes = MONTHLY
        self.by: dict[str, int] = {}

    @rule(times=st.integers(1, 2))
    def overpay(self, times):
        """Pay what was quoted while it was owed: the second time it becomes credit."""
        due = max(0, self.owes - self.credit)
        names = [f"R{self.requests + n}" for n in range(times)]
        self.requests += times
        if not due:
            return
        for name in names:
            self.bank.inquire(va_of(self.family), name)
        for name in names:
            assert self.bank.pay(va_of(self.family), name, due).status_code == 200
            self.credit += due
            self.credit, self.owes = self.credit - min(self.credit, self.owes), 0

    @rule()
    def bill_an_older_month(self):
        a_bill(self.family, self.first_open)
        self.first_open = self.first_open.plus(-1)
        self.owes += MONTHLY

    @rule()
    def use_the_credit(self):
        use_credit(family_id=self.family.family_id, on=DAY)
        paid = min(self.credit, self.owes) // MONTHLY * MONTHLY
        self.credit, self.owes = self.credit - paid, self.owes - paid

    @rule(part=st.integers(1, 4))
    def ask(self, part):
        free = max(0, self.credit - self.owes)
        amount = free // part
        is_open = self.state in (RefundState.REQUESTED, RefundState.PROPOSED, RefundState.APPROVED)
        try:
            self.row = a_refund(self.family, amount=amount)
        except Refused:
            assert is_open or amount <= 0
            return
        assert not is_open
        self.credit, self.held = self.credit - amount, amount
        self.state, self.by = RefundState.REQUESTED, {}

    @rule(event=st.sampled_from(RefundEvent), who=st.integers(0, 2))
    def decide(self, event, who):
        if self.state is None:
            return
        actor = self.officers[who]
        alone = (
            event in (RefundEvent.APPROVE, RefundEvent.REFUSE)
            and self.by.get("propose") == who
        )  # fmt: skip
        before = self.state, self.sums()
        try:
            self._do(event, actor)
        except Refused:
            assert alone or (self.state, event) not in NEXT
            assert (self.state, self.sums()) == before
            return
        if (self.state, event) not in NEXT:  # twice is as once
            assert self.sums() == before[1]
            return
        assert not alone
        self.by[event.value] = who
        if event is RefundEvent.PAY:
            self.paid, self.held = self.held, 0
        elif event is RefundEvent.REFUSE or (self.held and event is RefundEvent.RETURN):
            self.credit, self.held = self.credit + self.held, 0
        elif event is RefundEvent.RETURN:
            self.credit += self.paid
        self.state = NEXT[self.state, event]

    def _do(self, event, actor):
        ids = {"actor": actor, "family_id": self.family.family_id, "refund_id": self.row.id}
        if event is RefundEvent.PROPOSE:
            propose_refund(**ids, reason="x")
        elif event is RefundEvent.APPROVE:
            approve_refund(**ids, reason="x")
        elif event is RefundEvent.REFUSE:
            refuse_refund(**ids, reason="x", on=DAY)
        elif event is RefundEvent.RETURN:
            return_refund(**ids, reason="x", on=DAY)
        else:
            payout = Payout(BANK, f"T{self.row.id}", self.row.amount)
            pay_refund(**ids, payout=payout, on=DAY)

    def sums(self):
        return balance(self.family, "credit"), balance(self.family, "refund_payable")

    @invariant()
    def the_model_agrees(self):
        assert self.sums() == (self.credit, self.held)
        assert min(self.sums()) >= 0
        if self.state is not None:
            assert Refund.objects.get(
                family_id=self.family.family_id, id=self.row.id
            ).state == self.state  # fmt: skip

    def teardown(self):
        broken = [*broken_promises(), *(p.name for p in PROMISES if p.broken())]
        assert broken == []
        roll_up()
        assert differences(first=NOW.plus(-60), last=NOW) == []
        assert trial_balance(NOW).is_balanced


def test_no_sequence_loses_or_makes_a_rupiah(on_day):
    on_day("2026-11-22")
    assert date(2026, 11, 22) == DAY
    execute("SET LOCAL transaction_timeout = 0")  # all examples are in this test's transaction
    run_state_machine_as_test(
        Money,
        settings=settings(
            max_examples=200 if LONG else 12,
            stateful_step_count=50 if LONG else 25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
