"""What people type on the pages of accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django import forms
from django.http import HttpRequest, HttpResponse

from jkn.core.errors import Limited, Refused
from jkn.core.words import N_
from jkn.gate.answers import status_of, words
from jkn.shell.pages import render

_MISSING_WHO = N_("Isi NIK, nomor kartu, nomor HP, atau e-mail.")


def _password(label: str, *, autocomplete: str) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    # Above the limit on purpose: the rule of the length answers, in its own words.
    return forms.CharField(label=label, required=False, max_length=1000, strip=False, widget=widget)


class Form(forms.Form):
    """A form that can be refused by an act, and then is shown again with all that was typed."""

    refused: Refused | None = None

    def refuse(self, refused: Refused, field: str | None = None) -> None:
        """Put a refusal at a field or above all, in the reader's language."""
        self.refused = refused
        self.add_error(field, words(refused))

    @classmethod
    def only(cls, refused: Refused, field: str | None = None) -> Self:
        """Return an empty form that says nothing but this refusal."""
        form = cls({})
        form.full_clean()
        form.errors.clear()
        form.refuse(refused, field)
        return form


def shown(
    request: HttpRequest, template: str, form: Form, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Return a form's page; a refused form answers with the status of its refusal."""
    refused = form.refused
    status = 422 if form.errors else 200
    if refused is not None:
        status = status_of(refused)
    response = render(request, template, {"form": form, **(context or {})}, status=status)
    if isinstance(refused, Limited):
        response["Retry-After"] = str(refused.retry_after)
    return response


class WhoForm(Form):
    """Who someone says they are."""

    siapa = forms.CharField(
        label=N_("NIK, nomor kartu, nomor HP, atau e-mail"), max_length=254,
        error_messages={"required": _MISSING_WHO},
    )  # fmt: skip


class SignInForm(WhoForm):
    """Who, and the password where they have one."""

    sandi = _password(N_("Kata sandi"), autocomplete="current-password")
    nomor = forms.CharField(label=N_("NIK atau nomor kartu"), required=False, max_length=40)


class CodeForm(Form):
    """The digits of a code."""

    kode = forms.CharField(
        label=N_("Kode 6 angka"), max_length=40,
        error_messages={"required": N_("Isi kode yang kami kirim.")},
    )  # fmt: skip


class SecondForm(Form):
    """Digits of the authenticator, or a recovery code."""

    kode = forms.CharField(
        label=N_("Kode autentikator atau kode pemulihan"), max_length=40,
        error_messages={"required": N_("Isi kode dari aplikasi autentikator Anda.")},
    )  # fmt: skip


class NewPasswordForm(Form):
    """A new password, typed once; the page can show it."""

    sandi = _password(N_("Kata sandi baru"), autocomplete="new-password")


class ChangePasswordForm(Form):
    """The password of now, where there is one, and the new one."""

    lama = _password(N_("Kata sandi sekarang"), autocomplete="current-password")
    sandi = _password(N_("Kata sandi baru"), autocomplete="new-password")


class PasswordForm(Form):
    """The password of now, as a fresh proof."""

    sandi = _password(N_("Kata sandi"), autocomplete="current-password")


class PhoneForm(Form):
    """A new phone number."""

    nilai = forms.CharField(
        label=N_("Nomor HP baru"), max_length=40,
        error_messages={"required": N_("Isi nomor HP baru.")},
    )  # fmt: skip


class EmailForm(Form):
    """A new e-mail address."""

    nilai = forms.CharField(
        label=N_("E-mail baru"), max_length=254,
        error_messages={"required": N_("Isi alamat e-mail baru.")},
    )  # fmt: skip


class LabelForm(Form):
    """The name of a token or passkey."""

    nama = forms.CharField(
        label=N_("Nama"), max_length=60,
        error_messages={"required": N_("Beri nama, supaya Anda mengenalinya nanti.")},
    )  # fmt: skip
