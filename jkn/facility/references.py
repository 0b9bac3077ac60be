"""Reads for the programs of hospitals: their clinics, doctors and sessions by the wire's codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db.models import Q

from jkn.facility.directory import find, holidays
from jkn.facility.models import Clinic, ClinicOffer, Doctor, Facility, Leave, Session
from jkn.facility.rules import HOLIDAY, Kind
from jkn.facility.searching import Search

_MOST_FACILITIES = 50


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """A clinic or a sub-specialty of one; both codes are alike where it is the clinic itself."""

    code: str
    name: str
    sub_code: str
    sub_name: str


@dataclass(frozen=True, slots=True)
class DaySession:
    """One session of a doctor on a day; `weekday` is 8 on national holidays."""

    clinic: ClinicFacts
    doctor: int
    doctor_name: str
    weekday: int
    opens: time
    closes: time
    capacity: int
    is_away: bool


def clinics_and_subs(facility_id: str) -> list[ClinicFacts]:
    """Return all clinics, and the sub-specialties that a facility has, by code."""
    names = dict(Clinic.objects.values_list("code", "name"))
    told = [ClinicFacts(code, name, code, name) for code, name in names.items()]
    told += [
        ClinicFacts(clinic, names[clinic], sub, name) for (clinic, sub), name in
        _sub_names(facility_id).items()
    ]  # fmt: skip
    return sorted(told, key=lambda c: (c.code, c.sub_code != c.code, c.sub_code))


def doctors_of(facility_id: str) -> list[tuple[int, str]]:
    """Return the doctors of a facility as (number, name), by number."""
    rows = Doctor.objects.filter(facility_id=facility_id).order_by("number")
    return list(rows.values_list("number", "name"))


def doctors_in(facility_id: str, *, clinic: str, day: date) -> list[tuple[int, str]]:
    """Return a facility's doctors with sessions in a clinic or sub-specialty that hold on a day."""
    rows = (
        Session.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .filter(Q(clinic_id=clinic) | Q(sub_code=clinic))
        .filter(facility_id=facility_id, valid_from__lte=day)
    )
    return sorted(set(rows.values_list("doctor__number", "doctor__name")))


def facilities_by(words: str, *, kinds: frozenset[Kind]) -> list[tuple[str, str]]:
    """Return facilities of these kinds as (code, name): the one of a code, else the best by name."""
    known = Facility.objects.filter(kind__in=[kind.value for kind in kinds])
    by_code = list(known.filter(code=words.upper()).values_list("code", "name"))
    if by_code:
        return by_code
    hits = find(Search(text=words, kinds=kinds), count=_MOST_FACILITIES).page
    names = dict(known.filter(code__in=[h.code for h in hits]).values_list("code", "name"))
    return [(hit.code, names[hit.code]) for hit in hits if hit.code in names]


def sessions_on(facility_id: str, *, clinic: str, day: date) -> list[DaySession]:
    """Return a facility's sessions on a day in a clinic or a sub-specialty, by time and doctor."""
    weekday = HOLIDAY if day in holidays() else day.isoweekday()
    away = set(
        Leave.objects.filter(
            facility_id=facility_id, first_on__lte=day, last_on__gte=day
        ).values_list("doctor_id", flat=True)
    )
    rows = (
        Session.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .filter(Q(clinic_id=clinic) | Q(sub_code=clinic))
        .filter(facility_id=facility_id, valid_from__lte=day, weekday=weekday)
        .select_related("doctor", "clinic")
        .order_by("opens", "doctor__number")
    )
    subs = _sub_names(facility_id)
    return [
        DaySession(
            clinic=ClinicFacts(
                row.clinic_id, row.clinic.name, row.sub_code or row.clinic_id,
                subs.get((row.clinic_id, row.sub_code), row.clinic.name),
            ),
            doctor=row.doctor.number, doctor_name=row.doctor.name, weekday=row.weekday,
            opens=row.opens, closes=row.closes, capacity=row.capacity,
            is_away=row.doctor_id in away,
        )
        for row in rows
    ]  # fmt: skip


def _sub_names(facility_id: str) -> dict[tuple[str, str], str]:
    rows = ClinicOffer.objects.filter(facility_id=facility_id).exclude(sub_code="")
    return {(o.clinic_id, o.sub_code): o.sub_name for o in rows}
