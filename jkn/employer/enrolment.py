"""Making employees members whom the employer pays for: one family in one transaction each."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from jkn.account.queries import Whose
from jkn.account.queries import family_of as by_number
from jkn.audit.actions import record
from jkn.contribution.moves import move_members
from jkn.core.actor import Actor, Role
from jkn.core.errors import Conflict, Refused, Unavailable
from jkn.core.identifiers import age_on
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.employer.ledger import paid_extras
from jkn.employer.models import Employee
from jkn.employer.queries import (
    employer,
    figure,
    has_bill,
    paid_months,
    worker,
    works_elsewhere,
)
from jkn.employer.rules import EmployeeState, class_of_wage, first_billed
from jkn.employer.wage_class import follow_wages
from jkn.facility.queries import primary_facilities
from jkn.membership.actions import NewFamily, NewMember
from jkn.membership.acts import ask_who_works, lay_off
from jkn.membership.models import Family, Member
from jkn.membership.moves import Move, NewHome
from jkn.membership.partner import RegisterAnswer, look_up
from jkn.membership.relatives import pay_extras
from jkn.membership.rules import NEXT, Event, Relation, Segment, Status
from jkn.membership.workers import (
    class_by_wages_alone,
    follow_employer,
    household_terms,
    is_workers_family,
    own_household,
    register_worker_family,
)

_REASON = "Didaftarkan oleh pemberi kerja."
_CLOSED = (Status.DECEASED, Status.DUPLICATE)
_SPOUSES = (Relation.HEAD, Relation.SPOUSE)


def branch_needed() -> Conflict:
    """Return the refusal of everything that tells more of a person than an employer may know."""
    return Conflict(
        "employee.branch", N_("Data orang ini perlu dicocokkan dulu. Arahkan ke kantor cabang.")
    )


def enrol(*, employer_id: int, employee_id: int, on: date) -> EmployeeState:
    """Make one employee a member whom the employer pays for; return how far it is.

    What we cannot do alone leaves the state `branch` with the code of the reason. Twice is as
    once. Raises `Unavailable` where the population register does not answer: ask again.
    """
    person = worker(employer_id, employee_id)
    row = person.row
    if row.state != EmployeeState.PENDING or row.started_on > on or row.ended_on is not None:
        return EmployeeState(row.state)
    care_class = class_of_wage(person.wage, class_2_up_to=figure("class_2_up_to_wage", on=on))
    actor = _actor_of(row)
    whose = by_number("nik", row.nik)
    try:
        if whose is None:
            _register(actor, row, _looked_up(row), care_class, on=on)
        else:
            _join(actor, row, whose, care_class, on=on)
    except Unavailable:
        raise
    except Refused as refused:
        _leave_to_branch(actor, row, refused.code)
        return EmployeeState.BRANCH
    return EmployeeState.ENROLLED


def _actor_of(row: Employee) -> Actor:
    name = employer(row.employer_id).name
    return Actor(row.by_account, Role.EMPLOYER, name, employer_id=row.employer_id)


def _looked_up(row: Employee) -> RegisterAnswer:
    """Ask the population register; outside a transaction, as every call to a partner."""
    if not row.kk:
        raise Conflict("employee.kk_needed", N_("Orang ini belum peserta. Isi nomor KK-nya."))
    answer = look_up(nik=row.nik, kk=row.kk, birth_date=row.birth_date)
    if not answer.match or answer.address is None:
        raise Conflict(
            "employee.register_differs",
            N_("NIK, KK, dan tanggal lahir tidak cocok dengan data kependudukan. Periksa lagi."),
        )
    return answer


@transaction.atomic
def _register(
    actor: Actor, row: Employee, answer: RegisterAnswer, care_class: str, *, on: date
) -> None:
    """Register the worker's own household as a new family of workers."""
    village = answer.address.kelurahan if answer.address else ""
    people: list[NewMember] = own_household(
        answer.family, worker=row.nik, on=on, **household_terms(on=on)
    )
    first = _first_month(row, on=on)
    register_worker_family(
        actor=actor,
        new=NewFamily(
            kk=row.kk, segment=Segment.WORKER, care_class=care_class, village=village,
            facility_id=primary_facilities(village, at_most=1)[0].code, consent="", members=people,
        ),
        paid_until=first.plus(-1), on=on,
    )  # fmt: skip
    _note_enrolled(actor, row, first)


