"""Children of workers grow up: cover through the parent ends at 21, or 25 in education.

Set-based and idempotent, one statement for each step; the proofs are acts of the branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import Conflict, Refused
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.changes import change_status, lock_member
from jkn.membership.models import Family, Member
from jkn.membership.queries import figure
from jkn.membership.rules import KEEPS_PLACE, Event, Relation, Segment, Status
from jkn.membership.terms import check_study_proof

_CHILDREN = """
membership_member m JOIN membership_family f ON f.family_id = m.family_id
  AND f.segment = 'ppu' AND m.relation = 'child' AND m.ended_on IS NULL
"""
# The day of `terms.over_age_from`; a test holds the two together. 29 February counts from 1 March.
_ENDS = """
LEAST({student}, GREATEST({limit}, coalesce(m.student_until + 1, {limit})))
"""
_BIRTHDAY = """
((m.birth_date + make_interval(years => %({name})s::int))::date
  + CASE WHEN extract(day FROM m.birth_date) <>
      extract(day FROM m.birth_date + make_interval(years => %({name})s::int)) THEN 1 ELSE 0 END)
"""
_OVER_AGE_FROM = _ENDS.format(
    limit=_BIRTHDAY.format(name="limit"), student=_BIRTHDAY.format(name="student")
)
# Reasons that the daily run writes; a page says them in its reader's language.
_TOO_OLD = N_("Batas usia anak pekerja sudah lewat.")
_PLACE_FREE = N_("Tempat anak yang ditanggung kosong; urutan kelahiran berikutnya.")
_NO_NIK = N_("NIK bayi belum diisi.")
_GUARANTEE_OVER = N_("Enam bulan sejak PHK sudah lewat.")
_INSERT = """
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
"""
_PASS_AGE = f"""
WITH late AS (
  SELECT m.family_id, m.id, {_OVER_AGE_FROM} AS since FROM {_CHILDREN}
  WHERE m.status IN ('active', 'waiting_place') AND NOT m.is_disabled
    AND m.birth_date <= %(on)s::date - make_interval(years => %(limit)s::int)
    AND {_OVER_AGE_FROM} <= %(on)s
  FOR UPDATE OF m SKIP LOCKED
), changed AS (
  UPDATE membership_member m SET status = 'over_age' FROM late
  WHERE m.family_id = late.family_id AND m.id = late.id
  RETURNING m.family_id, m.id, late.since
)
{_INSERT}
SELECT family_id, new_id(), id, 'passed_age', 'over_age', since, 0, 'sistem',
  '{_TOO_OLD}', now() FROM changed
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)
# Nobody follows while the family is behind or its guarantee after a layoff has ended: a place in a
# household without cover covers nobody.
_FREE_PLACES = f"""
WITH counted AS (
  SELECT m.family_id, count(*) FILTER (WHERE m.status = ANY(%(kept)s)) AS kept FROM {_CHILDREN}
  WHERE f.guarantee_until IS NULL OR f.guarantee_until >= %(on)s
  GROUP BY m.family_id HAVING bool_or(m.status = 'waiting_place')
    AND NOT bool_or(m.status = 'suspended_arrears')
), ranked AS (
  SELECT m.family_id, m.id, c.kept,
    row_number() OVER (PARTITION BY m.family_id ORDER BY m.birth_date, m.id) AS place
  FROM membership_member m JOIN counted c ON c.family_id = m.family_id
  WHERE m.relation = 'child' AND m.status = 'waiting_place' AND m.ended_on IS NULL
), changed AS (
  UPDATE membership_member m SET status = 'active' FROM ranked r
  WHERE m.family_id = r.family_id AND m.id = r.id AND m.status = 'waiting_place'
    AND r.place <= %(most)s - r.kept
  RETURNING m.family_id, m.id
)
{_INSERT}
SELECT family_id, new_id(), id, 'place_freed', 'active', %(on)s, 0, 'sistem',
  '{_PLACE_FREE}', now() FROM changed
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)
_NIK_DUE = f"""
WITH late AS (
  SELECT m.family_id, m.id FROM membership_member m
  WHERE NOT m.has_nik AND m.status = 'active' AND m.ended_on IS NULL
    AND m.birth_date + make_interval(months => %(months)s::int) < %(on)s
  FOR UPDATE SKIP LOCKED
), changed AS (
  UPDATE membership_member m SET status = 'data_hold' FROM late
  WHERE m.family_id = late.family_id AND m.id = late.id
  RETURNING m.family_id, m.id
)
{_INSERT}
SELECT family_id, new_id(), id, 'data_questioned', 'data_hold', %(on)s, 0, 'sistem',
  '{_NO_NIK}', now() FROM changed
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)


