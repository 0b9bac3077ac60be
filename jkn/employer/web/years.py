"""An employer's statement of one year: each month with its parts, each payment, the sums."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.contribution.annual import annual_pdf
from jkn.contribution.queries import payments_of_year
from jkn.core.clock import today
from jkn.core.errors import NotFound
from jkn.employer import queries
from jkn.employer.queries import Business
from jkn.employer.rules import Parts, parts_of
from jkn.employer.web.frame import framed
from jkn.gate.callers import caller, employer_of
from jkn.gate.doors import page
from jkn.gate.policy import EMPLOYER


@page(who=EMPLOYER)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """The statement of one year: a line for each month, the payments, the years beside it."""
    own = _own(request, year)
    bills = queries.bills_of_year(own.employer_id, year)
    payments = payments_of_year(own.employer_id, year)
    context = {
        "year": year,
        "bills": bills,
        "parts": parts_of(bills),
        "payments": payments,
        "paid": sum(p.amount for p in payments),
        "before": year - 1 if year > own.registered_on.year else 0,
        "after": year + 1 if year < today().year else 0,
    }
    return framed(request, own, "employer/year.jinja", context)


@page(who=EMPLOYER)
def year_file(request: HttpRequest, year: int) -> HttpResponse:
    """The statement of one year as PDF."""
    own = _own(request, year)
    bills = queries.bills_of_year(own.employer_id, year)
    pdf = annual_pdf(
        year, bills, payments_of_year(own.employer_id, year),
        payer=f"{own.name}, nomor {own.number}", parts=_lines(parts_of(bills)),
    )  # fmt: skip
    response = HttpResponse(pdf, "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="iuran-{own.number}-{year}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _own(request: HttpRequest, year: int) -> Business:
    """Return the caller's employer; raises `NotFound` for a year before it, or to come."""
    own = queries.employer(employer_of(request))
    if not own.registered_on.year <= year <= today().year:
        raise NotFound
    mark_own_read(actor=caller(request), verb="employer.year", group=own.employer_id)
    return own


def _lines(parts: Parts) -> list[tuple[str, int]]:
    return [
        ("Bagian pemberi kerja", parts.employer),
        ("Potongan upah pekerja", parts.worker),
        ("Potongan upah, keluarga tambahan", parts.extra),
    ]
