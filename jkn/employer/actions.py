"""Writes to employers: registered by the branch; employees added, paid otherwise, leaving; bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jkn.account.actions.accounts import Entry, enter_directory
from jkn.account.rules import Key
from jkn.audit.actions import record
from jkn.contribution.ledger import open_day
from jkn.contribution.queries import banks
from jkn.contribution.queries import figure as contribution_figure
from jkn.core.actor import SYSTEM, Actor
from jkn.core.db import sealer
from jkn.core.errors import Conflict, NotFound, Refused
from jkn.core.ids import new_id
from jkn.core.month import Month, months_between
from jkn.core.words import N_
from jkn.employer import ledger
from jkn.employer.extras import end_all_of, release_extras
from jkn.employer.models import Employee, Employer, Wage
from jkn.employer.queries import Known, known_workers, nik_digest, pending_employers, terms_of
from jkn.employer.rules import (
    EmployeeState,
    EndReason,
    bill_due,
    check_end,
    check_start,
    employer_va,
)
from jkn.employer.sheet import EmployeeRow, RowError
from jkn.employer.wage_class import follow_all_wages
from jkn.gate.jobs import defer

_MONTHS_LOOKED_BACK = 2  # a server that slept bills what it missed
_BATCH = 1_000


@transaction.atomic
def register_employer(*, actor: Actor, number: str, name: str, on: date) -> Employer:
    """Register a business with its account numbers; refuses `directory.taken` a known number."""
    made = Employer.objects.create(number=number, name=name[:120], registered_on=on)
    prefixes = sorted({bank.prefix for bank in banks()})
    enter_directory(
        [
            Entry(Key.EMPLOYER, number, made.employer_id),
            *(Entry("va", employer_va(number, prefix=p), made.employer_id) for p in prefixes),
        ]
    )
    record(actor=actor, verb="employer.registered", group=made.employer_id)
    return made


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: who is new, whose wage changes, what stands in the way."""

    added: list[EmployeeRow]
    changed: list[tuple[int, EmployeeRow, int]]  # employee, row, wage until now
    same: int
    errors: list[RowError]


def plan_import(employer_id: int, rows: Sequence[EmployeeRow], *, on: date) -> Plan:
    """Compare rows with who works for the employer now. Writes nothing."""
    known = known_workers(employer_id, [row.nik for row in rows])
    plan = Plan([], [], 0, [])
    same = 0
    for row in rows:
        have = known.get(row.nik)
        error = _problem(row, have, on=on)
        if error:
            plan.errors.append(error)
        elif have is None:
            plan.added.append(row)
        elif have.wage == row.wage:
            same += 1
        else:
            plan.changed.append((have.id, row, have.wage))
    return Plan(plan.added, plan.changed, same, plan.errors)


def _problem(row: EmployeeRow, have: Known | None, *, on: date) -> RowError | None:
    if have is None:
        try:
            check_start(row.start, birth=row.birth_date, on=on)
        except Refused as refused:
            return RowError(row.row, "mulai", refused.message, refused.values)
        return None
    if have.birth_date != row.birth_date:
        message = N_("Tanggal lahir lain daripada yang tercatat untuk NIK ini. Periksa lagi.")
        return RowError(row.row, "tanggal_lahir", message, {})
    if have.wage != row.wage and row.start <= have.wage_from:
        message = N_("Upah baru berlaku setelah {day}. Isi tanggal mulai upah baru.")
        return RowError(row.row, "mulai", message, {"day": have.wage_from})
    return None


@transaction.atomic
def import_employees(
    *, actor: Actor, employer_id: int, rows: Sequence[EmployeeRow], on: date
) -> Plan:
    """Add all people of a file and change wages, or nothing: then the plan has errors.

    Locks the employer, so that of two imports at once the second sees what the first did.
    Membership follows in a job for each person.
    """
    if ledger.lock_employer(employer_id) is None:
        raise NotFound
    plan = plan_import(employer_id, rows, on=on)
    if plan.errors or not (plan.added or plan.changed):
        return plan
    ids = _fresh_ids(2 * len(plan.added) + len(plan.changed))
    for start in range(0, len(plan.added), _BATCH):
        _add(actor, employer_id, plan.added[start : start + _BATCH], ids)
    Wage.objects.bulk_create(
        (_wage(actor, employer_id, next(ids), id_, row) for id_, row, _ in plan.changed),
        batch_size=_BATCH,
    )
    record(
        actor=actor, verb="employer.imported", group=employer_id, added=len(plan.added),
        changed=len(plan.changed),
    )  # fmt: skip
    if plan.added:
        _enrol_later(employer_id)
    if plan.changed:
        defer("employer.follow_wages", employer_id=employer_id)
    return plan


def _fresh_ids(count: int) -> Iterator[int]:
    """Return ids that differ: of thousands made within one millisecond some would be alike."""
    ids: set[int] = set()
    while len(ids) < count:
        ids.add(new_id())
    return iter(sorted(ids))


def _add(
    actor: Actor, employer_id: int, rows: Sequence[EmployeeRow], ids: Iterator[int]
) -> None:  # fmt: skip
    people = [_employee(actor, employer_id, next(ids), row) for row in rows]
    Employee.objects.bulk_create(people)
    Wage.objects.bulk_create(
        _wage(actor, employer_id, next(ids), person.id, row)
        for person, row in zip(people, rows, strict=True)
    )


def _employee(actor: Actor, employer_id: int, employee_id: int, row: EmployeeRow) -> Employee:
    return Employee(
        employer_id=employer_id,
        id=employee_id,
        nik_digest=nik_digest(row.nik),
        nik_sealed=sealer().seal(row.nik, place=f"employer.employee.nik.{employee_id}"),
        kk_sealed=_sealed_kk(row.kk, employee_id) if row.kk else None,
        name=row.name,
        birth_date=row.birth_date,
        started_on=row.start,
        by_account=actor.account_id,
    )


