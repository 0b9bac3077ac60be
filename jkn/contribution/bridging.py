"""The bank's door: SNAP BI virtual accounts (services 24, 25, 26), QRIS (52) and the token (73).

Wire names stay in this file. Money moves once for each paymentRequestId; X-EXTERNAL-ID only
blocks replay within a day. The outcomes are those of docs/reference/snap.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from jkn.contribution.actions import quote, receive_payment
from jkn.contribution.ledger import Notified
from jkn.contribution.partner import BELIEVABLE_YEARS
from jkn.contribution.payers import Quoted, Receipt
from jkn.contribution.presenters import month_words, payer_name
from jkn.contribution.qris import read_ticket
from jkn.contribution.queries import payment_by_request, virtual_accounts_of
from jkn.contribution.rules import PaymentVerdict
from jkn.contribution.scans import receive_scanned
from jkn.core.clock import now, today
from jkn.core.errors import Conflict, Refused
from jkn.core.identifiers import virtual_account
from jkn.core.money import whole_rupiah
from jkn.core.month import Month
from jkn.gate.doors import View, machine
from jkn.gate.middleware import free_disk
from jkn.gate.snap import (
    SignedCall,
    SnapRefused,
    claim_external_id,
    client_of_token_request,
    fields_of,
    issue_token,
    malformed,
    missing,
    signed_call,
)

log = logging.getLogger("jkn.snap")

_BILL_ROWS = 24  # the standard allows no more; later months share the first row
_REFUSALS = {
    PaymentVerdict.NO_SUCH_ACCOUNT: (404, "12", "Invalid Bill/Virtual Account [Not Found]"),
    PaymentVerdict.NOT_YET: (404, "12", "Invalid Bill/Virtual Account [Not Yet Payable]"),
    PaymentVerdict.LAPSED: (404, "19", "Invalid Bill/Virtual Account [Expired]"),
    PaymentVerdict.PAID_ALREADY: (404, "14", "Paid Bill"),
    PaymentVerdict.WRONG_AMOUNT: (404, "13", "Invalid Amount"),
    PaymentVerdict.INCONSISTENT: (404, "18", "Inconsistent Request"),
    PaymentVerdict.REFERENCE_TAKEN: (409, "01", "Duplicate Reference Number"),
}
_QRIS_REFUSALS = {
    PaymentVerdict.NO_SUCH_ACCOUNT: (404, "01", "Transaction Not Found"),
    PaymentVerdict.NOT_YET: (404, "12", "Invalid Bill/Virtual Account [Not Yet Payable]"),
    PaymentVerdict.LAPSED: (403, "00", "Transaction Expired"),
}
_SUCCESS = "00"  # latestTransactionStatus: the money was taken
_STATUSES = {f"{n:02}" for n in range(8)}
Service = Callable[[HttpRequest], dict[str, Any]]


def _snap(service: str) -> Callable[[Service], View]:
    """Answer in SNAP's own words whatever happens: refusals, a database that is away, bugs."""

    def declare(view: Service) -> View:
        @wraps(view)
        def answered(request: HttpRequest) -> HttpResponse:
            if not free_disk.has_room():
                return SnapRefused(507, "00", "Insufficient Storage").response(service)
            try:
                answer = view(request)
            except SnapRefused as refused:
                return refused.response(service)
            except SuspiciousOperation:  # a body above what we read at all
                return SnapRefused(400, "00", "Bad Request").response(service)
            except (OperationalError, InterfaceError) as error:
                log.error("database", exc_info=error)
                return SnapRefused(504, "00", "Timeout").response(service)
            except Exception as error:
                log.error("unexpected", exc_info=error)
                return SnapRefused(500, "00", "General Error").response(service)
            head = {"responseCode": f"200{service}00", "responseMessage": "Successful"}
            return JsonResponse({**head, **answer})

        return machine()(answered)

    return declare


@_snap("73")
def access_token(request: HttpRequest) -> dict[str, Any]:
    """Give a bank's program a token for 900 seconds (SNAP 73)."""
    client = client_of_token_request(request)
    grant = fields_of(request.body).get("grantType")
    if grant is None:
        raise missing("grantType")
    if grant != "client_credentials":
        raise malformed("grantType")
    return {"accessToken": issue_token(client), "tokenType": "Bearer", "expiresIn": "900"}


