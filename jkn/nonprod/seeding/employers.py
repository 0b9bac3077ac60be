"""The demo's employer: it pays for the first workers, who are members already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from jkn.core.actor import SYSTEM, Actor, Role
from jkn.core.month import Month
from jkn.employer.actions import bill_months, import_employees, register_employer
from jkn.employer.enrolment import enrol
from jkn.employer.queries import pending
from jkn.employer.rules import employer_va
from jkn.employer.sheet import EmployeeRow
from jkn.nonprod.seeding.families import SeededFamily

NUMBER, NAME = "12345678", "PT Contoh Sejahtera"
MOST_WORKERS = 20
# Below the minimum, plain, above the ceiling: each kind of line is on the bill.
_WAGES = (6_500_000, 3_200_000, 15_000_000, 8_250_000)


@dataclass(frozen=True, slots=True)
class SeededEmployer:
    """What an account needs to know of the employer."""

    employer_id: int
    number: str
    name: str

    def accounts(self, bank_prefixes: dict[str, str]) -> dict[str, str]:
        """Return the virtual account at each bank."""
        return {b: employer_va(self.number, prefix=p) for b, p in bank_prefixes.items()}


def open_employer(families: Sequence[SeededFamily], *, on: date) -> SeededEmployer:
    """Register the employer with workers of these families, and make this month's bill."""
    made = register_employer(actor=SYSTEM, number=NUMBER, name=NAME, on=on)
    actor = Actor(0, Role.EMPLOYER, NAME, employer_id=made.employer_id)
    rows = [
        EmployeeRow(
            row, one.members[0].person.nik, one.members[0].person.name,
            one.members[0].person.birth_date, _WAGES[row % len(_WAGES)], Month.of(on).first_day(),
        )
        for row, one in enumerate(families, start=2)
    ]  # fmt: skip
    import_employees(actor=actor, employer_id=made.employer_id, rows=rows, on=on)
    for employee_id in pending(made.employer_id, on=on):
        enrol(employer_id=made.employer_id, employee_id=employee_id, on=on)
    bill_months(on=on)
    return SeededEmployer(made.employer_id, NUMBER, NAME)
