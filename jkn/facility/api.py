"""The directory of facilities for programs. Public: no token is needed."""

from __future__ import annotations

from datetime import date, datetime

import msgspec
from django.http import HttpRequest

from jkn.core.clock import JAKARTA, now, today
from jkn.facility.directory import find
from jkn.facility.forms import asked
from jkn.facility.presenters import opening
from jkn.facility.queries import (
    FacilityFacts,
    beds_of,
    clinics_of,
    facilities,
    facility,
    sessions_of,
)
from jkn.facility.rules import BEDS_STALE_AFTER, Kind, Service
from jkn.gate.doors import api
from jkn.gate.policy import ANYONE


class FacilityItem(msgspec.Struct, kw_only=True):
    """A facility as the directory knows it now. Coordinates are mostly approximate.

    `open_now` is null where the hours are unknown, `distance_m` where no position was given.
    """

    code: str
    name: str
    kind: Kind
    grade: str
    is_primary: bool
    address: str
    village: str
    district: str
    phone: str
    latitude: float | None
    longitude: float | None
    is_approximate: bool
    hours: str
    open_now: bool | None
    services: list[Service]
    distance_m: int | None


class FacilityList(msgspec.Struct):
    """How many facilities fit, and the first or nearest of them."""

    total: int
    items: list[FacilityItem]


class DoctorSession(msgspec.Struct):
    """When a doctor sees patients: weekday 1 (Monday) to 7, or 8 on national holidays."""

    doctor_id: str
    doctor: str
    clinic: str
    clinic_name: str
    weekday: int
    opens: str
    closes: str
    capacity: int
    away_until: date | None


class Beds(msgspec.Struct):
    """Beds of one room. `free` is null where the figure is too old to be told."""

    room_class: str
    class_name: str
    name: str
    capacity: int
    free: int | None
    updated_at: datetime


class FacilityDetail(msgspec.Struct):
    """One facility with its clinics, its doctors' sessions of today on, beds and contract."""

    facility: FacilityItem
    clinics: list[str]
    sessions: list[DoctorSession]
    beds: list[Beds]
    contract_from: date | None
    contract_to: date | None
    source: str


def _item(facts: FacilityFacts, metres: float | None) -> FacilityItem:
    return FacilityItem(
        code=facts.code,
        name=facts.name,
        kind=facts.kind,
        grade=facts.grade,
        is_primary=facts.is_primary,
        address=facts.address,
        village=facts.village_name,
        district=facts.district_name,
        phone=facts.phone,
        latitude=facts.latitude,
        longitude=facts.longitude,
        is_approximate=facts.is_approximate,
        hours=facts.hours,
        open_now=opening(facts).is_open,
        services=list(facts.services),
        distance_m=None if metres is None else round(metres),
    )


def _beds(code: str) -> list[Beds]:
    oldest = now() - BEDS_STALE_AFTER
    return [
        Beds(b.room_class, b.class_name, b.name, b.capacity,
             b.free if b.updated_at >= oldest else None, b.updated_at.astimezone(JAKARTA))
        for b in beds_of(code)[0]
    ]  # fmt: skip


_ASKED = {
    "q": "words of the name or address, spelling forgiven",
    "kind": "one of the kinds",
    "clinic": "code of a clinic, such as INT",
    "day": "1 (Monday) to 7",
    "service": "one of the services",
    "open": "1: open now",
    "bed": "1: told of a free bed in the last six hours",
    "lat": "from where, with lon",
    "lon": "from where, with lat",
    "near": "from where: code of a facility",
    "village": "from where: code of a kelurahan",
    "limit": "1 to 100 results a page",
    "page": "1 to 50",
}


@api(who=ANYONE, answer=FacilityList, query=_ASKED)
def search(request: HttpRequest) -> FacilityList:
    """Facilities by name, kind, clinic, day, service and place; the best or nearest first."""
    wanted = asked(request.GET.dict())
    hits = find(wanted.search, count=wanted.limit, skip=wanted.skip)
    far = {hit.code: hit.metres for hit in hits.page}
    return FacilityList(hits.total, [_item(f, far[f.code]) for f in facilities(list(far))])


@api(who=ANYONE, answer=FacilityDetail)
def one(request: HttpRequest, code: str) -> FacilityDetail:
    """One facility: what it offers, and when its doctors are there."""
    facts = facility(code)
    sessions = [
        DoctorSession(
            s.doctor_id, s.doctor, s.clinic, s.clinic_name, s.weekday, f"{s.opens:%H:%M}",
            f"{s.closes:%H:%M}", s.capacity, s.away_until,
        )
        for s in sessions_of(code, on=today())
    ]  # fmt: skip
    return FacilityDetail(
        _item(facts, None), clinics_of(code), sessions, _beds(code), facts.contract_from, facts.contract_to,
        facts.source,
    )  # fmt: skip
