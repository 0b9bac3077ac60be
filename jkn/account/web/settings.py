"""Settings of signing in: overview, password, phone and e-mail, fresh proofs."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account import flow
from jkn.account.actions import (
    cancel_hold,
    change_contact,
    prove_code,
    resend_code,
    send_code,
    set_password,
)
from jkn.account.actions.proofs import need, prove_second
from jkn.account.actions.sign_in import check_own_password, note_proof
from jkn.account.challenges import fresh_question
from jkn.account.forms import (
    ChangePasswordForm,
    CodeForm,
    EmailForm,
    Form,
    PasswordForm,
    PhoneForm,
    SecondForm,
    shown,
)
from jkn.account.presenters import code_words, saved_words
from jkn.account.queries import (
    account,
    code_state,
    contacts_of,
    holds_of,
    passkeys_of,
    recovery_codes_left,
)
from jkn.account.rules import Channel, How, Strength, safe_path
from jkn.core import identifiers
from jkn.core.actor import Actor
from jkn.core.errors import Conflict, Forbidden, NotFound, Refused
from jkn.core.words import N_
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.limits import source_of
from jkn.gate.policy import SIGNED_IN
from jkn.shell.pages import render

READ_WRITE = ("GET", "HEAD", "POST")
OVERVIEW = "/pengaturan/masuk/"
PROOF = "proof"


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in person; the door lets nobody else in."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def done_once(request: HttpRequest, act: Callable[[], object], to: str) -> HttpResponse:
    """Do an act once for the form's key and go on to a page."""

    def run() -> Answer:
        act()
        return Answer(303, to)

    answer = once(request, group=actor_of(request).account_id, act=run)
    return HttpResponseRedirect(answer.location)


def ask_proof(go_on: str) -> HttpResponse:
    """Send the person to prove themselves first, and back."""
    return HttpResponseRedirect(f"/pengaturan/bukti/?lanjut={quote(go_on)}")


@page(who=SIGNED_IN)
def overview(request: HttpRequest) -> HttpResponse:
    """Everything with which the person can sign in."""
    own = account(actor_of(request).account_id)
    context = {
        "has_password": own.has_usable_password(),
        "passkeys": passkeys_of(own.id),
        "has_totp": own.totp_sealed is not None,
        "codes_left": recovery_codes_left(own.id),
        "contacts": {k: _shown(v) for k, v in contacts_of(own.id).items()},
        "holds": holds_of(own.id),
        "saved": saved_words(request.GET.get("ok", "")),
    }
    return render(request, "account/settings.jinja", context)


def _shown(contact: str) -> str:
    if "@" in contact:
        name, _, host = contact.partition("@")
        return f"{name[:2]}•••@{host}"
    return identifiers.masked("0" + contact.removeprefix("62"))


@page(who=SIGNED_IN, methods=READ_WRITE)
def password(request: HttpRequest) -> HttpResponse:
    """Set or change the password; only its length is asked for."""
    own = account(actor_of(request).account_id)
    has_password = own.has_usable_password()
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _set_password(request, form, has_password=has_password)
        except Refused as refused:
            form.refuse(refused, "lama" if refused.code == "password.wrong" else "sandi")
    return shown(request, "account/password.jinja", form, {"has_password": has_password})


def _set_password(
    request: HttpRequest, form: ChangePasswordForm, *, has_password: bool
) -> HttpResponse:
    actor, now_worth = actor_of(request), flow.strength_of(request)
    if has_password:
        check_own_password(account_id=actor.account_id, password=form.cleaned_data["lama"])
    elif now_worth == Strength.NONE:
        return ask_proof(f"{OVERVIEW}sandi/")
    by_code_alone = not has_password and now_worth < Strength.STRONG
    return done_once(
        request,
        lambda: set_password(
            account_id=actor.account_id, password=form.cleaned_data["sandi"], actor=actor,
            by_code_alone=by_code_alone,
        ),
        f"{OVERVIEW}?ok=sandi",
    )  # fmt: skip


# Phone and e-mail.


@page(who=SIGNED_IN, methods=READ_WRITE)
def contact(request: HttpRequest, kind: str) -> HttpResponse:
    """Give a new phone number or e-mail; a code goes to the new one."""
    here = f"{OVERVIEW}{'hp' if kind == 'phone' else 'email'}/"
    if flow.strength_of(request) < Strength.WEAK:
        return ask_proof(here)
    form_class = PhoneForm if kind == "phone" else EmailForm
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _send_to_new(request, kind, form.cleaned_data["nilai"])
        except Refused as refused:
            form.refuse(refused, "nilai")
    context = {"kind": kind, "is_strong": flow.strength_of(request) > Strength.WEAK}
    return shown(request, "account/contact.jinja", form, context)


def _send_to_new(request: HttpRequest, kind: str, typed: str) -> HttpResponse:
    if kind == "phone":
        value, channel = identifiers.phone(typed), Channel.WHATSAPP
    else:
        value, channel = identifiers.email(typed), Channel.EMAIL
    # Bound to no account: the code must reach the new contact and no other.
    code_id = send_code(
        purpose="contact", contact_kind=kind, contact=value, channel=channel,
        source=source_of(request),
    )  # fmt: skip
    request.session["contact_code"] = str(code_id)
    return HttpResponseRedirect(f"{OVERVIEW}kontak/kode/")