def _sealed_kk(kk: str, employee_id: int) -> bytes:
    return sealer().seal(kk, place=f"employer.employee.kk.{employee_id}")


def _wage(actor: Actor, employer_id: int, wage_id: int, employee_id: int, row: EmployeeRow) -> Wage:
    return Wage(
        employer_id=employer_id, id=wage_id, employee_id=employee_id, valid_from=row.start,
        monthly=row.wage, by_account=actor.account_id,
    )  # fmt: skip


def _working(employer_id: int, employee_id: int) -> Employee:
    """Lock the employer; return somebody who works there now. Raises `NotFound`."""
    if ledger.lock_employer(employer_id) is None:
        raise NotFound
    found = Employee.objects.filter(employer_id=employer_id, id=employee_id).first()
    if found is None:
        raise NotFound
    if found.ended_on is not None:
        raise Conflict("employee.ended", N_("Pekerja ini sudah berhenti. Tidak ada yang diubah."))
    return found


@transaction.atomic
def change_wage(
    *, actor: Actor, employer_id: int, employee_id: int, monthly: int, valid_from: date
) -> None:
    """Enter a new wage from a day on; bills that are made keep theirs.

    Refuses `wage.too_early` for a day that is not after that of the present wage.
    """
    _working(employer_id, employee_id)
    rows = Wage.objects.filter(employer_id=employer_id, employee_id=employee_id)
    last = rows.latest("valid_from").valid_from
    if valid_from <= last:
        raise Conflict(
            "wage.too_early", N_("Upah baru berlaku setelah {day}. Isi tanggal mulai upah baru."),
            day=last,
        )  # fmt: skip
    Wage.objects.create(
        employer_id=employer_id, employee_id=employee_id, valid_from=valid_from, monthly=monthly,
        by_account=actor.account_id,
    )  # fmt: skip
    record(actor=actor, verb="employer.wage_changed", group=employer_id, subject=employee_id)
    defer("employer.follow_wage", employer_id=employer_id, employee_id=employee_id)


@transaction.atomic
def end_work(
    *, actor: Actor, employer_id: int, employee_id: int, day: date, reason: EndReason, on: date
) -> None:
    """Note that somebody's work ended; billed up to that month. Refuses `employee.end`.

    Extra family ends with the last month that is billed, and a class by this wage with the month,
    in a job. After a layoff (PHK) the family's six
    months of guarantee begin, in a job.
    """
    person = _working(employer_id, employee_id)
    check_end(day, start=person.started_on, on=on)
    person.ended_on, person.end_reason = day, reason.value
    person.save(update_fields=["ended_on", "end_reason"])
    record(
        actor=actor, verb="employer.work_ended", group=employer_id, subject=employee_id,
        reason=reason.value,
    )  # fmt: skip
    end_all_of(actor=actor, employer_id=employer_id, employee_id=employee_id, ended=day, on=on)
    defer("employer.follow_wage", employer_id=employer_id, employee_id=employee_id)
    if reason is EndReason.LAID_OFF:
        defer("employer.lay_off", employer_id=employer_id, employee_id=employee_id)


@transaction.atomic
def try_again(*, actor: Actor, employer_id: int, employee_id: int, kk: str = "") -> None:
    """Let a registration be tried again: with the KK now, or after the branch has helped."""
    person = _working(employer_id, employee_id)
    if person.state == EmployeeState.ENROLLED:
        return
    if kk:
        person.kk_sealed = _sealed_kk(kk, person.id)
    person.state, person.why = EmployeeState.PENDING.value, ""
    person.save(update_fields=["kk_sealed", "state", "why"])
    record(actor=actor, verb="employer.tried_again", group=employer_id, subject=employee_id)
    defer("employer.enrol", employer_id=employer_id, employee_id=employee_id)


@dataclass(frozen=True, slots=True)
class DayDone:
    """What the daily run did: bills made, people whose registration is due, classes by wages."""

    billed: int
    to_enrol: int
    classes: int


def run_day(*, on: date) -> DayDone:
    """Bill every employer for the month, and register whose work begins. Twice is as once.

    Before that, who is extra family no more by today is taken off the bills.
    """
    release_extras(on=on)
    waiting = pending_employers(on=on)
    for employer_id in waiting:
        with transaction.atomic():
            _enrol_later(employer_id)
    return DayDone(bill_months(on=on), sum(waiting.values()), follow_all_wages(on=on))


def _enrol_later(employer_id: int) -> None:
    """Register those who wait in a job; one at a time for each employer."""
    defer("employer.enrol_pending", lock=f"employer.{employer_id}", employer_id=employer_id)


def bill_months(*, on: date) -> int:
    """Make the bills of this month, and of earlier ones that were missed; return how many."""
    current, made = Month.of(on), 0
    for month in months_between(current.plus(-_MONTHS_LOOKED_BACK), current):
        figure = contribution_figure("due_day", on=month.first_day())
        basis = contribution_figure("wage_employer_percent", on=month.first_day()).basis
        with transaction.atomic():
            bills = ledger.bill_employers(
                month=month, terms=terms_of([month.plus(-1), month]), basis=basis,
                due=bill_due(month, day=figure.value, on=on),
                posted=open_day(month.first_day(), on=on),
            )  # fmt: skip
            for employer_id, bill_id in bills:
                record(actor=SYSTEM, verb="employer.billed", group=employer_id, subject=bill_id)
                defer("employer.tell_billed", employer_id=employer_id, bill_id=bill_id)
        made += len(bills)
    return made
