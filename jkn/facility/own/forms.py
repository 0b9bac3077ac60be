"""Forms of a facility's own page. What was typed stays in the form where it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from jkn.core.errors import Refused
from jkn.core.identifiers import calendar_day
from jkn.core.words import MISSING, N_
from jkn.facility.actions import Slot
from jkn.facility.beds import Room
from jkn.facility.own import rules
from jkn.facility.own.queries import OwnSession
from jkn.facility.own.rules import Profile
from jkn.facility.places import Point, position
from jkn.facility.presenters import SERVICES, WEEKDAY_NAMES
from jkn.facility.queries import BedFacts
from jkn.facility.rules import HOLIDAY
from jkn.gate.answers import words

T = TypeVar("T")
_REQUIRED = {
    "required": MISSING,
    "invalid_choice": N_("Pilih salah satu."),
    "max_length": N_("Terlalu panjang. Persingkat."),
}
_WHOLE = {**_REQUIRED, "invalid": N_("Isi dengan angka."), "min_value": N_("Isi dengan angka."),
          "max_value": N_("Angka ini terlalu besar.")}  # fmt: skip
_DAY_HINT = N_("Tanggal, bulan, tahun. Contoh: 31-01-2026.")
_WEEKDAYS = [(str(i), name) for i, name in enumerate(WEEKDAY_NAMES, start=1)]
_DAYS = [f"day_{i}" for i in range(1, HOLIDAY + 1)]


def _checked(parse: Callable[[str], T], text: str) -> T:
    """Return what a parser makes of a text; its refusal becomes the field's error."""
    try:
        return parse(text)
    except Refused as refused:
        raise ValidationError(words(refused), code=refused.code) from None


def _line(label: str, *, most: int, **more: Any) -> forms.CharField:
    """Return a field of one line; spaces and line ends inside become one space."""
    return _Line(label=label, max_length=most, error_messages=_REQUIRED, **more)


class _Line(forms.CharField):
    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value) or "").split())


class _Checked(forms.CharField):
    """A text that a parser reads."""

    def __init__(self, parse: Callable[[str], object], **more: Any) -> None:
        super().__init__(max_length=60, error_messages=_REQUIRED, **more)
        self.parse = parse

    def clean(self, value: Any) -> Any:
        """Return what the parser makes of the text."""
        return _checked(self.parse, super().clean(value))


def _whole(label: str, *, most: int, least: int = 0, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, error_messages=_WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}), **more,
    )  # fmt: skip


def _day(label: str) -> _Checked:
    return _Checked(calendar_day, label=label, help_text=_DAY_HINT, widget=_num())


def _num() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "numeric", "class": "num"})


