"""Employers at the branch: registering one, and looking at how one stands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.audit.actions import record_read
from jkn.contribution.presenters import FIGURES
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.words import N_
from jkn.employer import queries
from jkn.employer.actions import register_employer
from jkn.employer.forms import EmployerForm
from jkn.employer.presenters import total_open
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import BRANCH
from jkn.shell.pages import render

DESK = "/petugas/badan-usaha/"


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def desk(request: HttpRequest) -> HttpResponse:
    """Open an employer by its number; with a name, register a new one."""
    form = EmployerForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        number, name = form.cleaned_data["number"], form.cleaned_data["name"]
        try:
            if name:
                # Nobody's group yet: the key belongs to whoever registers.
                actor = caller(request)
                answer = once(
                    request, group=actor.account_id, act=lambda: _registered(request, number, name)
                )
                return HttpResponseRedirect(answer.location)
            queries.employer_by_number(number)
            return HttpResponseRedirect(f"{DESK}{number}/")
        except NotFound:
            form.add_error(
                "number",
                ValidationError(
                    N_("Nomor ini belum terdaftar. Periksa angkanya, atau isi namanya.")
                ),
            )
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    return render(request, "employer/desk.jinja", {"form": form}, status=status)


def _registered(request: HttpRequest, number: str, name: str) -> Answer:
    register_employer(actor=caller(request), number=number, name=name, on=today())
    return Answer(302, location=f"{DESK}{number}/")


@page(who=BRANCH)
def desk_employer(request: HttpRequest, number: str) -> HttpResponse:
    """One employer: account numbers, open bills, how many are registered. Looking is recorded."""
    found = queries.employer_by_number(number)
    record_read(
        actor=caller(request), verb="employer.desk_looked", group=found.employer_id,
        purpose="counter",
    )  # fmt: skip
    bills = queries.open_bills(found.employer_id)
    context = {
        "employer": found,
        "bills": bills,
        "total": total_open(bills),
        "accounts": [(bank.name, va) for bank, va in queries.virtual_accounts(found.number)],
        "counts": queries.count_workers(found.employer_id),
        "limit": queries.figure("class_2_up_to_wage", on=today()),
        "figures": queries.wage_figures(),
        "names": FIGURES,
    }
    return render(request, "employer/desk_employer.jinja", context)
