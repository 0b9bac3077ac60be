"""Registering a family that pays for itself: who, what they choose, then the number to pay."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.contribution.actions import register
from jkn.contribution.forms import CONSENT, ChoiceForm, refuse
from jkn.contribution.queries import care_classes, figure, tariffs
from jkn.contribution.rules import monthly_bill, tariff_on
from jkn.core.actor import Actor
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.facility.capacity import primary_choices
from jkn.facility.queries import village, villages
from jkn.gate import limits
from jkn.gate.answers import words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import PERSON
from jkn.membership.actions import NewFamily, NewMember, ask_register, join_known_family
from jkn.membership.forms import IdentityForm
from jkn.membership.presenters import differing_words
from jkn.membership.queries import DraftData, DraftView, draft_of
from jkn.membership.rules import Relation, Segment
from jkn.shell.pages import render

_CHOOSE = "/daftar/keluarga/pilih/"
_PAY = "/iuran/bayar/"


@page(who=PERSON, methods=("GET", "HEAD", "POST"))
def identity(request: HttpRequest) -> HttpResponse:
    """Who registers: NIK, KK, date of birth, asked of the population register."""
    actor = caller(request)
    if actor.family_id is not None:
        return HttpResponseRedirect("/")
    draft = draft_of(actor.account_id)
    if request.method == "POST":
        form = IdentityForm(request.POST)
        if form.is_valid():
            return _asked(request, actor, form)
        return _identity_page(request, form)
    if draft and draft.state == "matched":
        return HttpResponseRedirect(_CHOOSE)
    if draft and draft.state == "waiting" and "ulang" not in request.GET:
        return render(request, "contribution/waiting.jinja", {"draft": draft})
    return _identity_page(request, _form_of(draft))


def _form_of(draft: DraftView | None) -> IdentityForm:
    """Return the form with what was typed before, and what the register says differs."""
    if draft is None:
        return IdentityForm()
    data = draft.data
    form = IdentityForm(
        {"nik": data.nik, "kk": data.kk, "birth_date": f"{data.birth_date:%d-%m-%Y}"}
    )
    if form.is_valid():
        for field, message in differing_words(data.differs):
            refuse(form, message, field)
    return form


def _identity_page(request: HttpRequest, form: IdentityForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors and request.method == "POST" else 200
    return render(request, "contribution/identity.jinja", {"form": form}, status=status)


def _asked(request: HttpRequest, actor: Actor, form: IdentityForm) -> HttpResponse:
    try:
        limits.check("register.source", limits.source_of(request))
        limits.spend("register.lookup", str(actor.account_id))
        limits.spend("register.source", limits.source_of(request))
    except Refused as refused:
        refuse(form, words(refused))
        return render(request, "contribution/identity.jinja", {"form": form}, status=429)
    data = DraftData(**form.cleaned_data)
    state = ask_register(account_id=actor.account_id, data=data)
    if state == "matched" and join_known_family(actor=actor, nik=data.nik):
        return HttpResponseRedirect("/")
    if state == "matched":
        return HttpResponseRedirect(_CHOOSE)
    if state == "waiting":
        return HttpResponseRedirect(request.path)
    form = _form_of(draft_of(actor.account_id))
    return render(request, "contribution/identity.jinja", {"form": form}, status=422)


@page(who=PERSON, methods=("GET", "HEAD", "POST"))
def choose(request: HttpRequest) -> HttpResponse:
    """What the family chooses: class and primary facility; then it is registered."""
    actor = caller(request)
    if actor.family_id is not None:
        return _registered_before(request, actor)
    draft = draft_of(actor.account_id)
    if draft is None or draft.state != "matched":
        return HttpResponseRedirect("/daftar/keluarga/")
    home = _known(
        request.POST.get("kelurahan") or request.GET.get("kelurahan") or draft.data.village
    )
    persons = len(draft.data.family)
    facilities = [c.facts for c in primary_choices(home, on=today()) if c.left >= persons]
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        classes=[(c, c) for c in _classes()],
        facilities=[(f.code, f.name) for f in facilities],
    )
    if request.method == "POST" and not home:
        refuse(form, N_("Pilih kelurahan tempat tinggal Anda dulu."))
    if request.method == "POST" and form.is_valid():
        try:
            answer = once(
                request,
                group=actor.account_id,
                act=lambda: _registered(actor, draft.data, home, form.cleaned_data),
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
    return _choice_page(request, form, draft.data, home)


def _registered_before(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Send whoever is registered on to paying; another body under a used key is refused."""
    if request.method == "POST":
        once(request, group=actor.account_id, act=lambda: Answer(302, location=_PAY))
    return HttpResponseRedirect(_PAY)


def _known(code: str) -> str:
    """Return the kelurahan's code where it is one of ours, else "": the register knows more."""
    return code if any(v.code == code for v in villages()) else ""


def _registered(actor: Actor, data: DraftData, home: str, chosen: dict[str, str]) -> Answer:
    if join_known_family(actor=actor, nik=data.nik):  # registered meanwhile, or known all along
        return Answer(status=302, location="/")
    register(actor=actor, new=_family(data, home, chosen), own_nik=data.nik, on=today())
    return Answer(status=302, location=_PAY)


def _family(data: DraftData, home: str, chosen: dict[str, str]) -> NewFamily:
    return NewFamily(
        kk=data.kk,
        segment=Segment.SELF_PAYING,
        care_class=chosen["care_class"],
        village=village(home).code,
        facility_id=chosen["facility"],
        consent=CONSENT,
        members=[
            NewMember(
                nik=p["nik"],
                name=p["name"],
                birth_date=date.fromisoformat(p["birth_date"]),
                sex=p["sex"],
                relation=Relation(p["relation"]),
            )
            for p in data.family
        ],
    )


def _first_month() -> date:
    """Return the first day of the month that a registration of today is billed for."""
    wait = figure("registration_wait_days", on=today()).value
    return Month.of(today() + timedelta(days=wait)).first_day()


def _classes() -> tuple[str, ...]:
    return care_classes(segment=Segment.SELF_PAYING, on=_first_month())


def _choice_page(
    request: HttpRequest, form: ChoiceForm, data: DraftData, home: str
) -> HttpResponse:
    persons = len(data.family)
    begins = _first_month()
    found = {
        c: tariff_on(tariffs(), segment=Segment.SELF_PAYING, care_class=c, on=begins)
        for c in _classes()
    }
    prices = {c: monthly_bill(tariff, persons=persons) for c, tariff in found.items()}
    context = {
        "form": form,
        "family": data.family,
        "prices": prices,
        "home": home,
        "villages": villages(),
        "basis": max(found.values(), key=lambda t: t.valid_from).basis if found else "",
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "contribution/choose.jinja", context, status=status)
