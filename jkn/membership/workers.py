"""Workers whose employer pays for them: families that it registers, and cover that it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from jkn.account.queries import families_of
from jkn.core.actor import Actor
from jkn.core.db import execute
from jkn.core.errors import Conflict
from jkn.core.identifiers import age_on
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.actions import ON_PAYMENT, NewFamily, NewMember, register_family
from jkn.membership.models import Family
from jkn.membership.partner import RegisterPerson
from jkn.membership.queries import RELATION_ORDER, figure
from jkn.membership.rules import Relation, Segment, Status

_OWN = (Relation.HEAD, Relation.SPOUSE)


def own_household(
    people: Sequence[RegisterPerson], *, worker: str, most_children: int, child_age: int, on: date
) -> list[NewMember]:
    """Return who of a family card is covered through a worker, whose NIK is given.

    The spouses and their children under age; the first by birth order have the places, further
    ones wait for one. Refuses `employee.no_own_card` for somebody's grown child or parent: who
    works needs a family card of their own.
    """
    living = [p for p in people if p.alive]
    if not any(p.nik == worker and p.relation in _OWN for p in living):
        raise Conflict(
            "employee.no_own_card",
            N_("Pekerja ini bukan kepala keluarga atau pasangannya di KK. Arahkan ke cabang."),
        )
    adults = [p for p in living if p.relation in _OWN]
    children = sorted(
        (
            p
            for p in living
            if p.relation is Relation.CHILD and age_on(p.birth_date, on=on) < child_age
        ),
        key=lambda p: (p.birth_date, p.nik),
    )
    adults.sort(key=lambda p: (RELATION_ORDER[p.relation], p.birth_date))
    waiting = {p.nik for p in children[most_children:]}
    return [
        NewMember(
            p.nik, p.name, p.birth_date, p.sex, p.relation,
            Status.WAITING_PLACE if p.nik in waiting else Status.ACTIVE,
        )
        for p in (*adults, *children)
    ]  # fmt: skip


@transaction.atomic
def register_worker_family(
    *, actor: Actor, new: NewFamily, paid_until: Month, on: date
) -> Family:  # fmt: skip
    """Register a family that an employer pays for; covered at once.

    `paid_until` is the month before the first that the employer is billed for. Refuses
    `employee.family_known` where somebody of it is a member elsewhere: the branch joins them.
    """
    if families_of("nik", [person.nik for person in new.members]):
        raise Conflict(
            "employee.family_known",
            N_("Sebagian keluarga ini sudah terdaftar. Arahkan ke kantor cabang."),
        )
    family, _ = register_family(actor=actor, new=new, window=None, on=on)
    family.paid_month = paid_until.index
    Family.objects.filter(family_id=family.family_id).update(paid_month=paid_until.index)
    return family


def household_terms(*, on: date) -> dict[str, int]:
    """Return the figures of `own_household` on a day."""
    return {
        "most_children": figure("worker_children", on=on).value,
        "child_age": figure("child_age", on=on).value,
    }


_FOLLOW_EMPLOYER = """
WITH paid AS (
  SELECT d.family_id, max(p.month) AS month
  FROM unnest(%(digests)s::bytea[], %(months)s::int[]) AS p (digest, month)
  JOIN account_directory d ON d.digest = p.digest AND d.kind = 'nik'
  GROUP BY d.family_id
), locked AS (
  SELECT f.family_id, p.month FROM membership_family f JOIN paid p ON p.family_id = f.family_id
  WHERE f.segment = 'ppu' AND f.guarantee_until IS NULL
  ORDER BY f.family_id FOR NO KEY UPDATE OF f
), family AS (
  UPDATE membership_family f SET paid_month = greatest(f.paid_month, l.month)
  FROM locked l WHERE f.family_id = l.family_id
  RETURNING f.family_id, f.paid_month
), changed AS (
  UPDATE membership_member m SET status = t.after
  FROM family f, unnest(%(befores)s::text[], %(events)s::text[], %(afters)s::text[])
    AS t (before, event, after)
  WHERE m.family_id = f.family_id AND m.status = t.before AND m.ended_on IS NULL
    AND f.paid_month >= %(current)s - 1
  RETURNING m.family_id, m.id, t.event, t.after
)
INSERT INTO membership_statuschange
  (family_id, id, member_id, event, status, since, by_account, by_name, reason, at)
SELECT family_id, new_id(), id, event, after, %(on)s, %(account)s, %(name)s, %(reason)s, now()
FROM changed RETURNING family_id, id
"""


def follow_employer(
    *, digests: Sequence[bytes], months: Sequence[Month], actor: Actor, on: date, reason: str
) -> int:
    """Let the cover of workers' families follow what their employer paid; return how many changed.

    `digests` are the blind indexes of NIKs: whose family a worker is in today, the directory
    says. Each family is covered until the month given for its worker, or later. Set-based, families
    in one order; twice is as once. Families after a layoff and of other segments are left alone.
    """
    befores, events, afters = (list(column) for column in zip(*ON_PAYMENT, strict=True))
    changed = execute(
        _FOLLOW_EMPLOYER,
        {
            "digests": list(digests), "months": [m.index for m in months], "befores": befores,
            "events": events, "afters": afters, "current": Month.of(on).index, "on": on,
            "account": actor.account_id, "name": actor.name, "reason": reason,
        },
    )  # fmt: skip
    for family_id, change_id in changed:
        defer("membership.tell_change", family_id=family_id, change_id=change_id)
    return len(changed)


def is_workers_family(family: Family) -> bool:
    """Whether the family is one of workers that was not laid off."""
    return family.segment == Segment.WORKER and family.guarantee_until is None
