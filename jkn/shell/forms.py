"""The form of the display settings."""

from __future__ import annotations

from django import forms
from django.conf import settings

from jkn.core.words import N_
from jkn.shell.preferences import DATA, SIZES, THEMES, VIEWS, Preferences


class DisplayForm(forms.Form):
    """How pages look on this phone. Every choice has a value, so nothing can be left out."""

    view = forms.ChoiceField(label=N_("Tampilan"), choices=VIEWS, widget=forms.RadioSelect)
    size = forms.ChoiceField(label=N_("Ukuran huruf"), choices=SIZES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=N_("Terang atau gelap"), choices=THEMES, widget=forms.RadioSelect
    )
    usage = forms.ChoiceField(label=N_("Pemakaian data"), choices=DATA, widget=forms.RadioSelect)
    lang = forms.ChoiceField(
        label=N_("Bahasa"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def preferences(self) -> Preferences:
        """Return the choices of a valid form, without the language."""
        chosen = self.cleaned_data
        return Preferences(
            theme=chosen["theme"], size=chosen["size"], view=chosen["view"], data=chosen["usage"]
        )
