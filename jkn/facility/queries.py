"""Reads of the directory of facilities. Everybody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.cache import caches
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from jkn.core.db import execute
from jkn.core.errors import NotFound
from jkn.facility.models import (
    Bed,
    Clinic,
    ClinicOffer,
    Facility,
    Leave,
    RoomClass,
    Session,
    Village,
)
from jkn.facility.rules import Kind, Nearness, Service, district_of

_CACHE_SECONDS = 600  # reference data; a renamed facility shows after ten minutes at the latest
_NO_NAME = ""


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """A kelurahan with its kecamatan, as a person chooses it from a list."""

    code: str
    name: str
    district_code: str
    district_name: str


@dataclass(frozen=True, slots=True)
class FacilityFacts:
    """What a page says of a facility; `nearness` is ELSEWHERE where no home was given."""

    code: str
    name: str
    kind: Kind
    district_name: str
    village_name: str
    address: str
    latitude: float | None
    longitude: float | None
    is_approximate: bool
    is_primary: bool
    is_fictional: bool
    grade: str
    phone: str
    hours: str
    services: tuple[Service, ...]
    contract_from: date | None
    contract_to: date | None
    source: str
    nearness: Nearness = Nearness.ELSEWHERE


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """When a doctor sees patients: weekday 1 (Monday) to 7, or 8 on national holidays."""

    doctor: str
    doctor_id: str
    clinic: str
    clinic_name: str
    weekday: int
    opens: time
    closes: time
    capacity: int
    away_until: date | None


def villages() -> list[VillageFacts]:
    """Return all kelurahan, by kecamatan and then by name; cached, one statement otherwise."""
    known: list[VillageFacts] | None = caches["memory"].get("facility.villages")
    if known is None:
        rows = Village.objects.select_related("district").order_by("district__name", "name")
        known = [VillageFacts(v.code, v.name, v.district.code, v.district.name) for v in rows]
        if known:
            caches["memory"].set("facility.villages", known, _CACHE_SECONDS)
    return known


def village(code: str) -> VillageFacts:
    """Return one kelurahan; raises `NotFound`."""
    for known in villages():
        if known.code == code:
            return known
    raise NotFound


def primary_facilities(village_code: str, *, at_most: int = 100) -> list[FacilityFacts]:
    """Return where one can register (FKTP), nearest first; one statement.

    First those of the same kelurahan, then of the same kecamatan, then all others; by name
    within each. An unknown kelurahan gives all by name. Capacity is not looked at yet.
    """
    near = Case(
        When(village_id=village_code, then=Value(Nearness.SAME_VILLAGE.value)),
        When(district_id=district_of(village_code), then=Value(Nearness.SAME_DISTRICT.value)),
        default=Value(Nearness.ELSEWHERE.value),
        output_field=IntegerField(),
    )
    rows = _whole().filter(is_primary=True).annotate(near=near).order_by("near", "name")
    return [_facts(f, Nearness(f.near)) for f in rows[:at_most]]


def facility(code: str) -> FacilityFacts:
    """Return one facility; raises `NotFound`."""
    found = _whole().filter(code=code).first()
    if found is None:
        raise NotFound
    return _facts(found, Nearness.ELSEWHERE)


def facilities(codes: Sequence[str]) -> list[FacilityFacts]:
    """Return these facilities in this order; those that do not exist are left out."""
    found = {f.code: _facts(f, Nearness.ELSEWHERE) for f in _whole().filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


def clinics() -> list[tuple[str, str]]:
    """Return all clinics (poli) as (code, name), by name; cached."""
    known: list[tuple[str, str]] | None = caches["memory"].get("facility.clinics")
    if known is None:
        known = list(Clinic.objects.order_by("name").values_list("code", "name"))
        caches["memory"].set("facility.clinics", known, _CACHE_SECONDS)
    return known


def clinics_of(code: str) -> list[str]:
    """Return the names of the clinics that a facility has, by name."""
    rows = ClinicOffer.objects.filter(facility_id=code).select_related("clinic")
    return sorted({row.sub_name or row.clinic.name for row in rows})


def sessions_of(code: str, *, on: date) -> list[SessionFacts]:
    """Return a facility's sessions that hold on a day, by weekday, clinic and time."""
    leaves: dict[int, date] = {}
    for leave in Leave.objects.filter(facility_id=code, first_on__lte=on, last_on__gte=on):
        leaves[leave.doctor_id] = max(leave.last_on, leaves.get(leave.doctor_id, leave.last_on))
    rows = (
        Session.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
        .filter(facility_id=code, valid_from__lte=on)
        .select_related("doctor", "clinic")
        .order_by("weekday", "clinic__name", "opens")
    )
    return [
        SessionFacts(
            doctor=row.doctor.name,
            doctor_id=row.doctor.public_id,
            clinic=row.clinic_id,
            clinic_name=row.clinic.name,
            weekday=row.weekday,
            opens=row.opens,
            closes=row.closes,
            capacity=row.capacity,
            away_until=leaves.get(row.doctor_id),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class BedFacts:
    """The beds of one room, and when the hospital told them."""

    room_class: str
    class_name: str
    room: str
    name: str
    capacity: int
    free: int
    free_men: int
    free_women: int
    free_both: int
    updated_at: datetime
    id: int


def room_classes() -> list[tuple[str, str]]:
    """Return all classes of rooms as (code, name)."""
    return list(RoomClass.objects.order_by("code").values_list("code", "name"))


def beds_of(code: str, *, skip: int = 0, count: int = 1000) -> tuple[list[BedFacts], int]:
    """Return a part of a facility's rooms by class and code, and how many there are."""
    rows = Bed.objects.filter(facility_id=code).select_related("room_class")
    rows = rows.order_by("room_class_id", "room")
    return [
        BedFacts(
            b.room_class_id, b.room_class.name, b.room, b.name, b.capacity, b.free, b.free_men,
            b.free_women, b.free_both, b.updated_at, b.id,
        )
        for b in rows[skip : skip + count]
    ], rows.count()  # fmt: skip


def with_free_beds(*, since: datetime) -> frozenset[str]:
    """Return the facilities that told of a free bed since a moment."""
    fresh = Bed.objects.filter(updated_at__gte=since, free__gt=0)
    return frozenset(fresh.values_list("facility_id", flat=True).distinct())


# Clinics, clinics on a weekday and doctors, as they should stand in the facility's own row: of the
# sessions that hold on a day, and of those that are announced.
_COPIES = """
SELECT f.code, made.clinics, made.doctors FROM facility_facility f CROSS JOIN LATERAL (
  SELECT coalesce((SELECT array_agg(DISTINCT token ORDER BY token) FROM (
      SELECT o.clinic_id::text FROM facility_clinicoffer o WHERE o.facility_id = f.code
      UNION ALL SELECT s.clinic_id || s.weekday FROM facility_session s
      WHERE s.facility_id = f.code AND (s.valid_to IS NULL OR s.valid_to >= %(on)s)
    ) one (token)), '{}') AS clinics,
    coalesce((SELECT string_agg(DISTINCT d.name, ', ' ORDER BY d.name) FROM facility_session s
      JOIN facility_doctor d ON (d.facility_id, d.id) = (s.facility_id, s.doctor_id)
      WHERE s.facility_id = f.code AND (s.valid_to IS NULL OR s.valid_to >= %(on)s)), '') AS doctors
) made
WHERE (f.clinics::text[], f.doctors) IS DISTINCT FROM (made.clinics, made.doctors)
"""
_COPIES_OF_ONE = _COPIES + " AND f.code = %(code)s"


def wrong_copies(*, on: date, code: str = "") -> list[tuple[str, list[str], str]]:
    """Return (code, clinics, doctors) of the facilities whose row says otherwise; of one, or all."""
    rows = execute(
        _COPIES_OF_ONE if code else _COPIES, {"on": on, "code": code} if code else {"on": on}
    )
    return [(found, clinics, doctors) for found, clinics, doctors in rows]


def facility_name(code: str) -> str:
    """Return the name of a facility, or "" where there is none; cached in this process."""
    name: str | None = caches["memory"].get(f"facility.name.{code}")
    if name is None:
        name = Facility.objects.filter(code=code).values_list("name", flat=True).first()
        if name is None:
            return _NO_NAME
        caches["memory"].set(f"facility.name.{code}", name, _CACHE_SECONDS)
    return name


def _whole() -> QuerySet[Facility]:
    return Facility.objects.select_related("district", "village")


def _facts(row: Facility, nearness: Nearness) -> FacilityFacts:
    return FacilityFacts(
        code=row.code,
        name=row.name,
        kind=Kind(row.kind),
        district_name=row.district.name if row.district else "",
        village_name=row.village.name if row.village else "",
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        is_approximate=row.is_approximate,
        is_primary=row.is_primary,
        is_fictional=row.is_fictional,
        grade=row.grade,
        phone=row.phone,
        hours=row.hours,
        services=tuple(Service(s) for s in row.services),
        contract_from=row.contract_from,
        contract_to=row.contract_to,
        source=row.source,
        nearness=nearness,
    )
