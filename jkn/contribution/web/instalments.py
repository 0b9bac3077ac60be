"""Arrears in stages for members: what it would mean, registering, how it stands, stopping."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.contribution.figures import plan_terms
from jkn.contribution.forms import PlanForm, refuse
from jkn.contribution.instalments import register_plan, stop_plan
from jkn.contribution.queries import FamilyBills, family_bills, plan_of
from jkn.contribution.stages import deadline
from jkn.contribution.ways import refusal, simulated, stage_lines, ways_out
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.gate.answers import words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.shell.pages import render

_HERE = "/iuran/cicilan/"


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def instalments(request: HttpRequest) -> HttpResponse:
    """The stages of a running plan, or what stages would mean and the form to register."""
    family_id = family_of(request)
    mark_own_read(actor=caller(request), verb="contribution.instalments", group=family_id)
    if request.method != "POST":
        return _page(request, family_id, PlanForm(initial={"stages": request.GET.get("tahap", "")}))
    form = PlanForm(request.POST)
    if not form.is_valid():
        return _page(request, family_id, form, status=422)
    try:
        answer = once(request, group=family_id, act=lambda: _registered(request, family_id, form))
    except Refused as refused:
        refuse(form, words(refused))
        return _page(request, family_id, form, status=409)
    return HttpResponseRedirect(answer.location)


def _registered(request: HttpRequest, family_id: int, form: PlanForm) -> Answer:
    stages = form.cleaned_data["stages"]
    register_plan(actor=caller(request), family_id=family_id, stages=stages, on=today())
    return Answer(302, location=_HERE)


def _page(
    request: HttpRequest, family_id: int, form: PlanForm, *, status: int = 200
) -> HttpResponse:
    on = today()
    bills, terms = family_bills(family_id, on=on), plan_terms(on=on)
    context = {
        "form": form,
        "bills": bills,
        "terms": terms,
        "deadline": deadline(Month.of(on), terms),
        "lines": stage_lines(bills.plan, bills, on=on) if bills.plan else (),
        "ways": ways_out(bills, on=on, terms=terms),
        "why": words(why) if (why := refusal(bills, on=on, terms=terms)) else "",
        "last": plan_of(family_id),
        "chosen": _chosen(request, bills),
    }
    return render(request, "contribution/instalments.jinja", context, status=status)


def _chosen(request: HttpRequest, bills: FamilyBills) -> object:
    asked = request.GET.get("tahap", "")
    if bills.plan or not (asked.isascii() and asked.isdigit() and len(asked) < 3):
        return ()
    try:
        on = today()
        return simulated(bills, stages=int(asked), on=on, terms=plan_terms(on=on))
    except Refused:
        return ()


@page(who=MEMBER, methods=("POST",))
def stop(request: HttpRequest) -> HttpResponse:
    """End the running plan; what was paid stays, and all the rest is due."""
    family_id = family_of(request)
    answer = once(request, group=family_id, act=lambda: _stopped(request, family_id))
    return HttpResponseRedirect(answer.location)


def _stopped(request: HttpRequest, family_id: int) -> Answer:
    stop_plan(actor=caller(request), family_id=family_id, on=today())
    return Answer(302, location="/iuran/")
