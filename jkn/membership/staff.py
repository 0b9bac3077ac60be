"""Membership for facility and branch staff: check a card at the counter."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.identifiers import masked
from jkn.core.words import N_
from jkn.facility.queries import facility_name
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH, STAFF
from jkn.membership.checks import Checked, check_card, find_family
from jkn.membership.desk_notes import desk_notes
from jkn.membership.forms import CardCheckForm, DeskSearchForm, ParentForm
from jkn.membership.presenters import (
    FIGURES,
    RECORDED,
    SEGMENTS,
    history_lines,
    recorded_by,
    relation_words,
    status_words,
)
from jkn.membership.queries import (
    FamilyView,
    changes_of_family,
    family_changes_of,
    family_of,
    figures,
    names_in,
    primary_changes_of,
)
from jkn.membership.relatives import Newcomer, parent_by_papers, register_parent
from jkn.shell.pages import render

DESK = "/petugas/kepesertaan/"
NOBODY = N_("Nomor ini tidak terdaftar. Periksa angkanya dengan KTP peserta.")


@page(who=STAFF, methods=("GET", "HEAD", "POST"))
def check(request: HttpRequest) -> HttpResponse:
    """Scan a QR or type NIK or card, choose a purpose, see today's status."""
    if request.method != "POST":
        form = CardCheckForm(initial={"purpose": "registration"})
        return render(request, "membership/check.jinja", {"form": form, "seen": None})
    form, checked, status = CardCheckForm(request.POST), None, 200
    if form.is_valid():
        try:
            checked = check_card(actor=caller(request), on=today(), **form.cleaned_data)
        except NotFound:
            form.add_error("asked", ValidationError(NOBODY))
        except Refused as refused:
            form.add_error("asked", ValidationError(words(refused)))
            status = status_of(refused)
    if checked is None:
        status = 422 if status == 200 else status
        context: dict[str, object] = {"form": form, "seen": None}
        return render(request, "membership/check.jinja", context, status=status)
    fresh = CardCheckForm(initial={"purpose": form.cleaned_data["purpose"]})
    context = {"form": fresh, "seen": _seen(checked)}
    return render(request, "membership/check.jinja", context)


def _seen(checked: Checked) -> dict[str, object]:
    member = checked.member
    kind, title, advice = status_words(member.status, checked.family.segment)
    return {
        "member": member,
        "nik": masked(member.nik),
        "family": checked.family,
        "segment": SEGMENTS[checked.family.segment],
        "facility": facility_name(member.facility_id),
        "tag": kind,
        "title": title,
        "advice": advice,
        "notice": checked.notice,
        "is_fresh": checked.is_fresh,
        "on": checked.on,
    }


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def desk(request: HttpRequest) -> HttpResponse:
    """Where the branch opens a family: by NIK, card or family card."""
    form = DeskSearchForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            family_id = find_family(actor=caller(request), **form.cleaned_data)
            return HttpResponseRedirect(f"{DESK}{family_id}/")
        except NotFound:
            form.add_error("number", ValidationError(NOBODY))
        except Refused as refused:
            form.add_error("number", ValidationError(words(refused)))
            status = status_of(refused)
    context = {"form": form, "figures": figures(), "names": FIGURES}
    return render(request, "membership/desk.jinja", context, status=status)


@page(who=BRANCH)
def desk_family(request: HttpRequest, family_id: int) -> HttpResponse:
    """One family at the branch: members, status, history, and what can be done."""
    family = family_of(family_id, on=today())
    record_read(
        actor=caller(request), verb="membership.desk_looked", group=family_id, purpose="counter"
    )
    names, changes = names_in(family_id), changes_of_family(family_id)
    together, moved = family_changes_of(family_id), primary_changes_of(family_id)
    own = recorded_by(caller(request).account_id, names, changes, together, moved)
    context = {
        "family": family,
        "notes": desk_notes(family, on=today()),
        "segment": SEGMENTS[family.segment],
        "people": [
            (
                m,
                relation_words(m.relation, m.sex),
                *status_words(m.status, family.segment)[:2],
                masked(m.nik),
            )
            for m in family.members
        ],
        "together": together,
        "history": history_lines(changes, names),
        "recorded": own if RECORDED in request.GET else None,
    }
    return render(request, "membership/desk_family.jinja", context)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def desk_parent(request: HttpRequest, family_id: int) -> HttpResponse:
    """The branch writes a worker's parent, who is no member yet, into the worker's family."""
    family = family_of(family_id, on=today())
    form = ParentForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            return HttpResponseRedirect(_parent_entered(request, family, form).location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    context = {"form": form, "family": family}
    return render(request, "membership/desk_parent.jinja", context, status=status)


def _parent_entered(request: HttpRequest, family: FamilyView, form: ParentForm) -> Answer:
    typed = form.cleaned_data
    person = parent_by_papers(nik=typed["nik"], kk=typed["kk"], birth_date=typed["birth_date"])

    def act() -> Answer:
        register_parent(
            actor=caller(request), family_id=family.family_id,
            new=Newcomer(person, family.members[0].id), reason=typed["reason"], on=today(),
        )  # fmt: skip
        return Answer(302, location=f"{DESK}{family.family_id}/?{RECORDED}")

    return once(request, group=family.family_id, act=act)
