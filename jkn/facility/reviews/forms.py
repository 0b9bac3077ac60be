"""Forms of reviews. What was typed stays in the form where it is refused."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jkn.core.errors import Refused
from jkn.core.words import MISSING, N_
from jkn.facility.reviews.queries import insults
from jkn.facility.reviews.rules import LONGEST, MOST_STARS, Aspect, Verdict, check_text, tidy
from jkn.facility.reviews.values import ASPECTS, KINDS, VERDICTS
from jkn.gate.answers import words

_REQUIRED = {"required": MISSING}
_STARS = {
    "required": N_("Pilih 1 sampai 5 bintang."),
    "invalid_choice": N_("Pilih 1 sampai 5 bintang."),
}


def _text_field(label: str, *, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": 5}), **more
    )


def _clean(text: str) -> str:
    """Return a text that others will read; its refusal becomes the field's error."""
    tidied = tidy(text)
    try:
        check_text(tidied, insults=insults())
    except Refused as refused:
        raise ValidationError(words(refused), code=refused.code) from None
    return tidied


class ReviewForm(forms.Form):
    """Stars for each aspect, and a text if one likes."""

    text = _text_field(N_("Cerita Anda (boleh kosong)"), most=LONGEST, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        choices = [(str(n), str(n)) for n in range(1, MOST_STARS + 1)]
        stars = {
            aspect.value: forms.ChoiceField(
                label=ASPECTS[aspect], choices=choices, widget=forms.RadioSelect,
                error_messages=_STARS,
            )
            for aspect in Aspect
        }  # fmt: skip
        self.fields = {**stars, **self.fields}

    def clean_text(self) -> str:
        """Return the text; refuses contacts and insults."""
        return _clean(self.cleaned_data["text"])


class AnswerForm(forms.Form):
    """What the facility answers; `initial` holds the answer that is there."""

    text = _text_field(N_("Jawaban faskes"), most=LONGEST, error_messages=_REQUIRED)

    def clean_text(self) -> str:
        """Return the text; refuses contacts and insults."""
        return _clean(self.cleaned_data["text"])


class ReportForm(forms.Form):
    """Why a review should not be there; only the branch reads it."""

    kind = forms.ChoiceField(
        label=N_("Apa yang salah?"), choices=list(KINDS.items()), widget=forms.RadioSelect,
        error_messages=_REQUIRED,
    )  # fmt: skip
    reason = _text_field(N_("Alasan Anda"), most=300, error_messages=_REQUIRED)

    def clean_reason(self) -> str:
        """Return the reason, tidied."""
        return tidy(self.cleaned_data["reason"])


class DecisionForm(forms.Form):
    """What the branch decides, and the reason that the writer reads."""

    verdict = forms.ChoiceField(
        label=N_("Keputusan"), widget=forms.RadioSelect, error_messages=_REQUIRED
    )
    reason = _text_field(
        N_("Alasan"), most=300, error_messages=_REQUIRED,
        help_text=N_("Penulis ulasan dapat membacanya."),
    )  # fmt: skip

    def __init__(self, data: Any, *, verdicts: list[Verdict]) -> None:
        super().__init__(data)
        chosen = self.fields["verdict"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (for the type checker)
        chosen.choices = [(v.value, VERDICTS[v]) for v in verdicts]

    def clean_reason(self) -> str:
        """Return the reason, tidied."""
        return tidy(self.cleaned_data["reason"])
