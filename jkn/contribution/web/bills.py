"""Contribution pages for members: what is owed, how to pay, what was paid, receipts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.actions import reissue
from jkn.contribution.figures import plan_terms
from jkn.contribution.presenters import BillPage, bill_page, how_to_pay
from jkn.contribution.qr import drawn, is_on, qris_text
from jkn.contribution.queries import (
    FamilyBills,
    banks,
    bills_paid_by,
    family_bills,
    figure,
    payment_of,
    payments_of,
    virtual_accounts_of,
)
from jkn.contribution.receipt import receipt_pdf
from jkn.contribution.ways import ways_out
from jkn.core.clock import today
from jkn.core.errors import NotFound
from jkn.core.month import Month
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.membership.rules import PAYS_ITSELF
from jkn.shell.offline import keep
from jkn.shell.pages import render


@page(who=MEMBER)
def contribution(request: HttpRequest) -> HttpResponse:
    """What the family owes today, line by line, and what to do."""
    family_id = family_of(request)
    bills = family_bills(family_id, on=today())
    mark_own_read(actor=caller(request), verb="contribution.page", group=family_id)
    context = {
        "bill": bill_page(bills, on=today()),
        "family": bills.family,
        "ways": ways_out(bills, on=today(), terms=plan_terms(on=today())),
        "cap": figure("arrears_cap_months", on=today()),
        "pays_itself": bills.family.segment in PAYS_ITSELF or bool(bills.debt.whole),
    }
    return keep(render(request, "contribution/contribution.jinja", context), days=7)


@page(who=MEMBER)
def pay(request: HttpRequest, bank: str = "") -> HttpResponse:
    """Where to pay: the bank's number, the amount, the steps. Says what we know of the money."""
    family_id = family_of(request)
    bills = family_bills(family_id, on=today())
    shown = bill_page(bills, on=today())
    last = payments_of(family_id, at_most=1)
    numbers = virtual_accounts_of(family_id)
    chosen = next((b for b in banks() if b.code == bank.upper()), None)
    if bank and (chosen is None or chosen.code not in numbers):
        raise NotFound
    code = _qris(family_id, bills, shown) if chosen and shown.can_pay else ""
    context = {
        "bill": shown,
        "qris": drawn(code) if code else None,
        "qris_text": code,
        "has_qris": is_on(),
        "banks": [b for b in banks() if b.code in numbers],
        "chosen": chosen,
        "number": numbers.get(chosen.code) if chosen else "",
        "steps": how_to_pay(chosen.code) if chosen else (),
        "just_paid": last[0] if last and last[0].day == today() else None,
        "wait": figure("registration_wait_days", on=today()),
        # Only where partners are simulated: a newcomer pays there with two presses.
        "simulated_bank": "" if settings.PRODUCTION else settings.BANK_URL,
    }
    return render(request, "contribution/pay.jinja", context)


def _qris(family_id: int, bills: FamilyBills, shown: BillPage) -> str:
    """Return a QRIS over what is due, labelled with the newest month, if there is any."""
    if not is_on() or not bills.debt.bills:
        return ""
    newest = bills.debt.bills[-1]
    return qris_text(family_id=family_id, month=newest.month, amount=shown.amount)


@page(who=MEMBER, methods=("POST",))
def renew(request: HttpRequest) -> HttpResponse:
    """New days to pay for a registration whose days ran out."""
    family_id = family_of(request)
    answer = once(request, group=family_id, act=lambda: _renewed(request, family_id))
    return HttpResponseRedirect(answer.location)


def _renewed(request: HttpRequest, family_id: int) -> Answer:
    reissue(actor=caller(request), family_id=family_id, on=today())
    return Answer(302, location="/iuran/bayar/")


@page(who=MEMBER)
def history(request: HttpRequest) -> HttpResponse:
    """What the family has paid, newest first."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.history", group=family_id)
    context = {"payments": payments_of(family_id)}
    return keep(render(request, "contribution/history.jinja", context), days=7)


@page(who=MEMBER)
def receipt(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One payment: number, amount, months; a receipt to show or to download."""
    family_id = family_of(request)
    payment = payment_of(family_id, id)
    context = {
        "payment": payment,
        "bills": [(Month.at(b.month), b.amount) for b in bills_paid_by(family_id, id)],
    }
    return keep(render(request, "contribution/receipt.jinja", context), days=7)


@page(who=MEMBER)
def receipt_file(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """The receipt as PDF."""
    family_id = family_of(request)
    payment = payment_of(family_id, id)
    head = family_bills(family_id, on=today()).family.members[0]
    pdf = receipt_pdf(payment, bills_paid_by(family_id, id), payer=head.name)
    response = HttpResponse(pdf, "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="kuitansi-{payment.receipt}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
