"""Reconciliation for the branch: load a statement, see its lines, resolve those in suspense."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from jkn.audit.actions import record_read
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.ids import id_in
from jkn.core.sheets import as_csv
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.jobs import defer
from jkn.gate.policy import BRANCH
from jkn.reconciliation.actions import load_file
from jkn.reconciliation.acts import (
    ask_assignment,
    decide_assignment,
    explain_line,
    owner_of,
)
from jkn.reconciliation.forms import AssignForm, DecideForm, ExplainForm, StatementForm
from jkn.reconciliation.presenters import HEADS, REASONS, STATUSES, reason_words, status_words
from jkn.reconciliation.queries import (
    PAGE,
    assignments_of,
    assignments_waiting,
    bank_names,
    exported,
    line_of,
    line_rules,
    lines_of,
    missing,
    missing_sum,
    stated_banks,
    statements,
    totals_of,
    waiting_for,
)
from jkn.reconciliation.rules import (
    BY_HAND,
    SUSPENSE_GROUP,
    Fault,
    Reason,
    Status,
    Unreadable,
)
from jkn.shell.pages import render

HOME = "/petugas/keuangan/rekonsiliasi/"
_SHOWN = 20  # faults of a file, and missing payments


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def home(request: HttpRequest) -> HttpResponse:
    """Load a statement file; the statements so far, and what waits for somebody."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = StatementForm(*sent, banks=bank_names())
    status = 422 if form.is_bound else 200
    faults: tuple[Fault, ...] = ()
    if form.is_bound and form.is_valid():
        try:
            answer = once(request, group=SUSPENSE_GROUP, act=lambda: _loaded(request, form))
            return HttpResponseRedirect(answer.location)
        except Unreadable as unreadable:
            faults = unreadable.faults
            form.add_error("file", ValidationError(words(unreadable)))
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    context = {
        "form": form,
        "faults": [(f.row, gettext(f.message).format(**f.values)) for f in faults[:_SHOWN]],
        "more": max(0, len(faults) - _SHOWN),
        "statements": statements(),
        "totals": totals_of(lines_of(status="", statement_id=0, bank="")),
        "waiting": assignments_waiting(),
        "rules": [(rule, reason_words(rule.reason)) for rule in line_rules()],
    }
    return render(request, "reconciliation/home.jinja", context, status=status)


def _loaded(request: HttpRequest, form: StatementForm) -> Answer:
    typed = form.cleaned_data
    bank, _, _ = load_file(
        typed["file"].read(), actor=caller(request), bank=typed["bank"], account=typed["account"]
    )
    defer("reconciliation.match", bank=bank)
    return Answer(302, location=HOME)


def _filter(request: HttpRequest) -> dict[str, Any]:
    """Return what the address asks for; anything unknown filters nothing."""
    status, statement = request.GET.get("status", ""), request.GET.get("mutasi", "")
    return {
        "status": status if status in {s.value for s in Status} else "",
        "statement_id": id_in(statement) or 0,
        "bank": request.GET.get("bank", "")[:40],
    }


@page(who=BRANCH)
def lines(request: HttpRequest) -> HttpResponse:
    """Lines by status and statement, the newest first, in pages."""
    chosen = _filter(request)
    number = request.GET.get("hal", "1")
    at = max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1
    rows = list(lines_of(**chosen)[(at - 1) * PAGE : at * PAGE + 1])
    record_read(
        actor=caller(request), verb="reconciliation.lines_looked", group=SUSPENSE_GROUP,
        purpose="reconciliation", status=chosen["status"],
    )  # fmt: skip
    asked = {"status": chosen["status"], "mutasi": chosen["statement_id"] or ""}
    context = {
        "rows": [(line, *status_words(line.status), reason_words(line.reason)) for line in rows[:PAGE]],
        "totals": totals_of(lines_of(**{**chosen, "status": ""})),
        "choices": [(s.value, text) for s, (_, text) in STATUSES.items()],
        "chosen": asked,
        "at": at,
        "has_more": len(rows) > PAGE,
    }  # fmt: skip
    return render(request, "reconciliation/lines.jinja", context)