class ProfileForm(forms.Form):
    """What members read of a facility, with the reason of the change."""

    phone = forms.CharField(
        label=N_("Telepon"), max_length=30, required=False, error_messages=_REQUIRED,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip
    address = _line(N_("Alamat"), most=rules.LONGEST_ADDRESS, required=False)
    services = forms.MultipleChoiceField(
        label=N_("Layanan"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages=_REQUIRED,
        choices=[(service.value, name) for service, name in SERVICES.items()],
    )  # fmt: skip
    latitude = forms.CharField(
        label=N_("Garis lintang"), max_length=24, required=False, error_messages=_REQUIRED,
        help_text=N_("Contoh: -6.2383. Paling jauh 2 km dari posisi yang tercatat."),
    )  # fmt: skip
    longitude = forms.CharField(
        label=N_("Garis bujur"), max_length=24, required=False, error_messages=_REQUIRED,
        help_text=N_("Contoh: 106.9756."),
    )  # fmt: skip
    reason = _line(
        N_("Alasan perubahan"), most=rules.LONGEST_REASON,
        help_text=N_("Tercatat bersama nama Anda."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, error_messages=_REQUIRED)

    def __init__(self, data: Any, *, profile: Profile, version: int) -> None:
        self.held = profile
        latitude, longitude = profile.point or ("", "")
        days = rules.day_texts(profile.hours)
        super().__init__(
            data,
            initial={
                "phone": profile.phone, "address": profile.address,
                "services": list(profile.services), "latitude": str(latitude),
                "longitude": str(longitude), "seen": version,
                **dict(zip(_DAYS, days, strict=True)),
            },
        )  # fmt: skip
        hours = {name: _hours_field(i) for i, name in enumerate(_DAYS)}
        tail = {n: self.fields.pop(n) for n in ("services", "latitude", "longitude", "reason")}
        self.fields = {**self.fields, **hours, **tail}

    def clean_phone(self) -> str:
        """Return the telephone without spaces."""
        return _checked(rules.phone_number, self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Add the whole profile; hours and position that nobody touched stay as they are."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                cleaned["profile"] = Profile(
                    cleaned["phone"], cleaned["address"], self._hours(cleaned),
                    tuple(sorted(cleaned["services"])), self._point(cleaned),
                )  # fmt: skip
            except Refused as refused:
                field = "latitude" if refused.code.startswith("place") else _DAYS[0]
                self.add_error(field, ValidationError(words(refused)))
        return cleaned

    def _hours(self, cleaned: dict[str, Any]) -> str:
        if not set(_DAYS) & set(self.changed_data):
            return self.held.hours
        return rules.week(cleaned[name] for name in _DAYS)

    def _point(self, cleaned: dict[str, Any]) -> Point | None:
        if not {"latitude", "longitude"} & set(self.changed_data):
            return self.held.point
        latitude, longitude = position(cleaned["latitude"], cleaned["longitude"])
        return round(latitude, 5), round(longitude, 5)


def _hours_field(index: int) -> _Checked:
    return _Checked(rules.day_spans, label=WEEKDAY_NAMES[index], required=False)


class _Times(forms.Form):
    opens = _Checked(
        rules.clock_time, label=N_("Mulai"), widget=_num(), help_text=N_("Contoh: 08.00.")
    )
    closes = _Checked(
        rules.clock_time, label=N_("Selesai"), widget=_num(),
        help_text=N_("Boleh lewat tengah malam: 22.00 sampai 02.00."),
    )  # fmt: skip
    capacity = _whole(N_("Pasien paling banyak"), most=500)
    since = _day(N_("Berlaku mulai"))

    def slot(self, weekday: str) -> Slot:
        """Return what was typed as a slot of a weekday; only of a form that is right."""
        typed = self.cleaned_data
        opens: time = typed["opens"]
        return Slot(int(weekday), opens, typed["closes"], typed["capacity"])


class AddSessionsForm(_Times):
    """New sessions of a doctor, who may be new."""

    doctor = forms.ChoiceField(label=N_("Dokter"), error_messages=_REQUIRED)
    name = _line(
        N_("Nama dokter baru"), most=rules.LONGEST_NAME, required=False,
        help_text=N_("Isi hanya bila dokter belum ada dalam daftar."),
    )  # fmt: skip
    clinic = forms.ChoiceField(label=N_("Poli"), error_messages=_REQUIRED)
    weekdays = forms.MultipleChoiceField(
        label=N_("Hari praktik"), choices=_WEEKDAYS, widget=forms.CheckboxSelectMultiple,
        error_messages={**_REQUIRED, "required": N_("Pilih paling sedikit satu hari.")},
    )  # fmt: skip
    field_order = ("doctor", "name", "clinic", "weekdays")

    def __init__(
        self, data: Any, *, doctors: list[tuple[str, str]], clinics: list[tuple[str, str]],
        initial: dict[str, object],
    ) -> None:  # fmt: skip
        super().__init__(data, initial=initial)
        _choose(self.fields["doctor"], [*doctors, ("0", gettext(N_("Dokter baru")))])
        _choose(self.fields["clinic"], clinics)

    def clean(self) -> dict[str, Any]:
        """Ask for a name where the doctor is new, and for none where not."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("doctor") == "0" and not cleaned.get("name") and "name" in cleaned:
            self.add_error("name", ValidationError(N_("Isi nama dokter baru.")))
        if cleaned.get("doctor", "0") != "0" and cleaned.get("name"):
            self.add_error("name", ValidationError(N_("Kosongkan nama, atau pilih Dokter baru.")))
        return cleaned


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
    field.choices = [("", gettext(N_("Pilih"))), *choices]


class SessionForm(_Times):
    """Another day, time or number of patients of one session."""

    weekday = forms.ChoiceField(label=N_("Hari praktik"), error_messages=_REQUIRED)
    field_order = ("weekday",)

    def __init__(self, data: Any, *, session: OwnSession | None) -> None:
        super().__init__(data, initial=_typed(session) if session else None)
        _choose(self.fields["weekday"], [(day, gettext(name)) for day, name in _WEEKDAYS])


def _typed(session: OwnSession) -> dict[str, object]:
    return {
        "weekday": str(session.weekday), "opens": f"{session.opens:%H.%M}",
        "closes": f"{session.closes:%H.%M}", "capacity": session.capacity,
    }  # fmt: skip


class SinceForm(forms.Form):
    """From which day on a session is no more."""

    since = _day(N_("Tidak praktik lagi mulai"))


class LeaveForm(forms.Form):
    """Days on which a doctor is away."""

    doctor = forms.ChoiceField(label=N_("Dokter"), error_messages=_REQUIRED)
    first_on = _day(N_("Hari pertama cuti"))
    last_on = _day(N_("Hari terakhir cuti"))
    reason = _line(
        N_("Catatan (boleh kosong)"), most=rules.LONGEST_NAME, required=False,
        help_text=N_("Hanya petugas yang membaca."),
    )  # fmt: skip

    def __init__(self, data: Any, *, doctors: list[tuple[str, str]]) -> None:
        super().__init__(data)
        _choose(self.fields["doctor"], doctors)

    def days(self) -> tuple[date, date]:
        """Return the first and the last day; only of a form that is right."""
        return self.cleaned_data["first_on"], self.cleaned_data["last_on"]


_PART_HINT = N_("Kosong berarti 0.")


class RoomForm(forms.Form):
    """How many beds a room has, and how many are free."""

    capacity = _whole(N_("Kapasitas"), most=9_999)
    free = _whole(N_("Tempat tidur kosong"), most=9_999)
    free_men = _whole(N_("Kosong untuk pria"), most=9_999, required=False, help_text=_PART_HINT)
    free_women = _whole(N_("Kosong untuk wanita"), most=9_999, required=False, help_text=_PART_HINT)
    free_both = _whole(
        N_("Kosong untuk pria atau wanita"), most=9_999, required=False, help_text=_PART_HINT
    )

    def __init__(self, data: Any, *, room: BedFacts | None = None) -> None:
        names = ("capacity", "free", "free_men", "free_women", "free_both")
        super().__init__(data, initial={n: getattr(room, n) for n in names} if room else None)

    def room(self, *, room_class: str, room: str, name: str) -> Room:
        """Return the room as it is now; only of a form that is right."""
        typed = self.cleaned_data
        return Room(
            room_class, room, name, typed["capacity"], typed["free"], typed["free_men"] or 0,
            typed["free_women"] or 0, typed["free_both"] or 0,
        )  # fmt: skip


class AddRoomForm(RoomForm):
    """A new room with its beds."""

    room_class = forms.ChoiceField(label=N_("Kelas kamar"), error_messages=_REQUIRED)
    code = _line(N_("Kode ruang"), most=20, help_text=N_("Seperti dalam Aplicares."))
    name = _line(N_("Nama ruang"), most=80)
    field_order = ("room_class", "code", "name")

    def __init__(self, data: Any, *, classes: list[tuple[str, str]]) -> None:
        super().__init__(data)
        _choose(self.fields["room_class"], classes)
