"""Extra family of a worker: whom the wage pays for, from when, and the end of it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from jkn.audit.actions import mark_own_read
from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.employer.extras import Wish, ask_extra, withdraw_extra
from jkn.employer.forms import ExtraForm
from jkn.employer.presenters import ExtraPage, extra_page
from jkn.gate import limits
from jkn.gate.answers import status_of, words
from jkn.gate.callers import caller, family_of
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import MEMBER
from jkn.membership.partner import RegisterPerson
from jkn.membership.presenters import relation_words
from jkn.membership.queries import family_of as family_view
from jkn.membership.relatives import parent_on_card
from jkn.shell.pages import render

HERE = "/keluarga/tambahan/"


@page(who=MEMBER, methods=("GET", "HEAD", "POST"))
def extras(request: HttpRequest) -> HttpResponse:
    """Who is extra family, what one costs, and a worker's consent to pay for one more."""
    actor, family_id = caller(request), family_of(request)
    shown = extra_page(family_id, actor.person_id, on=today())
    mark_own_read(actor=actor, verb="employer.extras", group=family_id)
    form = _form(request, shown)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            wish = _wish(request, shown, form)
            answer = once(request, group=family_id, act=lambda: _asked(request, wish))
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    form.offer([(str(m.id), m.name) for m in shown.waiting])
    context = {
        "form": form,
        "shown": shown,
        "relations": {str(m.id): gettext(relation_words(m.relation, m.sex)) for m in shown.waiting},
    }
    return render(request, "employer/extras.jinja", context, status=status)


def _form(request: HttpRequest, shown: ExtraPage) -> ExtraForm:
    """Return the form: sent again after its act it names who waits no more, so all are known."""
    people = shown.waiting
    if request.method == "POST":
        people = list(family_view(family_of(request), on=today()).members)
    return ExtraForm(
        request.POST if request.method == "POST" else None,
        jobs=[(str(p.employee_id), p.employer) for p in shown.payrolls],
        people=[(str(m.id), m.name) for m in people],
    )


def _wish(request: HttpRequest, shown: ExtraPage, form: ExtraForm) -> Wish:
    typed = form.cleaned_data
    payroll = shown.payroll(typed["job"])
    who: int | RegisterPerson
    if typed["who"] == ExtraForm.ON_CARD:
        limits.spend("register.lookup", str(caller(request).account_id))
        worker_nik = shown.person.nik if shown.person else ""
        who = parent_on_card(
            family_of(request), worker_nik=worker_nik, nik=typed["nik"],
            birth_date=typed["birth_date"],
        )  # fmt: skip
    else:
        who = int(typed["who"])
    return Wish(payroll.employer_id, payroll.employee_id, who)


def _asked(request: HttpRequest, wish: Wish) -> Answer:
    ask_extra(actor=caller(request), family_id=family_of(request), wish=wish, on=today())
    return Answer(302, location=HERE)


@page(who=MEMBER, methods=("POST",))
def end(request: HttpRequest, id: int) -> HttpResponse:  # noqa: A002
    """Withdraw the consent: the wage is not cut from the next bill on."""
    family_id = family_of(request)

    def act() -> Answer:
        withdraw_extra(actor=caller(request), family_id=family_id, extra_id=id, on=today())
        return Answer(302, location=HERE)

    return HttpResponseRedirect(once(request, group=family_id, act=act).location)