@page(who=BRANCH)
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line: what the bank says, how it stands, and what can be done."""
    row = line_of(line_id)
    record_read(
        actor=caller(request), verb="reconciliation.line_looked",
        group=row.matched_group or SUSPENSE_GROUP, subject=row.id, purpose="reconciliation",
    )  # fmt: skip
    context = {**_shown(line_id), "history": assignments_of(row), "me": caller(request).account_id}
    return render(request, "reconciliation/line.jinja", context)


def _shown(line_id: int) -> dict[str, Any]:
    row = line_of(line_id)
    kind, title = status_words(row.status)
    return {
        "line": row,
        "tag": kind,
        "title": title,
        "reason": reason_words(row.reason),
        "waiting": waiting_for(row),
        "back": f"{HOME}baris/{row.id}/",
    }


def _act(
    request: HttpRequest, line_id: int, form: forms.Form, template: str, do: Callable[[], object]
) -> HttpResponse:
    """Show a form of an act on a line, or do it once and go back to the line."""
    shown = _shown(line_id)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(request, group=SUSPENSE_GROUP, act=lambda: _done(do, shown["back"]))
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    return render(request, f"reconciliation/{template}.jinja", {**shown, "form": form},
                  status=status)  # fmt: skip


def _done(do: Callable[[], object], location: str) -> Answer:
    do()
    return Answer(302, location=location)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def explain(request: HttpRequest, line_id: int) -> HttpResponse:
    """Explain a line in suspense with a reason and a sentence."""
    form = ExplainForm(_sent(request), reasons=[(r.value, REASONS[r]) for r in BY_HAND])

    def do() -> None:
        explain_line(
            actor=caller(request), line_id=line_id, reason=Reason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"], on=today(),
        )  # fmt: skip

    return _act(request, line_id, form, "explain", do)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def assign(request: HttpRequest, line_id: int) -> HttpResponse:
    """Ask a second person to give a line's money to a family."""
    form = AssignForm(_sent(request))

    def do() -> None:
        typed = form.cleaned_data
        ask_assignment(
            actor=caller(request), line_id=line_id, owner=owner_of(typed["kind"], typed["number"]),
            note=typed["note"], on=today(),
        )  # fmt: skip

    return _act(request, line_id, form, "assign", do)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def decide(request: HttpRequest, line_id: int, assignment_id: int) -> HttpResponse:
    """Decide, as the second person, whether the money goes to the family."""
    waiting = waiting_for(line_of(line_id))
    if request.method != "POST" and (waiting is None or waiting.id != assignment_id):
        raise NotFound
    form = DecideForm(_sent(request))

    def do() -> None:
        decide_assignment(
            actor=caller(request), line_id=line_id, assignment_id=assignment_id,
            accepts=form.cleaned_data["decision"] == "accept", on=today(),
        )  # fmt: skip

    return _act(request, line_id, form, "decide", do)


@page(who=BRANCH)
def outstanding(request: HttpRequest) -> HttpResponse:
    """Payments in our books that no statement shows after some days, by bank with statements."""
    record_read(
        actor=caller(request), verb="reconciliation.missing_looked", group=SUSPENSE_GROUP,
        purpose="reconciliation",
    )  # fmt: skip
    on = today()
    context = {
        "banks": [
            (bank, missing(bank, on=on), *missing_sum(bank, on=on)) for bank in stated_banks()
        ]
    }
    return render(request, "reconciliation/missing.jinja", context)


@page(who=BRANCH)
def export(request: HttpRequest) -> HttpResponseBase:
    """The lines of a filter as CSV that no spreadsheet takes for formulas."""
    chosen = _filter(request)
    record_read(
        actor=caller(request), verb="reconciliation.exported", group=SUSPENSE_GROUP,
        purpose="reconciliation", status=chosen["status"],
    )  # fmt: skip
    rows = exported(lines_of(**chosen).iterator())
    return StreamingHttpResponse(
        chain(["\ufeff"], as_csv(chain([[gettext(head) for head in HEADS]], rows))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="mutasi-bank.csv"'},
    )
