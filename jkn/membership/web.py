"""Membership pages: beginning at /daftar/, an existing member's account, who saw my data."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account.actions.accounts import NewContact, create_account
from jkn.account.actions.codes import Proven, prove_code, resend_code, send_code
from jkn.account.actions.sign_in import people_on, sign_in
from jkn.account.forms import CodeForm
from jkn.account.rules import Channel, ContactKind
from jkn.audit.queries import reads_of_family
from jkn.core.actor import Role
from jkn.core.clock import today
from jkn.core.errors import Limited, Refused
from jkn.core.identifiers import masked
from jkn.core.words import N_
from jkn.gate import limits
from jkn.gate.answers import status_of, words
from jkn.gate.callers import asking, caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import ANYONE, MEMBER, PERSON
from jkn.membership.actions import claim_membership
from jkn.membership.corrections import Asked, ask_correction, register_says
from jkn.membership.forms import ClaimForm, CorrectionForm, StartForm
from jkn.membership.presenters import PURPOSES, VERBS, correction_lines
from jkn.membership.queries import corrections_of, figure
from jkn.membership.queries import family_of as family_view
from jkn.shell.pages import render

_PENDING = "daftar"  # in the session: which code was sent, to whom, what comes after
_AFTER = {"akun": "/daftar/akun/", "keluarga": "/daftar/keluarga/"}
PURPOSE = "register"


@page(who=ANYONE, methods=("GET", "HEAD", "POST"))
def start(request: HttpRequest) -> HttpResponse:
    """Where registration begins: a phone, and whether one is a member already."""
    actor = asking(request)
    if actor and actor.family_id is not None:
        return HttpResponseRedirect("/")
    form = StartForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        context = {"form": form, "signed_in": actor is not None}
        return render(
            request, "membership/start.jinja", context, status=422 if form.is_bound else 200
        )
    chosen = form.cleaned_data
    try:
        code_id = send_code(
            purpose=PURPOSE, contact_kind=ContactKind.PHONE, contact=chosen["phone"],
            channel=Channel.WHATSAPP, source=limits.source_of(request),
        )  # fmt: skip
    except Limited as limited:
        form.add_error("phone", ValidationError(words(limited)))
        return render(request, "membership/start.jinja", {"form": form}, status=429)
    request.session[_PENDING] = {
        "code": code_id, "to": masked(chosen["phone"]), "path": chosen["path"],
    }  # fmt: skip
    return HttpResponseRedirect("/daftar/kode/")


@page(who=ANYONE, methods=("GET", "HEAD", "POST"))
def code(request: HttpRequest) -> HttpResponse:
    """The one code of a registration; after it the person is signed in at level 0."""
    pending = request.session.get(_PENDING)
    if pending is None:
        return HttpResponseRedirect("/daftar/")
    form = CodeForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "to": pending["to"], "problem": "", "resent": False}
    if request.method == "POST" and request.POST.get("channel"):
        return _resent(request, pending, context)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "membership/code.jinja", context, status=status)
    try:
        proven = prove_code(pending["code"], form.cleaned_data["kode"], purpose=PURPOSE)
    except Refused as refused:
        form.add_error("kode", ValidationError(words(refused)))
        return render(request, "membership/code.jinja", context, status=status_of(refused))
    sign_in(request, _account_on(proven), proven.how)
    request.session.pop(_PENDING, None)
    return HttpResponseRedirect(_AFTER[pending["path"]])


def _resent(
    request: HttpRequest, pending: dict[str, object], context: dict[str, object]
) -> HttpResponse:
    form = CodeForm()
    try:
        resend_code(
            code_id=int(str(pending["code"])),
            channel=Channel(request.POST["channel"]),
            source=limits.source_of(request),
        )
        context |= {"form": form, "resent": True}
        return render(request, "membership/code.jinja", context)
    except ValueError:
        refused: Refused = Refused("channel.unknown", N_("Pilih WhatsApp atau SMS."))
    except Refused as error:
        refused = error
    context |= {"form": form, "problem": words(refused)}
    return render(request, "membership/code.jinja", context, status=status_of(refused))


def _account_on(proven: Proven) -> int:
    """Return the account that began here on this phone before, else a new one at level 0."""
    for account in people_on(proven.kind, proven.contact):
        if account.person_id is None and account.role == Role.MEMBER:
            return account.id
    made = create_account(
        role=Role.MEMBER, name="Calon peserta",
        contacts=[NewContact(ContactKind(proven.kind), proven.contact)],
    )  # fmt: skip
    return made.id


@page(who=PERSON, methods=("GET", "HEAD", "POST"))
def claim(request: HttpRequest) -> HttpResponse:
    """An existing member's account: NIK, date of birth, and card or family card."""
    actor = caller(request)
    if actor.family_id is not None:
        return HttpResponseRedirect("/")
    form = ClaimForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            limits.spend("register.lookup", str(actor.account_id))
            limits.spend("register.source", limits.source_of(request))
            claim_membership(actor=actor, **form.cleaned_data)
            return HttpResponseRedirect("/")
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    if form.is_bound and status == 200:
        status = 422
    return render(request, "membership/claim.jinja", {"form": form}, status=status)


@page(who=MEMBER)
def seen_by(request: HttpRequest) -> HttpResponse:
    """Who saw or changed my family's data (siapa melihat data saya)."""
    actor = caller(request)
    context = {
        "entries": reads_of_family(family_of(request)),
        "verbs": VERBS,
        "purposes": PURPOSES,
        "own": actor.account_id,
    }
    return render(request, "membership/seen_by.jinja", context)


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def correct(request: HttpRequest, member_id: int) -> HttpResponse:
    """Ask for a correction of one member's data, and see what became of earlier ones."""
    family_id = family_of(request)
    member = family_view(family_id, on=today()).member(member_id)
    form = CorrectionForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        asked = Asked(member_id, form.cleaned_data["field"], form.cleaned_data["value"])
        try:
            limits.spend("register.lookup", str(caller(request).account_id))
            register = register_says(family_id, asked)
            answer = once(
                request, group=family_id, act=lambda: _asked_for(request, asked, register)
            )
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    context = {
        "form": form,
        "member": member,
        "nik": masked(member.nik),
        "hours": figure("correction_hours", on=today()),
        "corrections": correction_lines(
            c for c in corrections_of(family_id) if c.row.member_id == member_id
        ),
    }
    return render(request, "membership/correct.jinja", context, status=status)


def _asked_for(request: HttpRequest, asked: Asked, register: str) -> Answer:
    ask_correction(
        actor=caller(request), family_id=family_of(request), asked=asked, register=register,
        on=today(),
    )  # fmt: skip
    return Answer(302, location=f"/keluarga/data/{asked.member_id}/")
