"""Forms of reconciliation: a statement file, a reason, a family, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jkn.core import identifiers
from jkn.core.errors import Refused
from jkn.core.words import MISSING, N_
from jkn.gate.answers import words
from jkn.reconciliation.rules import MOST_BYTES, TOO_LONG

REQUIRED = {"required": MISSING}


def _choose(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class StatementForm(forms.Form):
    """A file of a bank; the account only where the file does not name it."""

    bank = forms.ChoiceField(label=N_("Bank"), error_messages=REQUIRED)
    account = forms.CharField(
        label=N_("Nomor rekening"), max_length=34, required=False,
        help_text=N_("Kosongkan bila berkas menyebutnya."),
    )  # fmt: skip
    file = forms.FileField(
        label=N_("Berkas rekening koran"),
        help_text=N_("CSV atau MT940, dengan saldo. Paling besar 64 MB."),
        error_messages={**REQUIRED, "empty": N_("Berkas ini kosong. Unduh lagi dari bank.")},
    )

    def __init__(self, *data: Any, banks: Sequence[str]) -> None:
        super().__init__(*data)
        _choose(self.fields["bank"], [(name, name) for name in banks])

    def clean_file(self) -> Any:
        """Return the file where it is not too long."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(TOO_LONG)
        return file


class ExplainForm(forms.Form):
    """Why a line is no payment of a family."""

    reason = forms.ChoiceField(
        label=N_("Alasan"), widget=forms.RadioSelect, error_messages=REQUIRED
    )
    note = forms.CharField(
        label=N_("Penjelasan"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Satu kalimat, dengan nomor bukti."),
    )  # fmt: skip

    def __init__(self, data: Any, *, reasons: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        _choose(self.fields["reason"], reasons)


class AssignForm(forms.Form):
    """Whose money a line is: by virtual account or card."""

    kind = forms.ChoiceField(
        label=N_("Nomor apa ini?"),
        choices=(("va", N_("Nomor virtual account")), ("card", N_("Nomor kartu"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    number = forms.CharField(label=N_("Nomor"), max_length=30, error_messages=REQUIRED)
    note = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Petugas kedua membacanya sebelum memutuskan."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Return the number in its plain form."""
        cleaned: dict[str, Any] = super().clean() or {}
        parsers = {"va": identifiers.virtual_account, "card": identifiers.card_number}
        if "number" in cleaned and "kind" in cleaned:
            try:
                cleaned["number"] = parsers[cleaned["kind"]](cleaned["number"])
            except Refused as refused:
                self.add_error("number", ValidationError(words(refused)))
        return cleaned


class DecideForm(forms.Form):
    """What the second person decides."""

    decision = forms.ChoiceField(
        label=N_("Keputusan"),
        choices=(("accept", N_("Kirim ke keluarga ini")), ("refuse", N_("Jangan kirim"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
