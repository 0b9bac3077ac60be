"""Forms of contribution: registering a family that pays for itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms
from django.core.exceptions import ValidationError

from jkn.contribution.debits import account_number, holder_name
from jkn.core.identifiers import calendar_day, virtual_account
from jkn.core.money import typed_rupiah
from jkn.core.words import N_
from jkn.membership.forms import checked

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
        _choose(self, "care_class", classes, N_("Pilih kelas rawat."))
        _choose(self, "facility", facilities, N_("Pilih faskes pertama."))


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, str]], missing: str) -> None:
    field = forms.ChoiceField(
        label=form.fields[name].label, choices=list(choices), widget=form.fields[name].widget
    )
    form.fields[name] = field
    field.error_messages = {"required": missing, "invalid_choice": missing}


def refuse(form: forms.Form, message: str, field: str | None = None) -> None:
    """Show a refusal on the form, with everything that was typed."""
    form.add_error(field, ValidationError(message))


class FineForm(forms.Form):
    """A stay in hospital as somebody imagines it: what kind of care, from when, at what cost."""

    care = forms.ChoiceField(
        label=N_("Jenis perawatan"),
        choices=[("inpatient", N_("Rawat inap")), ("outpatient", N_("Rawat jalan"))],
        widget=forms.RadioSelect,
        error_messages={"required": N_("Pilih jenis perawatan.")},
    )
    admitted = forms.CharField(
        label=N_("Tanggal masuk rumah sakit"),
        max_length=20,
        error_messages={"required": N_("Isi tanggal masuk.")},
    )
    estimate = forms.CharField(
        label=N_("Perkiraan biaya rawat inap (rupiah)"),
        max_length=30,
        error_messages={"required": N_("Isi perkiraan biaya. Tanyakan ke rumah sakit.")},
    )

    def clean_admitted(self) -> date:
        """Return the day of admission."""
        return checked(calendar_day, self.cleaned_data["admitted"])

    def clean_estimate(self) -> int:
        """Return the estimate in whole rupiah."""
        return checked(typed_rupiah, self.cleaned_data["estimate"])


class FormerPlanForm(forms.Form):
    """In how many stages the debt of the family of before is to be paid."""

    stages = forms.IntegerField(
        label=N_("Jumlah tahap"),
        error_messages={
            "required": N_("Isi jumlah tahap."),
            "invalid": N_("Tulis jumlah tahap dengan angka."),
        },
    )


class PlanForm(FormerPlanForm):
    """How many stages, and that the family knows when cover comes back."""

    consent = forms.BooleanField(
        label=N_("Saya mengerti: kartu baru aktif setelah semua tahap lunas."),
        error_messages={"required": N_("Centang persetujuan untuk melanjutkan.")},
    )


class AheadForm(forms.Form):
    """How many months to pay ahead; 0 takes the choice back."""

    months = forms.IntegerField(
        label=N_("Berapa bulan di muka?"),
        min_value=0,
        error_messages={
            "required": N_("Isi jumlah bulan."),
            "invalid": N_("Tulis jumlah bulan dengan angka."),
            "min_value": N_("Tulis jumlah bulan dengan angka."),
        },
    )


class OtherForm(forms.Form):
    """The virtual account of a family that one wants to pay for."""

    number = forms.CharField(
        label=N_("Nomor virtual account keluarga itu"),
        max_length=40,
        error_messages={"required": N_("Isi 16 angka nomor virtual account.")},
    )

    def clean_number(self) -> str:
        """Return the 16 digits."""
        return checked(virtual_account, self.cleaned_data["number"])


class AutodebitForm(forms.Form):
    """The account that is to be debited: bank, number, its holder's name, day of the month."""

    bank = forms.ChoiceField(label=N_("Bank"))
    account = forms.CharField(
        label=N_("Nomor rekening"),
        max_length=30,
        error_messages={"required": N_("Isi nomor rekening.")},
    )
    holder = forms.CharField(
        label=N_("Nama pemilik rekening"),
        max_length=80,
        error_messages={"required": N_("Tulis nama pemilik seperti di bank.")},
    )
    day = forms.ChoiceField(label=N_("Tanggal debit"), widget=forms.RadioSelect)
    consent = forms.BooleanField(
        label=N_("Saya setuju bank mendebit iuran keluarga saya setiap bulan."),
        error_messages={"required": N_("Centang persetujuan untuk melanjutkan.")},
    )

    def __init__(
        self, data: object, *, banks: Sequence[tuple[str, str]], days: Sequence[int], holder: str
    ) -> None:
        super().__init__(data, initial={"holder": holder, "day": str(days[0])})  # type: ignore[arg-type]
        _choose(self, "bank", banks, N_("Pilih bank dari daftar."))
        choices = [(str(day), str(day)) for day in days]
        _choose(self, "day", choices, N_("Pilih tanggal debit."))

    def clean_account(self) -> str:
        """Return the digits."""
        return checked(account_number, self.cleaned_data["account"])

    def clean_holder(self) -> str:
        """Return the name without needless spaces."""
        return checked(holder_name, self.cleaned_data["holder"])


class AmnestyForm(forms.Form):
    """A list of debts to be written off, as CSV; longer ones come by `manage.py amnesty`."""

    rows = forms.CharField(
        label=N_("Daftar"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": N_("Tempel daftarnya."),
            "max_length": N_("Daftar ini terlalu panjang untuk halaman ini."),
        },
    )
