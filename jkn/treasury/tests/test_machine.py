"""The book of families (`jkn/contribution/tests/machine.py`) with refunds: all that moves money."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from jkn.contribution.tests.machine import Book, balance
from jkn.core.actor import Actor, Role
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.treasury.actions import (
    Payout,
    Wanted,
    approve_refund,
    pay_refund,
    propose_refund,
    refuse_refund,
    request_refund,
    return_refund,
)
from jkn.treasury.models import Refund
from jkn.treasury.promises import PROMISES
from jkn.treasury.rules import NEXT, OPEN, RefundEvent, RefundState
from jkn.treasury.tests.factories import ACCOUNT, BANK
from jkn.treasury.totals import differences, roll_up, trial_balance

IS_LONG = os.environ.get("JKN_LONG") == "1"
STEPS = 50
RUNS = 400 if IS_LONG else 10  # 20,000 steps, and 500
OFFICERS = [Actor(n, Role.BRANCH, name) for n, name in enumerate(("Andi", "Yuni", "Cici"), 1)]


# Ways through the states, by the place of each event's officer: whole ones, besides random steps.
WAYS = [
    [(RefundEvent.PROPOSE, 0), (RefundEvent.APPROVE, 0), (RefundEvent.APPROVE, 1)],
    [(RefundEvent.PROPOSE, 0), (RefundEvent.APPROVE, 1), (RefundEvent.PAY, 0)],
    [(RefundEvent.PROPOSE, 2), (RefundEvent.APPROVE, 1), (RefundEvent.PAY, 0), (RefundEvent.PAY, 0)],
    [(RefundEvent.PROPOSE, 0), (RefundEvent.APPROVE, 2), (RefundEvent.RETURN, 0)],
    [
        (RefundEvent.PROPOSE, 1), (RefundEvent.APPROVE, 2), (RefundEvent.PAY, 0),
        (RefundEvent.RETURN, 1),
    ],
    [(RefundEvent.PROPOSE, 0), (RefundEvent.REFUSE, 1)],
    [(RefundEvent.REFUSE, 0)],
]  # fmt: skip


@dataclass
class Asked:
    """A refund as the book keeps it."""

    id: int
    amount: int
    state: RefundState = RefundState.REQUESTED
    proposed_by: int | None = None
    is_sent: bool = False

    @property
    def held(self) -> int:
        """Rupiah that are set aside."""
        return self.amount if self.state in OPEN else 0


@dataclass
class Refunds:
    """The refunds of one family, the newest last."""

    all: list[Asked] = field(default_factory=list)

    @property
    def newest(self) -> Asked | None:
        return self.all[-1] if self.all else None

    @property
    def held(self) -> int:
        return sum(one.held for one in self.all)


class BookWithRefunds(Book):
    """Families whose credit comes back through two officers, besides all else."""

    def __init__(self) -> None:
        super().__init__()
        self.refunds: dict[int, Refunds] = {}

    @rule(family_id=Book.families, part=st.integers(1, 4))
    def asks_for_credit_back(self, family_id: int, part: int) -> None:
        home, refunds = self.book[family_id], self.refunds.setdefault(family_id, Refunds())
        amount = home.free(self.day) // part
        actor = Actor(family_id, Role.MEMBER, "Siti", family_id=family_id)
        wanted = Wanted(amount, ACCOUNT)
        try:
            row = request_refund(actor=actor, family_id=family_id, wanted=wanted, on=self.day)
        except Refused:
            assert refunds.held or amount == 0
            return
        assert amount > 0
        assert not refunds.held
        home.credit -= amount
        refunds.all.append(Asked(row.id, amount))

    @rule(family_id=Book.families, part=st.integers(1, 4), way=st.sampled_from(WAYS))
    def pays_the_same_twice(
        self, family_id: int, part: int, way: list[tuple[RefundEvent, int]]
    ) -> None:
        """Two of the family ask at the bank, both pay: what is too much is asked for again."""
        known = len(self.quoted)
        for _ in range(2):
            self.asks_at_the_bank(family_id)
        for _ in self.quoted[known:]:
            self.pays_what_was_quoted(known)
        self.asks_for_credit_back(family_id, part)
        self.officers_decide(family_id, [(event, OFFICERS[place]) for event, place in way])

    @rule(
        family_id=Book.families,
        steps=st.lists(
            st.tuples(st.sampled_from(RefundEvent), st.sampled_from(OFFICERS)), min_size=1
        ),
    )
    def officers_decide(self, family_id: int, steps: list[tuple[RefundEvent, Actor]]) -> None:
        one = self.refunds.setdefault(family_id, Refunds()).newest
        if one is None:
            return
        for event, who in steps:
            self.decides(family_id, one, event, who)

    def decides(self, family_id: int, one: Asked, event: RefundEvent, who: Actor) -> None:
        alone = (
            event in (RefundEvent.APPROVE, RefundEvent.REFUSE) and one.proposed_by == who.account_id
        )
        try:
            self.act(family_id, one, event, who)
        except Refused:
            assert alone or (one.state, event) not in NEXT
            return
        if (one.state, event) in NEXT:  # any other act was the same once more
            assert not alone
            self.write(family_id, one, event, who)

    def act(self, family_id: int, one: Asked, event: RefundEvent, who: Actor) -> None:
        ids: dict[str, Any] = {"actor": who, "family_id": family_id, "refund_id": one.id}
        if event is RefundEvent.PROPOSE:
            propose_refund(**ids, reason="x")
        elif event is RefundEvent.APPROVE:
            approve_refund(**ids, reason="x")
        elif event is RefundEvent.REFUSE:
            refuse_refund(**ids, reason="x", on=self.day)
        elif event is RefundEvent.RETURN:
            return_refund(**ids, reason="x", on=self.day)
        else:
            payout = Payout(BANK, f"T{one.id}", one.amount)
            pay_refund(**ids, payout=payout, on=self.day)

    def write(self, family_id: int, one: Asked, event: RefundEvent, who: Actor) -> None:
        home = self.book[family_id]
        if event is RefundEvent.PROPOSE:
            one.proposed_by = who.account_id
        if event is RefundEvent.PAY:
            one.is_sent = True
            home.refunded += one.amount
        if event in (RefundEvent.REFUSE, RefundEvent.RETURN):
            home.credit += one.amount
            home.refunded -= one.amount if one.is_sent else 0
        one.state = NEXT[one.state, event]

    @invariant()
    def refunds_agree(self) -> None:
        for family_id, refunds in self.refunds.items():
            assert balance(family_id, "refund_payable") == refunds.held
            rows = Refund.objects.filter(family_id=family_id).order_by("id")
            assert [(r.id, r.amount, r.state) for r in rows] == [
                (one.id, one.amount, one.state) for one in refunds.all
            ]
        assert [p.name for p in PROMISES if p.broken()] == []

    def teardown(self) -> None:
        month = Month.of(self.day)
        roll_up()
        assert differences(first=month.plus(-120), last=month.plus(2)) == []
        assert trial_balance(month).is_balanced
        super().teardown()


@pytest.mark.django_db(transaction=True)  # each example ends its own: audit rows of others wait
@pytest.mark.xdist_group("machine")
def test_the_service_agrees_with_a_plain_book_whatever_happens():
    chosen = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, derandomize=not IS_LONG,
        suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(BookWithRefunds, settings=chosen)
