"""A file of employees: read, shown, then confirmed."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.employer import queries
from jkn.employer.forms import UploadForm, error_words
from jkn.employer.sheet import MOST_ROWS, RowError, example, first_errors
from jkn.employer.uploads import confirm, preview, take_file
from jkn.employer.web.frame import framed
from jkn.gate import limits
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, employer_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import EMPLOYER

PLACE = "/perusahaan/pekerja/unggah/"
ERRORS_SHOWN = 100
ROWS_SHOWN = 50


@page(who=EMPLOYER, methods=("GET", "HEAD", "POST"))
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file. Errors are told by row and column; nothing is imported before a second yes."""
    employer_id = employer_of(request)
    if request.method != "POST":
        return _upload_page(request, UploadForm(), [], 200)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form, [], 422)
    try:
        limits.spend("employer.upload", str(employer_id))
        looked = take_file(
            actor=caller(request), employer_id=employer_id, raw=form.raw(), on=today()
        )
    except Refused as refused:
        form.add_error("file", ValidationError(words(refused)))
        return _upload_page(request, form, [], status_of(refused))
    if looked.errors:
        return _upload_page(request, UploadForm(), looked.errors, 422, rows=looked.rows)
    return HttpResponseRedirect(f"{PLACE}{looked.upload_id}/")


def _upload_page(
    request: HttpRequest, form: UploadForm, errors: list[RowError], status: int, rows: int = 0
) -> HttpResponse:
    shown = first_errors(errors, at_most=ERRORS_SHOWN)
    context = {
        "form": form,
        "errors": [(e.row, e.column, error_words(e)) for e in shown],
        "wrong": len({e.row for e in errors}),
        "rows": rows,
        "more": len(errors) - len(shown),
        "most_rows": f"{MOST_ROWS:,}".replace(",", "."),
    }
    own = queries.employer(employer_of(request))
    return framed(request, own, "employer/upload.jinja", context, status=status)


@page(who=EMPLOYER, methods=("GET", "HEAD", "POST"))
def confirmation(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """What a file would change; sent, all of it is done."""
    employer_id = employer_of(request)
    if request.method == "POST":
        answer = once(request, group=employer_id, act=lambda: _confirmed(request, employer_id, id))
        return HttpResponseRedirect(answer.location)
    plan = preview(employer_id=employer_id, upload_id=id, on=today())
    context = {
        "plan": plan,
        "added": plan.added[:ROWS_SHOWN],
        "changed": plan.changed[:ROWS_SHOWN],
        "wages": sum(row.wage for row in plan.added),
        "upload_id": id,
    }
    return framed(request, queries.employer(employer_id), "employer/preview.jinja", context)


def _confirmed(request: HttpRequest, employer_id: int, upload_id: int) -> Answer:
    confirm(actor=caller(request), employer_id=employer_id, upload_id=upload_id, on=today())
    return Answer(302, location="/perusahaan/pekerja/")


@page(who=EMPLOYER)
def example_file(request: HttpRequest) -> HttpResponse:
    """A file to begin with: the heading and one made-up row."""
    response = HttpResponse(example(), "text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="pekerja.csv"'
    return response
