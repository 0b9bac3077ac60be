"""Makers of employers' test data: one employer, who acts for it, people who work there."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from jkn.account.actions.accounts import NewContact, create_account
from jkn.account.models import Account
from jkn.account.rules import ContactKind
from jkn.core.actor import SYSTEM, Actor, Level, Role
from jkn.employer.actions import import_employees, register_employer
from jkn.employer.enrolment import enrol
from jkn.employer.models import Employee, Employer
from jkn.employer.queries import pending
from jkn.employer.rules import employer_va
from jkn.employer.sheet import EmployeeRow
from jkn.membership.models import Member
from jkn.membership.rules import Relation, Segment
from jkn.membership.tests.factories import a_family, a_member, a_nik, members_of

_serial = itertools.count(1)
ON = date(2026, 11, 22)
BORN = date(1968, 1, 31)


def an_employer(**over: Any) -> Employer:
    """Return a registered employer."""
    values = {
        "actor": SYSTEM, "number": f"{next(_serial):08}", "name": "PT Contoh Sejahtera",
        "on": ON, **over,
    }  # fmt: skip
    return register_employer(**values)


def va_of(employer: Employer, prefix: str = "88888") -> str:
    """Return the employer's virtual account."""
    return employer_va(employer.number, prefix=prefix)


def an_employer_account(employer: Employer, **over: Any) -> Account:
    """Return the account of somebody who acts for the employer."""
    nik = f"32750141019000{next(_serial) % 90 + 10:02}"
    values: dict[str, Any] = {
        "role": Role.EMPLOYER, "name": "Ratna", "level": Level.SEEN_FACE_TO_FACE,
        "employer_id": employer.employer_id, "contacts": [NewContact(ContactKind.NIK, nik)], **over,
    }  # fmt: skip
    return create_account(**values)


def acting(employer: Employer) -> Actor:
    """Return who acts for the employer."""
    return Actor(1, Role.EMPLOYER, "Ratna", employer_id=employer.employer_id)


def a_row(**over: Any) -> EmployeeRow:
    """Return one checked row."""
    values = {
        "row": 2, "nik": a_nik(), "name": "Siti Rahmawati", "birth_date": BORN,
        "wage": 6_500_000, "start": date(2026, 11, 1), "kk": "", **over,
    }  # fmt: skip
    return EmployeeRow(**values)


def a_member_with(nik: str, **over: Any) -> Member:
    """Return the head of a family of their own, self-paying unless said otherwise."""
    family_over: dict[str, Any] = {
        k: over.pop(k) for k in ("segment", "paid_month", "status") if k in over
    }
    if family_over.get("segment") == Segment.WORKER:
        family_over["care_class"] = "1"  # as their usual wage gives
    family = a_family(**family_over)
    head = members_of(family)[0]
    return a_member(
        family, nik=nik, name="Budi Santoso", relation=Relation.SPOUSE.value,
        status=head.status, **over,
    )  # fmt: skip


def hired(employer: Employer, count: int = 1, **over: Any) -> list[Employee]:
    """Return enrolled employees: members of families of workers, listed and registered."""
    on = over.pop("on", ON)
    rows = [a_row(row=n + 2, **over) for n in range(count)]
    for row in rows:
        a_member_with(row.nik, segment=Segment.WORKER.value, paid_month=None)
    plan = import_employees(
        actor=acting(employer), employer_id=employer.employer_id, rows=rows, on=on
    )
    assert not plan.errors, plan.errors
    enrol_all(employer, on=on)
    return list(Employee.objects.filter(employer_id=employer.employer_id).order_by("id"))


def enrol_all(employer: Employer, *, on: date = ON) -> list[str]:
    """Do what the job does for everybody who waits; return the states."""
    return [
        enrol(employer_id=employer.employer_id, employee_id=employee_id, on=on).value
        for employee_id in pending(employer.employer_id, on=on)
    ]
