"""The journal and the months of the money office: searched, exported, balanced, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    QueryDict,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase

from jkn.audit.actions import record, record_read
from jkn.contribution.forms import refuse
from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.month import Month
from jkn.core.sheets import as_csv
from jkn.gate import limits
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.jobs import defer
from jkn.gate.policy import BRANCH
from jkn.membership.checks import find_family
from jkn.membership.queries import names_in
from jkn.shell.pages import render
from jkn.treasury.closing import HOUSE, close_month, drop_proposal, propose_close
from jkn.treasury.forms import CloseForm, JournalForm, MoneySearchForm
from jkn.treasury.journal import ROWS_OF_A_PAGE, Criteria, found, journal_of, lines
from jkn.treasury.presenters import KINDS, NOBODY, account_words, number, sheet
from jkn.treasury.queries import closings, proposed_close
from jkn.treasury.rules import month_of, seen_last
from jkn.treasury.totals import differences, present, trial_balance

_JOURNAL = "/petugas/keuangan/jurnal/"
_DAYS_AT_FIRST = 30


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def journal(request: HttpRequest) -> HttpResponse:
    """Search the journal; a family is opened by its number, which never stands in an address."""
    form = _search(request)
    whose = MoneySearchForm(request.POST if request.method == "POST" else None)
    status = 422 if whose.is_bound or not form.is_valid() else 200
    if whose.is_bound and whose.is_valid():
        try:
            family_id = find_family(actor=caller(request), **whose.cleaned_data)
            return HttpResponseRedirect(f"{_JOURNAL}?family={family_id}")
        except NotFound:
            whose.add_error("number", ValidationError(NOBODY))
        except Refused as refused:
            whose.add_error("number", ValidationError(words(refused)))
            status = status_of(refused)
    context: dict[str, Any] = {
        "form": form,
        "whose": whose,
        "kinds": KINDS,
        "names": [],
        "rows": None,
    }
    if form.is_valid() and not whose.is_bound:
        context |= _rows(request, form.criteria)
    return render(request, "treasury/journal.jinja", context, status=status)


def _search(request: HttpRequest) -> JournalForm:
    on = today()
    data = QueryDict(mutable=True)
    since = on - timedelta(days=_DAYS_AT_FIRST)
    data.update({"since": f"{since:%d-%m-%Y}", "until": f"{on:%d-%m-%Y}"})
    for name in request.GET:
        data[name] = request.GET[name]
    return JournalForm(data, kinds=list(KINDS.items()))


def _rows(request: HttpRequest, criteria: Criteria) -> dict[str, Any]:
    """Return the rows of one page and where the next begins; a family's look is recorded."""
    if criteria.family_id:
        record_read(
            actor=caller(request), verb="treasury.desk_looked", group=criteria.family_id,
            purpose="counter",
        )  # fmt: skip
    after = seen_last(request.GET.get("after", ""))
    rows = found(criteria, after=after, at_most=ROWS_OF_A_PAGE + 1)
    shown = rows[:ROWS_OF_A_PAGE]
    asked = request.GET.copy()
    asked.pop("after", None)
    searched = asked.urlencode()
    if len(rows) > ROWS_OF_A_PAGE:
        asked["after"] = f"{shown[-1].day}.{shown[-1].id}"
    return {
        "rows": shown,
        "names": list(names_in(criteria.family_id).values()) if criteria.family_id else [],
        "next": asked.urlencode() if len(rows) > ROWS_OF_A_PAGE else "",
        "searched": searched,
        "is_first": after is None,
    }


@page(who=BRANCH, methods=("GET",))
def journal_file(request: HttpRequest) -> HttpResponseBase:
    """The lines of the journals that fit, as CSV that no spreadsheet runs; streamed, audited."""
    form, actor = _search(request), caller(request)
    if not form.is_valid():
        raise Refused("journal.search", words_of(form))
    limits.spend("export", str(actor.account_id))
    criteria = form.criteria
    record(
        actor=actor, verb="treasury.exported", group=criteria.family_id or HOUSE,
        since=str(criteria.since), until=str(criteria.until), kind=criteria.kind,
    )  # fmt: skip
    answer = StreamingHttpResponse(
        as_csv(sheet(lines(criteria))), content_type="text/csv; charset=utf-8"
    )
    name = f"jurnal-{criteria.since}-{criteria.until}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def words_of(form: JournalForm) -> str:
    """Return the first thing that is wrong with a search."""
    return next(str(messages[0]) for messages in form.errors.values())


@page(who=BRANCH)
def entry(request: HttpRequest, family_id: int, journal_id: int) -> HttpResponse:
    """One journal with its lines, and whose it is."""
    rows = journal_of(family_id, journal_id)
    record_read(
        actor=caller(request), verb="treasury.desk_looked", group=family_id, subject=journal_id,
        purpose="counter",
    )  # fmt: skip
    context = {
        "journal": rows[0].journal,
        "lines": [(account_words(r.debit), account_words(r.credit), r.amount) for r in rows],
        "kind": KINDS.get(rows[0].journal.kind, rows[0].journal.kind),
        "names": list(names_in(family_id).values()),
        "number": number("J", journal_id),
    }
    return render(request, "treasury/journal_entry.jinja", context)


@page(who=BRANCH, methods=("GET", "HEAD", "POST"))
def balance(request: HttpRequest) -> HttpResponse:
    """The trial balance of a month, its comparison with the journal, and closing by two."""
    month = _month_asked(request)
    form = CloseForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        month = form.cleaned_data["month"]
        try:
            answer = once(request, group=HOUSE, act=lambda: _closed(request, form))
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            refuse(form, words(refused))
            status = status_of(refused)
    return _balance_page(request, month, form, status=status)


def _month_asked(request: HttpRequest) -> Month:
    try:
        return month_of(request.GET.get("bulan", ""))
    except Refused:
        return present(today())


def _closed(request: HttpRequest, form: CloseForm) -> Answer:
    actor, month, act = caller(request), form.cleaned_data["month"], form.cleaned_data["act"]
    if act == "propose":
        propose_close(actor=actor, month=month, on=today())
    elif act == "close":
        close_month(actor=actor, month=month)
    elif act == "drop":
        drop_proposal(actor=actor, month=month, reason=form.cleaned_data["reason"])
    else:
        defer("treasury.roll_up")
    return Answer(302, location=f"/petugas/keuangan/neraca/?bulan={month}")


def _balance_page(
    request: HttpRequest, month: Month, form: CloseForm, *, status: int
) -> HttpResponse:
    checks = request.GET.get("periksa") == "1"
    shown = trial_balance(month)
    proposed = proposed_close()
    context = {
        "form": form,
        "month": month,
        "balance": shown,
        "lines": [(account_words(line.account), line) for line in shown.lines],
        "is_checked": checks,
        "differences": differences(first=month, last=month) if checks else [],
        "is_over": month < Month.of(today()),
        "proposed": proposed,
        "proposed_month": Month.at(proposed.month) if proposed else None,
        "is_mine": proposed is not None and proposed.proposed_by == caller(request).account_id,
        "closings": [(Month.at(c.month), c) for c in closings()],
    }
    return render(request, "treasury/balance.jinja", context, status=status)
