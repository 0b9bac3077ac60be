"""The employer's money: where it stands, bills line by line, payments, receipts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from jkn.audit.actions import mark_own_read
from jkn.contribution.queries import payment_of
from jkn.contribution.receipt import receipt_pdf
from jkn.core.clock import today
from jkn.core.ids import id_in
from jkn.core.month import Month
from jkn.employer import queries
from jkn.employer.presenters import total_open
from jkn.employer.queries import LINES_ON_A_PAGE
from jkn.employer.web.frame import framed
from jkn.gate.callers import caller, employer_of
from jkn.gate.doors import page
from jkn.gate.policy import EMPLOYER


@page(who=EMPLOYER)
def start(request: HttpRequest) -> HttpResponse:
    """How the employer stands: what is owed, until when, at which number; who is registered."""
    own = queries.employer(employer_of(request))
    bills = queries.open_bills(own.employer_id)
    context = {
        "bills": bills,
        "total": total_open(bills),
        "is_late": bool(bills) and bills[0].due_on < today(),
        "accounts": [(bank.name, va) for bank, va in queries.virtual_accounts(own.number)],
        "counts": queries.count_workers(own.employer_id),
        "simulated_bank": "" if settings.PRODUCTION else settings.BANK_URL,
    }
    return framed(request, own, "employer/start.jinja", context)


@page(who=EMPLOYER)
def bills(request: HttpRequest) -> HttpResponse:
    """Every bill, newest first."""
    own = queries.employer(employer_of(request))
    context = {"bills": queries.bills_of(own.employer_id)}
    return framed(request, own, "employer/bills.jinja", context)


@page(who=EMPLOYER)
def bill(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One bill: a line for each employee, with wage, base and both parts."""
    own = queries.employer(employer_of(request))
    found = queries.bill_of(own.employer_id, id)
    after = id_in(request.GET.get("setelah", "")) or 0
    lines = queries.lines_of(own.employer_id, id, after=after)
    mark_own_read(actor=caller(request), verb="employer.bill", group=own.employer_id)
    shown = lines[:LINES_ON_A_PAGE]
    context = {
        "bill": found,
        "lines": shown,
        "next": shown[-1].row.id if len(lines) > LINES_ON_A_PAGE else 0,
        "terms": queries.terms_of([Month.at(found.month)])[0][1],
        "extra": queries.extra_figure(Month.at(found.month)),
    }
    return framed(request, own, "employer/bill.jinja", context)


@page(who=EMPLOYER)
def history(request: HttpRequest) -> HttpResponse:
    """Every payment, newest first."""
    own = queries.employer(employer_of(request))
    context = {"payments": queries.payments_of(own.employer_id), "year": today().year}
    return framed(request, own, "employer/history.jinja", context)


@page(who=EMPLOYER)
def receipt(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """One payment: number, amount, the bills that it paid."""
    own = queries.employer(employer_of(request))
    context = {
        "payment": payment_of(own.employer_id, id),
        "bills": queries.bills_paid_by(own.employer_id, id),
    }
    return framed(request, own, "employer/receipt.jinja", context)


@page(who=EMPLOYER)
def receipt_file(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """The receipt as PDF."""
    own = queries.employer(employer_of(request))
    payment = payment_of(own.employer_id, id)
    pdf = receipt_pdf(payment, queries.bills_paid_by(own.employer_id, id), payer=own.name)
    response = HttpResponse(pdf, "application/pdf")
    response["Content-Disposition"] = f'attachment; filename="kuitansi-{payment.receipt}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
