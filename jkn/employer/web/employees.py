"""Employees one by one: the list, a new one, wages, the end of work."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import Conflict, Refused
from jkn.core.ids import id_in
from jkn.core.words import N_
from jkn.employer import queries
from jkn.employer.actions import change_wage, end_work, import_employees, try_again
from jkn.employer.forms import AgainForm, EmployeeForm, EndForm, WageForm
from jkn.employer.presenters import REASONS, shown, state_words, why_words
from jkn.employer.queries import EMPLOYEES_ON_A_PAGE
from jkn.employer.rules import EndReason
from jkn.employer.web.frame import framed
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, employer_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import EMPLOYER

LIST = "/perusahaan/pekerja/"


@page(who=EMPLOYER)
def employees(request: HttpRequest) -> HttpResponse:
    """Who works here, newest first; searched by a part of the name or a whole NIK."""
    own = queries.employer(employer_of(request))
    search = request.GET.get("cari", "").strip()[:120]
    after = id_in(request.GET.get("setelah", "")) or 0
    found = queries.workers(own.employer_id, search=search, after=after)
    mark_own_read(actor=caller(request), verb="employer.employees", group=own.employer_id)
    people = found[:EMPLOYEES_ON_A_PAGE]
    context = {
        "people": shown(people),
        "search": search,
        "next": people[-1].row.id if len(found) > EMPLOYEES_ON_A_PAGE else 0,
    }
    return framed(request, own, "employer/employees.jinja", context)


@page(who=EMPLOYER)
def employee(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One employee: how far the registration is, wages by date, what can be done."""
    return _employee_page(request, id, AgainForm())


def _employee_page(
    request: HttpRequest, employee_id: int, form: AgainForm, *, status: int = 200
) -> HttpResponse:
    own = queries.employer(employer_of(request))
    person = queries.worker(own.employer_id, employee_id)
    kind, title = state_words(person.row)
    mark_own_read(actor=caller(request), verb="employer.employees", group=own.employer_id)
    context = {
        "person": person.row,
        "tag": kind,
        "title": title,
        "why": why_words(person.row),
        "wages": queries.wages_of(own.employer_id, employee_id),
        "extras": queries.extras_at_work(own.employer_id, employee_id),
        "reason": REASONS.get(person.row.end_reason, ""),
        "form": form,
    }
    return framed(request, own, "employer/employee.jinja", context, status=status)


@page(who=EMPLOYER, methods=("GET", "HEAD", "POST"))
def add(request: HttpRequest) -> HttpResponse:
    """Add one employee."""
    own = queries.employer(employer_of(request))
    form = EmployeeForm(request.POST if request.method == "POST" else None)
    return _sent(
        request, form, group=own.employer_id,
        act=lambda: _added(request, form), template="employer/add.jinja", context={},
    )  # fmt: skip


def _added(request: HttpRequest, form: EmployeeForm) -> Answer:
    employer_id = employer_of(request)
    if queries.known_workers(employer_id, [form.row.nik]):
        raise Conflict("employee.known", N_("Orang ini sudah ada di daftar. Ubah upahnya di sana."))
    plan = import_employees(
        actor=caller(request), employer_id=employer_id, rows=[form.row], on=today()
    )
    if plan.errors:
        error = plan.errors[0]
        raise Refused("employee.invalid", error.message, **error.values)
    return Answer(302, location=LIST)


@page(who=EMPLOYER, methods=("GET", "HEAD", "POST"))
def wage(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """A new wage from a day on."""
    own = queries.employer(employer_of(request))
    person = queries.worker(own.employer_id, id)
    form = WageForm(request.POST if request.method == "POST" else None)

    def act() -> Answer:
        change_wage(
            actor=caller(request), employer_id=own.employer_id, employee_id=id,
            monthly=form.cleaned_data["upah"], valid_from=form.cleaned_data["mulai"],
        )  # fmt: skip
        return Answer(302, location=f"{LIST}{id}/")

    context = {"person": person.row, "wage": person.wage}
    return _sent(request, form, group=own.employer_id, act=act,
                 template="employer/wage.jinja", context=context)  # fmt: skip


@page(who=EMPLOYER, methods=("GET", "HEAD", "POST"))
def end(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """The end of somebody's work; what follows for the family is said before."""
    own = queries.employer(employer_of(request))
    person = queries.worker(own.employer_id, id)
    form = EndForm(request.POST if request.method == "POST" else None)

    def act() -> Answer:
        end_work(
            actor=caller(request), employer_id=own.employer_id, employee_id=id,
            day=form.cleaned_data["day"], reason=EndReason(form.cleaned_data["reason"]),
            on=today(),
        )  # fmt: skip
        return Answer(302, location=f"{LIST}{id}/")

    return _sent(request, form, group=own.employer_id, act=act,
                 template="employer/end.jinja", context={"person": person.row})  # fmt: skip


@page(who=EMPLOYER, methods=("POST",))
def again(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Try a registration again, once the branch has solved what stood in its way."""
    employer_id = employer_of(request)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _employee_page(request, id, form, status=422)

    def act() -> Answer:
        try_again(
            actor=caller(request), employer_id=employer_id, employee_id=id,
            kk=form.cleaned_data["kk"],
        )  # fmt: skip
        return Answer(302, location=f"{LIST}{id}/")

    return HttpResponseRedirect(once(request, group=employer_id, act=act).location)


def _sent(
    request: HttpRequest, form: forms.Form, *, group: int, act: Callable[[], Answer],
    template: str, context: dict[str, object],
) -> HttpResponse:  # fmt: skip
    """Show a form; where it was sent and is right, run its act once and go on."""
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            return HttpResponseRedirect(once(request, group=group, act=act).location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    own = queries.employer(group)
    return framed(request, own, template, {**context, "form": form}, status=status)
