"""Refunds for programs of the member: JSON in, JSON out."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpRequest

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import NotFound
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import api, methods
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.treasury.actions import Wanted, request_refund
from jkn.treasury.presenters import refund_line
from jkn.treasury.queries import free_credit, refund_of, refunds_of
from jkn.treasury.rules import bank_account


class RefundBody(msgspec.Struct):
    """How much credit comes back, in whole rupiah, and to which bank account."""

    amount: int
    bank: str
    number: str
    holder: str


class Refund(msgspec.Struct):
    """One refund; `number_ending` is the end of the account's number, `due_on` an open one's day."""

    id: str
    amount: int
    state: str
    asked_on: date
    due_on: date
    bank: str
    number_ending: str
    paid_on: date | None
    reference: str
    reason: str


class Refunds(msgspec.Struct):
    """What could come back today in rupiah, and the family's refunds, newest first."""

    free_credit: int
    refunds: list[Refund]


def _refund(family_id: int, refund_id: int) -> Refund:
    row = refund_of(family_id, refund_id)
    line = refund_line(row, on=today())
    return Refund(
        str(row.id), row.amount, row.state, row.asked_on, row.due_on, line.bank, line.ending,
        row.paid_on, row.bank_reference, row.returned_reason or row.decided_reason,
    )  # fmt: skip


@api(who=MEMBER, answer=Refunds)
def listed(request: HttpRequest) -> Refunds:
    """The family's refunds, and how much credit could come back."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="treasury.refunds", group=family_id)
    return Refunds(
        free_credit(family_id, on=today()),
        [_refund(family_id, row.id) for row in refunds_of(family_id)],
    )


@api(who=MEMBER, method="POST", body=RefundBody, answer=Refund, status=201, takes_key=True)
def asked(request: HttpRequest, *, body: RefundBody) -> Refund:
    """Ask for credit to be paid back. The money is set aside at once; two officers decide."""
    family_id = family_of(request)
    account = bank_account(bank=body.bank, number=body.number, holder=body.holder)

    def ask() -> Answer:
        row = request_refund(
            actor=caller(request), family_id=family_id, wanted=Wanted(body.amount, account),
            on=today(),
        )  # fmt: skip
        return Answer(201, body={"id": str(row.id)})

    answer = once(request, group=family_id, act=ask)
    if answer.body is None:
        raise NotFound
    return _refund(family_id, int(answer.body["id"]))


refunds = methods(GET=listed, POST=asked)
