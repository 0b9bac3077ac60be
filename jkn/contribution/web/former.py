"""Debt of the family of before, for people who have moved to another segment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.figures import former_terms
from jkn.contribution.former import FormerDebt, former_debt
from jkn.contribution.forms import FormerPlanForm, refuse
from jkn.contribution.instalments import register_former_plan
from jkn.contribution.queries import banks
from jkn.contribution.stages import schedule
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.shell.pages import render

_HERE = "/iuran/lama/"


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def former(request: HttpRequest) -> HttpResponse:
    """What the family of before owes, where to pay it, and paying it in stages."""
    family_id = family_of(request)
    debt = former_debt(family_id, on=today())
    if debt is not None:
        mark_own_read(actor=caller(request), verb="contribution.former", group=debt.family_id)
    form = FormerPlanForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return _page(request, debt, form)
    if debt is None:
        raise NotFound
    if not form.is_valid():
        return _page(request, debt, form, status=422)
    try:
        answer = once(request, group=debt.family_id, act=lambda: _begun(request, debt, form))
    except Refused as refused:
        refuse(form, words(refused))
        return _page(request, debt, form, status=status_of(refused))
    return HttpResponseRedirect(answer.location)


def _begun(request: HttpRequest, debt: FormerDebt, form: FormerPlanForm) -> Answer:
    register_former_plan(
        actor=caller(request), debtor_id=debt.family_id, stages=form.cleaned_data["stages"],
        on=today(),
    )  # fmt: skip
    return Answer(302, location=_HERE)


def _page(
    request: HttpRequest, debt: FormerDebt | None, form: FormerPlanForm, *, status: int = 200
) -> HttpResponse:
    plan = debt.bills.plan if debt else None
    context = {
        "form": form,
        "debt": debt,
        "terms": former_terms(on=today()),
        "banks": [(b.name, debt.numbers[b.code]) for b in banks() if b.code in debt.numbers]
        if debt
        else [],
        "stages": schedule(plan, monthly=0) if plan else (),
    }
    return render(request, "contribution/former.jinja", context, status=status)
