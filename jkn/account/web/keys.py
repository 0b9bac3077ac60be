"""Passkeys, authenticator and recovery codes of the signed-in person."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account import flow
from jkn.account.actions.contacts import tell
from jkn.account.actions.proofs import (
    account_by_passkey,
    add_passkey,
    need,
    open_totp,
    remove_passkey,
    remove_totp,
    rename_passkey,
    renew_recovery_codes,
    seal_totp,
    set_totp,
)
from jkn.account.actions.sign_in import note_proof
from jkn.account.authenticators import as_text, handle_of, new_totp_secret, totp_address
from jkn.account.challenges import fresh_question, read_question
from jkn.account.forms import CodeForm, LabelForm, shown
from jkn.account.queries import passkeys_of
from jkn.account.rules import How, Strength, safe_path
from jkn.account.settings import site
from jkn.account.web.settings import OVERVIEW, READ_WRITE, actor_of, ask_proof, done_once
from jkn.core.errors import Forbidden, NotFound, Refused
from jkn.core.words import N_
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import SIGNED_IN
from jkn.shell.pages import render

KEYS = f"{OVERVIEW}kunci/"
TOTP = f"{OVERVIEW}autentikator/"


@page(who=SIGNED_IN, methods=READ_WRITE)
def add_key(request: HttpRequest) -> HttpResponse:
    """Add this phone's lock as a passkey; the page's script asks the phone."""
    actor, now_worth = actor_of(request), flow.strength_of(request)
    if now_worth < Strength.WEAK:
        return ask_proof(KEYS)
    form = LabelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _added(request, form.cleaned_data["nama"], now_worth)
        except Refused as refused:
            form.refuse(refused)
    context = {
        "question": fresh_question(actor.account_id), "host": site().host,
        "handle": as_text(handle_of(actor.account_id)), "is_strong": now_worth == Strength.STRONG,
        "known": " ".join(as_text(k.credential_id) for k in passkeys_of(actor.account_id)),
    }  # fmt: skip
    return shown(request, "account/add_key.jinja", form, context)


def _added(request: HttpRequest, label: str, now_worth: Strength) -> HttpResponse:
    actor = actor_of(request)
    question = read_question(request.POST.get("tanya", ""))
    if question.account_id != actor.account_id:
        raise Refused("passkey.old", N_("Halaman ini sudah lama. Coba sekali lagi."))

    def run() -> Answer:
        add_passkey(
            actor=actor, credential=request.POST.get("jawab", ""), label=label,
            challenge=question.challenge, strength=now_worth,
        )  # fmt: skip
        _warn(actor.account_id, N_("Kunci ponsel baru ditambahkan. Bukan Anda? Hapus sekarang."))
        return Answer(303, f"{OVERVIEW}?ok=kunci")

    return HttpResponseRedirect(once(request, group=actor.account_id, act=run).location)


def _warn(account_id: int, body: str) -> None:
    tell(
        account_id, kind="security", title=N_("Perubahan pada akun Anda"), body=body, link=OVERVIEW
    )


@page(who=SIGNED_IN, methods=READ_WRITE)
def one_key(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Rename or remove one passkey."""
    actor = actor_of(request)
    found = next((k for k in passkeys_of(actor.account_id) if k.id == passkey_id), None)
    if found is None:
        raise NotFound
    if request.method != "POST":
        form = LabelForm(initial={"nama": found.label})
        return shown(request, "account/one_key.jinja", form, {"key": found})
    if request.POST.get("cara") == "hapus":
        return _removed(request, passkey_id)
    form = LabelForm(request.POST)
    if not form.is_valid():
        return shown(request, "account/one_key.jinja", form, {"key": found})
    return done_once(
        request,
        lambda: rename_passkey(actor=actor, passkey_id=passkey_id, label=form.cleaned_data["nama"]),
        f"{OVERVIEW}?ok=nama",
    )


def _removed(request: HttpRequest, passkey_id: int) -> HttpResponse:
    actor, now_worth = actor_of(request), flow.strength_of(request)

    def act() -> None:
        remove_passkey(actor=actor, passkey_id=passkey_id, strength=now_worth)
        _warn(actor.account_id, N_("Satu kunci ponsel dihapus. Bukan Anda? Telepon 165 sekarang."))

    try:
        return done_once(request, act, f"{OVERVIEW}?ok=hapus")
    except Forbidden:
        return ask_proof(f"{KEYS}{passkey_id}/")


@page(who=SIGNED_IN, methods=("POST",))
def prove_by_key(request: HttpRequest) -> HttpResponse:
    """Prove with a passkey that it is you."""
    question = read_question(request.POST.get("tanya", ""))
    own = account_by_passkey(
        request.POST.get("jawab", ""), challenge=question.challenge, asked_at=question.asked_at
    )
    if own.id != actor_of(request).account_id:
        raise Refused("passkey.unknown", N_("Kunci ponsel ini belum terdaftar. Pakai cara lain."))
    note_proof(request, How.PASSKEY)
    return HttpResponseRedirect(safe_path(request.POST.get("lanjut", ""), otherwise=OVERVIEW))


@page(who=SIGNED_IN, methods=READ_WRITE)
def authenticator(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: read the QR, type its first digits."""
    actor, now_worth = actor_of(request), flow.strength_of(request)
    if now_worth < Strength.WEAK:
        return ask_proof(TOTP)
    sealed = request.session.get("totp")
    if not sealed:
        sealed = seal_totp(account_id=actor.account_id, secret=new_totp_secret())
        request.session["totp"] = sealed
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = set_totp(
                actor=actor, sealed=sealed, digits=form.cleaned_data["kode"], strength=now_worth
            )
        except Refused as refused:
            form.refuse(refused, "kode")
        else:
            del request.session["totp"]
            note_proof(request, How.TOTP)
            _warn(actor.account_id, N_("Autentikator dipasang. Bukan Anda? Telepon 165 sekarang."))
            return render(request, "account/recovery_codes.jinja", {"codes": codes})
    secret = open_totp(account_id=actor.account_id, sealed=sealed)
    picture = segno.make(totp_address(secret, name=actor.name), error="m")
    context = {"secret": secret, "qr": picture.svg_data_uri(scale=4, border=2, light="white")}
    return shown(request, "account/authenticator.jinja", form, context)


@page(who=SIGNED_IN, methods=READ_WRITE)
def drop_authenticator(request: HttpRequest) -> HttpResponse:
    """Turn the authenticator off, after a strong proof."""
    actor, now_worth = actor_of(request), flow.strength_of(request)
    here = f"{TOTP}hapus/"
    if now_worth < Strength.STRONG:
        return ask_proof(here)
    if request.method != "POST":
        return render(request, "account/drop_authenticator.jinja")

    def act() -> None:
        remove_totp(actor=actor, strength=now_worth)
        _warn(actor.account_id, N_("Autentikator dicabut. Bukan Anda? Telepon 165 sekarang."))

    return done_once(request, act, f"{OVERVIEW}?ok=hapus")


@page(who=SIGNED_IN, methods=READ_WRITE)
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes, shown once; the old ones end."""
    actor, now_worth = actor_of(request), flow.strength_of(request)
    here = f"{OVERVIEW}pemulihan/"
    try:
        need(now_worth, at_least=Strength.STRONG)
    except Forbidden:
        return ask_proof(here)
    if request.method != "POST":
        return render(request, "account/recovery_codes.jinja", {"codes": []})
    codes = renew_recovery_codes(actor=actor, strength=now_worth)
    return render(request, "account/recovery_codes.jinja", {"codes": codes})