@_snap("24")
def inquiry(request: HttpRequest) -> dict[str, Any]:
    """Tell what a virtual account owes today, month by month (SNAP 24)."""
    call = signed_call(request)
    number = _account_number(call)
    request_id = _text(call, "inquiryRequestId", 128)
    with transaction.atomic():
        claim_external_id(call)
        quoted = quote(partner_id=call.client.id, request_id=request_id, number=number, on=today())
    if quoted is None:
        raise SnapRefused(*_REFUSALS[PaymentVerdict.NO_SUCH_ACCOUNT])
    if quoted.verdict is not PaymentVerdict.ACCEPTED:
        raise SnapRefused(*_REFUSALS[quoted.verdict])
    return {
        "virtualAccountData": {
            "inquiryStatus": "00",
            "inquiryReason": {"english": "Success", "indonesia": "Sukses"},
            **_account(call),
            "virtualAccountName": _shown_name(quoted),
            "inquiryRequestId": request_id,
            "totalAmount": _money(quoted.debt.amount),
            "billDetails": _bill_details(quoted),
            "virtualAccountTrxType": "C",
        }
    }


@_snap("25")
def payment(request: HttpRequest) -> dict[str, Any]:
    """Take a payment to a virtual account; the same request counts once (SNAP 25)."""
    call = signed_call(request)
    notified = _notified(call)
    receipt = _received(call, partial(receive_payment, notified=notified, on=today()))
    if receipt.verdict not in (PaymentVerdict.ACCEPTED, PaymentVerdict.REPEATED):
        raise SnapRefused(*_REFUSALS[receipt.verdict])
    return {
        "virtualAccountData": {
            **_account(call),
            "virtualAccountName": _shown_name(receipt),
            "paymentRequestId": notified.request_id,
            "paidAmount": _money(notified.amount),
            "totalAmount": _money(notified.amount),
            "referenceNo": notified.reference,
            "flagAdvise": "N",
            "paymentFlagStatus": "00",
            "paymentFlagReason": {"english": "Success", "indonesia": "Sukses"},
        }
    }


@_snap("26")
def status(request: HttpRequest) -> dict[str, Any]:
    """Tell whether a request was paid (SNAP 26)."""
    call = signed_call(request)
    number = _account_number(call)
    field = "paymentRequestId" if call.fields.get("paymentRequestId") else "inquiryRequestId"
    request_id = _text(call, field, 128)
    with transaction.atomic():
        claim_external_id(call)
    paid = payment_by_request(call.client.id, request_id)
    if paid is None or paid.number != number:
        raise SnapRefused(404, "12", "Invalid Bill/Virtual Account [Not Found]")
    return {
        "virtualAccountData": {
            **_account(call),
            "paymentFlagStatus": "00",
            "paymentFlagReason": {"english": "Success", "indonesia": "Sukses"},
            "inquiryRequestId": request_id,
            "paymentRequestId": request_id,
            "paidAmount": _money(paid.amount),
            "totalAmount": _money(paid.amount),
            "referenceNo": paid.reference,
            "transactionDate": paid.paid_at.isoformat(),
        }
    }


@_snap("52")
def qr_notify(request: HttpRequest) -> dict[str, Any]:
    """Take the acquirer's word that a QRIS of ours was paid; each transaction counts once (SNAP 52).

    `originalPartnerReferenceNo` is the bill number that the code carries.
    """
    call = signed_call(request)
    text = _text(call, "originalPartnerReferenceNo", 64)
    reference = _text(call, "originalReferenceNo", 64)
    status = _text(call, "latestTransactionStatus", 2)
    if status not in _STATUSES:
        raise malformed("latestTransactionStatus")
    amount = _amount(call, "amount")
    asked = read_ticket(text)
    numbers = virtual_accounts_of(asked.family_id) if asked else {}
    if asked is None or not numbers:
        raise SnapRefused(*_QRIS_REFUSALS[PaymentVerdict.NO_SUCH_ACCOUNT])
    notified = Notified(
        partner_id=call.client.id, bank=call.client.name, request_id=f"qris:{reference}",
        reference=reference, number=next(iter(numbers.values())), amount=amount,
        paid_at=_moment(call, "transactionDate"),
    )  # fmt: skip
    if status != _SUCCESS:
        with transaction.atomic():
            claim_external_id(call)
        return {}
    post = partial(receive_scanned, notified=notified, asked=asked, on=today())
    receipt = _received(call, post)
    if receipt.verdict not in (PaymentVerdict.ACCEPTED, PaymentVerdict.REPEATED):
        raise SnapRefused(*{**_REFUSALS, **_QRIS_REFUSALS}[receipt.verdict])
    return {}


def _received(call: SignedCall, post: Callable[[], Receipt]) -> Receipt:
    """Post in one transaction with the external id; once more where another worker was first."""
    for is_last in (False, True):
        try:
            with transaction.atomic():
                claim_external_id(call)
                return post()
        except Conflict:
            if is_last:
                raise
    raise AssertionError("unreachable")


