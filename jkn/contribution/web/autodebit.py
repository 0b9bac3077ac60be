"""Autodebit for members: giving a mandate, how it stands, ending it by one press."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.autodebit import debits_of
from jkn.contribution.debits import MandateStatus, next_debit_day
from jkn.contribution.figures import debit_terms
from jkn.contribution.forms import AutodebitForm, refuse
from jkn.contribution.mandates import (
    Wish,
    ask_again,
    end_mandate,
    give_mandate,
    is_required,
    mandate_of,
    masked,
)
from jkn.contribution.presenters import PROBLEMS
from jkn.contribution.queries import banks, family_bills
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.membership.rules import PAYS_ITSELF
from jkn.shell.pages import render

_HERE = "/iuran/otomatis/"


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def autodebit(request: HttpRequest) -> HttpResponse:
    """How the family's autodebit stands, or the form that gives the bank leave to debit."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.autodebit", group=family_id)
    form = AutodebitForm(
        request.POST if request.method == "POST" else None,
        banks=[(b.code, b.name) for b in banks()],
        days=debit_terms(on=today()).days,
        holder=caller(request).name,
    )
    if not form.is_bound:
        return _page(request, family_id, form)
    if not form.is_valid():
        return _page(request, family_id, form, status=422)
    try:
        answer = once(request, group=family_id, act=lambda: _given(request, family_id, form))
    except Refused as refused:
        refuse(form, words(refused))
        return _page(request, family_id, form, status=status_of(refused))
    return HttpResponseRedirect(answer.location)


def _given(request: HttpRequest, family_id: int, form: AutodebitForm) -> Answer:
    typed = form.cleaned_data
    wish = Wish(typed["bank"], typed["account"], typed["holder"], int(typed["day"]))
    give_mandate(actor=caller(request), family_id=family_id, wish=wish, on=today())
    return Answer(302, location=_HERE)


def _page(
    request: HttpRequest, family_id: int, form: AutodebitForm, *, status: int = 200
) -> HttpResponse:
    on, mandate, bills = today(), mandate_of(family_id), family_bills(family_id, on=today())
    terms = debit_terms(on=on)
    is_running = mandate is not None and mandate.status == MandateStatus.ACTIVE
    days = terms.days if mandate is None or mandate.is_retry else (mandate.day,)
    context = {
        "form": form,
        "terms": terms,
        "mandate": mandate,
        "is_live": mandate is not None and mandate.status != MandateStatus.ENDED,
        "bank": next((b.name for b in banks() if mandate and b.code == mandate.bank), ""),
        "account": masked(mandate) if mandate else "",
        "why": PROBLEMS.get(mandate.reason, "") if mandate else "",
        "next_day": next_debit_day(on, days) if is_running else None,
        "amount": bills.debt.amount,
        "debits": [(d, PROBLEMS.get(d.reason, "")) for d in debits_of(family_id)],
        "pays_itself": bills.family.segment in PAYS_ITSELF or bool(bills.debt.whole),
        "is_required": mandate is None and is_required(bills.family.care_class, on=on),
    }
    return render(request, "contribution/autodebit.jinja", context, status=status)


@page(who=MEMBER, methods=("POST",))
def end(request: HttpRequest) -> HttpResponse:
    """End the mandate at once; no debit begins any more."""
    family_id = family_of(request)
    answer = once(request, group=family_id, act=lambda: _ended(request, family_id))
    return HttpResponseRedirect(answer.location)


def _ended(request: HttpRequest, family_id: int) -> Answer:
    end_mandate(actor=caller(request), family_id=family_id, on=today())
    return Answer(302, location=_HERE)


@page(who=MEMBER, methods=("POST",))
def check(request: HttpRequest) -> HttpResponse:
    """Ask the bank again whether the holder has agreed."""
    family_id = family_of(request)
    answer = once(request, group=family_id, act=lambda: _asked(family_id))
    return HttpResponseRedirect(answer.location)


def _asked(family_id: int) -> Answer:
    ask_again(family_id=family_id)
    return Answer(302, location=_HERE)
