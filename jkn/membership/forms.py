"""Forms of membership. Each field says which of its rules failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from jkn.core import identifiers
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.words import MISSING, N_
from jkn.gate.answers import words

T = TypeVar("T")
REQUIRED = {"required": MISSING}


def checked(parse: Callable[[str], T], text: str) -> T:
    """Return what a parser makes of a text; its refusal becomes the field's error."""
    try:
        return parse(text)
    except Refused as refused:
        raise ValidationError(words(refused), code=refused.code) from None


class StartForm(forms.Form):
    """The first page of /daftar/: a phone, and whether one is a member already."""

    path = forms.ChoiceField(
        label=N_("Apakah Anda sudah punya kartu JKN atau KIS?"),
        choices=[
            ("akun", N_("Sudah, buat akun")),
            ("keluarga", N_("Belum, daftarkan keluarga saya")),
        ],
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    phone = forms.CharField(label=N_("Nomor HP"), max_length=30, error_messages=REQUIRED)

    def clean_phone(self) -> str:
        """Return the phone as `628…`."""
        return checked(identifiers.phone, self.cleaned_data["phone"])


class IdentityForm(forms.Form):
    """Who one is, as KTP and family card say."""

    nik = forms.CharField(label=N_("NIK"), max_length=30, error_messages=REQUIRED)
    kk = forms.CharField(label=N_("Nomor Kartu Keluarga"), max_length=30, error_messages=REQUIRED)
    birth_date = forms.CharField(label=N_("Tanggal lahir"), max_length=20, error_messages=REQUIRED)

    def clean_nik(self) -> str:
        """Return the NIK's 16 digits."""
        return checked(identifiers.nik, self.cleaned_data["nik"])

    def clean_kk(self) -> str:
        """Return the KK's 16 digits."""
        return checked(identifiers.family_card, self.cleaned_data["kk"])

    def clean_birth_date(self) -> date:
        """Return the date of birth."""
        return checked(_birth_date, self.cleaned_data["birth_date"])


class ParentForm(IdentityForm):
    """A worker's parent who is no member yet, with the papers that staff have seen."""

    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip


class ClaimForm(forms.Form):
    """An existing member's proof: NIK, date of birth, and card or family card number."""

    nik = forms.CharField(label=N_("NIK"), max_length=30, error_messages=REQUIRED)
    birth_date = forms.CharField(label=N_("Tanggal lahir"), max_length=20, error_messages=REQUIRED)
    number = forms.CharField(
        label=N_("Nomor kartu JKN atau nomor KK"), max_length=30, error_messages=REQUIRED
    )

    def clean_nik(self) -> str:
        """Return the NIK's 16 digits."""
        return checked(identifiers.nik, self.cleaned_data["nik"])

    def clean_birth_date(self) -> date:
        """Return the date of birth."""
        return checked(_birth_date, self.cleaned_data["birth_date"])

    def clean_number(self) -> str:
        """Return the card's 13 or the family card's 16 digits."""
        digits = identifiers.plain_digits(self.cleaned_data["number"])
        if len(digits) not in (13, 16) or not (digits.isascii() and digits.isdigit()):
            raise ValidationError(
                N_("Isi 13 angka nomor kartu, atau 16 angka nomor KK. Periksa lagi.")
            )
        return digits


class CardCheckForm(forms.Form):
    """What staff scan or type, and why."""

    PURPOSES = (
        ("registration", N_("Pendaftaran pasien")),
        ("emergency", N_("Gawat darurat")),
        ("referral", N_("Rujukan atau kontrol")),
        ("counter", N_("Pelayanan loket")),
    )
    asked = forms.CharField(
        label=N_("Kode QR, NIK, atau nomor kartu"), max_length=60, error_messages=REQUIRED
    )
    purpose = forms.ChoiceField(
        label=N_("Keperluan"), choices=PURPOSES, widget=forms.RadioSelect,
        error_messages={"required": N_("Pilih keperluan. Peserta dapat melihatnya.")},
    )  # fmt: skip


_DAY_HINT = N_("Tanggal, bulan, tahun. Contoh: 31-01-2026.")
SEXES = (("f", N_("Perempuan")), ("m", N_("Laki-laki")))


class DeskSearchForm(forms.Form):
    """Whose family staff of the branch open: a NIK, card or family card number."""

    number = forms.CharField(
        label=N_("NIK, nomor kartu, atau nomor KK"), max_length=30, error_messages=REQUIRED
    )
    kind = forms.ChoiceField(
        label=N_("Nomor apa ini?"),
        choices=(("nik", N_("NIK")), ("card", N_("Nomor kartu")), ("kk", N_("Nomor KK"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )

    def clean(self) -> dict[str, Any]:
        """Return the number in its plain form."""
        cleaned: dict[str, Any] = super().clean() or {}
        parsers = {
            "nik": identifiers.nik, "card": identifiers.card_number, "kk": identifiers.family_card,
        }  # fmt: skip
        if "number" in cleaned and "kind" in cleaned:
            try:
                cleaned["number"] = parsers[cleaned["kind"]](cleaned["number"])
            except Refused as refused:
                self.add_error("number", ValidationError(words(refused)))
        return cleaned


class DeskActForm(forms.Form):
    """What staff of the branch write for an act: the reason, and a day where the act needs one."""

    until = forms.CharField(
        label=N_("Berlaku sampai"), max_length=20, error_messages=REQUIRED, help_text=_DAY_HINT
    )
    day = forms.CharField(
        label=N_("Tanggal kejadian"), max_length=20, error_messages=REQUIRED, help_text=_DAY_HINT
    )
    number = forms.CharField(
        label=N_("NIK atau nomor kartu yang tetap berlaku"), max_length=30, error_messages=REQUIRED
    )
    corps = forms.ChoiceField(
        label=N_("Dinas"),
        choices=(("tni", N_("TNI")), ("polri", N_("Polri")), ("none", N_("Bukan keduanya"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip

    def __init__(self, data: Any, *, fields: Sequence[str]) -> None:
        super().__init__(data)
        for name in set(self.fields) - {"reason", *fields}:
            del self.fields[name]

    def clean_day(self) -> date:
        """Return the day of the event."""
        return checked(identifiers.calendar_day, self.cleaned_data["day"])

    def clean_number(self) -> str:
        """Return the card's 13 or the NIK's 16 digits."""
        typed = self.cleaned_data["number"]
        is_card = len(identifiers.plain_digits(typed)) == 13
        return checked(identifiers.card_number if is_card else identifiers.nik, typed)

    def clean_until(self) -> date:
        """Return the day."""
        return checked(identifiers.calendar_day, self.cleaned_data["until"])


class CorrectionForm(forms.Form):
    """Which field of a member is wrong, and what KTP, KK or birth letter say."""

    field = forms.ChoiceField(
        label=N_("Apa yang berbeda?"),
        choices=(
            ("name", N_("Nama")),
            ("birth_date", N_("Tanggal lahir")),
            ("sex", N_("Jenis kelamin")),
            ("nik", N_("NIK")),
        ),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    value = forms.CharField(
        label=N_("Tulisan yang benar di KTP atau KK"), max_length=120, error_messages=REQUIRED
    )

    def clean(self) -> dict[str, Any]:
        """Return the value in the plain form of its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "field" in cleaned and "value" in cleaned:
            try:
                cleaned["value"] = _plain(cleaned["field"], cleaned["value"])
            except Refused as refused:
                self.add_error("value", ValidationError(words(refused)))
        return cleaned


def _plain(field: str, typed: str) -> str:
    if field == "nik":
        return identifiers.nik(typed)
    if field == "birth_date":
        return _birth_date(typed).isoformat()
    if field == "sex":
        sexes = {"perempuan": "f", "p": "f", "laki-laki": "m", "laki laki": "m", "l": "m"}
        if typed.strip().casefold() not in sexes:
            raise Refused("sex.invalid", N_("Tulis Perempuan atau Laki-laki."))
        return sexes[typed.strip().casefold()]
    return " ".join(typed.split())


class DecisionForm(forms.Form):
    """What staff decide on a correction, and why."""

    decision = forms.ChoiceField(
        label=N_("Keputusan"),
        choices=(("accept", N_("Perbaiki data")), ("refuse", N_("Tidak diperbaiki"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip


class ClassForm(forms.Form):
    """The class that a family wants; staff add a reason."""

    care_class = forms.ChoiceField(label=N_("Kelas baru"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip

    def __init__(self, data: Any, *, classes: Sequence[tuple[str, str]], asks_reason: bool) -> None:
        super().__init__(data)
        missing = N_("Pilih kelas rawat.")
        self.fields["care_class"] = forms.ChoiceField(
            label=N_("Kelas baru"), choices=list(classes), widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
        )  # fmt: skip
        if not asks_reason:
            del self.fields["reason"]


class PrimaryForm(forms.Form):
    """The FKTP that is chosen for a member; staff add the ground and its proof."""

    facility = forms.ChoiceField(label=N_("Faskes baru"), widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label=N_("Dasar pindah"), widget=forms.RadioSelect, error_messages=REQUIRED
    )
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        facilities: Sequence[tuple[str, str]],
        grounds: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        missing = N_("Pilih satu faskes dari daftar.")
        self.fields["facility"] = forms.ChoiceField(
            label=N_("Faskes baru"), choices=list(facilities), widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
        )  # fmt: skip
        if not grounds:
            del self.fields["ground"], self.fields["reason"]
            return
        ground = self.fields["ground"]
        assert isinstance(ground, forms.ChoiceField)  # noqa: S101 (for the type checker)
        ground.choices = list(grounds)


class MoveForm(forms.Form):
    """Who moves, and where: a new family of a segment, or one that is registered."""

    people = forms.MultipleChoiceField(
        label=N_("Siapa yang pindah?"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": N_("Pilih paling sedikit satu orang.")},
    )  # fmt: skip
    target = forms.ChoiceField(
        label=N_("Pindah ke mana?"),
        choices=(("new", N_("Keluarga atau segmen baru")), ("join", N_("Keluarga yang terdaftar"))),
        widget=forms.RadioSelect,
        error_messages=REQUIRED,
    )
    kk = forms.CharField(label=N_("Nomor KK yang dituju"), max_length=30, error_messages=REQUIRED)
    relation = forms.ChoiceField(
        label=N_("Hubungan di keluarga yang terdaftar itu"), widget=forms.RadioSelect, required=False,
        help_text=N_("Wajib bila keluarga itu keluarga pekerja (PPU)."),
        choices=(
            ("spouse", N_("Suami atau istri")), ("child", N_("Anak")),
            ("parent", N_("Orang tua atau mertua")), ("other", N_("Keluarga lain")),
        ),
    )  # fmt: skip
    segment = forms.ChoiceField(
        label=N_("Segmen baru, untuk keluarga baru"), widget=forms.RadioSelect, required=False
    )
    care_class = forms.ChoiceField(
        label=N_("Kelas rawat, untuk keluarga baru"), widget=forms.RadioSelect, required=False
    )
    reason = forms.CharField(
        label=N_("Alasan dan bukti"), max_length=200, error_messages=REQUIRED,
        help_text=N_("Peserta dapat membacanya."),
    )  # fmt: skip

    def __init__(
        self,
        data: Any,
        *,
        people: Sequence[tuple[str, str]],
        segments: Sequence[tuple[str, str]],
        classes: Sequence[tuple[str, str]],
    ) -> None:
        super().__init__(data)
        for name, choices in (("people", people), ("segment", segments), ("care_class", classes)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
            field.choices = list(choices)

    def clean_kk(self) -> str:
        """Return the KK's 16 digits."""
        return checked(identifiers.family_card, self.cleaned_data["kk"])

    def clean(self) -> dict[str, Any]:
        """Ask for segment and class where a family is to be made."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("segment", "care_class"):
            if cleaned.get("target") == "new" and not cleaned.get(name):
                self.add_error(name, ValidationError(REQUIRED["required"]))
        return cleaned


class NewbornForm(forms.Form):
    """One birth: the mother, the day, one baby, and a twin where there is one."""

    parent = forms.ChoiceField(label=N_("Ibu bayi"), error_messages=REQUIRED)
    birth_date = forms.CharField(label=N_("Tanggal lahir"), max_length=20, error_messages=REQUIRED)
    name = forms.CharField(label=N_("Nama bayi"), max_length=120, error_messages=REQUIRED)
    sex = forms.ChoiceField(
        label=N_("Jenis kelamin"), choices=SEXES, widget=forms.RadioSelect, error_messages=REQUIRED
    )
    nik = forms.CharField(label=N_("NIK bayi, jika sudah ada"), max_length=30, required=False)
    twin_name = forms.CharField(label=N_("Nama bayi kembar"), max_length=120, required=False)
    twin_sex = forms.ChoiceField(
        label=N_("Jenis kelamin bayi kembar"), choices=SEXES, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    twin_nik = forms.CharField(label=N_("NIK bayi kembar"), max_length=30, required=False)

    def __init__(self, data: Any, *, parents: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        chosen = self.fields["parent"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (for the type checker)
        chosen.choices = list(parents)

    def clean_birth_date(self) -> date:
        """Return the date of birth."""
        return checked(_birth_date, self.cleaned_data["birth_date"])

    def clean_nik(self) -> str:
        """Return the NIK's 16 digits, or nothing."""
        typed = self.cleaned_data["nik"]
        return checked(identifiers.nik, typed) if typed else ""

    def clean_twin_nik(self) -> str:
        """Return the twin's NIK, or nothing."""
        typed = self.cleaned_data["twin_nik"]
        return checked(identifiers.nik, typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """Ask for both name and sex of a twin, and for two different NIKs."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("twin_name") and not cleaned.get("twin_sex"):
            self.add_error("twin_sex", ValidationError(N_("Pilih jenis kelamin bayi kembar.")))
        if not cleaned.get("twin_name") and (cleaned.get("twin_sex") or cleaned.get("twin_nik")):
            self.add_error("twin_name", ValidationError(N_("Isi nama bayi kembar.")))
        if cleaned.get("nik") and cleaned.get("nik") == cleaned.get("twin_nik"):
            self.add_error("twin_nik", ValidationError(N_("NIK kedua bayi harus berbeda.")))
        return cleaned


def _birth_date(text: str) -> date:
    return identifiers.birth_date(text, on=today())
