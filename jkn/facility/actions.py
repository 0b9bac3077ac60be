"""Acts on the directory: doctors with their sessions and leaves, and what the search copies.

Places at an FKTP are taken and given back here, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import Q

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.ids import new_id
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.facility.figures import figure, usual_capacity
from jkn.facility.models import Clinic, ClinicOffer, Doctor, Facility, Leave, Session
from jkn.facility.queries import FacilityFacts, facility, wrong_copies
from jkn.facility.rules import HOLIDAY
from jkn.gate.jobs import defer

_CAPACITY_AT_MOST = 500  # patients of one doctor in one session
_OPEN = """
INSERT INTO facility_primaryplaces (facility_id, capacity) VALUES (%s, %s)
ON CONFLICT (facility_id) DO NOTHING
"""
_TAKE = """
UPDATE facility_primaryplaces SET taken = taken + %s
WHERE facility_id = %s AND taken + %s <= capacity RETURNING taken
"""
_SHIFT = "UPDATE facility_primaryplaces SET taken = taken + %s WHERE facility_id = %s RETURNING 1"


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekday (1 Monday to 7, 8 national holidays) and a span; it may cross midnight."""

    weekday: int
    opens: time
    closes: time
    capacity: int


def next_version() -> int:
    """Take the next version of the directory; others wait until this transaction ends.

    The number goes into the row of each facility that the transaction changes.
    """
    ((version,),) = execute(
        "UPDATE facility_directoryversion SET version = version + 1 WHERE id = 1 RETURNING version"
    )
    return int(version)


@transaction.atomic
def set_sessions(
    *, actor: Actor, facility_id: str, number: int, name: str, clinic: str, slots: Sequence[Slot],
    since: date, on: date, sub_code: str = "",
) -> Doctor:  # fmt: skip
    """Say on a day when a doctor sees patients from a day on; what held before ends then.

    Of one clinic, or of one sub-specialty of it.

    Raises `NotFound` for an unknown facility, `Refused` for an unknown clinic or a slot that
    cannot be. The same again changes nothing.
    """
    _require_facility(facility_id)
    if not Clinic.objects.filter(code=clinic).exists():
        raise Refused("clinic.unknown", N_("Kode poli ini tidak dikenal. Periksa lagi."))
    for slot in slots:
        _require_possible(slot)
    doctor, _ = Doctor.objects.update_or_create(
        facility_id=facility_id, number=number, defaults={"name": name}
    )
    held = Session.objects.filter(
        facility_id=facility_id, doctor_id=doctor.id, clinic_id=clinic, sub_code=sub_code
    )
    now_held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=since))
    if {(s.weekday, s.opens, s.closes, s.capacity) for s in now_held} != {
        (s.weekday, s.opens, s.closes, s.capacity) for s in slots
    }:
        held.filter(valid_from__gte=since).delete()  # announced, and never held
        now_held.update(valid_to=since - timedelta(days=1))
        Session.objects.bulk_create(
            Session(
                facility_id=facility_id, doctor_id=doctor.id, clinic_id=clinic,
                sub_code=sub_code, weekday=s.weekday, opens=s.opens, closes=s.closes, capacity=s.capacity,
                valid_from=since,
            )
            for s in slots
        )  # fmt: skip
        ClinicOffer.objects.get_or_create(
            facility_id=facility_id, clinic_id=clinic, sub_code=sub_code
        )
        record(
            actor=actor, verb="facility.sessions", group=0, subject=doctor.id,
            facility=facility_id, clinic=clinic, since=since.isoformat(),
        )  # fmt: skip
    refresh(on=min(since, on), facility_id=facility_id)
    return doctor


@transaction.atomic
def set_leave(
    *, actor: Actor, facility_id: str, number: int, first_on: date, last_on: date, reason: str
) -> Leave:
    """Say that a doctor is away on these days, both included."""
    if last_on < first_on:
        raise Refused(
            "leave.order", N_("Hari terakhir cuti sebelum hari pertamanya. Periksa lagi.")
        )
    doctor = Doctor.objects.filter(facility_id=facility_id, number=number).first()
    if doctor is None:
        raise NotFound
    leave, is_new = Leave.objects.get_or_create(
        facility_id=facility_id, doctor_id=doctor.id, first_on=first_on, last_on=last_on,
        defaults={"reason": reason},
    )  # fmt: skip
    if is_new:
        record(actor=actor, verb="facility.leave", group=0, subject=doctor.id, facility=facility_id)
    return leave


