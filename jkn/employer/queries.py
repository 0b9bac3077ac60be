"""Reads of employers, always by the employer whose data it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from django.db.models import Count, OuterRef, Subquery

from jkn.account.queries import family_of as by_number
from jkn.account.rules import Key
from jkn.contribution.figures import wage_terms
from jkn.contribution.models import Payment
from jkn.contribution.queries import BankFacts, banks
from jkn.contribution.queries import figure as contribution_figure
from jkn.contribution.queries import figures as contribution_figures
from jkn.contribution.wages import WageTerms, wage_shares
from jkn.core.db import sealer
from jkn.core.errors import NotFound
from jkn.core.figures import Figure, figure_on
from jkn.core.month import Month
from jkn.employer.models import (
    BillLine,
    Employee,
    Employer,
    EmployerBill,
    EmployerFigure,
    Extra,
    Wage,
)
from jkn.employer.rules import BillStatus, EmployeeState, employer_va, first_extra

Business: TypeAlias = Employer  # for pages, which know no models
EMPLOYEES_ON_A_PAGE = 50
LINES_ON_A_PAGE = 100


def figures() -> list[Figure]:
    """Return every dated figure of employers."""
    return [row.as_figure() for row in EmployerFigure.objects.order_by("name", "valid_from")]


def figure(name: str, *, on: date) -> int:
    """Return the value of one figure in force on a day; raises `MissingFigure`."""
    return figure_on(figures(), name, on=on).value


def terms_of(months: Iterable[Month]) -> list[tuple[Month, WageTerms]]:
    """Return the figures of workers' shares in each month: those of its first day."""
    return [(month, wage_terms(on=month.first_day())) for month in months]


def employer(employer_id: int) -> Employer:
    """Return an employer; raises `NotFound`."""
    found = Employer.objects.filter(employer_id=employer_id).first()
    if found is None:
        raise NotFound
    return found


def employer_ids() -> list[int]:
    """Return all employers, for the daily run."""
    return list(Employer.objects.order_by("employer_id").values_list("employer_id", flat=True))


def employer_by_number(number: str) -> Employer:
    """Return an employer by its number; raises `NotFound`."""
    whose = by_number(Key.EMPLOYER, number)
    if whose is None:
        raise NotFound
    return employer(whose.family_id)


def nik_digest(nik: str) -> bytes:
    """Return the blind index by which the directory, too, knows a NIK."""
    return sealer().index(Key.NIK, nik)


@dataclass(frozen=True, slots=True)
class Worker:
    """An employee with the wage that was entered last."""

    row: Employee
    wage: int  # rupiah
    wage_from: date


def workers(employer_id: int, *, search: str = "", after: int = 0) -> list[Worker]:
    """Return who works for an employer, or worked there, newest first; one page and one more.

    `search` is a whole NIK or a part of a name; `after` is the id of the last one of a page.
    """
    rows = Employee.objects.filter(employer_id=employer_id)
    if search.isdigit() and len(search) == 16:
        rows = rows.filter(nik_digest=nik_digest(search))
    elif search:
        rows = rows.filter(name__icontains=search)
    if after:
        rows = rows.filter(id__lt=after)
    return _with_wages(list(rows.order_by("-id")[: EMPLOYEES_ON_A_PAGE + 1]))


def worker(employer_id: int, employee_id: int) -> Worker:
    """Return one employee of an employer; raises `NotFound` for any other id."""
    rows = list(Employee.objects.filter(employer_id=employer_id, id=employee_id))
    if not rows:
        raise NotFound
    return _with_wages(rows)[0]


def _with_wages(rows: Sequence[Employee]) -> list[Worker]:
    if not rows:
        return []
    found: dict[int, Wage] = {}
    wages = Wage.objects.filter(
        employer_id=rows[0].employer_id, employee_id__in=[r.id for r in rows]
    )
    for wage in wages.order_by("valid_from"):
        found[wage.employee_id] = wage
    return [Worker(row, found[row.id].monthly, found[row.id].valid_from) for row in rows]


def wages_of(employer_id: int, employee_id: int) -> list[Wage]:
    """Return the wages of one employee, newest first."""
    rows = Wage.objects.filter(employer_id=employer_id, employee_id=employee_id)
    return list(rows.order_by("-valid_from"))


@dataclass(frozen=True, slots=True)
class Known:
    """What an import needs of somebody who works there already."""

    id: int
    name: str
    birth_date: date
    wage: int
    wage_from: date


_AT_ONCE = 5_000


def known_workers(employer_id: int, niks: Sequence[str]) -> dict[str, Known]:
    """Return those of these NIKs who work for the employer now; some statements for all."""
    found: dict[str, Known] = {}
    newest = Wage.objects.filter(
        employer_id=OuterRef("employer_id"), employee_id=OuterRef("id")
    ).order_by("-valid_from")
    for start in range(0, len(niks), _AT_ONCE):
        digests = {nik_digest(nik): nik for nik in niks[start : start + _AT_ONCE]}
        rows = (
            Employee.objects.filter(
                employer_id=employer_id, ended_on__isnull=True, nik_digest__in=list(digests)
            )
            .annotate(
                wage=Subquery(newest.values("monthly")[:1]),
                wage_from=Subquery(newest.values("valid_from")[:1]),
            )
            .values_list("nik_digest", "id", "name", "birth_date", "wage", "wage_from")
        )
        for digest, *known in rows:
            found[digests[bytes(digest)]] = Known(*known)
    return found


