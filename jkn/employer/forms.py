"""Forms of employers: one employee, a wage, the end of work, a file, an employer at the branch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.identifiers import calendar_day, family_card, nik
from jkn.core.money import typed_rupiah
from jkn.core.words import N_
from jkn.employer.rules import END_REASONS, employer_number
from jkn.employer.sheet import MOST_BYTES, EmployeeRow, RowError, checked_row
from jkn.gate.answers import words
from jkn.membership.forms import REQUIRED, checked

_DAY_HINT = N_("Tanggal, bulan, tahun. Contoh: 01-12-2026.")


def error_words(error: RowError) -> str:
    """Return the sentence of an error in the person's language."""
    return words(Refused("row", error.message, **error.values))


class EmployeeForm(forms.Form):
    """One person, checked by the very rules of a row of a file."""

    nik = forms.CharField(label=N_("NIK"), max_length=30, error_messages=REQUIRED)
    nama = forms.CharField(label=N_("Nama"), max_length=120, error_messages=REQUIRED)
    tanggal_lahir = forms.CharField(
        label=N_("Tanggal lahir"), max_length=20, error_messages=REQUIRED
    )
    upah = forms.CharField(label=N_("Upah sebulan"), max_length=30, error_messages=REQUIRED)
    mulai = forms.CharField(
        label=N_("Mulai kerja"), max_length=20, help_text=_DAY_HINT, error_messages=REQUIRED
    )
    kk = forms.CharField(
        label=N_("Nomor Kartu Keluarga"), max_length=30, required=False,
        help_text=N_("Hanya bila orang ini belum peserta JKN."),
    )  # fmt: skip
    row: EmployeeRow

    def clean(self) -> None:
        """Check all fields as a row; each error stands at its field."""
        if self.errors:
            return
        errors: list[RowError] = []
        row = checked_row(1, {k: str(v) for k, v in self.cleaned_data.items()}, errors, on=today())
        self.refuse(errors)
        if row is not None:
            self.row = row

    def refuse(self, errors: list[RowError]) -> None:
        """Show errors, each at its field."""
        for error in errors:
            self.add_error(error.column, ValidationError(error_words(error)))


class AgainForm(forms.Form):
    """The family card of somebody whose registration is tried again, where it was missing."""

    kk = forms.CharField(label=N_("Nomor Kartu Keluarga"), max_length=30, required=False)

    def clean_kk(self) -> str:
        """Return the KK's 16 digits, or an empty text."""
        text = self.cleaned_data["kk"].strip()
        return checked(family_card, text) if text else ""


class WageForm(forms.Form):
    """A new wage from a day on."""

    upah = forms.CharField(label=N_("Upah sebulan"), max_length=30, error_messages=REQUIRED)
    mulai = forms.CharField(
        label=N_("Berlaku mulai"), max_length=20, help_text=_DAY_HINT, error_messages=REQUIRED
    )

    def clean_upah(self) -> int:
        """Return the wage in rupiah."""
        return checked(typed_rupiah, self.cleaned_data["upah"])

    def clean_mulai(self) -> date:
        """Return the first day of the wage."""
        return checked(calendar_day, self.cleaned_data["mulai"])


class EndForm(forms.Form):
    """The last day of work, and why it ended."""

    day = forms.CharField(
        label=N_("Hari kerja terakhir"), max_length=20, help_text=_DAY_HINT,
        error_messages=REQUIRED,
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=N_("Alasan"), choices=[(r.value, words) for r, words in END_REASONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": N_("Pilih alasan.")},
    )  # fmt: skip

    def clean_day(self) -> date:
        """Return the last day of work."""
        return checked(calendar_day, self.cleaned_data["day"])


class ExtraForm(forms.Form):
    """Whom a worker pays for as extra family, by which job, and the consent to the cut."""

    ON_CARD = "kk"  # a parent on the family's own card who is no member yet

    job = forms.ChoiceField(
        label=N_("Dipotong dari upah di mana?"), widget=forms.RadioSelect, error_messages=REQUIRED
    )
    who = forms.ChoiceField(
        label=N_("Siapa yang didaftarkan?"), widget=forms.RadioSelect,
        error_messages={"required": N_("Pilih satu orang.")},
    )  # fmt: skip
    nik = forms.CharField(label=N_("NIK orang tua"), max_length=30, required=False)
    birth_date = forms.CharField(label=N_("Tanggal lahir orang tua"), max_length=20, required=False)
    consent = forms.BooleanField(
        label=N_("Saya setuju upah saya dipotong setiap bulan untuk orang ini."),
        error_messages={"required": N_("Centang persetujuan untuk melanjutkan.")},
    )

    def __init__(
        self, data: Any, *, jobs: Sequence[tuple[str, str]], people: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data, initial={"job": jobs[0][0] if jobs else ""})
        self._offer("job", jobs)
        self.offer(people)

    def offer(self, people: Sequence[tuple[str, str]]) -> None:
        """Let one of these people be chosen, or a parent of the card."""
        on_card = (self.ON_CARD, N_("Orang tua atau mertua di KK saya, belum di daftar ini"))
        self._offer("who", (*people, on_card))

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = list(choices)

    def clean(self) -> None:
        """Ask for NIK and birth date of a parent who is not in the list."""
        if self.cleaned_data.get("who") != self.ON_CARD:
            return
        for name, parse in (("nik", nik), ("birth_date", calendar_day)):
            text = self.cleaned_data.get(name, "")
            try:
                if not text:
                    raise ValidationError(REQUIRED["required"])
                self.cleaned_data[name] = checked(parse, text)
            except ValidationError as error:
                self.add_error(name, error)


class UploadForm(forms.Form):
    """A file of employees."""

    file = forms.FileField(
        label=N_("Berkas CSV"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
        error_messages={"required": N_("Pilih berkas dulu.")},
    )

    def raw(self) -> bytes:
        """Return the file's bytes, at most one more than are read."""
        file = self.cleaned_data["file"]
        raw: bytes = file.read(MOST_BYTES + 1)
        return raw


class EmployerForm(forms.Form):
    """An employer to be registered, or opened, at the branch."""

    number = forms.CharField(
        label=N_("Nomor badan usaha"), max_length=20, help_text=N_("8 angka."),
        error_messages=REQUIRED,
    )  # fmt: skip
    name = forms.CharField(
        label=N_("Nama badan usaha"), max_length=120, required=False,
        help_text=N_("Isi hanya untuk mendaftarkan yang baru."),
    )  # fmt: skip

    def clean_number(self) -> str:
        """Return the number's 8 digits."""
        return checked(employer_number, self.cleaned_data["number"])

    def clean_name(self) -> str:
        """Return the name with single spaces, in letters that can be printed."""
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError(N_("Nama berisi huruf yang tidak dapat dicetak."))
        return name