@transaction.atomic
def _join(actor: Actor, row: Employee, whose: Whose, care_class: str, *, on: date) -> None:
    """Let the employer pay for a family that is there; another segment's moves with its people.

    What the family owes as self-paying stays its own debt.
    """
    family = Family.objects.select_for_update().filter(family_id=whose.family_id).first()
    living = _living(whose.family_id)
    own = next((m for m in living if m.id == whose.member_id), None)
    if family is None or own is None or own.birth_date != row.birth_date:
        raise branch_needed()
    is_there = is_workers_family(family)
    if not is_there:
        _move(actor, family, own, living, care_class, on=on)
    first = _first_month(row, on=on)
    _note_enrolled(actor, row, first)
    follow_employer(
        digests=[bytes(row.nik_digest)], months=[first.plus(-1)], actor=actor, on=on,
        reason=_REASON,
    )  # fmt: skip
    if is_there:
        follow_wages(family.family_id, on=on)


def _living(family_id: int) -> list[Member]:
    rows = Member.objects.filter(family_id=family_id, ended_on__isnull=True)
    return [m for m in rows.order_by("id") if m.status not in _CLOSED]


def _move(
    actor: Actor, family: Family, own: Member, living: list[Member], care_class: str, *, on: date
) -> None:
    """Move the whole family: who would be left behind, or lose cover by it, sees the branch."""
    aged = household_terms(on=on)["child_age"]
    grown = {
        m.id for m in living if m.relation == Relation.CHILD and age_on(m.birth_date, on=on) >= aged
    }
    can_all = all(
        (Status(m.status), Event.LEFT_SEGMENT) in NEXT
        and m.relation in (*_SPOUSES, Relation.CHILD)
        and m.id not in grown
        for m in living
    )
    if not can_all or own.relation not in _SPOUSES:
        raise branch_needed()
    home = NewHome(family.kk, Segment.WORKER, care_class, None)
    move = Move(family.family_id, [m.id for m in living], home)
    moved = move_members(actor=actor, move=move, on=on, reason=_REASON)
    class_by_wages_alone(moved.family_id)


def _first_month(row: Employee, *, on: date) -> Month:
    made = has_bill(row.employer_id, Month.of(on))
    return first_billed(start=row.started_on, on=on, has_bill=made)


def _note_enrolled(actor: Actor, row: Employee, first: Month) -> None:
    Employee.objects.filter(employer_id=row.employer_id, id=row.id).update(
        state=EmployeeState.ENROLLED.value, bill_from=first.index, why=""
    )
    record(actor=actor, verb="employer.enrolled", group=row.employer_id, subject=row.id)


@transaction.atomic
def _leave_to_branch(actor: Actor, row: Employee, code: str) -> None:
    rows = Employee.objects.filter(employer_id=row.employer_id, id=row.id, state="pending")
    if rows.update(state=EmployeeState.BRANCH.value, why=code[:60]):
        record(
            actor=actor, verb="employer.not_enrolled", group=row.employer_id, subject=row.id,
            code=code,
        )  # fmt: skip


def follow_paid(*, employer_id: int, payment_id: int, on: date) -> int:
    """Let the workers' families be covered as far as a payment paid; return how many changed."""
    paid = paid_months(employer_id, payment_id)
    with transaction.atomic():
        changed = follow_employer(
            digests=[digest for digest, _ in paid], months=[month for _, month in paid],
            actor=Actor(0, Role.EMPLOYER, employer(employer_id).name, employer_id=employer_id),
            on=on, reason="Iuran diterima dari pemberi kerja.",
        )  # fmt: skip
        pay_extras(paid_extras(employer_id, payment_id))
    return changed


def guarantee_after_layoff(*, employer_id: int, employee_id: int, on: date) -> bool:
    """Begin the six months of guarantee of a worker who was laid off; return whether they begin.

    Not where the family is not one of workers any more, has the guarantee already, or where
    somebody of it still works.
    """
    row = worker(employer_id, employee_id).row
    whose = by_number("nik", row.nik)
    if whose is None or row.ended_on is None:
        return False
    if works_elsewhere([m.nik for m in _living(whose.family_id) if m.has_nik]):
        return False
    try:
        lay_off(
            actor=_actor_of(row), family_id=whose.family_id, member_id=whose.member_id,
            day=row.ended_on, reason="PHK menurut pemberi kerja.", on=on,
        )  # fmt: skip
    except Refused as refused:
        with transaction.atomic():
            record(
                actor=_actor_of(row), verb="employer.no_guarantee", group=employer_id,
                subject=employee_id, code=refused.code,
            )  # fmt: skip
        return False
    return True


ask_who_works(works_elsewhere)
