"""Forms of the money office. Each field says which of its rules failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from jkn.core import identifiers
from jkn.core.errors import Refused
from jkn.core.money import typed_rupiah
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.answers import words
from jkn.membership.forms import REQUIRED, checked
from jkn.treasury.actions import Wanted
from jkn.treasury.journal import Criteria
from jkn.treasury.rules import (
    RefundEvent,
    bank_account,
    month_of,
    receipt_id,
    reference,
    search_span,
)


class RefundForm(forms.Form):
    """How much comes back, and to which bank account."""

    amount = forms.CharField(
        label=N_("Jumlah (rupiah)"), max_length=30,
        error_messages={"required": N_("Isi jumlah yang diminta.")},
    )  # fmt: skip
    bank = forms.CharField(
        label=N_("Nama bank"), max_length=80,
        error_messages={"required": N_("Tulis nama bank. Contoh: BRI.")},
    )  # fmt: skip
    number = forms.CharField(
        label=N_("Nomor rekening"), max_length=40,
        error_messages={"required": N_("Nomor rekening berisi 6 sampai 20 angka.")},
    )  # fmt: skip
    holder = forms.CharField(
        label=N_("Nama pemilik rekening"), max_length=100,
        error_messages={"required": N_("Tulis nama pemilik seperti di buku tabungan.")},
    )  # fmt: skip

    def clean_amount(self) -> int:
        """Return the amount in whole rupiah."""
        return checked(typed_rupiah, self.cleaned_data["amount"])

    def clean(self) -> dict[str, Any]:
        """Return the account in its plain form, each refusal at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"bank", "number", "holder"} <= cleaned.keys():
            try:
                cleaned["account"] = bank_account(
                    bank=cleaned["bank"], number=cleaned["number"], holder=cleaned["holder"]
                )
            except Refused as refused:
                self.add_error(refused.code.split(".")[1], ValidationError(words(refused)))
        return cleaned

    @property
    def wanted(self) -> Wanted:
        """What was asked for; only of a valid form."""
        return Wanted(self.cleaned_data["amount"], self.cleaned_data["account"])


class DeskRefundForm(RefundForm):
    """A refund asked for at the counter: staff write what they have seen."""

    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip


