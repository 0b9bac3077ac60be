"""Signing in and out, one step a page; every step works without JavaScript."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account import flow
from jkn.account.actions import prove_code, proven_of, resend_code, sign_out
from jkn.account.actions.proofs import account_by_passkey, prove_second
from jkn.account.actions.sign_in import account_by_password
from jkn.account.challenges import fresh_question, read_question
from jkn.account.forms import CodeForm, SecondForm, SignInForm, shown
from jkn.account.presenters import code_words, people_words
from jkn.account.queries import account, code_state
from jkn.account.rules import Channel, How, Identifier, identifier, safe_path
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.gate.doors import page
from jkn.gate.limits import source_of
from jkn.gate.policy import ANYONE
from jkn.shell.offline import WIPED, forget, forget_cache
from jkn.shell.pages import render

READ_WRITE = ("GET", "HEAD", "POST")


@page(who=ANYONE, methods=READ_WRITE)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by NIK, card number, phone or e-mail, with a password or a code."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is not None and request.method != "POST":
        own = account(actor.account_id)
        return HttpResponseRedirect(flow.after_sign_in(own, _go_on(request)))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _sign_in_page(request, form)
    try:
        who = identifier(form.cleaned_data["siapa"])
        if request.POST.get("cara") == "kode":
            return flow.begin_code(request, who, purpose=flow.SIGN_IN, go_on=_go_on(request))
        return _by_password(request, form, who)
    except Refused as refused:
        form.refuse(refused, "siapa" if refused.code in _ABOUT_WHO else None)
        return _sign_in_page(request, form)


_ABOUT_WHO = (
    "identifier.missing", "identifier.invalid", "nik.invalid", "card.invalid", "phone.invalid",
    "email.invalid",
)  # fmt: skip


def _go_on(request: HttpRequest) -> str:
    return safe_path(request.POST.get("lanjut") or request.GET.get("lanjut", ""))


def _by_password(request: HttpRequest, form: SignInForm, who: Identifier) -> HttpResponse:
    password = form.cleaned_data["sandi"]
    if not password:
        form.add_error("sandi", N_("Isi kata sandi, atau tekan Kirim kode."))
        return _sign_in_page(request, form)
    phone = None
    if who.kind == "phone":
        number = form.cleaned_data["nomor"]
        phone, who = who, identifier(number) if number.strip() else who
        if who.kind not in ("nik", "card"):
            form.add_error("nomor", N_("Nomor HP dipakai bersama. Isi juga NIK atau nomor kartu."))
            return _sign_in_page(request, form)
    own = account_by_password(who, password, source=source_of(request), phone=phone)
    where = flow.Standing("", flow.SIGN_IN, go_on=_go_on(request))
    return flow.arrive(request, where, own, How.PASSWORD)


def _sign_in_page(request: HttpRequest, form: SignInForm) -> HttpResponse:
    context = {
        "go_on": _go_on(request),
        "asks_number": "nomor" in form.errors or bool(form.data.get("nomor")),
        "question": "" if _is_number(request.get_host()) else fresh_question(),
    }
    return shown(request, "account/sign_in.jinja", form, context)


def _is_number(host: str) -> bool:
    """Whether the host is an address of digits: browsers refuse passkeys there."""
    try:
        ipaddress.ip_address(host.rsplit(":", 1)[0].strip("[]"))
    except ValueError:
        return False
    return True


@page(who=ANYONE, methods=READ_WRITE)
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey: the page's script has filled the form with the key's answer."""
    if request.method != "POST":  # the link's page where there is no script
        return render(request, "account/about_keys.jinja")
    try:
        question = read_question(request.POST.get("tanya", ""))
        own = account_by_passkey(
            request.POST.get("jawab", ""), challenge=question.challenge, asked_at=question.asked_at
        )
    except Refused as refused:
        return _sign_in_page(request, SignInForm.only(refused))
    where = flow.Standing("", flow.SIGN_IN, go_on=_go_on(request))
    return flow.arrive(request, where, own, How.PASSKEY)


@page(who=ANYONE, methods=READ_WRITE)
def code(request: HttpRequest) -> HttpResponse:
    """Type the code; shows how far it is on its way."""
    now_at = flow.standing(request)
    if now_at is None or now_at.step != flow.CODE:
        return HttpResponseRedirect("/masuk/")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _code_page(request, now_at, form)
    try:
        proven = prove_code(int(now_at.code_id), form.cleaned_data["kode"], purpose=now_at.purpose)
    except Refused as refused:
        form.refuse(refused, "kode")
        return _code_page(request, now_at, form)
    people = flow.people_of(proven)
    if len(people) == 1:
        flow.settle(now_at)
        return flow.arrive(request, now_at, people[0], proven.how)
    return flow.go_to(
        flow.Standing(
            flow.CHOOSE, now_at.purpose, now_at.code_id, how=proven.how, go_on=now_at.go_on
        )
    )


def _code_page(request: HttpRequest, now_at: flow.Standing, form: CodeForm) -> HttpResponse:
    state = code_state(int(now_at.code_id))
    context = {"words": code_words(state), "live": bool(state and state.is_live)}
    return shown(request, "account/code.jinja", form, context)


@page(who=ANYONE, methods=("POST",))
def resend(request: HttpRequest) -> HttpResponse:
    """Send the same code again, on the channel that was pressed."""
    now_at = flow.require_standing(request, flow.CODE)
    wanted = request.POST.get("lewat", "")
    channel = Channel(wanted) if wanted in list(Channel) else Channel.WHATSAPP
    try:
        resend_code(code_id=int(now_at.code_id), channel=channel, source=source_of(request))
    except Refused as refused:
        return _code_page(request, now_at, CodeForm.only(refused))
    except NotFound:
        return HttpResponseRedirect("/masuk/")
    return HttpResponseRedirect("/masuk/kode/")


@page(who=ANYONE, methods=READ_WRITE)
def choose(request: HttpRequest) -> HttpResponse:
    """Choose by first name among the people on one proven number."""
    now_at = flow.require_standing(request, flow.CHOOSE)
    people = flow.people_of(proven_of(int(now_at.code_id)))
    if request.method == "POST":
        wanted = request.POST.get("orang", "")
        chosen = next((p for p in people if str(p.id) == wanted), None)
        if chosen is None:
            raise NotFound
        flow.settle(now_at)
        return flow.arrive(request, now_at, chosen, How(now_at.how))
    return render(request, "account/choose.jinja", {"people": people_words(people)})


@page(who=ANYONE, methods=READ_WRITE)
def second(request: HttpRequest) -> HttpResponse:
    """Give the second proof: digits of the authenticator or a recovery code."""
    now_at = flow.standing(request)
    if now_at is None or now_at.step != flow.SECOND:
        return HttpResponseRedirect("/masuk/")
    form = SecondForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            how = prove_second(account_id=int(now_at.account_id), typed=form.cleaned_data["kode"])
            own = account(int(now_at.account_id))
            return flow.arrive(request, now_at, own, How(now_at.how), how)
        except Refused as refused:
            form.refuse(refused, "kode")
    return shown(request, "account/second.jinja", form)


@page(who=ANYONE, methods=READ_WRITE)
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out of this device (POST), which also empties what the phone keeps."""
    if request.method != "POST":
        return render(request, "account/leave.jinja")
    sign_out(request)
    response = HttpResponseRedirect("/masuk/")
    (forget_cache if WIPED in request.GET else forget)(response)
    return response
