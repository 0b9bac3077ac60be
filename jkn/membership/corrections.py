"""Correcting a person's data: asked by the family, decided by the branch within 72 hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from jkn.account.actions.accounts import Entry, enter_directory, leave_directory
from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.clock import now
from jkn.core.db import sealer
from jkn.core.errors import Conflict, NotFound, Refused, Unavailable
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.changes import change_status, lock_member
from jkn.membership.models import Correction, Family, Member
from jkn.membership.partner import RegisterPerson, look_up
from jkn.membership.queries import correction_place, figure
from jkn.membership.rules import Event, Status


@dataclass(frozen=True, slots=True)
class Asked:
    """What the family says: which field of whom is wrong, and what is right (plain form)."""

    member_id: int
    field: str  # name, birth_date, sex, nik
    value: str  # a day as ISO 8601


def register_says(family_id: int, asked: Asked) -> str:
    """Return whether the population register has the asked value: match, differs or silent.

    Asked before the transaction, as every partner; staff decide, the register only helps.
    """
    family, member = _read(family_id, asked.member_id)
    nik = asked.value if asked.field == "nik" else member.nik
    born = date.fromisoformat(asked.value) if asked.field == "birth_date" else member.birth_date
    if not nik:
        return "silent"
    try:
        answer = look_up(nik=nik, kk=family.kk, birth_date=born)
    except Unavailable:
        return "silent"
    person = next((p for p in answer.family if p.nik == nik), None)
    is_so = answer.match and person is not None and _has(person, asked)
    return "match" if is_so else "differs"


def _has(person: RegisterPerson, asked: Asked) -> bool:
    known = {"name": person.name, "sex": person.sex}.get(asked.field, asked.value)
    return known.casefold() == asked.value.casefold()


def _read(family_id: int, member_id: int) -> tuple[Family, Member]:
    family = Family.objects.filter(family_id=family_id).first()
    member = Member.objects.filter(family_id=family_id, id=member_id, ended_on__isnull=True).first()
    if family is None or member is None:
        raise NotFound
    return family, member


def value_of(member: Member, field: str) -> str:
    """Return what we hold in a field, in its plain form."""
    held: object = getattr(member, field)
    return held.isoformat() if isinstance(held, date) else str(held)


@transaction.atomic
def ask_correction(
    *, actor: Actor, family_id: int, asked: Asked, register: str, on: date
) -> Correction:
    """Keep a request for a correction; the clock of 72 hours begins.

    Refuses `correction.same` where nothing differs, `correction.asked` (a Conflict) where the
    same field of the same person waits already.
    """
    _, member = lock_member(family_id, asked.member_id)
    before = value_of(member, asked.field)
    if before == asked.value:
        raise Refused("correction.same", N_("Data kami sudah begitu. Periksa lagi isian Anda."))
    waiting = Correction.objects.filter(
        family_id=family_id, member_id=member.id, field=asked.field, state="asked"
    )
    if waiting.exists():
        raise Conflict("correction.asked", N_("Permintaan ini sudah kami terima. Tunggu jawaban."))
    row = Correction(
        family_id=family_id, member_id=member.id, field=asked.field, state="asked",
        due_at=now() + timedelta(hours=figure("correction_hours", on=on).value),
        by_account=actor.account_id, by_name=actor.name, register=register,
    )  # fmt: skip
    text = msgspec.json.encode({"before": before, "after": asked.value}).decode()
    row.sealed = sealer().seal(text, place=correction_place(row.id))
    row.save(force_insert=True)
    record(
        actor=actor, verb="membership.correction_asked", group=family_id, subject=member.id,
        field=asked.field,
    )  # fmt: skip
    return row


def _waiting(family_id: int, correction_id: int) -> QuerySet[Correction]:
    return Correction.objects.filter(family_id=family_id, id=correction_id)


@transaction.atomic
def decide_correction(
    *, actor: Actor, family_id: int, correction_id: int, accepts: bool, reason: str, on: date
) -> None:
    """Accept a correction, which changes the data, or refuse it; the reason goes to the family.

    Refuses `correction.decided` (a Conflict) where somebody decided otherwise before,
    `directory.taken` for a NIK that somebody else has. The same decision twice is as once.
    """
    row = _waiting(family_id, correction_id).first()
    if row is None:
        raise NotFound
    family, member = lock_member(family_id, row.member_id)
    row = _waiting(family_id, correction_id).get()  # as it stands now that the family is locked
    state = "accepted" if accepts else "refused"
    if row.state != "asked":
        if row.state == state:
            return
        raise Conflict("correction.decided", N_("Permintaan ini sudah diputuskan petugas lain."))
    if accepts:
        values = msgspec.json.decode(sealer().open(row.sealed, place=correction_place(row.id)))
        _apply(family, member, row.field, values["after"], actor=actor, on=on, reason=reason)
    _waiting(family_id, correction_id).update(
        state=state, decided_at=now(), decided_by=actor.name, reason=reason[:200]
    )
    record(
        actor=actor, verb="membership.correction_decided", group=family_id, subject=member.id,
        field=row.field, accepted=accepts,
    )  # fmt: skip
    defer("membership.tell_correction", family_id=family_id, correction_id=correction_id)


def _apply(
    family: Family, member: Member, field: str, value: str, *, actor: Actor, on: date, reason: str
) -> None:
    rows = Member.objects.filter(family_id=member.family_id, id=member.id)
    if field != "nik":
        rows.update(**{field: date.fromisoformat(value) if field == "birth_date" else value})
        return
    if member.has_nik:
        leave_directory(kind="nik", value=member.nik, family_id=member.family_id)
    enter_directory([Entry("nik", value, member.family_id, member.id)])
    sealed = sealer().seal(value, place=f"membership.member.nik.{member.id}")
    rows.update(nik_sealed=sealed, has_nik=True)
    if member.status == Status.DATA_HOLD:
        change_status(family, member, Event.DATA_CONFIRMED, actor=actor, on=on, reason=reason)
