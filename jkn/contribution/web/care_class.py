"""Changing the class of care: by the family itself, or by staff of the branch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.contribution.care_class import change_class
from jkn.contribution.forms import refuse
from jkn.contribution.queries import care_classes, last_billed_month, tariffs
from jkn.contribution.rules import monthly_bill, tariff_on
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.words import N_
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH, MEMBER
from jkn.membership.forms import ClassForm
from jkn.membership.presenters import RECORDED
from jkn.membership.queries import FamilyView, figure
from jkn.membership.queries import family_of as family_view
from jkn.membership.rules import PAYS_ITSELF, Segment, Status
from jkn.membership.terms import check_class_change, class_change_from, months_after
from jkn.shell.pages import render

_BOTH = ("GET", "HEAD", "POST")
_BILLED = (Status.ACTIVE, Status.SUSPENDED_ARREARS, Status.CANDIDATE)


@page(who=MEMBER, methods=_BOTH)
def own(request: HttpRequest) -> HttpResponse:
    """A member changes the class of the whole family."""
    family_id = family_of(request)
    form = ClassForm(_posted(request), classes=_classes(family_id), asks_reason=False)
    return _answer(request, family_id, form, back="/keluarga/")


@page(who=BRANCH, methods=_BOTH)
def desk(request: HttpRequest, family_id: int) -> HttpResponse:
    """The branch changes the class of a family, with a reason."""
    form = ClassForm(_posted(request), classes=_classes(family_id), asks_reason=True)
    return _answer(request, family_id, form, back=f"/petugas/kepesertaan/{family_id}/")


def _posted(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _classes(family_id: int) -> list[tuple[str, str]]:
    """Return what can be chosen on the day on which a change of today begins."""
    family = family_view(family_id, on=today())
    segment = family.segment if family.segment in PAYS_ITSELF else Segment.SELF_PAYING
    return [(c, c) for c in care_classes(segment=segment, on=_begins(family))]


def _begins(family: FamilyView) -> date:
    return class_change_from(
        on=today(),
        paid_until=family.paid_until,
        billed_until=last_billed_month(family.family_id),
    )


def _answer(request: HttpRequest, family_id: int, form: ClassForm, *, back: str) -> HttpResponse:
    family = family_view(family_id, on=today())
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family_id, act=lambda: _changed(request, family_id, form, back)
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
            status = status_of(refused)
    return _page(request, family, form, back, status)


def _changed(request: HttpRequest, family_id: int, form: forms.Form, back: str) -> Answer:
    change_class(
        actor=caller(request), family_id=family_id, care_class=form.cleaned_data["care_class"],
        on=today(), reason=form.cleaned_data.get("reason") or N_("Diminta keluarga."),
    )  # fmt: skip
    return Answer(302, location=f"{back}?{RECORDED}")


def _refusal(family: FamilyView, classes: Sequence[str], wait_months: int) -> str:
    """Return why no other class can be taken today, said before anybody chooses; or nothing."""
    try:
        check_class_change(
            segment=family.segment, care_class=family.care_class,
            wanted=next((c for c in classes if c != family.care_class), family.care_class),
            pending_from=family.next_class_from, statuses=[m.status for m in family.members],
            class_since=family.class_since, on=today(), wait_months=wait_months,
        )  # fmt: skip
    except Refused as refused:
        return words(refused)
    return ""


def _page(
    request: HttpRequest, family: FamilyView, form: ClassForm, back: str, status: int
) -> HttpResponse:
    begins = _begins(family)
    persons = sum(m.status in _BILLED for m in family.members)
    is_own_choice = family.segment in PAYS_ITSELF
    wait = figure("class_wait_months", on=today())
    prices = {
        c: monthly_bill(
            tariff_on(tariffs(), segment=family.segment, care_class=c, on=begins), persons=persons
        )
        for c in care_classes(segment=family.segment, on=begins)
        if is_own_choice
    }
    context = {
        "form": form,
        "back": back,
        "family": family,
        "is_own_choice": is_own_choice,
        "begins": begins,
        "persons": persons,
        "prices": prices,
        "refusal": "" if form.is_bound else _refusal(family, list(prices), wait.value),
        "wait": wait,
        "possible_from": months_after(family.class_since, wait.value),
    }
    return render(request, "contribution/care_class.jinja", context, status=status)
