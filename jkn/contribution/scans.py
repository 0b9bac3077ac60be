"""Payments by QRIS: the number that a code carries, and money that an acquirer took for one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.conf import settings

from jkn.contribution import ledger
from jkn.contribution.actions import receive_payment
from jkn.contribution.ledger import Notified
from jkn.contribution.payers import Receipt
from jkn.contribution.qris import Ticket, ticket
from jkn.contribution.queries import figure, payment_by_request
from jkn.contribution.rules import PaymentVerdict
from jkn.core.clock import now, today
from jkn.core.sealing import derived_key


@lru_cache(maxsize=1)
def _key() -> bytes:
    return derived_key(settings.SECRET_KEY, "contribution.qris")


def code_number(family_id: int, *, amount: int) -> str:
    """Return the bill number of a code: payable as long as what a bank is told at an inquiry."""
    hours = figure("quote_hours", on=today()).value
    return ticket(family_id, amount=amount, now=now(), hours=hours, key=_key())


def receive_scanned(*, notified: Notified, asked: Ticket, on: date) -> Receipt:
    """Post what was paid by a code; the code's own amount counts as quoted while it lives.

    Another amount is judged like any payment. An old code is refused as LAPSED, unless this very
    transaction was posted in its time. The caller opens the transaction, as for `receive_payment`.
    """
    is_known = payment_by_request(notified.partner_id, notified.request_id) is not None
    if not is_known and asked.is_over(now()):
        return Receipt(PaymentVerdict.LAPSED)
    if asked.asked_for(notified.amount, key=_key()) and ledger.lock_family(asked.family_id):
        ledger.remember_quote(
            asked.family_id, partner_id=notified.partner_id, request_id=notified.request_id,
            amount=notified.amount,
        )  # fmt: skip
    return receive_payment(notified=notified, on=on)
