"""Acts of a facility's staff on their doctors' sessions and leaves.

Locks in the order of `facility.actions`: the doctor, then the version, then the facility.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.words import N_
from jkn.facility.actions import Slot, set_leave, set_sessions
from jkn.facility.models import Doctor, Leave, Session
from jkn.facility.own.rules import require_apart, require_soon, span_of
from jkn.facility.queries import facility

_NOBODYS = 0
_TRIES = 5  # others may take the next number at the same moment


@dataclass(frozen=True, slots=True)
class NewSessions:
    """Sessions to add: a doctor by number, or by name where `number` is 0."""

    number: int
    name: str
    clinic: str
    slots: Sequence[Slot]
    since: date


@transaction.atomic
def add_sessions(*, actor: Actor, added: NewSessions, on: date) -> None:
    """Add sessions of a doctor at the actor's facility from a day on; the doctor may be new.

    Refuses `day.out_of_range`, `session.overlap`, `session.announced` and what `set_sessions`
    does; raises `NotFound` for a doctor of another facility.
    """
    code = _own(actor)
    doctor = _doctor(code, added)
    _replace(
        actor, doctor, added.clinic, lambda held: [*held, *added.slots], since=added.since, on=on
    )


@transaction.atomic
def change_session(*, actor: Actor, session_id: int, slot: Slot, since: date, on: date) -> None:
    """Put another session in the place of one from a day on; refuses as `add_sessions`."""
    row, doctor = _held(_own(actor), session_id)
    _replace(
        actor, doctor, row.clinic_id, lambda held: [*_without(held, row), slot], since=since, on=on
    )


@transaction.atomic
def end_session(*, actor: Actor, session_id: int, since: date, on: date) -> None:
    """Let a session be no more from a day on; refuses as `add_sessions`."""
    row, doctor = _held(_own(actor), session_id)
    _replace(actor, doctor, row.clinic_id, lambda held: _without(held, row), since=since, on=on)


@transaction.atomic
def add_leave(
    *, actor: Actor, number: int, first_on: date, last_on: date, reason: str, on: date
) -> None:
    """Say that a doctor of the actor's facility is away; refuses days past or too far ahead."""
    require_soon(last_on, on=on)
    set_leave(
        actor=actor, facility_id=_own(actor), number=number, first_on=first_on, last_on=last_on,
        reason=reason,
    )  # fmt: skip


@transaction.atomic
def drop_leave(*, actor: Actor, leave_id: int) -> None:
    """Take a leave of the actor's facility back; raises `NotFound`."""
    found = Leave.objects.select_for_update().filter(facility_id=_own(actor), id=leave_id)
    leave = found.first()
    if leave is None:
        raise NotFound
    found.delete()
    record(
        actor=actor, verb="facility.leave_dropped", group=_NOBODYS, subject=leave.doctor_id,
        facility=leave.facility_id, first_on=leave.first_on.isoformat(),
        last_on=leave.last_on.isoformat(),
    )  # fmt: skip


def _own(actor: Actor) -> str:
    return facility(actor.facility_id or "").code


def _doctor(code: str, added: NewSessions) -> Doctor:
    """Return the doctor, locked; a new one gets the facility's next number."""
    rows = Doctor.objects.select_for_update().filter(facility_id=code)
    if added.number:
        found = rows.filter(number=added.number).first()
        if found is None:
            raise NotFound
        return found
    for _ in range(_TRIES):
        known = rows.filter(name=added.name).first()
        if known is not None:
            return known
        last = Doctor.objects.filter(facility_id=code).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                return Doctor.objects.create(facility_id=code, number=last + 1, name=added.name)
        except IntegrityError:
            continue
    raise Conflict("doctor.busy", N_("Dokter lain baru saja ditambahkan. Kirim lagi."))


def _held(code: str, session_id: int) -> tuple[Session, Doctor]:
    row = Session.objects.filter(facility_id=code, id=session_id).first()
    if row is None:
        raise NotFound
    doctors = Doctor.objects.select_for_update()
    return row, doctors.get(facility_id=code, id=row.doctor_id)


def _replace(
    actor: Actor, doctor: Doctor, clinic: str, made: Callable[[list[Slot]], list[Slot]], *,
    since: date, on: date,
) -> None:  # fmt: skip
    """Give a locked doctor other sessions in a clinic, made from those that hold on the day."""
    require_soon(since, on=on)
    rows = list(
        Session.objects.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
            facility_id=doctor.facility_id, doctor_id=doctor.id,
        )
    )  # fmt: skip
    here = [row for row in rows if row.clinic_id == clinic]
    turns = [row.valid_from for row in here]
    turns += [row.valid_to + timedelta(days=1) for row in here if row.valid_to]
    if max(turns, default=since) > since:
        raise Refused(
            "session.announced",
            N_("Sudah ada perubahan mulai {day}. Pilih hari itu atau sesudahnya."),
            day=max(turns),
        )
    slots = made([_slot(row) for row in here if _holds(row, since)])
    elsewhere = [_slot(r) for r in rows if r.clinic_id != clinic and _holds(r, since)]
    require_apart([span_of(s.weekday, s.opens, s.closes) for s in (*slots, *elsewhere)])
    set_sessions(
        actor=actor, facility_id=doctor.facility_id, number=doctor.number, name=doctor.name,
        clinic=clinic, slots=slots, since=since, on=on,
    )  # fmt: skip


def _holds(row: Session, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)


def _slot(row: Session) -> Slot:
    return Slot(row.weekday, row.opens, row.closes, row.capacity)


def _without(held: list[Slot], row: Session) -> list[Slot]:
    gone = _slot(row)
    if gone not in held:
        raise Conflict("session.gone", N_("Jadwal ini sudah diubah. Buka lagi daftar jadwal."))
    return [slot for slot in held if slot != gone]
