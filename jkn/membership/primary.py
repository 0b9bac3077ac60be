"""Choosing an FKTP: one member, from the 1st of the next month, while it has places.

The one act beside a registration that touches a facility's row and a family's: the place first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import Forbidden, Refused
from jkn.core.words import N_
from jkn.facility.actions import take_place
from jkn.gate.jobs import defer
from jkn.membership.changes import lock_member
from jkn.membership.choosing import (
    EARLY,
    Ground,
    Registered,
    begins_on,
    check_change,
    check_in_app,
    check_other,
    registered_on,
)
from jkn.membership.models import Family, FamilyChange, Member, PrimaryChange
from jkn.membership.place_notes import count_places, note_places
from jkn.membership.queries import figure
from jkn.membership.rules import Segment, Status

_SLICE = 10_000
# The day of `choosing.registered_on`, copied; the places at the old FKTPs are noted as free.
_APPLY = """
WITH due AS (
  SELECT family_id, id, facility_id AS before FROM membership_member
  WHERE next_facility_from <= %s AND ended_on IS NULL
  LIMIT %s FOR UPDATE SKIP LOCKED
), moved AS (
  UPDATE membership_member m SET facility_id = m.next_facility_id,
    facility_since = m.next_facility_from, next_facility_id = '', next_facility_from = NULL
  FROM due WHERE m.family_id = due.family_id AND m.id = due.id
  RETURNING m.family_id, due.before
)
INSERT INTO membership_placenote (family_id, id, facility_id, persons)
SELECT family_id, new_id(), before, -1 FROM moved RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is to be registered at which FKTP, on which ground, and the proof or reason for it."""

    member_id: int
    facility_id: str
    ground: Ground = Ground.ORDINARY
    reason: str = N_("Diminta peserta.")


@transaction.atomic
def choose_primary(*, actor: Actor, family_id: int, choice: Choice, on: date) -> date:
    """Register a member at another FKTP from the 1st of the next month; return that day.

    Holds a place there from now on; the one at the old FKTP stays theirs until then. Refuses
    `facility.…` without a place, `primary.…` by the rules with the day on which it is possible;
    then nothing is taken. A ground with a proof replaces a change that is to come.
    """
    take_place(facility_id=choice.facility_id, on=on)
    family, member = lock_member(family_id, choice.member_id)
    at = registered_on(member.registered_at, on=on)
    _check(actor, family, member, at, choice, on=on)
    left = [(at.next_id, -1)] if at.next_id else []
    if at.facility_id != member.facility_id:  # came into force today, not copied yet
        left.append((member.facility_id, -1))
    if left:
        note_places(family_id, left)
    begins = begins_on(on=on)
    Member.objects.filter(family_id=family_id, id=member.id).update(
        facility_id=at.facility_id, facility_since=at.since,
        next_facility_id=choice.facility_id, next_facility_from=begins,
    )  # fmt: skip
    change = PrimaryChange.objects.create(
        family_id=family_id, member_id=member.id, before=at.facility_id,
        after=choice.facility_id, ground=choice.ground.value, since=begins,
        by_account=actor.account_id, by_name=actor.name, reason=choice.reason[:200],
    )  # fmt: skip
    record(
        actor=actor, verb="membership.primary_chosen", group=family_id, subject=member.id,
        before=at.facility_id, after=choice.facility_id, since=begins.isoformat(),
    )  # fmt: skip
    defer("membership.tell_primary", family_id=family_id, change_id=change.id)
    return begins


def _check(
    actor: Actor, family: Family, member: Member, at: Registered, choice: Choice, *, on: date
) -> None:
    if not actor.is_staff:
        check_in_app(segment=Segment(family.segment), corps=family.corps)
        if choice.ground in EARLY:
            raise Forbidden("forbidden", N_("Akun Anda tidak punya hak untuk ini."))
    check_change(
        at, status=Status(member.status), ground=choice.ground, on=on,
        wait_months=figure("primary_wait_months", on=on).value,
    )  # fmt: skip
    check_other(at, wanted=choice.facility_id)


@transaction.atomic
def record_corps(
    *, actor: Actor, family_id: int, member_id: int, corps: str, reason: str, on: date
) -> None:
    """Note that the worker serves in TNI or Polri (or in neither): who assigns the FKTP.

    Refuses `corps.not_worker` for a family of another segment.
    """
    family, _ = lock_member(family_id, member_id)
    if family.segment != Segment.WORKER:
        raise Refused("corps.not_worker", N_("TNI dan Polri terdaftar sebagai pekerja (PPU)."))
    after = "" if corps == "none" else corps
    FamilyChange.objects.create(
        family_id=family_id, kind="corps", before=family.corps, after=after, since=on,
        by_account=actor.account_id, by_name=actor.name, reason=reason[:200],
    )  # fmt: skip
    Family.objects.filter(family_id=family_id).update(corps=after)
    record(actor=actor, verb="membership.corps", group=family_id, before=family.corps, after=after)


def apply_primary_changes(*, on: date) -> int:
    """Copy the changes that have begun, and count every place; return how many were copied.

    Doors know the FKTP of a day by the rule. Set-based, slice by slice, each a transaction of its
    own; twice is as once.
    """
    applied = 0
    while True:
        with transaction.atomic():
            rows = execute(_APPLY, [on, _SLICE])
        if not rows:
            break
        applied += len(rows)
    count_places(on=on)
    return applied
