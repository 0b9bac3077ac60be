"""A form page that acts once: shown, refused with everything typed, or done and left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.core.errors import Refused
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.idempotency import Answer, once
from jkn.shell.pages import render


def submitted(
    request: HttpRequest, form: forms.Form, act: Callable[[], Answer], template: str,
    context: Mapping[str, object],
) -> HttpResponse:  # fmt: skip
    """Do the act of a form that is right, else show it again with everything typed."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            done = once(request, group=caller(request).account_id, act=act)
            return HttpResponseRedirect(done.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    return render(request, template, {"form": form, **context}, status=status)
