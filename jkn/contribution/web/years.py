"""The history of one month, and the statement of one year."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.contribution.annual import annual_pdf
from jkn.contribution.queries import bill_of_month, bills_of_year, family_bills, payments_of_year
from jkn.core.clock import today
from jkn.core.errors import NotFound
from jkn.core.month import Month
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.policy import MEMBER
from jkn.membership.queries import family_of as family_view
from jkn.shell.pages import render

_FIRST_YEAR = 2014  # JKN began


@page(who=MEMBER)
def month(request: HttpRequest) -> HttpResponse:
    """One month: what was billed, whether it is paid, with which receipt."""
    family_id, asked = family_of(request), _month(request.GET.get("bulan", ""))
    mark_own_read(actor=caller(request), verb="contribution.history", group=family_id)
    begun = family_view(family_id, on=today()).registered_on
    bill, payment = bill_of_month(family_id, asked) if asked else (None, None)
    context = {
        "asked": asked,
        "bill": bill,
        "payment": payment,
        "typed": request.GET.get("bulan", ""),
        "years": range(today().year, max(begun.year - 1, today().year - 5), -1),
    }
    status = 422 if request.GET.get("bulan") and asked is None else 200
    return render(request, "contribution/month.jinja", context, status=status)


def _month(text: str) -> Month | None:
    """Return the month of `2026-03`, or None for anything else."""
    year, _, number = text.partition("-")
    plain = text.isascii() and year.isdigit() and number.isdigit() and len(text) <= 7
    if not plain or not (_FIRST_YEAR <= int(year) <= 2100 and 1 <= int(number) <= 12):
        return None
    return Month(int(year), int(number))


@page(who=MEMBER)
def year_file(request: HttpRequest, year: int) -> HttpResponse:
    """The statement of one year as PDF."""
    family_id = family_of(request)
    if not _FIRST_YEAR <= year <= today().year:
        raise NotFound
    head = family_bills(family_id, on=today()).family.members[0]
    mark_own_read(actor=caller(request), verb="contribution.year", group=family_id)
    pdf = annual_pdf(
        year, bills_of_year(family_id, year), payments_of_year(family_id, year),
        payer=f"Keluarga {head.name}",
    )  # fmt: skip
    response = HttpResponse(pdf, "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="iuran-{year}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
