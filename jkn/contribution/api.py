"""Contribution for programs of the member: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from django.http import HttpRequest

from jkn.audit.actions import mark_own_read
from jkn.contribution.actions import payable
from jkn.contribution.figures import plan_terms
from jkn.contribution.instalments import register_plan
from jkn.contribution.mandates import Wish, end_mandate, give_mandate, mandate_of, masked
from jkn.contribution.presenters import how_to_pay
from jkn.contribution.qr import qris_text
from jkn.contribution.queries import (
    bill_of,
    bills_of,
    family_bills,
    payments_of,
    plan_by_id,
    statement_of,
    virtual_accounts_of,
)
from jkn.contribution.rules import BillStatus
from jkn.contribution.stages import Stage, deadline, schedule
from jkn.contribution.ways import monthly_of, simulated
from jkn.core.clock import today
from jkn.core.errors import Conflict, Refused
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import api, is_dry
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER


class Bill(msgspec.Struct):
    """One month's bill; amounts in whole rupiah."""

    id: str
    month: str
    amount: int
    persons: int
    per_person: int
    care_class: str
    due_on: date
    status: str
    basis: str
    payment_id: str | None


class Bills(msgspec.Struct):
    """What is owed today in one sum, and every bill, newest first."""

    amount_due: int
    credit: int
    bills: list[Bill]


class Payment(msgspec.Struct):
    """One payment; `credited` is the part that stays as credit."""

    id: str
    amount: int
    credited: int
    months: int
    bank: str
    reference: str
    receipt: str
    day: date
    paid_at: datetime
    received_at: datetime


class Payments(msgspec.Struct):
    """The family's payments, newest first."""

    payments: list[Payment]


class StatementLine(msgspec.Struct):
    """One posting: `amount` rupiah from the credited to the debited account."""

    journal_id: str
    kind: str
    day: date
    debit: str
    credit: str
    amount: int
    bill_id: str | None
    payment_id: str | None


class Statement(msgspec.Struct):
    """The family's whole journal, oldest first, and the balances that it adds up to."""

    lines: list[StatementLine]
    balances: dict[str, int]


class PayBody(msgspec.Struct):
    """How the member wants to pay."""

    channel: str = "va"
    bank: str = ""


class HowToPay(msgspec.Struct):
    """Where to pay today's whole bill: one number, one amount."""

    channel: str
    bank: str
    va: str
    amount: int
    due_on: date
    steps: list[str]


@api(who=MEMBER, answer=Bills)
def bills(request: HttpRequest) -> Bills:
    """The signed-in person's family: what is owed today and every bill."""
    family_id = family_of(request)
    owed = family_bills(family_id, on=today()).debt
    mark_own_read(actor=caller(request), verb="contribution.bills", group=family_id)
    return Bills(
        amount_due=owed.amount,
        credit=owed.credit,
        bills=[
            Bill(
                id=str(b.id),
                month=str(Month.at(b.month)),
                amount=b.amount,
                persons=b.persons,
                per_person=b.per_person,
                care_class=b.care_class,
                due_on=b.due_on,
                status=b.status,
                basis=b.basis,
                payment_id=str(b.payment_id) if b.payment_id else None,
            )
            for b in bills_of(family_id)
        ],
    )


@api(who=MEMBER, answer=Payments)
def payments(request: HttpRequest) -> Payments:
    """The signed-in person's family: what was paid."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.payments", group=family_id)
    return Payments(
        [
            Payment(
                str(p.id), p.amount, p.credited, p.months, p.bank, p.reference, p.receipt,
                p.day, p.paid_at, p.received_at,
            )
            for p in payments_of(family_id)
        ]
    )  # fmt: skip


@api(who=MEMBER, answer=Statement)
def statement(request: HttpRequest) -> Statement:
    """The signed-in person's family: its journal, complete enough to rebuild its balances."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.statement", group=family_id)
    balances: dict[str, int] = {}
    lines = []
    for line in statement_of(family_id):
        balances[line.debit] = balances.get(line.debit, 0) + line.amount
        balances[line.credit] = balances.get(line.credit, 0) - line.amount
        lines.append(
            StatementLine(
                str(line.journal_id), line.kind, line.day, line.debit, line.credit, line.amount,
                str(line.bill_id) if line.bill_id else None,
                str(line.payment_id) if line.payment_id else None,
            )
        )  # fmt: skip
    return Statement(lines, balances)


@api(who=MEMBER, method="POST", body=PayBody, answer=HowToPay, takes_key=True)
def pay(request: HttpRequest, id: int, *, body: PayBody) -> HowToPay:  # noqa: A002
    """How to pay a bill of the family. Nothing changes until the bank reports the money."""
    family_id = family_of(request)
    answer = once(
        request,
        group=family_id,
        act=lambda: Answer(body=msgspec.to_builtins(_how_to_pay(family_id, id, body))),
    )
    return msgspec.convert(answer.body, HowToPay)


def _how_to_pay(family_id: int, id: int, body: PayBody) -> HowToPay:  # noqa: A002
    bill = bill_of(family_id, id)
    if bill.status != BillStatus.OPEN:
        raise Conflict("bill.paid", N_("Tagihan ini sudah selesai."))
    if body.channel != "va":
        raise Refused("channel.unknown", N_("Cara bayar ini belum ada. Pilih virtual account."))
    numbers = virtual_accounts_of(family_id)
    bank = body.bank.upper()
    if bank not in numbers:
        raise Refused(
            "bank.unknown", N_("Bank ini belum ada. Pilih: {banks}."), banks=", ".join(numbers)
        )
    amount = payable(family_bills(family_id, on=today()), on=today())
    return HowToPay("va", bank, numbers[bank], amount, bill.due_on, list(how_to_pay(bank)))


