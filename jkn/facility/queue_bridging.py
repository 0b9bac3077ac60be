"""The hospitals' door to clinics, doctors and schedules: Antrean RS. Wire names stay in this file.

Answers are sealed, codes numbers, lists bare arrays. Fields: docs/reference/antrean-rs.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from jkn.core.errors import NotFound, Refused
from jkn.facility import wire
from jkn.facility.directory import local_now
from jkn.facility.references import DaySession, clinics_and_subs, doctors_of, sessions_on
from jkn.facility.rules import HOLIDAY
from jkn.facility.schedules import Wanted, propose
from jkn.facility.timetable import Span
from jkn.gate.answers import words
from jkn.gate.bpjs import ANTREAN, ANTREAN_LISTS, SignedCall, XconsRefused, declined, xcons

_DAYS = ("SENIN", "SELASA", "RABU", "KAMIS", "JUMAT", "SABTU", "MINGGU", "HARI LIBUR NASIONAL")


@xcons(ANTREAN_LISTS)
def clinics(call: SignedCall) -> object:
    """Tell the clinics by their codes, with the caller's own sub-specialties (Antrean RS)."""
    return [
        {
            "nmpoli": c.name, "nmsubspesialis": c.sub_name, "kdsubspesialis": c.sub_code,
            "kdpoli": c.code,
        }
        for c in clinics_and_subs(wire.own(call))
    ]  # fmt: skip


@xcons(ANTREAN_LISTS)
def doctors(call: SignedCall) -> object:
    """Tell a hospital its own doctors by their codes (Antrean RS)."""
    return [{"namadokter": name, "kodedokter": n} for n, name in doctors_of(wire.own(call))]


@xcons(ANTREAN_LISTS)
def fingerprint_clinics(call: SignedCall) -> object:
    """Tell the clinics that ask for a fingerprint: none, this service keeps no fingers."""
    wire.own(call)
    return []


@xcons(ANTREAN)
def schedule(call: SignedCall, clinic: str, day: str) -> object:
    """Tell a hospital its own sessions of a clinic on a day (Antrean RS)."""
    code, on = wire.code("kodepoli", clinic), wire.day(day)
    told = [_row(session) for session in sessions_on(wire.own(call), clinic=code, day=on)]
    if not told:
        raise XconsRefused(200, 204, "schedule.none", "No Content")
    return told


@xcons(ANTREAN, methods=("POST",))
def update_schedule(call: SignedCall) -> None:
    """Take a doctor's new schedule; it waits until midnight (Antrean RS)."""
    wire.own(call)
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
    clinic = wire.code("kodepoli", fields.get("kodepoli"))
    sub_code = wire.code("kodesubspesialis", fields.get("kodesubspesialis") or clinic)
    days = fields.get("jadwal")
    if not isinstance(days, list):
        raise declined("jadwal", "jadwal wajib diisi")
    return Wanted(
        doctor=wire.number("kodedokter", fields.get("kodedokter"), most=999_999_999),
        clinic=clinic,
        sub_code="" if sub_code == clinic else sub_code,
        spans=tuple(_span(day) for day in days),
    )


def _span(told: object) -> Span:
    if not isinstance(told, dict):
        raise declined("jadwal", "jadwal berisi hari, buka, tutup")
    weekday = wire.number("hari", told.get("hari"), most=HOLIDAY)
    return weekday, wire.clock("buka", told.get("buka")), wire.clock("tutup", told.get("tutup"))
