"""Workers whose employer pays for them: families that it registers, cover that it keeps, and the
class by their wages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from jkn.account.queries import families_of
from jkn.audit.actions import record
from jkn.core.actor import SYSTEM, Actor
from jkn.core.db import execute
from jkn.core.errors import Conflict
from jkn.core.identifiers import age_on
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.gate.jobs import defer
from jkn.membership.actions import ON_PAYMENT, NewFamily, NewMember, register_family
from jkn.membership.models import Family, FamilyChange
from jkn.membership.partner import RegisterPerson
from jkn.membership.queries import RELATION_ORDER, figure
from jkn.membership.rules import Relation, Segment, Status
from jkn.membership.terms import class_after_wages

_OWN = (Relation.HEAD, Relation.SPOUSE)
_BY_WAGE = N_("Kelas mengikuti upah tertinggi suami atau istri yang bekerja.")


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
    class_by_wages_alone(family.family_id)
    return family


def class_by_wages_alone(family_id: int) -> None:
    """Note that a family has its class by the wages that employers tell of, and by nothing else."""
    Family.objects.filter(family_id=family_id).update(unlisted_class="")


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


def follow_wages(family: Family, *, by_wage: str, on: date) -> bool:
    """Let a family of workers have the highest class that its jobs give; return whether it changes.

    `by_wage` is the class by the highest wage of head and spouse, "" where neither works for an
    employer that tells us. The caller has locked the family's row, and read the wages after that.
    Contributions stay as they are: each spouse's by the own wage.
    """
    if not is_workers_family(family):
        return False
    today, begins = family.class_on(on), family.next_class_from
    coming = (family.next_class, begins) if begins is not None and begins > on else None
    found = class_after_wages(
        today=today, coming=coming, unlisted=family.unlisted_class, by_wage=by_wage, on=on
    )
    if found is None:
        return False
    wanted, since = found
    if wanted < today:
        family.class_since = on
    elif begins is not None and coming is None:
        family.class_since = begins  # what has begun is copied
    if family.unlisted_class is None:
        family.unlisted_class = today
    family.care_class, family.next_class, family.next_class_from = (
        (today, wanted, since) if wanted > today else (wanted, "", None)
    )
    family.save(
        update_fields=["care_class", "class_since", "next_class", "next_class_from",
                       "unlisted_class"]
    )  # fmt: skip
    before = coming[0] if coming is not None and wanted >= today else today
    _note_class(family, before=before, after=wanted, since=since)
    return True


def _note_class(family: Family, *, before: str, after: str, since: date) -> None:
    change = FamilyChange.objects.create(
        family_id=family.family_id, kind="wage_class", before=before, after=after, since=since,
        by_account=SYSTEM.account_id, by_name=SYSTEM.name, reason=_BY_WAGE,
    )  # fmt: skip
    record(
        actor=SYSTEM, verb="membership.class_changed", group=family.family_id, before=before,
        after=after, since=since.isoformat(),
    )  # fmt: skip
    defer("membership.tell_class", family_id=family.family_id, change_id=change.id)
