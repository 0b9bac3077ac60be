"""Families through many days at random: the service agrees with a plain book after every step.

Real actions on the real PostgreSQL; each example is one transaction that is rolled back. A module
that moves money adds rules that do the same to the book (`Household`): treasury adds refunds, and
runs it all (`jkn/treasury/tests/test_machine.py`).
"""

from __future__ import annotations

import itertools
import os
from datetime import date, timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from jkn.contribution.actions import quote, receive_payment, run_day
from jkn.contribution.ahead import choose_ahead
from jkn.contribution.billing import bill_month
from jkn.contribution.instalments import register_plan, stop_plan
from jkn.contribution.ledger import Notified
from jkn.contribution.models import Bill, InstalmentPlan, Payment, Posting, VirtualAccount
from jkn.contribution.moves import move_members
from jkn.contribution.newborns import register_newborns
from jkn.contribution.rules import PaymentVerdict
from jkn.contribution.tests.crowd import broken_promises
from jkn.contribution.tests.factories import a_bank, open_accounts
from jkn.contribution.tests.household import (
    COUNTED,
    PRICES,
    REGISTRATION_DAYS,
    Due,
    Household,
    Newborn,
    last_day_of,
    number,
)
from jkn.core.actor import Actor, Role
from jkn.core.clock import now
from jkn.core.db import execute
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.membership.acts import come_back, go_abroad, record_death
from jkn.membership.models import Family, Member
from jkn.membership.moves import Move, NewHome
from jkn.membership.newborns import Baby, Birth
from jkn.membership.rules import Segment
from jkn.membership.tests.factories import a_family, members_of

BEGIN = date(2026, 1, 20)
WHO = Actor(account_id=4711, role=Role.BRANCH, name="Andi")
_serial = itertools.count(1)


def balance(family_id: int, account: str) -> int:
    """Return an account's balance, credits counted up."""
    rows = Posting.objects.filter(family_id=family_id)
    return sum(
        p.amount * ((p.credit == account) - (p.debit == account))
        for p in rows
        if account in (p.credit, p.debit)
    )


MAY_LEAVE = ("active", "suspended_arrears", "candidate", "registration_lapsed")


