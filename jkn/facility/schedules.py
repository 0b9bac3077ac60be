"""Acts on proposed schedules: a hospital's program sends one, midnight approves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import QuerySet

from jkn.audit.actions import record
from jkn.core.actor import SYSTEM, Actor
from jkn.core.clock import now
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.facility.actions import Slot, set_sessions
from jkn.facility.figures import figure
from jkn.facility.models import Clinic, ClinicOffer, Doctor, ScheduleChange, Session
from jkn.facility.timetable import Span, clash, holds_from

_MOST_SPANS = 64
_WAITING, _APPROVED, _REPLACED = "waiting", "approved", "replaced"


@dataclass(frozen=True, slots=True)
class Wanted:
    """All weeks of one doctor in one clinic as they shall be; `sub_code` is "" for the clinic."""

    doctor: int
    clinic: str
    sub_code: str
    spans: tuple[Span, ...]


@transaction.atomic
def propose(*, actor: Actor, wanted: Wanted, at: datetime) -> None:
    """Send the schedule of a doctor of the actor's facility, at a local moment.

    The last one that is sent for the same day counts; the very same again changes nothing. Raises
    `NotFound` for a doctor whom the facility does not have, `Refused` for what cannot be.
    """
    facility_id = actor.facility_id or ""
    doctor = _locked(facility_id, number=wanted.doctor)
    _require_clinic(facility_id, wanted)
    _require_possible(wanted.spans)
    of_these = {
        "facility_id": facility_id, "doctor_id": doctor.id, "clinic_id": wanted.clinic,
        "sub_code": wanted.sub_code,
    }  # fmt: skip
    held = Session.objects.filter(**of_these, valid_to__isnull=True)
    slots = _slots(wanted.spans, held, on=at.date())
    waiting = ScheduleChange.objects.filter(**of_these, state=_WAITING)
    last = waiting.order_by("-holds_from").first()
    if slots == (last.slots if last else _as_kept(held)):
        return
    begins = holds_from(
        at,
        closes_at=figure("schedule_closes_minute", on=at.date()).value,
        notice_days=figure("schedule_notice_days", on=at.date()).value,
    )
    waiting.filter(holds_from=begins).update(state=_REPLACED, decided_at=now())
    change = ScheduleChange.objects.create(**of_these, slots=slots, holds_from=begins)
    record(
        actor=actor, verb="facility.schedule_proposed", group=0, subject=change.id,
        facility=facility_id, clinic=wanted.clinic, since=begins.isoformat(),
    )  # fmt: skip


def approve_due(*, on: date) -> int:
    """Let every proposal hold whose day has come, the oldest first; return how many they were."""
    due = ScheduleChange.objects.filter(state=_WAITING, holds_from__lte=on)
    return sum([_approve(change, on=on) for change in due.order_by("holds_from", "id")])


@transaction.atomic
def _approve(change: ScheduleChange, *, on: date) -> bool:
    # The doctor's row first, as in `propose`: it keeps all changes of a doctor in order.
    doctor = _locked(change.facility_id, id=change.doctor_id)
    still = ScheduleChange.objects.filter(
        facility_id=change.facility_id, id=change.id, state=_WAITING
    )
    if not still.update(state=_APPROVED, decided_at=now()):
        return False
    set_sessions(
        actor=SYSTEM, facility_id=change.facility_id, number=doctor.number, name=doctor.name,
        clinic=change.clinic_id, sub_code=change.sub_code, since=change.holds_from, on=on,
        slots=[
            Slot(weekday, time.fromisoformat(opens), time.fromisoformat(closes), capacity)
            for weekday, opens, closes, capacity in change.slots
        ],
    )  # fmt: skip
    return True


def _locked(facility_id: str, **which: int) -> Doctor:
    rows = Doctor.objects.select_for_update().filter(facility_id=facility_id, **which)
    doctor = rows.first()
    if doctor is None:
        raise NotFound
    return doctor


def _require_clinic(facility_id: str, wanted: Wanted) -> None:
    is_known = Clinic.objects.filter(code=wanted.clinic).exists()
    if is_known and wanted.sub_code:
        is_known = ClinicOffer.objects.filter(
            facility_id=facility_id, clinic_id=wanted.clinic, sub_code=wanted.sub_code
        ).exists()
    if not is_known:
        raise Refused("clinic.unknown", N_("Kode poli ini tidak dikenal. Periksa lagi."))


def _require_possible(spans: tuple[Span, ...]) -> None:
    if not 1 <= len(spans) <= _MOST_SPANS:
        raise Refused(
            "schedule.count", N_("Jadwal berisi 1 sampai {most} praktik."), most=_MOST_SPANS
        )
    if any(opens == closes for _, opens, closes in spans):
        raise Refused("session.hours", N_("Jam buka dan tutup sama. Periksa lagi."))
    if clash(spans):
        raise Refused("schedule.clash", N_("Jam praktik bertumpuk. Periksa lagi."))


def _slots(spans: tuple[Span, ...], held: QuerySet[Session], *, on: date) -> list[list[int | str]]:
    """Return the spans as they are kept, each with the capacity of its weekday until now.

    The protocol names none: a new weekday gets the doctor's largest, else the usual one.
    """
    capacities = dict(held.order_by("capacity").values_list("weekday", "capacity"))
    usual = max(capacities.values(), default=figure("schedule_capacity", on=on).value)
    return [
        [day, f"{opens:%H:%M}", f"{closes:%H:%M}", capacities.get(day, usual)]
        for day, opens, closes in sorted(spans)
    ]


def _as_kept(held: QuerySet[Session]) -> list[list[int | str]]:
    rows = held.order_by("weekday", "opens", "closes")
    return [[s.weekday, f"{s.opens:%H:%M}", f"{s.closes:%H:%M}", s.capacity] for s in rows]
