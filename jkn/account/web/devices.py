"""Devices and tokens of the signed-in person: seen, and ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account import flow
from jkn.account.actions import (
    issue_token,
    revoke_other_sessions,
    revoke_session,
    revoke_token,
)
from jkn.account.forms import LabelForm, shown
from jkn.account.presenters import saved_words
from jkn.account.queries import devices_of, tokens_of
from jkn.account.rules import Strength
from jkn.account.web.settings import READ_WRITE, actor_of, ask_proof, done_once
from jkn.core.errors import Refused
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import SIGNED_IN
from jkn.shell.pages import render

DEVICES = "/pengaturan/perangkat/"
TOKENS = "/pengaturan/token/"


@page(who=SIGNED_IN)
def devices(request: HttpRequest) -> HttpResponse:
    """The devices that are signed in."""
    actor = actor_of(request)
    context = {
        "devices": devices_of(actor.account_id), "own": actor.session_id,
        "saved": saved_words(request.GET.get("ok", "")),
    }  # fmt: skip
    return render(request, "account/devices.jinja", context)


@page(who=SIGNED_IN, methods=("POST",))
def end_device(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign one device out, from its next request on."""
    actor = actor_of(request)
    return done_once(
        request, lambda: revoke_session(actor=actor, session_id=session_id), f"{DEVICES}?ok=keluar"
    )


@page(who=SIGNED_IN, methods=("POST",))
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign all other devices out."""
    actor = actor_of(request)
    return done_once(request, lambda: revoke_other_sessions(actor=actor), f"{DEVICES}?ok=keluar")


@page(who=SIGNED_IN, methods=READ_WRITE)
def tokens(request: HttpRequest) -> HttpResponse:
    """Tokens of the person's own programs; the text of a new one is shown once."""
    actor = actor_of(request)
    form = LabelForm(request.POST if request.method == "POST" else None)
    text = ""
    if request.method == "POST" and flow.strength_of(request) < Strength.WEAK:
        return ask_proof(TOKENS)
    if form.is_valid():
        try:
            text = _issued(request, form.cleaned_data["nama"])
        except Refused as refused:
            form.refuse(refused, "nama")
        else:
            if not text:  # sent twice: the first answer has shown it
                return HttpResponseRedirect(f"{TOKENS}?ok=token")
            form = LabelForm()
    saved = saved_words(request.GET.get("ok", ""))
    context = {"tokens": tokens_of(actor.account_id), "text": text, "saved": saved}
    return shown(request, "account/tokens.jinja", form, context)


def _issued(request: HttpRequest, label: str) -> str:
    """Return the text of a new token; empty where this form had made one already."""
    actor, made = actor_of(request), []

    def run() -> Answer:
        made.append(issue_token(account_id=actor.account_id, label=label, actor=actor))
        return Answer(200)

    once(request, group=actor.account_id, act=run)
    return made[0] if made else ""


@page(who=SIGNED_IN, methods=("POST",))
def end_token(request: HttpRequest, token_id: int) -> HttpResponse:
    """Close a token from the next request on."""
    actor = actor_of(request)
    return done_once(
        request, lambda: revoke_token(actor=actor, token_id=token_id), f"{TOKENS}?ok=dicabut"
    )