class RefundActForm(forms.Form):
    """What staff do with a refund, and why; a payout names its bank and reference."""

    act = forms.ChoiceField(
        label=N_("Keputusan"), widget=forms.RadioSelect,
        error_messages={"required": N_("Pilih salah satu.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, required=False,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip
    bank = forms.ChoiceField(label=N_("Bank yang mengirim"), required=False)
    reference = forms.CharField(
        label=N_("Nomor referensi bank"), max_length=80, required=False,
        help_text=N_("Dari bukti transfer atau rekening koran."),
    )  # fmt: skip

    def __init__(self, data: Any, *, acts: Sequence[tuple[str, str]], banks: Sequence[str]) -> None:
        super().__init__(data)
        _choose(self, "act", acts)
        if RefundEvent.PAY in dict(acts):
            _choose(self, "bank", [(bank, bank) for bank in banks])
        else:
            del self.fields["bank"], self.fields["reference"]

    def clean(self) -> dict[str, Any]:
        """Return the act with what it needs: a reference for a payout, a reason for the others."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("act") != RefundEvent.PAY:
            if cleaned.get("act") and not cleaned.get("reason"):
                self.add_error("reason", ValidationError(REQUIRED["required"]))
            return cleaned
        try:
            cleaned["reference"] = reference(cleaned.get("reference", ""))
        except Refused as refused:
            self.add_error("reference", ValidationError(words(refused)))
        if not cleaned.get("bank"):
            self.add_error("bank", ValidationError(N_("Pilih bank.")))
        return cleaned


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    field.choices = field.widget.choices = list(choices)  # type: ignore[attr-defined]


class MoneySearchForm(forms.Form):
    """Whose money staff open: a NIK, card, family card or virtual account."""

    number = forms.CharField(
        label=N_("NIK, nomor kartu, nomor KK, atau virtual account"), max_length=30,
        error_messages=REQUIRED,
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=N_("Nomor apa ini?"),
        choices=(
            ("nik", N_("NIK")),
            ("card", N_("Nomor kartu")),
            ("kk", N_("Nomor KK")),
            ("va", N_("Virtual account")),
        ),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )

    def clean(self) -> dict[str, Any]:
        """Return the number in its plain form."""
        cleaned: dict[str, Any] = super().clean() or {}
        parsers = {
            "nik": identifiers.nik,
            "card": identifiers.card_number,
            "kk": identifiers.family_card,
            "va": identifiers.virtual_account,
        }
        if "number" in cleaned and "kind" in cleaned:
            try:
                cleaned["number"] = parsers[cleaned["kind"]](cleaned["number"])
            except Refused as refused:
                self.add_error("number", ValidationError(words(refused)))
        return cleaned


_NO_DAY = {"required": N_("Isi tanggal.")}
SPAN_DAYS = 366


class JournalForm(forms.Form):
    """What is searched for in the journal; all but the days may stay empty."""

    since = forms.CharField(label=N_("Dari tanggal"), max_length=20, error_messages=_NO_DAY)
    until = forms.CharField(label=N_("Sampai tanggal"), max_length=20, error_messages=_NO_DAY)
    kind = forms.ChoiceField(
        label=N_("Jenis jurnal"), required=False,
        error_messages={"invalid_choice": N_("Pilih salah satu.")},
    )  # fmt: skip
    receipt = forms.CharField(label=N_("Nomor kuitansi"), max_length=30, required=False)
    reference = forms.CharField(label=N_("Nomor referensi bank"), max_length=80, required=False)
    amount = forms.CharField(label=N_("Jumlah (rupiah)"), max_length=30, required=False)
    family = forms.IntegerField(
        required=False, widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1
    )

    def __init__(self, data: Any, *, kinds: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        _choose(self, "kind", [(k, gettext(text)) for k, text in [("", N_("Semua")), *kinds]])

    def clean_since(self) -> date:
        """Return the first day."""
        return checked(identifiers.calendar_day, self.cleaned_data["since"])

    def clean_until(self) -> date:
        """Return the last day."""
        return checked(identifiers.calendar_day, self.cleaned_data["until"])

    def clean_receipt(self) -> int | None:
        """Return the payment that a receipt's number names."""
        typed = self.cleaned_data["receipt"]
        return checked(receipt_id, typed) if typed else None

    def clean_reference(self) -> str:
        """Return the bank's reference in its plain form."""
        typed = self.cleaned_data["reference"]
        return checked(reference, typed) if typed else ""

    def clean_amount(self) -> int | None:
        """Return the amount in whole rupiah."""
        typed = self.cleaned_data["amount"]
        return checked(typed_rupiah, typed) if typed else None

    def clean(self) -> dict[str, Any]:
        """Return all with a span of days that can be read."""
        cleaned: dict[str, Any] = super().clean() or {}
        if {"since", "until"} <= cleaned.keys():
            try:
                search_span(cleaned["since"], cleaned["until"], most_days=SPAN_DAYS)
            except Refused as refused:
                self.add_error("until", ValidationError(words(refused)))
        return cleaned

    @property
    def criteria(self) -> Criteria:
        """What was searched for; only of a valid form."""
        given = self.cleaned_data
        return Criteria(
            given["since"], given["until"], given["family"], given["receipt"],
            given["reference"], given["amount"], given["kind"],
        )  # fmt: skip


class CloseForm(forms.Form):
    """What an officer does with a month's books."""

    ACTS = ("count", "propose", "close", "drop")
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    month = forms.CharField(max_length=7)
    reason = forms.CharField(label=N_("Alasan"), max_length=200, required=False)

    def clean_month(self) -> Month:
        """Return the month."""
        return checked(month_of, self.cleaned_data["month"])

    def clean(self) -> dict[str, Any]:
        """Return the act; taking a proposal back needs a reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("act") == "drop" and not cleaned.get("reason"):
            self.add_error("reason", ValidationError(REQUIRED["required"]))
        return cleaned