@transaction.atomic
def refresh(*, on: date, facility_id: str = "") -> int:
    """Copy clinics, weekdays and doctors into the facilities' own rows, for the search.

    Of one facility after a change; of all each day, because sessions end. Returns how many rows
    were not as they should be.
    """
    wrong = wrong_copies(on=on, code=facility_id)
    if wrong:
        version = next_version()
        for code, clinics, doctors in wrong:
            Facility.objects.filter(code=code).update(
                clinics=clinics, doctors=doctors, version=version
            )
    return len(wrong)


def _require_facility(code: str) -> None:
    if not Facility.objects.filter(code=code).exists():
        raise NotFound


def _require_possible(slot: Slot) -> None:
    if not 1 <= slot.weekday <= HOLIDAY:
        raise Refused("session.weekday", N_("Hari praktik harus 1 sampai 8."))
    if slot.opens == slot.closes:
        raise Refused("session.hours", N_("Jam buka dan tutup sama. Periksa lagi."))
    if not 0 <= slot.capacity <= _CAPACITY_AT_MOST:
        raise Refused("session.capacity", N_("Kapasitas harus 0 sampai {most}."),
                      most=_CAPACITY_AT_MOST)  # fmt: skip


@transaction.atomic
def allow_review(
    *, facility_id: str, person_id: int, visited_on: date, source: str, reference: str
) -> None:
    """Let a person write one review of a visit that happened, and tell them so.

    Visits and bookings call it when they are done; `source` and `reference` name the visit, so
    that twice is as once.
    """
    until = visited_on + timedelta(days=figure("review_days", on=visited_on).value)
    rows = execute(
        "INSERT INTO facility_reviewgrant (facility_id, id, person_id, source, reference,"
        " visited_on, until) VALUES (%s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (facility_id, source, reference) DO NOTHING RETURNING id",
        [facility_id, new_id(), person_id, source, reference, visited_on, until],
    )
    if rows:
        defer("facility.tell_review_possible", facility_id=facility_id, grant_id=rows[0][0])


@transaction.atomic
def take_place(*, facility_id: str, on: date, persons: int = 1) -> FacilityFacts:
    """Take places at an FKTP for people who choose it; return the FKTP.

    Comes first in the transaction of the choice, before any row of the family: the lock on the
    places is always taken in that order. Refuses `facility.not_primary`, and `facility.full`
    (a Conflict) where it has no places for all of them: nobody gets one then.
    """
    chosen = _primary(facility_id)
    values = [persons, facility_id, persons]
    if execute(_TAKE, values):
        return chosen
    execute(_OPEN, [facility_id, usual_capacity(chosen.kind, on=on)])
    if not execute(_TAKE, values):
        raise Conflict(
            "facility.full",
            N_("{name} sudah penuh. Pilih faskes lain, atau coba lagi mulai {day}."),
            name=chosen.name,
            day=Month.of(on).plus(1).first_day(),
        )
    return chosen


def _primary(facility_id: str) -> FacilityFacts:
    try:
        found = facility(facility_id)
    except NotFound:
        found = None
    if found is None or not found.is_primary:
        raise Refused(
            "facility.not_primary", N_("Ini bukan faskes tingkat pertama. Pilih dari daftar.")
        )
    return found


@transaction.atomic
def shift_places(changes: Mapping[str, int], *, on: date) -> None:
    """Count people who come (above 0) and go (below 0) without asking for a free place.

    For what nobody may refuse: a newborn, a death, a change that takes effect. The rows are
    locked in the order of their codes.
    """
    for facility_id, persons in sorted(changes.items()):
        if persons and not execute(_SHIFT, [persons, facility_id]):
            execute(_OPEN, [facility_id, usual_capacity(facility(facility_id).kind, on=on)])
            execute(_SHIFT, [persons, facility_id])