class Qris(msgspec.Struct):
    """A QRIS as text, payable for 24 hours; a demo's code only at the simulated bank."""

    bill_id: str
    payload: str
    amount: int
    is_payable: bool


@api(who=MEMBER, answer=Qris)
def qris(request: HttpRequest, id: int) -> Qris:  # noqa: A002
    """A QRIS for what is due today, labelled with a bill of the family."""
    family_id = family_of(request)
    bill = bill_of(family_id, id)
    if bill.status != BillStatus.OPEN:
        raise Conflict("bill.paid", N_("Tagihan ini sudah selesai."))
    amount = payable(family_bills(family_id, on=today()), on=today())
    text = qris_text(family_id=family_id, month=Month.at(bill.month), amount=amount)
    mark_own_read(actor=caller(request), verb="contribution.qris", group=family_id)
    return Qris(str(bill.id), text, amount, is_payable=True)


class PlanBody(msgspec.Struct):
    """In how many months the arrears are to be paid."""

    stages: int


class PlanStage(msgspec.Struct):
    """One stage: part of the arrears and the month's own contribution, in rupiah."""

    number: int
    month: str
    share: int
    monthly: int
    amount: int


class InstalmentPlan(msgspec.Struct):
    """A plan: simulated (`id` is null) or registered. Later months' bills may differ."""

    id: str | None
    stages: list[PlanStage]
    total: int
    active_from: str
    deadline: date


_DRY = {"dry": "1: only tell what it would mean, register nothing"}


@api(
    who=MEMBER, method="POST", body=PlanBody, answer=InstalmentPlan, takes_key=True, query=_DRY
)  # fmt: skip
def instalments(request: HttpRequest, *, body: PlanBody) -> InstalmentPlan:
    """Register a plan of instalments for the family's arrears; `?dry=1` only shows what it means."""
    family_id, on = family_of(request), today()
    terms = plan_terms(on=on)

    def register() -> Answer:
        plan_id = register_plan(
            actor=caller(request), family_id=family_id, stages=body.stages, on=on
        )
        return Answer(200, body={"id": str(plan_id), "stages": body.stages})

    if is_dry(request):
        bills = family_bills(family_id, on=on)
        mark_own_read(actor=caller(request), verb="contribution.instalments", group=family_id)
        return _plan(None, simulated(bills, stages=body.stages, on=on, terms=terms), on)
    answer = once(request, group=family_id, act=register)
    row = plan_by_id(family_id, int((answer.body or {})["id"]))
    stages = schedule(row.as_rule(), monthly=monthly_of(family_bills(family_id, on=on)))
    return _plan(str(row.id), stages, on)


def _plan(plan_id: str | None, stages: Sequence[Stage], on: date) -> InstalmentPlan:
    return InstalmentPlan(
        id=plan_id,
        stages=[PlanStage(s.number, str(s.month), s.share, s.monthly, s.amount) for s in stages],
        total=sum(s.amount for s in stages),
        active_from=str(stages[-1].month),
        deadline=deadline(Month.of(on), plan_terms(on=on)),
    )


class MandateBody(msgspec.Struct):
    """The account to be debited: bank's code, number, holder as the bank knows them, day 5 or 20."""

    bank: str
    account: str
    holder: str
    day: int


class Autodebit(msgspec.Struct):
    """How autodebit stands: the account masked; `status` is `none` where there never was one."""

    status: str
    bank: str = ""
    account: str = ""
    holder: str = ""
    day: int = 0
    reason: str = ""
    confirm_url: str = ""


@api(who=MEMBER, answer=Autodebit)
def autodebit(request: HttpRequest) -> Autodebit:
    """How the family's autodebit stands."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.autodebit", group=family_id)
    return _autodebit(family_id)


@api(who=MEMBER, method="POST", body=MandateBody, answer=Autodebit, takes_key=True)
def give_autodebit(request: HttpRequest, *, body: MandateBody) -> Autodebit:
    """Let the bank debit the family's account; the holder agrees at `confirm_url`."""
    family_id = family_of(request)
    wish = Wish(body.bank, body.account, body.holder, body.day)

    def give() -> Answer:
        give_mandate(actor=caller(request), family_id=family_id, wish=wish, on=today())
        return Answer(200)

    once(request, group=family_id, act=give)
    return _autodebit(family_id)


@api(who=MEMBER, method="DELETE", answer=Autodebit, takes_key=True)
def end_autodebit(request: HttpRequest) -> Autodebit:
    """End the family's autodebit at once."""
    family_id = family_of(request)

    def end() -> Answer:
        end_mandate(actor=caller(request), family_id=family_id, on=today())
        return Answer(200)

    once(request, group=family_id, act=end)
    return _autodebit(family_id)


def _autodebit(family_id: int) -> Autodebit:
    row = mandate_of(family_id)
    if row is None:
        return Autodebit("none")
    return Autodebit(
        row.status, row.bank, masked(row), row.holder, row.day, row.reason, row.confirm_url
    )
