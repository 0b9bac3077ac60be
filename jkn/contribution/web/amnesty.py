"""Amnesty at the branch: a list proposed by one person, decided by another."""

from __future__ import annotations

from contextlib import suppress

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.contribution.amnesty import (
    batch_of,
    batches,
    check_list,
    decide,
    is_open,
    propose,
    sums_of,
)
from jkn.contribution.forms import AmnestyForm, refuse
from jkn.contribution.queries import figure
from jkn.contribution.writeoffs import BatchStatus, RowFault
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH
from jkn.shell.pages import render

_HERE = "/petugas/pemutihan/"
_DECISIONS = {"setuju": BatchStatus.APPROVED, "tolak": BatchStatus.REJECTED}


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def amnesty(request: HttpRequest) -> HttpResponse:
    """The lists, and the form that proposes one; closed as long as no regulation is in force."""
    form = AmnestyForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, form)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        answer = once(
            request, group=caller(request).account_id, act=lambda: _proposed(request, form)
        )
    except Refused as refused:
        refuse(form, words(refused), "rows")
        return _page(request, form, status=status_of(refused))
    return HttpResponseRedirect(answer.location)


def _proposed(request: HttpRequest, form: forms.Form) -> Answer:
    batch_id = propose(actor=caller(request), text=form.cleaned_data["rows"], on=today())
    return Answer(302, location=f"{_HERE}{batch_id}/")


def _page(request: HttpRequest, form: forms.Form, *, status: int = 200) -> HttpResponse:
    on = today()
    faults: list[RowFault] = []
    if "rows" in form.errors and is_open(on=on):
        with suppress(Refused):
            faults = list(check_list(form["rows"].value() or "", on=on).faults)[:50]
    context = {
        "form": form,
        "faults": faults,
        "is_open": is_open(on=on),
        "basis": figure("amnesty_open", on=on).basis,
        "most_months": figure("amnesty_max_months", on=on).value,
        "batches": batches(),
    }
    return render(request, "contribution/amnesty.jinja", context, status=status)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One list added up by ground, and the decision of another person."""
    shown = batch_of(batch_id)
    actor = caller(request)
    if request.method == "POST":
        answer = once(request, group=batch_id, act=lambda: _decided(request, batch_id))
        return HttpResponseRedirect(answer.location)
    record_read(actor=actor, verb="amnesty.looked", group=batch_id, subject=batch_id)
    context = {
        "batch": shown,
        "sums": sums_of(batch_id),
        "is_open": is_open(on=today()),
        "may_decide": shown.status == BatchStatus.PROPOSED
        and shown.proposed_by != actor.account_id,
    }
    return render(request, "contribution/amnesty_batch.jinja", context)


def _decided(request: HttpRequest, batch_id: int) -> Answer:
    status = _DECISIONS.get(request.POST.get("decision", ""))
    if status is None:
        raise Refused("amnesty.decision", N_("Pilih setuju atau tolak."))
    decide(actor=caller(request), batch_id=batch_id, status=status, on=today())
    return Answer(302, location=f"{_HERE}{batch_id}/")
