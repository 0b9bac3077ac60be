"""Forms of contribution: registering a family that pays for itself."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.core.exceptions import ValidationError

from jkn.core.words import N_

CONSENT = "2026-11"  # version of the text that is agreed to; docs/reference/consent.md


class ChoiceForm(forms.Form):
    """What a new family chooses: class, primary facility, and that it agrees."""

    care_class = forms.ChoiceField(label=N_("Kelas rawat"), widget=forms.RadioSelect)
    facility = forms.ChoiceField(label=N_("Faskes pertama"))
    consent = forms.BooleanField(
        label=N_("Saya setuju data keluarga dipakai untuk kepesertaan JKN."),
        error_messages={"required": N_("Centang persetujuan untuk melanjutkan.")},
    )

    def __init__(
        self,
        data: object,
        *,
        classes: Sequence[tuple[str, str]],
        facilities: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self._choose("care_class", classes, N_("Pilih kelas rawat."))
        self._choose("facility", facilities, N_("Pilih faskes pertama."))

    def _choose(self, name: str, choices: Sequence[tuple[str, str]], missing: str) -> None:
        field = forms.ChoiceField(
            label=self.fields[name].label, choices=list(choices), widget=self.fields[name].widget
        )
        self.fields[name] = field
        field.error_messages = {"required": missing, "invalid_choice": missing}


def refuse(form: forms.Form, message: str, field: str | None = None) -> None:
    """Show a refusal on the form, with everything that was typed."""
    form.add_error(field, ValidationError(message))
