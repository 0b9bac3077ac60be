"""The hospitals' door to clinics, doctors and schedules: Antrean RS. Wire names stay in this file.

Answers are sealed, codes numbers, lists bare arrays. Fields: docs/reference/antrean-rs.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time

from jkn.core.errors import NotFound, Refused
from jkn.facility.directory import local_now
from jkn.facility.references import DaySession, clinics_and_subs, doctors_of, sessions_on
from jkn.facility.rules import HOLIDAY
from jkn.facility.schedules import Wanted, propose
from jkn.facility.timetable import Span
from jkn.gate.answers import words
from jkn.gate.bpjs import ANTREAN, ANTREAN_LISTS, SignedCall, XconsRefused, declined, xcons

_CODE = re.compile(r"[A-Za-z0-9]{1,5}")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?::00)?|24[:.]00(?::00)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_DAYS = ("SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "MINGGU", "HARI LIBUR NASIONAL")


@xcons(ANTREAN_LISTS)
def clinics(call: SignedCall) -> object:
    """Tell the clinics by their codes, with the caller's own sub-specialties (Antrean RS)."""
    return [
        {
            "nmpoli": c.name, "nmsubspesialis": c.sub_name, "kdsubspesialis": c.sub_code,
            "kdpoli": c.code,
        }
        for c in clinics_and_subs(_own(call))
    ]  # fmt: skip


@xcons(ANTREAN_LISTS)
def doctors(call: SignedCall) -> object:
    """Tell a hospital its own doctors by their codes (Antrean RS)."""
    return [{"namadokter": name, "kodedokter": n} for n, name in doctors_of(_own(call))]


@xcons(ANTREAN_LISTS)
def fingerprint_clinics(call: SignedCall) -> object:
    """Tell the clinics that ask for a fingerprint: none, this service keeps no fingers."""
    _own(call)
    return []


@xcons(ANTREAN)
def schedule(call: SignedCall, clinic: str, day: str) -> object:
    """Tell a hospital its own sessions of a clinic on a day (Antrean RS)."""
    code, on = _code("kodepoli", clinic), _day(day)
    told = [_row(session) for session in sessions_on(_own(call), clinic=code, day=on)]
    if not told:
        raise XconsRefused(200, 204, "schedule.none", "No Content")
    return told


@xcons(ANTREAN, methods=("POST",))
def update_schedule(call: SignedCall) -> None:
    """Take a doctor's new schedule; it waits until midnight (Antrean RS)."""
    _own(call)
    wanted = _wanted(call.fields())
    try:
        propose(actor=call.actor, wanted=wanted, at=local_now())
    except NotFound:
        raise declined("doctor", "Kode dokter tidak dikenal di faskes Anda") from None
    except Refused as refused:
        raise declined(refused.code, words(refused)) from None


@xcons(ANTREAN, methods=("GET", "POST", "PUT", "DELETE"))
def unknown(call: SignedCall) -> object:
    """Say in the envelope of Antrean RS that there is no such service."""
    raise XconsRefused(404, 404, "address", "URL tidak ditemukan")


def _own(call: SignedCall) -> str:
    if not call.client.facility_id:
        raise declined("facility", "X-cons-id tidak terdaftar untuk sebuah faskes")
    return call.client.facility_id


def _row(session: DaySession) -> dict[str, object]:
    return {
        "kodesubspesialis": session.clinic.sub_code,
        "hari": session.weekday,
        "kapasitaspasien": session.capacity,
        "libur": int(session.is_away),
        "namahari": _DAYS[session.weekday - 1],
        "jadwal": f"{session.opens:%H:%M}-{session.closes:%H:%M}",
        "namasubspesialis": session.clinic.sub_name,
        "namadokter": session.doctor_name,
        "kodepoli": session.clinic.code,
        "namapoli": session.clinic.name,
        "kodedokter": session.doctor,
    }


def _wanted(fields: Mapping[str, object]) -> Wanted:
    clinic = _code("kodepoli", fields.get("kodepoli"))
    sub_code = _code("kodesubspesialis", fields.get("kodesubspesialis") or clinic)
    days = fields.get("jadwal")
    if not isinstance(days, list):
        raise declined("jadwal", "jadwal wajib diisi")
    return Wanted(
        doctor=_number("kodedokter", fields.get("kodedokter"), most=999_999_999),
        clinic=clinic,
        sub_code="" if sub_code == clinic else sub_code,
        spans=tuple(_span(day) for day in days),
    )


def _span(told: object) -> Span:
    if not isinstance(told, dict):
        raise declined("jadwal", "jadwal berisi hari, buka, tutup")
    weekday = _number("hari", told.get("hari"), most=HOLIDAY)
    return weekday, _clock("buka", told.get("buka")), _clock("tutup", told.get("tutup"))


def _code(name: str, value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not _CODE.fullmatch(text):
        raise declined(name, f"{name} harus 1 sampai 5 huruf atau angka")
    return text.upper()


def _number(name: str, value: object, *, most: int) -> int:
    """Return a number that came as one or as its text: clients send both."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    if isinstance(value, bool) or not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise declined(name, f"{name} harus angka 1 sampai {most}")
    return int(text)


def _clock(name: str, value: object) -> time:
    match = _CLOCK.fullmatch(value.strip() if isinstance(value, str) else "")
    if match is None:
        raise declined(name, f"{name} harus jam HH:mm")
    hours, minutes = match.groups(default="0")
    return time(int(hours), int(minutes))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise declined("day.format", "Tanggal harus yyyy-MM-dd") from None
