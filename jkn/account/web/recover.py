"""A forgotten password: a code to a proven contact, the second proof if there is one, a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.account import flow
from jkn.account.actions.recovery import recover_password
from jkn.account.forms import NewPasswordForm, WhoForm, shown
from jkn.account.rules import How, identifier, safe_path
from jkn.core.errors import Refused
from jkn.gate.doors import page
from jkn.gate.policy import ANYONE


@page(who=ANYONE, methods=("GET", "HEAD", "POST"))
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say who you are; a code goes to a contact that you proved earlier."""
    go_on = safe_path(request.POST.get("lanjut") or request.GET.get("lanjut", ""))
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            who = identifier(form.cleaned_data["siapa"])
            return flow.begin_code(request, who, purpose=flow.RECOVER, go_on=go_on)
        except Refused as refused:
            form.refuse(refused, "siapa")
    return shown(request, "account/forgotten.jinja", form, {"go_on": go_on})


@page(who=ANYONE, methods=("GET", "HEAD", "POST"))
def new_password(request: HttpRequest) -> HttpResponse:
    """Set the new password and be signed in; every other device is signed out."""
    now_at = flow.standing(request)
    if now_at is None or now_at.step != flow.PASSWORD:
        return HttpResponseRedirect("/lupa/")
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        proofs = [How(h) for h in now_at.how.split()]
        try:
            own = recover_password(
                request, account_id=int(now_at.account_id), code_id=int(now_at.code_id),
                password=form.cleaned_data["sandi"], proofs=proofs,
            )  # fmt: skip
            return flow.leave(HttpResponseRedirect(flow.after_sign_in(own, now_at.go_on)))
        except Refused as refused:
            form.refuse(refused, "sandi")
    return shown(request, "account/new_password.jinja", form)
