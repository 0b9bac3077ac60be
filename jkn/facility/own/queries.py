"""What a facility's staff see of their own rows: sessions now and announced, leaves, rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from django.db.models import Q, QuerySet

from jkn.core.errors import NotFound
from jkn.facility.models import Doctor, Facility, Leave, Session
from jkn.facility.own.rules import Profile
from jkn.facility.places import Point
from jkn.facility.queries import BedFacts, beds_of


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session that holds or is announced; `closes` at or before `opens` lies in the next day."""

    id: int
    doctor: str
    clinic_name: str
    weekday: int
    opens: time
    closes: time
    capacity: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class OwnLeave:
    """Days, both included, on which a doctor is away."""

    id: int
    doctor: str
    first_on: date
    last_on: date
    reason: str


def profile_of(code: str) -> tuple[Profile, int]:
    """Return what a facility says of itself, and its version; raises `NotFound`."""
    row = Facility.objects.filter(code=code).first()
    if row is None:
        raise NotFound
    point = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    services = tuple(sorted(row.services))
    return Profile(row.phone, row.address, row.hours, services, point), row.version


def neighbours_of(code: str) -> list[Point]:
    """Return the positions of the other facilities in the same kecamatan."""
    district = Facility.objects.filter(code=code, district__isnull=False).values("district_id")
    rows = Facility.objects.filter(district_id__in=district, latitude__isnull=False)
    points = rows.exclude(code=code).values_list("latitude", "longitude")
    return [(lat, lon) for lat, lon in points if lat is not None and lon is not None]


def own_sessions(code: str, *, on: date) -> list[OwnSession]:
    """Return the sessions that hold on a day or later, by doctor, weekday and time."""
    rows = _sessions(code, on).order_by("doctor__name", "valid_from", "weekday", "opens")
    return [_session(row) for row in rows]


def own_session(code: str, session_id: int, *, on: date) -> OwnSession:
    """Return one session that holds on a day or later; raises `NotFound`."""
    row = _sessions(code, on).filter(id=session_id).first()
    if row is None:
        raise NotFound
    return _session(row)


def _sessions(code: str, on: date) -> QuerySet[Session]:
    rows = Session.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), facility_id=code)
    return rows.select_related("doctor", "clinic")


def _session(row: Session) -> OwnSession:
    return OwnSession(
        row.id, row.doctor.name, row.clinic.name, row.weekday, row.opens, row.closes, row.capacity,
        row.valid_from, row.valid_to,
    )  # fmt: skip


def doctors_of(code: str) -> list[tuple[str, str]]:
    """Return a facility's doctors as (number, name), by name."""
    rows = Doctor.objects.filter(facility_id=code).order_by("name", "number")
    return [(str(row.number), row.name) for row in rows]


def own_leaves(code: str, *, on: date) -> list[OwnLeave]:
    """Return the leaves that have not ended by a day, the next first."""
    rows = Leave.objects.filter(facility_id=code, last_on__gte=on).select_related("doctor")
    return [_leave(row) for row in rows.order_by("first_on", "id")]


def own_leave(code: str, leave_id: int) -> OwnLeave:
    """Return one leave; raises `NotFound`."""
    rows = Leave.objects.filter(facility_id=code, id=leave_id).select_related("doctor")
    row = rows.first()
    if row is None:
        raise NotFound
    return _leave(row)


def _leave(row: Leave) -> OwnLeave:
    return OwnLeave(row.id, row.doctor.name, row.first_on, row.last_on, row.reason)


def own_room(code: str, bed_id: int) -> BedFacts:
    """Return one room; raises `NotFound`."""
    rooms, _ = beds_of(code)
    for room in rooms:
        if room.id == bed_id:
            return room
    raise NotFound