_END_GUARANTEES = f"""
WITH late AS (
  SELECT m.family_id, m.id, f.guarantee_until + 1 AS since
  FROM membership_member m JOIN membership_family f ON f.family_id = m.family_id
  WHERE f.segment = 'ppu' AND f.guarantee_until < %(on)s AND m.status = 'active'
    AND m.ended_on IS NULL
  FOR UPDATE OF m SKIP LOCKED
), changed AS (
  UPDATE membership_member m SET status = 'layoff_ended' FROM late
  WHERE m.family_id = late.family_id AND m.id = late.id
  RETURNING m.family_id, m.id, late.since
)
{_INSERT}
SELECT family_id, new_id(), id, 'guarantee_ended', 'layoff_ended', since, 0, 'sistem',
  '{_GUARANTEE_OVER}', now() FROM changed
RETURNING family_id, id
"""  # noqa: S608 (only constants are joined)


@dataclass(frozen=True, slots=True)
class Aged:
    """How many members a day's run changed."""

    over_age: int
    places_freed: int
    data_hold: int
    guarantee_ended: int


def age_members(*, on: date) -> Aged:
    """Do what a day brings by age: children, who follows them, babies without NIK, layoffs.

    Each step is a transaction of its own and may be run again at any time.
    """
    values = {
        "on": on,
        "limit": figure("child_age", on=on).value,
        "student": figure("child_age_student", on=on).value,
        "most": figure("worker_children", on=on).value,
        "months": figure("newborn_nik_months", on=on).value,
        "kept": list(KEEPS_PLACE),
    }
    return Aged(
        over_age=_run(_PASS_AGE, values),
        places_freed=_run(_FREE_PLACES, values),
        data_hold=_run(_NIK_DUE, values),
        guarantee_ended=_run(_END_GUARANTEES, values),
    )


def _run(sql: str, values: dict[str, object]) -> int:
    with transaction.atomic():
        changed = execute(sql, values)
        for family_id, change_id in changed:
            defer("membership.tell_change", family_id=family_id, change_id=change_id)
    return len(changed)


@transaction.atomic
def prove_study(
    *, actor: Actor, family_id: int, member_id: int, until: date, reason: str, on: date
) -> Status:
    """Note that a worker's child studies until a day; over age, it is covered again.

    Refuses `age.…` by the rules, `age.no_place` where three other children are covered.
    """
    family, member = _child(family_id, member_id)
    check_study_proof(
        birth=member.birth_date, until=until, on=on,
        student_limit=figure("child_age_student", on=on).value,
        proof_months=figure("study_proof_months", on=on).value,
    )  # fmt: skip
    _check_place(family, member, on=on)
    member.student_until = until
    return _proven(family, member, Event.STUDY_PROVEN, actor=actor, on=on, reason=reason)


@transaction.atomic
def prove_disability(
    *, actor: Actor, family_id: int, member_id: int, reason: str, on: date
) -> Status:
    """Note that a worker's child is disabled: no limit of age. Refuses `age.no_place`."""
    family, member = _child(family_id, member_id)
    _check_place(family, member, on=on)
    member.is_disabled = True
    return _proven(family, member, Event.DISABILITY_PROVEN, actor=actor, on=on, reason=reason)


def _child(family_id: int, member_id: int) -> tuple[Family, Member]:
    family, member = lock_member(family_id, member_id)
    if family.segment != Segment.WORKER or member.relation != Relation.CHILD:
        raise Refused("age.not_a_child", N_("Batas usia hanya berlaku untuk anak pekerja (PPU)."))
    return family, member


def _check_place(family: Family, member: Member, *, on: date) -> None:
    others = Member.objects.filter(
        family_id=family.family_id, relation=Relation.CHILD.value, status__in=KEEPS_PLACE,
        ended_on__isnull=True,
    ).exclude(id=member.id)  # fmt: skip
    most = figure("worker_children", on=on).value
    if member.status == Status.OVER_AGE and others.count() >= most:
        raise Conflict(
            "age.no_place", N_("Sudah {most} anak lain yang ditanggung. Daftar sendiri."), most=most
        )


def _proven(
    family: Family, member: Member, event: Event, *, actor: Actor, on: date, reason: str
) -> Status:
    Member.objects.filter(family_id=member.family_id, id=member.id).update(
        student_until=member.student_until, is_disabled=member.is_disabled
    )
    return change_status(family, member, event, actor=actor, on=on, reason=reason)
