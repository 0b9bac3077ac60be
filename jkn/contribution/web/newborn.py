"""Registering a newborn: by the family itself, or by staff of the branch."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.contribution.forms import refuse
from jkn.contribution.newborns import register_newborns
from jkn.contribution.queries import tariffs
from jkn.contribution.rules import tariff_on
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.identifiers import age_on
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH, MEMBER
from jkn.membership.forms import NewbornForm
from jkn.membership.newborns import Baby, Birth
from jkn.membership.presenters import RECORDED
from jkn.membership.queries import FamilyView, figure
from jkn.membership.queries import family_of as family_view
from jkn.membership.rules import PAYS_ITSELF, Relation, Status
from jkn.shell.pages import render

_MOTHER_AGE = 12
_BOTH = ("GET", "HEAD", "POST")


@page(who=MEMBER, methods=_BOTH)
def own(request: HttpRequest) -> HttpResponse:
    """A member registers the family's newborn."""
    return _answer(request, family_of(request), back="/keluarga/")


@page(who=BRANCH, methods=_BOTH)
def desk(request: HttpRequest, family_id: int) -> HttpResponse:
    """The branch registers a family's newborn."""
    return _answer(request, family_id, back=f"/petugas/kepesertaan/{family_id}/")


def _answer(request: HttpRequest, family_id: int, *, back: str) -> HttpResponse:
    family = family_view(family_id, on=today())
    form = NewbornForm(request.POST if request.method == "POST" else None, parents=_parents(family))
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=family_id, act=lambda: _registered(request, family_id, form, back)
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
            status = status_of(refused)
    return _page(request, family, form, back, status)


def _registered(request: HttpRequest, family_id: int, form: NewbornForm, back: str) -> Answer:
    typed = form.cleaned_data
    babies = [Baby(typed["name"], typed["sex"], typed["nik"])]
    if typed["twin_name"]:
        babies.append(Baby(typed["twin_name"], typed["twin_sex"], typed["twin_nik"]))
    birth = Birth(int(typed["parent"]), typed["birth_date"], babies)
    register_newborns(actor=caller(request), family_id=family_id, birth=birth, on=today())
    return Answer(302, location=f"{back}?{RECORDED}")


def _parents(family: FamilyView) -> list[tuple[str, str]]:
    """Return who may be the mother; where no woman is on the card, its adults."""
    living = [m for m in family.members if m.status is not Status.DECEASED]
    grown = [m for m in living if age_on(m.birth_date, on=today()) >= _MOTHER_AGE]
    women = [m for m in grown if m.sex == "f"]
    heads = [m for m in grown if m.relation in (Relation.HEAD, Relation.SPOUSE)]
    return [(str(m.id), m.name) for m in women or heads]


def _page(
    request: HttpRequest, family: FamilyView, form: NewbornForm, back: str, status: int
) -> HttpResponse:
    pays = family.segment in PAYS_ITSELF
    context = {
        "form": form,
        "back": back,
        "pays": pays,
        "is_worker": family.segment == "ppu",
        "is_covered": any(family.member(int(id_)).is_active for id_, _ in _parents(family)),
        "tariff": tariff_on(
            tariffs(), segment=family.segment, care_class=family.care_class, on=today()
        )
        if pays
        else None,
        "days": figure("newborn_days", on=today()),
        "cap": figure("newborn_cap_months", on=today()),
        "nik_months": figure("newborn_nik_months", on=today()),
        "children": figure("worker_children", on=today()),
    }
    return render(request, "contribution/newborn.jinja", context, status=status)