class Book(RuleBasedStateMachine):
    """The service on one side, the book on the other."""

    families = Bundle("families")

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        execute("SET LOCAL transaction_timeout = 0")
        self.book: dict[int, Household] = {}
        self.quoted: list[tuple[str, int, int]] = []  # (request, family, rupiah) of today
        self.paid: list[tuple[Notified, int]] = []
        self.bank = a_bank()
        self.set_day(BEGIN)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def set_day(self, day: date) -> None:
        self.day = day
        self.month = number(day)
        os.environ["JKN_TODAY"] = day.isoformat()

    # Time.

    @rule(days=st.one_of(st.integers(1, 9), st.integers(20, 70)))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self.set_day(self.day + timedelta(days=1))
            if self.day.day in (1, 15) or days < 10:
                self.daily_run()
        self.daily_run()
        self.quoted.clear()

    def daily_run(self) -> None:
        run_day(on=self.day)
        for home in self.book.values():
            home.new_day(self.day)

    @rule()
    def the_day_is_run_again(self) -> None:
        self.daily_run()
        assert run_day(on=self.day).billed == 0

    @rule()
    def next_month_is_billed_early(self) -> None:
        made = bill_month(Month.at(self.month + 1), on=self.day)
        assert made == sum(home.bill(self.month + 1) for home in self.book.values())

    # Membership.

    @precondition(lambda self: len(self.book) < 4)
    @rule(
        target=families, persons=st.integers(1, 4), care_class=st.sampled_from("123"),
        behind=st.sampled_from([0, 0, 1, 4, 27]),
    )  # fmt: skip
    def family(self, persons: int, care_class: str, behind: int) -> int:
        """A family joins; where it is behind, the months come as bills by days that pass."""
        row = a_family(
            names=tuple(f"Orang {n}" for n in range(persons)), care_class=care_class,
            paid_month=self.month - behind, registered_on=date(2021, 3, 1),
        )  # fmt: skip
        open_accounts(row)
        home = Household(care_class, {m.id: "active" for m in members_of(row)}, self.month - behind)
        self.book[row.family_id] = home
        for month in range(self.month - behind + 1, self.month - 1):
            assert bill_month(Month.at(month), on=self.day) == sum(
                h.bill(month) for h in self.book.values()
            )
        self.daily_run()
        return row.family_id

    @rule(family_id=families, days=st.integers(0, 60))
    def baby(self, family_id: int, days: int) -> None:
        home = self.book[family_id]
        born = self.day - timedelta(days=days)
        parent = next((who for who, status in home.people.items() if status == "active"), None)
        if parent is None:
            return
        birth = Birth(parent, born, (Baby(f"Bayi {next(_serial)}", "f", ""),))
        (member,) = register_newborns(
            actor=WHO, family_id=family_id, birth=birth, on=self.day
        ).members
        home.people[member.id] = "candidate"
        paid = home.paid if home.paid is not None else self.month
        billed = {b.month for b in home.bills if b.member is None}
        first = self.month if days <= 28 else number(born)
        known = len(home.bills)
        for month in range(first, max(self.month, paid, *billed, 0) + 1):
            if month <= paid or month in billed:
                home.bills.append(Due(month, PRICES[home.care_class], {member.id}, member.id))
        if days <= 28 and number(born) < self.month:
            last = born + timedelta(days=28)
            home.newborns.append(Newborn(member.id, number(born), self.month, last))
        if len(home.bills) > known and home.credit > 0:
            home.settle(0, self.day)

    @rule(family_id=families, place=st.integers(0, 5), days=st.integers(0, 70))
    def death(self, family_id: int, place: int, days: int) -> None:
        """Told of on the day, or some weeks later."""
        home = self.book[family_id]
        alive = [who for who, status in home.people.items() if status in ("active", "candidate")]
        if len(alive) < 2:
            return
        who, day = alive[place % len(alive)], self.day - timedelta(days=days)
        try:
            with transaction.atomic():
                record_death(
                    actor=WHO, family_id=family_id, member_id=who, day=day, reason="", on=self.day
                )
        except Refused as refused:
            assert refused.code == "day.outside"  # a baby that was not born then
            return
        home.bury(who, number(day))

    @rule(family_id=families, place=st.integers(0, 5))
    def goes_abroad(self, family_id: int, place: int) -> None:
        """With arrears or without."""
        home = self.book[family_id]
        may = [w for w, s in home.people.items() if s in ("active", "suspended_arrears")]
        if may:
            who = may[place % len(may)]
            go_abroad(actor=WHO, family_id=family_id, member_id=who, reason="", on=self.day)
            home.leave(who, "abroad", self.month)

    @rule(family_id=families, place=st.integers(0, 5))
    def comes_back(self, family_id: int, place: int) -> None:
        home = self.book[family_id]
        away = [w for w, s in home.people.items() if s == "abroad"]
        if away:
            who = away[place % len(away)]
            come_back(actor=WHO, family_id=family_id, member_id=who, reason="", on=self.day)
            home.come_back(who, self.month)

    @precondition(lambda self: len(self.book) < 6)
    @rule(target=families, family_id=families, place=st.integers(0, 5), count=st.integers(1, 3))
    def a_kk_of_their_own(self, family_id: int, place: int, count: int) -> int:
        """Some leave for a family of their own, which waits for its first contribution."""
        home = self.book[family_id]
        may = [w for w, s in home.people.items() if s in MAY_LEAVE]
        leaving = may[place % len(may) :][:count] if may else []
        if not leaving:
            return family_id
        to = NewHome(f"3275010102{next(_serial):06}", Segment.SELF_PAYING, "2", None)
        try:
            with transaction.atomic():
                moved = move_members(
                    actor=WHO, move=Move(family_id, leaving, to), on=self.day, reason=""
                )
        except Conflict as refused:
            assert refused.code == "move.number_in_debt"
            assert self.somebody_owes()
            return family_id
        for who in leaving:
            home.leave(who, "moved_segment", self.month)
        home.refit()
        new = Household(
            "2", dict.fromkeys(leaving, "candidate"), None,
            self.day + timedelta(days=REGISTRATION_DAYS),
        )  # fmt: skip
        new.bills.append(Due(self.month, PRICES["2"], set(leaving)))
        self.book[moved.family_id] = new
        return moved.family_id

    @rule(family_id=families, to=families, place=st.integers(0, 5))
    def joins(self, family_id: int, to: int, place: int) -> None:
        """One person joins another family, and stands as it does."""
        home, other = self.book[family_id], self.book[to]
        may = [w for w, s in home.people.items() if s in MAY_LEAVE]
        if not may or family_id == to:
            return
        who = may[place % len(may)]
        try:
            with transaction.atomic():
                move_members(actor=WHO, move=Move(family_id, [who], to), on=self.day, reason="")
        except Conflict as refused:
            if refused.code == "move.number_in_debt":
                assert self.somebody_owes()
                return
            assert refused.code == "move.was_here"
            assert who in other.people
            return
        assert who not in other.people
        home.leave(who, "moved_segment", self.month)
        home.refit()
        if other.paid is None:
            lapsed = other.pay_by is not None and self.day > other.pay_by
            other.people[who] = "registration_lapsed" if lapsed else "candidate"
            other.refit()
        else:
            behind = self.month > other.paid + 1
            other.people[who] = "suspended_arrears" if behind else "active"

    def somebody_owes(self) -> bool:
        return any(b.status == "open" for home in self.book.values() for b in home.bills)

    # Money.

    def notified(self, family_id: int, amount: int, request: str) -> Notified | None:
        va = VirtualAccount.objects.filter(family_id=family_id).order_by("prefix").first()
        if va is None:  # nobody is left in it whose number it could have
            assert not any(s in COUNTED for s in self.book[family_id].people.values())
            return None
        return Notified(
            self.bank.id, self.bank.name, request, f"REF{request}", va.number, amount, now()
        )

    def pay(self, notified: Notified, family_id: int, verdict: PaymentVerdict) -> None:
        with transaction.atomic():
            receipt = receive_payment(notified=notified, on=self.day)
        assert receipt.verdict is verdict
        if verdict is PaymentVerdict.ACCEPTED:
            home = self.book[family_id]
            took_ahead = home.with_ahead(self.day) != home.due(self.day)
            is_plain = notified.amount == home.due(self.day)
            home.received += notified.amount
            home.settle(notified.amount, self.day)
            if took_ahead and not is_plain:
                home.ahead = None
            self.paid.append((notified, family_id))

    @rule(family_id=families, is_plain=st.booleans())
    def pays_what_is_asked(self, family_id: int, is_plain: bool) -> None:
        home = self.book[family_id]
        amount = home.due(self.day) if is_plain else home.with_ahead(self.day)
        notified = self.notified(family_id, amount or 1, f"P{next(_serial)}")
        if notified is None:
            return
        verdict = PaymentVerdict.ACCEPTED
        if home.pay_by is not None and self.day > home.pay_by:
            verdict = PaymentVerdict.LAPSED
        elif home.with_ahead(self.day) == 0:
            verdict = PaymentVerdict.PAID_ALREADY
        elif amount == 0:
            return
        self.pay(notified, family_id, verdict)

    @rule(family_id=families)
    def asks_at_the_bank(self, family_id: int) -> None:
        home, request = self.book[family_id], f"Q{next(_serial)}"
        notified = self.notified(family_id, 1, request)
        if notified is None:
            return
        with transaction.atomic():
            told = quote(
                partner_id=self.bank.id, request_id=request, number=notified.number, on=self.day
            )
        assert told is not None
        assert told.debt.amount == home.with_ahead(self.day)
        if told.verdict is PaymentVerdict.ACCEPTED:
            self.quoted.append((request, family_id, told.debt.amount))

    @precondition(lambda self: self.quoted)
    @rule(place=st.integers(0, 9))
    def pays_what_was_quoted(self, place: int) -> None:
        """Whatever happened since: the payer saw that figure, a surplus becomes credit."""
        request, family_id, amount = self.quoted.pop(place % len(self.quoted))
        notified = self.notified(family_id, amount, request)
        if notified is not None:
            self.pay(notified, family_id, PaymentVerdict.ACCEPTED)

    @rule(family_id=families, amount=st.integers(1, 10**6))
    def pays_another_sum(self, family_id: int, amount: int) -> None:
        home = self.book[family_id]
        notified = self.notified(family_id, amount, f"W{next(_serial)}")
        right = (home.due(self.day), home.with_ahead(self.day))
        if notified is None or amount in right:
            return
        with transaction.atomic():
            receipt = receive_payment(notified=notified, on=self.day)
        assert receipt.verdict in (
            PaymentVerdict.WRONG_AMOUNT, PaymentVerdict.PAID_ALREADY, PaymentVerdict.LAPSED,
        )  # fmt: skip

    @precondition(lambda self: self.paid)
    @rule(place=st.integers(0, 99))
    def a_notification_comes_again(self, place: int) -> None:
        notified, _ = self.paid[place % len(self.paid)]
        with transaction.atomic():
            assert receive_payment(notified=notified, on=self.day).verdict == "repeated"

    @rule(family_id=families, stages=st.integers(2, 12))
    def plans_stages(self, family_id: int, stages: int) -> None:
        home = self.book[family_id]
        if home.missed(self.day):
            return
        expected = home.may_plan(self.day, stages)
        try:
            with transaction.atomic():
                register_plan(actor=WHO, family_id=family_id, stages=stages, on=self.day)
        except Refused:
            assert expected is None
            return
        assert expected is not None
        home.plans.append(expected)

    @rule(family_id=families)
    def stops_the_plan(self, family_id: int) -> None:
        home = self.book[family_id]
        try:
            with transaction.atomic():
                stop_plan(actor=WHO, family_id=family_id, on=self.day)
        except Refused:
            assert home.plan is None
            return
        home.end_plan("stopped")

    @rule(family_id=families, months=st.integers(0, 12))
    def chooses_ahead(self, family_id: int, months: int) -> None:
        home = self.book[family_id]
        is_active = "active" in home.people.values()
        try:
            with transaction.atomic():
                amount = choose_ahead(actor=WHO, family_id=family_id, months=months, on=self.day)
        except Refused:
            assert months
            assert not is_active or home.plan
            return
        assert amount == months * home.monthly()
        home.ahead = (amount, last_day_of(self.month)) if months else None

    # After every step.

    @invariant()
    def the_book_agrees(self) -> None:
        for family_id, home in self.book.items():
            bills = Bill.objects.filter(family_id=family_id)
            assert sorted((b.month, b.amount, b.member_id or 0, b.status) for b in bills) == sorted(
                (b.month, b.amount, b.member or 0, b.status) for b in home.bills
            )
            people = Member.objects.filter(family_id=family_id).values_list("id", "status")
            assert dict(people) == home.people
            assert Family.objects.get(family_id=family_id).paid_month == home.paid
            assert balance(family_id, "credit") == home.credit >= 0
            money = Payment.objects.filter(family_id=family_id).values_list("amount", flat=True)
            assert sum(money) == home.received
            assert -balance(family_id, "clearing.bank-contoh") == home.received - home.refunded
            plans = InstalmentPlan.objects.filter(family_id=family_id).order_by("id")
            assert [(p.arrears, p.status) for p in plans] == [
                (p.arrears, p.status) for p in home.plans
            ]

    @invariant()
    def the_promises_hold(self) -> None:
        assert broken_promises() == []
