"""Extra family that a worker pays for by the wage: asked for, withdrawn, ended by what happens.

Writers lock the employer, then the family: the bank's doors and the daily run do the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.audit.actions import record
from jkn.core.actor import SYSTEM, Actor
from jkn.core.clock import now
from jkn.core.errors import Conflict, NotFound
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.employer import ledger
from jkn.employer.models import Employee, Extra
from jkn.employer.queries import extra_of, first_month_of_extra, newest_line, nik_digest
from jkn.employer.rules import EmployeeState, last_extra, last_extra_at_work
from jkn.gate.jobs import defer
from jkn.membership.ageing import age_members
from jkn.membership.partner import RegisterPerson
from jkn.membership.queries import family_of
from jkn.membership.relatives import Newcomer, begin_extra, end_extra, register_parent

CONSENT = "upah-2026-11"  # version of the text agreed to; docs/reference/consent.md
_LEFT = "Tidak lagi dibayar dari upah."


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom a worker wants as extra family, and from which job's wage it is paid.

    `who` is a member of the family, or a parent of its card whom the register has just told of.
    """

    employer_id: int
    employee_id: int
    who: int | RegisterPerson


@transaction.atomic
def ask_extra(*, actor: Actor, family_id: int, wish: Wish, on: date) -> Extra:
    """Write a worker's consent that the wage pays for extra family, from the next month on.

    Refuses `extra.…` by the rules of who may be one, `employee.ended`; raises `NotFound` for the
    job of another. The employer is told in a job.
    """
    worker_id = actor.person_id
    if worker_id is None:
        raise NotFound
    member_id = _registered(actor, family_id, worker_id, wish.who, on=on)
    employee = _working(wish.employer_id, wish.employee_id)
    worker = family_of(family_id, on=on).member(worker_id)
    if bytes(employee.nik_digest) != nik_digest(worker.nik):
        raise NotFound  # somebody else's job
    first = first_month_of_extra(employee, on=on)
    begin_extra(actor=actor, family_id=family_id, member_id=member_id, first=first, on=on)
    made = Extra.objects.create(
        employer_id=wish.employer_id, employee_id=wish.employee_id, family_id=family_id,
        member_id=member_id, worker_id=worker_id, from_month=first.index, consent=CONSENT,
        by_account=actor.account_id,
    )  # fmt: skip
    record(actor=actor, verb="employer.extra_asked", group=family_id, subject=member_id)
    record(
        actor=actor, verb="employer.extra_asked", group=wish.employer_id, subject=wish.employee_id
    )
    defer("employer.tell_extra", employer_id=wish.employer_id, extra_id=made.id)
    return made


def _registered(
    actor: Actor, family_id: int, worker_id: int, who: int | RegisterPerson, *, on: date
) -> int:
    """Return the member; a parent who is none yet becomes one, before any other row is locked."""
    if isinstance(who, int):
        return who
    return register_parent(
        actor=actor, family_id=family_id, new=Newcomer(who, worker_id),
        reason="Didaftarkan oleh anaknya yang bekerja.", on=on,
    ).id  # fmt: skip


def _working(employer_id: int, employee_id: int) -> Employee:
    if ledger.lock_employer(employer_id) is None:
        raise NotFound
    found = Employee.objects.filter(employer_id=employer_id, id=employee_id).first()
    if found is None:
        raise NotFound
    if found.ended_on is not None or found.state != EmployeeState.ENROLLED:
        raise Conflict("employee.ended", N_("Pekerja ini sudah berhenti. Tidak ada yang diubah."))
    return found


@transaction.atomic
def withdraw_extra(*, actor: Actor, family_id: int, extra_id: int, on: date) -> Extra:
    """End extra family because the worker withdraws it: with this month where it is billed.

    Raises `NotFound` for an id that is not this worker's. Twice is as once.
    """
    asked = extra_of(family_id, extra_id, worker_id=actor.person_id or 0)
    ledger.lock_employer(asked.employer_id)
    row = extra_of(family_id, extra_id, worker_id=actor.person_id or 0)
    if row.until_month is None:
        _end(row, _last_of(row, on=on), actor=actor, on=on, reason="Ditarik oleh pekerja.")
    return row


def end_all_of(*, actor: Actor, employer_id: int, employee_id: int, ended: date, on: date) -> None:
    """End the extra family of somebody whose work ended; the caller holds the employer's lock."""
    last = last_extra_at_work(ended=ended, newest_line=newest_line(employer_id, employee_id))
    for row in _open(employer_id, employee_id=employee_id):
        _end(row, last, actor=actor, on=on, reason=_LEFT)


def release_extras(*, on: date) -> int:
    """End extra family that is none any more: has a place, is too old, died, left; return how many.

    A child whose place is free by today is counted as the household's first.
    """
    if not Extra.objects.filter(until_month__isnull=True).exists():
        return 0
    age_members(on=on)
    lost = ledger.lost_extras()
    for employer_id, extra_id in lost:
        with transaction.atomic():
            ledger.lock_employer(employer_id)
            for row in _open(employer_id, id=extra_id):
                _end(row, _last_of(row, on=on), actor=SYSTEM, on=on, reason=_LEFT)
    return len(lost)


def _open(employer_id: int, **which: int) -> Sequence[Extra]:
    rows = Extra.objects.filter(employer_id=employer_id, until_month__isnull=True, **which)
    return list(rows.order_by("id"))


def _last_of(row: Extra, *, on: date) -> Month:
    return last_extra(on=on, newest_line=newest_line(row.employer_id, row.employee_id))


def _end(row: Extra, last: Month, *, actor: Actor, on: date, reason: str) -> None:
    row.until_month, row.ended_at = last.index, now()
    row.save(update_fields=["until_month", "ended_at"])
    end_extra(
        actor=actor, family_id=row.family_id, member_id=row.member_id, last=last, on=on,
        reason=reason,
    )  # fmt: skip
    record(actor=actor, verb="employer.extra_ended", group=row.family_id, subject=row.member_id)
    record(actor=actor, verb="employer.extra_ended", group=row.employer_id, subject=row.employee_id)
    defer("employer.tell_extra", employer_id=row.employer_id, extra_id=row.id)
