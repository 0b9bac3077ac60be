"""Rules of employers (badan usaha): numbers, what a payment may be, classes by wage. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from jkn.core.errors import Refused
from jkn.core.identifiers import plain_digits
from jkn.core.month import Month
from jkn.core.words import N_


class EmployeeState(StrEnum):
    """How far an employee's membership is."""

    PENDING = "pending"  # in the list; registered within minutes, or on the first day of work
    ENROLLED = "enrolled"  # a member whom the employer pays for
    BRANCH = "branch"  # cannot be registered by us alone; the branch helps


class EndReason(StrEnum):
    """Why work ended."""

    RESIGNED = "resigned"
    LAID_OFF = "laid_off"  # PHK: six months of guarantee
    CONTRACT = "contract"
    RETIRED = "retired"
    DECEASED = "deceased"


END_REASONS = {
    EndReason.RESIGNED: N_("Mengundurkan diri"),
    EndReason.LAID_OFF: N_("PHK"),
    EndReason.CONTRACT: N_("Kontrak berakhir"),
    EndReason.RETIRED: N_("Pensiun"),
    EndReason.DECEASED: N_("Meninggal dunia"),
}


class BillStatus(StrEnum):
    """How an employer's bill of one month stands."""

    OPEN = "open"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class Parts:
    """What bills consist of, in rupiah: the employer's part, the workers', their extra family's."""

    employer: int
    worker: int
    extra: int

    @property
    def total(self) -> int:
        """All parts together."""
        return self.employer + self.worker + self.extra


class Billed(Protocol):
    """The parts of one bill in rupiah."""

    employer_part: int
    worker_part: int
    extra_part: int


def parts_of(bills: Sequence[Billed]) -> Parts:
    """Return the parts of several bills together."""
    return Parts(
        sum(b.employer_part for b in bills),
        sum(b.worker_part for b in bills),
        sum(b.extra_part for b in bills),
    )


class EmployerAccounts(StrEnum):
    """Accounts of the ledger beside those of families: what employers owe has its own."""

    RECEIVABLE = "receivable.employer"  # piutang iuran badan usaha
    INCOME = "income.employer"  # pendapatan iuran badan usaha


NUMBER_LENGTH = 8
_VA_KIND = "900"  # families' numbers have a 0 here, so that the two never meet


def employer_number(text: str) -> str:
    """Return an employer's number (8 digits); refuses `employer.number`."""
    digits = plain_digits(text)
    if len(digits) != NUMBER_LENGTH or not (digits.isascii() and digits.isdigit()):
        raise Refused("employer.number", N_("Nomor badan usaha berisi {length} angka. Periksa lagi."),
                      length=NUMBER_LENGTH)  # fmt: skip
    return digits


def employer_va(number: str, *, prefix: str) -> str:
    """Return an employer's virtual account (16 digits) at the banks of one prefix."""
    return prefix + _VA_KIND + number


def check_start(start: date, *, birth: date, on: date) -> None:
    """Refuse `employee.start` for a first day of work before birth or over a year to come."""
    if start <= birth or start > on.replace(day=1).replace(year=on.year + 1):
        raise Refused("employee.start", N_("Tanggal mulai kerja ini tidak mungkin. Periksa lagi."))


def first_billed(*, start: date, on: date, has_bill: bool) -> Month:
    """Return the first month that is billed for somebody registered on a day.

    Not before work begins. Where this month's bill is made already, the next one is the first:
    that the rest of the month costs nothing is an assumption (docs/reference/employers.md).
    """
    current = Month.of(on)
    return max(Month.of(start), current.plus(1) if has_bill else current)


def first_extra(*, on: date, bill_from: Month, newest_line: Month | None) -> Month:
    """Return the first month of extra family that a worker asks for on a day.

    The next one, so that the employer reads of it before the wage is paid; not before the first
    month that is billed for the worker, nor one that is billed already. That it is the next is an
    assumption.
    """
    after = Month.of(on) if newest_line is None else max(Month.of(on), newest_line)
    return max(after.plus(1), bill_from)


def last_extra(*, on: date, newest_line: Month | None) -> Month:
    """Return the last month of extra family that ends on a day: as far as is billed already."""
    before = Month.of(on).plus(-1)
    return before if newest_line is None else max(before, newest_line)


def last_extra_at_work(*, ended: date, newest_line: Month | None) -> Month:
    """Return the last month of extra family after the end of work: as far as is billed."""
    month = Month.of(ended)
    return month if newest_line is None else max(month, newest_line)


def bill_due(month: Month, *, day: int, on: date) -> date:
    """Return until when a bill made on a day is to be paid: the 10th, else the month's end."""
    own = date(month.year, month.number, day)
    return own if on <= own else max(own, Month.of(on).last_day())


def bills_paid_by(amounts: Sequence[int], *, amount: int) -> int:
    """Return how many of the open bills, oldest first, a payment pays; 0 where it fits none.

    Close payment: an employer pays exactly the oldest bill, or exactly the oldest few.
    """
    left = amount
    for count, bill in enumerate(amounts, start=1):
        left -= bill
        if left == 0:
            return count
        if left < 0:
            break
    return 0


def class_of_wage(wage: int, *, class_2_up_to: int) -> str:
    """Return the class of care of a worker's family by the wage in rupiah."""
    return "2" if wage <= class_2_up_to else "1"


def check_end(day: date, *, start: date, on: date) -> None:
    """Refuse `employee.end` for a last day of work before the first, or still to come."""
    if not start <= day <= on:
        raise Refused(
            "employee.end", N_("Hari kerja terakhir antara {first} dan hari ini. Periksa lagi."),
            first=start,
        )  # fmt: skip