def count_workers(employer_id: int) -> dict[str, int]:
    """Return how many work for an employer now, by how far their membership is."""
    states = Employee.objects.filter(employer_id=employer_id, ended_on__isnull=True)
    counts: dict[str, int] = {}
    for state in states.values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    return counts


def bills_of(employer_id: int, *, at_most: int = 36) -> list[EmployerBill]:
    """Return an employer's bills, newest first."""
    rows = EmployerBill.objects.filter(employer_id=employer_id)
    return list(rows.order_by("-month")[:at_most])


def bills_of_year(employer_id: int, year: int) -> list[EmployerBill]:
    """Return the bills of the months of one year, oldest first."""
    months = (Month(year, 1).index, Month(year, 12).index)
    rows = EmployerBill.objects.filter(employer_id=employer_id, month__range=months)
    return list(rows.order_by("month"))


def bill_of(employer_id: int, bill_id: int) -> EmployerBill:
    """Return one bill; raises `NotFound` for any other id."""
    found = EmployerBill.objects.filter(employer_id=employer_id, id=bill_id).first()
    if found is None:
        raise NotFound
    return found


def has_bill(employer_id: int, month: Month) -> bool:
    """Whether the bill of a month is made."""
    return EmployerBill.objects.filter(employer_id=employer_id, month=month.index).exists()


@dataclass(frozen=True, slots=True)
class Line:
    """One employee's month on a bill, with the name."""

    row: BillLine
    name: str


def lines_of(employer_id: int, bill_id: int, *, after: int = 0) -> list[Line]:
    """Return lines of a bill by id; one page and one more."""
    rows = BillLine.objects.filter(employer_id=employer_id, bill_id=bill_id, id__gt=after)
    lines = list(rows.order_by("id")[: LINES_ON_A_PAGE + 1])
    people = Employee.objects.filter(
        employer_id=employer_id, id__in=[line.employee_id for line in lines]
    )
    names = dict(people.values_list("id", "name"))
    return [Line(line, names[line.employee_id]) for line in lines]


def open_bills(employer_id: int) -> list[EmployerBill]:
    """Return the open bills, oldest first."""
    rows = EmployerBill.objects.filter(employer_id=employer_id, status=BillStatus.OPEN.value)
    return list(rows.order_by("month"))


def virtual_accounts(number: str) -> list[tuple[BankFacts, str]]:
    """Return at which bank an employer pays to which number."""
    return [(bank, employer_va(number, prefix=bank.prefix)) for bank in banks()]


def payments_of(employer_id: int, *, at_most: int = 120) -> list[Payment]:
    """Return an employer's payments, newest first."""
    return list(Payment.objects.filter(family_id=employer_id).order_by("-id")[:at_most])


def bills_paid_by(employer_id: int, payment_id: int) -> list[EmployerBill]:
    """Return the bills that a payment paid, oldest first."""
    rows = EmployerBill.objects.filter(employer_id=employer_id, payment_id=payment_id)
    return list(rows.order_by("month"))


def paid_months(employer_id: int, payment_id: int) -> list[tuple[bytes, Month]]:
    """Return whom a payment was for: the blind index of each NIK, and the last month paid."""
    bills = bills_paid_by(employer_id, payment_id)
    last: dict[int, int] = {}
    rows = BillLine.objects.filter(employer_id=employer_id, bill_id__in=[b.id for b in bills])
    for employee_id, month in rows.values_list("employee_id", "month"):
        last[employee_id] = max(month, last.get(employee_id, 0))
    people = Employee.objects.filter(employer_id=employer_id, id__in=list(last))
    return [
        (bytes(digest), Month.at(last[id_]))
        for id_, digest in people.values_list("id", "nik_digest")
    ]


def works_elsewhere(niks: Sequence[str]) -> bool:
    """Whether one of these people works for some employer now."""
    digests = [nik_digest(nik) for nik in niks]
    return Employee.objects.filter(nik_digest__in=digests, ended_on__isnull=True).exists()


def pending_employers(*, on: date) -> dict[int, int]:
    """Return how many of each employer are to be registered on a day; served by an index."""
    rows = Employee.objects.filter(state="pending", started_on__lte=on, ended_on__isnull=True)
    counted = rows.values("employer_id").annotate(count=Count("id")).order_by("employer_id")
    return dict(counted.values_list("employer_id", "count"))