def _notified(call: SignedCall) -> Notified:
    number = _account_number(call)
    request_id = _text(call, "paymentRequestId", 128)
    amount = _amount(call, "paidAmount")
    if call.fields.get("totalAmount") is not None and _amount(call, "totalAmount") != amount:
        raise SnapRefused(*_REFUSALS[PaymentVerdict.WRONG_AMOUNT])
    reference = _text(call, "referenceNo", 64) if "referenceNo" in call.fields else request_id[:64]
    return Notified(
        partner_id=call.client.id,
        bank=call.client.name,
        request_id=request_id,
        reference=reference,
        number=number,
        amount=amount,
        paid_at=_moment(call, "trxDateTime"),
    )


def _text(call: SignedCall, field: str, longest: int) -> str:
    value = call.fields.get(field)
    if value is None or value == "":
        raise missing(field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise malformed(field)
    text = str(value).strip()
    if not text or len(text) > longest or not text.isprintable():
        raise malformed(field)
    return text


def _account_number(call: SignedCall) -> str:
    """Return the 16 digits; the parts must agree with the whole, padding with spaces is theirs."""
    parts = _text(call, "partnerServiceId", 8) + _text(call, "customerNo", 20)
    whole = _text(call, "virtualAccountNo", 28)
    if parts.replace(" ", "") != whole.replace(" ", ""):
        raise malformed("virtualAccountNo")
    if not whole.replace(" ", "").isascii() or not whole.replace(" ", "").isdigit():
        raise malformed("virtualAccountNo")
    try:
        return virtual_account(whole)
    except Refused:
        raise SnapRefused(*_REFUSALS[PaymentVerdict.NO_SUCH_ACCOUNT]) from None


def _amount(call: SignedCall, field: str) -> int:
    amount = call.fields.get(field)
    if amount is None:
        raise missing(field)
    if not isinstance(amount, dict):
        raise malformed(field)
    for part in ("value", "currency"):
        if amount.get(part) in (None, ""):
            raise missing(f"{field}.{part}")
    value = amount["value"]
    if amount["currency"] != "IDR" or isinstance(value, bool) or not isinstance(value, str | int):
        raise malformed(field)
    try:
        return whole_rupiah(str(value))
    except Refused:
        raise malformed(f"{field}.value") from None


def _moment(call: SignedCall, field: str) -> datetime:
    value = call.fields.get(field)
    if value in (None, ""):
        return now()
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise malformed(field) from None
    if moment.tzinfo is None or moment.year not in BELIEVABLE_YEARS:
        raise malformed(field)
    return moment


def _account(call: SignedCall) -> dict[str, Any]:
    names = ("partnerServiceId", "customerNo", "virtualAccountNo")
    return {name: call.fields[name] for name in names}


def _shown_name(known: Quoted | Receipt) -> str:
    return known.payer[:40] if known.is_business else payer_name(known.payer)


def _money(rupiah: int) -> dict[str, str]:
    return {"value": f"{rupiah}.00", "currency": "IDR"}


def _bill_details(quoted: Quoted) -> list[dict[str, Any]]:
    bills = list(quoted.debt.bills)
    if quoted.debt.later:  # a stage of a plan: its sum is not that of the months
        month = bills[-1].month
        return [{**_bill_row(1, month, quoted.debt.amount), "billName": _stage_name(month)}]
    shared, rows = bills[: len(bills) - _BILL_ROWS + 1], bills[len(bills) - _BILL_ROWS + 1 :]
    if len(bills) <= _BILL_ROWS:
        shared, rows = bills[:1], bills[1:]
    first = [(shared[0].month, sum(b.amount for b in shared))] if shared else []
    lines = _less_credit(first + [(b.month, b.amount) for b in rows], quoted.debt.credit)
    rows_of = [_bill_row(n, month, amount) for n, (month, amount) in enumerate(lines, start=1)]
    if quoted.debt.ahead:
        last = bills[-1].month if bills else Month.of(today())
        row = _bill_row(len(rows_of) + 1, last, quoted.debt.ahead)
        rows_of.append({**row, "billName": "Iuran JKN di muka", "billShortName": "Di muka"})
    return rows_of


def _less_credit(lines: list[tuple[Month, int]], credit: int) -> list[tuple[Month, int]]:
    """Return what is left of the months' rupiah once credit has paid the oldest of them."""
    left = []
    for month, amount in lines:
        taken = min(credit, amount)
        credit -= taken
        left += [(month, amount - taken)] if amount > taken else []
    return left


def _stage_name(month: Month) -> str:
    return f"Cicilan JKN {month_words(month)}"[:20]


def _bill_row(number: int, month: Month, amount: int) -> dict[str, Any]:
    words = month_words(month)
    return {
        "billCode": f"{number:02}",
        "billNo": str(month).replace("-", ""),
        "billName": f"Iuran JKN {words}"[:20],
        "billShortName": words[:15],
        "billDescription": {"english": f"JKN {month}", "indonesia": f"Iuran {words}"},
        "billAmount": _money(amount),
    }
