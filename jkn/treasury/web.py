"""Refunds for members: what could come back, asking for it, how far it is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.forms import refuse
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.shell.pages import render
from jkn.treasury.actions import request_refund
from jkn.treasury.forms import RefundForm
from jkn.treasury.presenters import refund_line
from jkn.treasury.queries import figure, free_credit, refunds_of

_HERE = "/iuran/pengembalian/"


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def refunds(request: HttpRequest) -> HttpResponse:
    """The family's free credit, a form to ask for it, and its refunds with what happens next."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="treasury.refunds", group=family_id)
    if request.method != "POST":
        return _page(request, family_id, RefundForm())
    form = RefundForm(request.POST)
    if not form.is_valid():
        return _page(request, family_id, form, status=422)
    try:
        answer = once(request, group=family_id, act=lambda: _asked(request, family_id, form))
    except Refused as refused:
        refuse(form, words(refused), "amount" if refused.code == "refund.amount" else None)
        return _page(request, family_id, form, status=status_of(refused))
    return HttpResponseRedirect(answer.location)


def _asked(request: HttpRequest, family_id: int, form: RefundForm) -> Answer:
    request_refund(actor=caller(request), family_id=family_id, wanted=form.wanted, on=today())
    return Answer(302, location=_HERE)


def _page(
    request: HttpRequest, family_id: int, form: RefundForm, *, status: int = 200
) -> HttpResponse:
    on = today()
    lines = [refund_line(row, on=on) for row in refunds_of(family_id)]
    context = {
        "form": form,
        "free": free_credit(family_id, on=on),
        "refunds": lines,
        "is_running": any(line.is_open for line in lines),
        "days": figure("refund_working_days", on=on),
    }
    return render(request, "treasury/refunds.jinja", context, status=status)