def pending(employer_id: int, *, on: date) -> list[int]:
    """Return whom of an employer to register on a day."""
    rows = Employee.objects.filter(
        employer_id=employer_id, state="pending", started_on__lte=on, ended_on__isnull=True
    )
    return list(rows.order_by("id").values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class Job:
    """Where a member works, for themselves: the newest month that the employer was billed for."""

    employer: str
    started_on: date
    ended_on: date | None
    line: BillLine | None
    is_paid: bool


def jobs_of(nik: str) -> list[Job]:
    """Return where a person works or worked, newest first; served by the index over NIKs."""
    rows = list(Employee.objects.filter(nik_digest=nik_digest(nik)).order_by("-id")[:20])
    return [_job(row) for row in rows]


def _job(row: Employee) -> Job:
    lines = BillLine.objects.filter(employer_id=row.employer_id, employee_id=row.id)
    line = lines.order_by("-month").first()
    is_paid = line is not None and bill_of(row.employer_id, line.bill_id).status == "paid"
    return Job(employer(row.employer_id).name, row.started_on, row.ended_on, line, is_paid)


@dataclass(frozen=True, slots=True)
class Payroll:
    """A job from whose wage extra family can be paid: from which month, and what each costs."""

    employer_id: int
    employee_id: int
    employer: str
    first: Month
    percent: int
    each: int  # rupiah a month
    basis: str


def payrolls_of(nik: str, *, on: date) -> list[Payroll]:
    """Return where a person works now and an employer pays through us, newest first."""
    rows = Employee.objects.filter(
        nik_digest=nik_digest(nik), ended_on__isnull=True, state=EmployeeState.ENROLLED.value
    )
    return [_payroll(row, on=on) for row in rows.order_by("-id")[:20]]


def _payroll(row: Employee, *, on: date) -> Payroll:
    first = first_month_of_extra(row, on=on)
    terms = wage_terms(on=first.first_day())
    each = wage_shares(wage_in(row.employer_id, row.id, first), terms=terms, extras=1).extra
    basis = extra_figure(first).basis
    return Payroll(
        row.employer_id, row.id, employer(row.employer_id).name, first, terms.extra_percent, each,
        basis,
    )  # fmt: skip


def first_month_of_extra(row: Employee, *, on: date) -> Month:
    """Return the first month of extra family that an employee asks for on a day."""
    begins = Month.of(on) if row.bill_from is None else Month.at(row.bill_from)
    newest = newest_line(row.employer_id, row.id)
    return first_extra(on=on, bill_from=begins, newest_line=newest)


def wage_in(employer_id: int, employee_id: int, month: Month) -> int:
    """Return the wage that a month is billed by: that of its first day, else the first one."""
    rows = Wage.objects.filter(employer_id=employer_id, employee_id=employee_id)
    begun = rows.filter(valid_from__lte=month.first_day()).order_by("-valid_from").first()
    found = begun or rows.order_by("valid_from").first()
    if found is None:
        raise NotFound
    return found.monthly


def extras_of(family_id: int, *, worker_id: int) -> list[Extra]:
    """Return the extra family for whom a person pays or paid in a family, newest first."""
    return list(Extra.objects.filter(family_id=family_id, worker_id=worker_id).order_by("-id")[:50])


def extra_of(family_id: int, extra_id: int, *, worker_id: int) -> Extra:
    """Return one of them; raises `NotFound` for any id that is not this person's."""
    rows = Extra.objects.filter(family_id=family_id, worker_id=worker_id, id=extra_id)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def extra_by_id(employer_id: int, extra_id: int) -> Extra:
    """Return one of an employer's; raises `NotFound`."""
    found = Extra.objects.filter(employer_id=employer_id, id=extra_id).first()
    if found is None:
        raise NotFound
    return found


def extras_at_work(employer_id: int, employee_id: int) -> list[Extra]:
    """Return an employee's extra family that is billed or will be, for the employer: no names."""
    rows = Extra.objects.filter(
        employer_id=employer_id, employee_id=employee_id, until_month__isnull=True
    )
    return list(rows.order_by("from_month", "id"))


def count_extras(employer_id: int, employee_ids: Sequence[int]) -> dict[int, int]:
    """Return for how many of extra family each of these employees pays, or will; one statement."""
    rows = Extra.objects.filter(
        employer_id=employer_id, employee_id__in=employee_ids, until_month__isnull=True
    )
    return dict(rows.values_list("employee_id").annotate(count=Count("id")))


def wage_figures() -> list[Figure]:
    """Return the dated figures by which wages are billed, with their basis, by name and day."""
    rows = [f for f in contribution_figures() if f.name.startswith("wage_")]
    return sorted(rows, key=lambda f: (f.name, f.valid_from))


def extra_figure(month: Month) -> Figure:
    """Return the percentage of extra family in a month, with its basis."""
    return contribution_figure("wage_extra_percent", on=month.first_day())


def newest_line(employer_id: int, employee_id: int) -> Month | None:
    """Return the newest month that is billed for an employee."""
    rows = BillLine.objects.filter(employer_id=employer_id, employee_id=employee_id)
    index = rows.order_by("-month").values_list("month", flat=True).first()
    return None if index is None else Month.at(index)
