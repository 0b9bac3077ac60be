"""Employers for their own programs: bills, employees in and out."""

from __future__ import annotations

from datetime import date

import msgspec
from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.ids import id_in
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.employer import queries
from jkn.employer.actions import Plan, import_employees, plan_import
from jkn.employer.forms import error_words
from jkn.employer.queries import EMPLOYEES_ON_A_PAGE
from jkn.employer.sheet import COLUMNS, EmployeeRow, RowError, checked_row, first_errors, read_sheet
from jkn.gate import limits
from jkn.gate.answers import Problem
from jkn.gate.callers import caller, employer_of
from jkn.gate.doors import api, is_dry
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import EMPLOYER

_ERRORS_TOLD = 1_000


class EmployerBill(msgspec.Struct):
    """One month of an employer; amounts in whole rupiah."""

    id: str
    month: str
    persons: int
    employer_part: int
    worker_part: int
    extra_part: int
    amount: int
    due_on: date
    status: str
    basis: str
    payment_id: str | None


class EmployerBills(msgspec.Struct):
    """What is open in one sum, where to pay it (bank → number), and every bill, newest first."""

    amount_due: int
    va: dict[str, str]
    bills: list[EmployerBill]


class EmployeeView(msgspec.Struct):
    """One employee; the wage is the one entered last, in whole rupiah a month.

    `extra_family` is for how many of the family the wage is cut, or will be from the next bill on.
    """

    id: str
    nik: str
    name: str
    birth_date: date
    wage: int
    wage_from: date
    started_on: date
    ended_on: date | None
    state: str
    extra_family: int


class Employees(msgspec.Struct):
    """A page of employees, newest first; `next` is the `after` of the next page."""

    employees: list[EmployeeView]
    next: str | None


class NewEmployee(msgspec.Struct):
    """One employee as the columns of the file; dates as 31-01-1990 or 1990-01-31."""

    nik: str
    nama: str
    tanggal_lahir: str
    upah: int
    mulai: str
    kk: str = ""


class Imported(msgspec.Struct):
    """What an import did, or with `?dry=1` would do."""

    added: int
    changed: int
    same: int


class RowProblem(msgspec.Struct):
    """What is wrong in one place; the heading of a file, and the first of a list, is row 1."""

    row: int
    column: str
    title: str


class RowsProblem(Problem, kw_only=True):
    """A refused import with its errors by row; nothing was imported."""

    errors: list[RowProblem]
    wrong_rows: int


@api(who=EMPLOYER, answer=EmployerBills)
def bills(request: HttpRequest) -> EmployerBills:
    """What the employer owes, and every bill."""
    own = queries.employer(employer_of(request))
    found = queries.bills_of(own.employer_id)
    return EmployerBills(
        amount_due=sum(b.amount for b in found if b.status == "open"),
        va={bank.code: number for bank, number in queries.virtual_accounts(own.number)},
        bills=[
            EmployerBill(
                str(b.id), str(Month.at(b.month)), b.persons, b.employer_part, b.worker_part,
                b.extra_part, b.amount, b.due_on, b.status, b.basis,
                None if b.payment_id is None else str(b.payment_id),
            )
            for b in found
        ],
    )  # fmt: skip


_PAGED = {"search": "part of a name, or a whole NIK", "after": "`next` of the page before"}
_DRY = {"dry": "1: only tell what it would do, import nothing"}


@api(who=EMPLOYER, answer=Employees, query=_PAGED)
def employees(request: HttpRequest) -> Employees:
    """Who works for the employer; `?search=`, `?after=` for the next page."""
    employer_id = employer_of(request)
    found = queries.workers(
        employer_id, search=request.GET.get("search", "").strip()[:120],
        after=id_in(request.GET.get("after", "")) or 0,
    )  # fmt: skip
    mark_own_read(actor=caller(request), verb="employer.employees", group=employer_id)
    shown = found[:EMPLOYEES_ON_A_PAGE]
    extras = queries.count_extras(employer_id, [w.row.id for w in shown])
    return Employees(
        employees=[
            EmployeeView(
                str(w.row.id), w.row.nik, w.row.name, w.row.birth_date, w.wage, w.wage_from,
                w.row.started_on, w.row.ended_on, w.row.state, extras.get(w.row.id, 0),
            )
            for w in shown
        ],
        next=str(shown[-1].row.id) if len(found) > EMPLOYEES_ON_A_PAGE else None,
    )  # fmt: skip


@api(who=EMPLOYER, method="POST", answer=Imported, takes_key=True, query=_DRY)
def import_(request: HttpRequest) -> Imported | HttpResponse:
    """Import a JSON list or a CSV: all of it or nothing; `?dry=1` only tells what it would do."""
    employer_id = employer_of(request)
    rows, errors = _given(request)
    limits.spend("employer.upload", str(employer_id))
    if not errors:
        plan = plan_import(employer_id, rows, on=today())
        if not plan.errors:
            return _dry(plan) if is_dry(request) else _imported(request, rows)
        errors = plan.errors
    return _refused(errors)


def _given(request: HttpRequest) -> tuple[list[EmployeeRow], list[RowError]]:
    if request.content_type == "text/csv":
        sheet = read_sheet(request.body, on=today())
        return sheet.rows, sheet.errors
    try:
        given = msgspec.json.decode(request.body, type=list[NewEmployee])
    except msgspec.DecodeError as error:
        raise Refused(
            "body.invalid", N_("Isi permintaan tidak sesuai: {why}"), why=str(error)
        ) from None
    errors: list[RowError] = []
    rows: dict[str, EmployeeRow] = {}
    for number, one in enumerate(given, start=1):
        cells = {column: str(getattr(one, column)) for column in COLUMNS}
        row = checked_row(number, cells, errors, on=today())
        if row is not None and rows.setdefault(row.nik, row) is not row:
            message = N_("NIK ini sudah ada di baris {first}. Hapus salah satunya.")
            errors.append(RowError(number, "nik", message, {"first": rows[row.nik].row}))
    if not given:
        raise Refused("sheet.empty", N_("Berkas kosong. Isi satu baris untuk tiap pekerja."))
    return list(rows.values()), errors


def _dry(plan: Plan) -> Imported:
    return Imported(len(plan.added), len(plan.changed), plan.same)


def _imported(request: HttpRequest, rows: list[EmployeeRow]) -> Imported:
    employer_id = employer_of(request)

    def act() -> Answer:
        plan = import_employees(
            actor=caller(request), employer_id=employer_id, rows=rows, on=today()
        )
        if plan.errors:  # changed by somebody else between the look and the lock
            first = plan.errors[0]
            raise Refused("employee.invalid", first.message, **first.values)
        return Answer(200, body=msgspec.to_builtins(_dry(plan)))

    answer = once(request, group=employer_id, act=act)
    return msgspec.convert(answer.body, Imported)


def _refused(errors: list[RowError]) -> HttpResponse:
    told = [
        RowProblem(e.row, e.column, error_words(e))
        for e in first_errors(errors, at_most=_ERRORS_TOLD)
    ]
    problem = RowsProblem(
        code="employee.rows", title=told[0].title, status=422, errors=told,
        wrong_rows=len({e.row for e in errors}),
    )  # fmt: skip
    return HttpResponse(msgspec.json.encode(problem), "application/problem+json", status=422)
