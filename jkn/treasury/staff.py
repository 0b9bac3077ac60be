"""The money office of a branch: where it begins, and refunds through two persons' hands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.contribution.forms import refuse
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH
from jkn.membership.checks import find_family
from jkn.membership.queries import names_in
from jkn.shell.pages import render
from jkn.treasury.actions import (
    Payout,
    approve_refund,
    pay_refund,
    propose_for_family,
    propose_refund,
    refuse_refund,
    return_refund,
)
from jkn.treasury.forms import DeskRefundForm, MoneySearchForm, RefundActForm
from jkn.treasury.presenters import FIGURES, NOBODY, STATES, acts_on, is_of_family, refund_line
from jkn.treasury.queries import (
    account_of,
    figures,
    free_credit,
    paying_banks,
    refund_of,
    refunds_waiting,
)
from jkn.treasury.rules import RefundEvent, RefundState

REFUNDS = "/petugas/keuangan/pengembalian/"


@page(who=BRANCH)
def office(request: HttpRequest) -> HttpResponse:
    """Where the money office begins."""
    return render(request, "treasury/office.jinja", {"waiting": len(refunds_waiting())})


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def refunds(request: HttpRequest) -> HttpResponse:
    """The open refunds, the most urgent first; no names before opening. Opens a family, too."""
    form = MoneySearchForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            family_id = find_family(actor=caller(request), **form.cleaned_data)
            return HttpResponseRedirect(f"{REFUNDS}{family_id}/")
        except NotFound:
            form.add_error("number", ValidationError(NOBODY))
        except Refused as refused:
            form.add_error("number", ValidationError(words(refused)))
            status = status_of(refused)
    on = today()
    rows = [(r, STATES[RefundState(r.state)][1], on > r.due_on) for r in refunds_waiting()]
    context = {"form": form, "rows": rows, "figures": figures(), "names": FIGURES}
    return render(request, "treasury/refunds_waiting.jinja", context, status=status)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def family_refund(request: HttpRequest, family_id: int) -> HttpResponse:
    """A refund that a family asks for at the counter: asked and checked here, decided by another."""
    names = names_in(family_id)
    if not names:
        raise NotFound
    record_read(
        actor=caller(request), verb="treasury.desk_looked", group=family_id, purpose="counter"
    )
    form = DeskRefundForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(request, group=family_id, act=lambda: _proposed(request, family_id, form))
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused), "amount" if refused.code == "refund.amount" else None)
            status = status_of(refused)
    context = {
        "form": form,
        "names": list(names.values()),
        "free": free_credit(family_id, on=today()),
    }
    return render(request, "treasury/refund_new.jinja", context, status=status)


def _proposed(request: HttpRequest, family_id: int, form: DeskRefundForm) -> Answer:
    row = propose_for_family(
        actor=caller(request), family_id=family_id, wanted=form.wanted,
        reason=form.cleaned_data["reason"], on=today(),
    )  # fmt: skip
    return Answer(302, location=f"{REFUNDS}{family_id}/{row.id}/")


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def refund(request: HttpRequest, family_id: int, refund_id: int) -> HttpResponse:
    """One refund: the account it goes to, who did what, and what this officer may do next."""
    acts = acts_on(refund_of(family_id, refund_id))
    data = request.POST if request.method == "POST" else None
    form = RefundActForm(data, acts=acts, banks=paying_banks())
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family_id, act=lambda: _done(request, family_id, refund_id, form)
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
            status = status_of(refused)
    return _refund_page(request, family_id, refund_id, form, status=status)


def _refund_page(
    request: HttpRequest, family_id: int, refund_id: int, form: RefundActForm, *, status: int
) -> HttpResponse:
    record_read(
        actor=caller(request), verb="treasury.desk_looked", group=family_id, subject=refund_id,
        purpose="counter",
    )  # fmt: skip
    row = refund_of(family_id, refund_id)
    names = list(names_in(family_id).values())
    context = {
        "form": form,
        "line": refund_line(row, on=today()),
        "account": account_of(row),
        "names": names,
        "fits": is_of_family(account_of(row), names),
        "basis": row.basis,
        "can_act": bool(acts_on(row)),
        "is_mine": row.state == RefundState.PROPOSED
        and row.proposed_by == caller(request).account_id,
    }
    return render(request, "treasury/refund.jinja", context, status=status)


def _done(request: HttpRequest, family_id: int, refund_id: int, form: RefundActForm) -> Answer:
    actor, on = caller(request), today()
    event, reason = RefundEvent(form.cleaned_data["act"]), form.cleaned_data["reason"]
    if event is RefundEvent.PROPOSE:
        propose_refund(actor=actor, family_id=family_id, refund_id=refund_id, reason=reason)
    elif event is RefundEvent.APPROVE:
        approve_refund(actor=actor, family_id=family_id, refund_id=refund_id, reason=reason)
    elif event is RefundEvent.REFUSE:
        refuse_refund(
            actor=actor, family_id=family_id, refund_id=refund_id, reason=reason, on=on
        )  # fmt: skip
    elif event is RefundEvent.RETURN:
        return_refund(
            actor=actor, family_id=family_id, refund_id=refund_id, reason=reason, on=on
        )  # fmt: skip
    else:
        amount = refund_of(family_id, refund_id).amount
        payout = Payout(form.cleaned_data["bank"], form.cleaned_data["reference"], amount)
        pay_refund(
            actor=actor, family_id=family_id, refund_id=refund_id, payout=payout, on=on
        )  # fmt: skip
    return Answer(302, location=f"{REFUNDS}{family_id}/{refund_id}/")