@page(who=SIGNED_IN, methods=READ_WRITE)
def contact_code(request: HttpRequest) -> HttpResponse:
    """Type the code that went to the new phone or e-mail."""
    code_id = int(request.session.get("contact_code", "0"))
    if not code_id:
        return HttpResponseRedirect(OVERVIEW)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            need(flow.strength_of(request), at_least=Strength.WEAK)
            proven = prove_code(code_id, form.cleaned_data["kode"], purpose="contact")
            del request.session["contact_code"]
            in_force = change_contact(
                actor=actor_of(request), kind=proven.kind, value=proven.contact,
                strength=flow.strength_of(request),
            )  # fmt: skip
            return HttpResponseRedirect(f"{OVERVIEW}?ok={'kontak' if in_force else 'tunggu'}")
        except Forbidden:
            return ask_proof(f"{OVERVIEW}kontak/kode/")
        except Refused as refused:
            form.refuse(refused, "kode")
    return _code_page(request, form, code_id, "contact")


@page(who=SIGNED_IN, methods=("POST",))
def stop_change(request: HttpRequest, kind: str) -> HttpResponse:
    """Cancel a change that is still held."""
    actor = actor_of(request)
    return done_once(request, lambda: cancel_hold(actor=actor, kind=kind), f"{OVERVIEW}?ok=batal")


# A fresh proof.


@page(who=SIGNED_IN, methods=READ_WRITE)
def proof(request: HttpRequest) -> HttpResponse:
    """Prove once more that it is you, before something sensitive."""
    go_on = safe_path(
        request.POST.get("lanjut") or request.GET.get("lanjut", ""), otherwise=OVERVIEW
    )
    own = account(actor_of(request).account_id)
    way = request.POST.get("cara", "")
    form_class = SecondForm if way == "autentikator" else PasswordForm
    form = form_class(request.POST if request.method == "POST" else None)
    try:
        if way in list(Channel):
            return _send_proof(request, Channel(way), go_on)
        if form.is_valid():
            note_proof(request, _proven_how(own.id, way, form))
            return HttpResponseRedirect(go_on)
    except Refused as refused:
        form.refuse(refused)
    is_second = isinstance(form, SecondForm)
    context = {
        "second": form if is_second else SecondForm(),
        "password": PasswordForm() if is_second else form,
        "go_on": go_on, "has_password": own.has_usable_password(),
        "has_totp": own.totp_sealed is not None, "kinds": list(contacts_of(own.id)),
        "question": fresh_question(own.id) if passkeys_of(own.id) else "",
    }  # fmt: skip
    return shown(request, "account/proof.jinja", form, context)


def _proven_how(account_id: int, way: str, form: Form) -> How:
    if way == "autentikator":
        return prove_second(account_id=account_id, typed=form.cleaned_data["kode"])
    check_own_password(account_id=account_id, password=form.cleaned_data["sandi"])
    return How.PASSWORD


def _send_proof(request: HttpRequest, channel: Channel, go_on: str) -> HttpResponse:
    own_id = actor_of(request).account_id
    kind = "email" if channel is Channel.EMAIL else "phone"
    value = contacts_of(own_id).get(kind)
    if not value:
        raise Conflict("contact.none", N_("Akun ini belum punya kontak itu. Pilih cara lain."))
    code_id = send_code(
        purpose=PROOF, contact_kind=kind, contact=value, channel=channel,
        source=source_of(request), account_id=own_id,
    )  # fmt: skip
    request.session["proof_code"] = [str(code_id), go_on]
    return HttpResponseRedirect("/pengaturan/bukti/kode/")


@page(who=SIGNED_IN, methods=READ_WRITE)
def proof_code(request: HttpRequest) -> HttpResponse:
    """Type the code that proves it is you."""
    code_id, go_on = request.session.get("proof_code", ["0", OVERVIEW])
    if code_id == "0":
        return HttpResponseRedirect("/pengaturan/bukti/")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            proven = prove_code(int(code_id), form.cleaned_data["kode"], purpose=PROOF)
        except Refused as refused:
            form.refuse(refused, "kode")
        else:
            del request.session["proof_code"]
            note_proof(request, proven.how)
            return HttpResponseRedirect(safe_path(go_on, otherwise=OVERVIEW))
    return _code_page(request, form, int(code_id), PROOF)


def _code_page(request: HttpRequest, form: CodeForm, code_id: int, purpose: str) -> HttpResponse:
    state = code_state(code_id)
    context = {
        "words": code_words(state), "live": bool(state and state.is_live),
        "purpose": purpose, "kind": state.kind if state else "",
    }  # fmt: skip
    return shown(request, "account/own_code.jinja", form, context)


@page(who=SIGNED_IN, methods=("POST",))
def resend_own(request: HttpRequest, purpose: str) -> HttpResponse:
    """Send the same code again, on the channel that was pressed."""
    kept = request.session.get(f"{purpose}_code", "0")
    code_id = int(kept if isinstance(kept, str) else kept[0])
    wanted = request.POST.get("lewat", "")
    channel = Channel(wanted) if wanted in list(Channel) else Channel.WHATSAPP
    try:
        resend_code(code_id=code_id, channel=channel, source=source_of(request))
    except NotFound:
        return HttpResponseRedirect(OVERVIEW)
    except Refused as refused:
        return _code_page(request, CodeForm.only(refused), code_id, purpose)
    place = "kontak/kode/" if purpose == "contact" else ""
    return HttpResponseRedirect(f"{OVERVIEW}{place}" if place else "/pengaturan/bukti/kode/")
