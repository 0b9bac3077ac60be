"""Pages of reviews: what others say of a facility, writing one, reporting one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from jkn.core.clock import today
from jkn.core.errors import NotFound, Refused
from jkn.core.ids import id_in
from jkn.facility.queries import facility
from jkn.facility.reviews.actions import Written, report_review, write_review
from jkn.facility.reviews.forms import ReportForm, ReviewForm
from jkn.facility.reviews.presenters import spread_lines
from jkn.facility.reviews.queries import (
    PAGE,
    grants_of,
    opinion_of,
    own_reviews,
    review_of,
    reviews_of,
)
from jkn.facility.reviews.rules import Aspect, State
from jkn.facility.reviews.values import ASPECTS, STATES
from jkn.gate.answers import status_of, words
from jkn.gate.callers import asking, caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer, once
from jkn.gate.policy import ANYONE, MEMBER, SIGNED_IN
from jkn.shell.pages import render

_BOTH = ("GET", "HEAD", "POST")


def list_of(code: str) -> str:
    """Return the address of a facility's reviews."""
    return f"/faskes/{code}/ulasan/"


@page(who=ANYONE)
def reviews(request: HttpRequest, code: str) -> HttpResponse:
    """What members say of a facility: averages from enough of them, then one by one."""
    facts = facility(code)
    actor = asking(request)
    shown = reviews_of(code, before=id_in(request.GET.get("sebelum", "")))
    opinion = opinion_of(code, on=today())
    person_id = actor.person_id if actor else None
    context = {
        "facts": facts,
        "opinion": opinion,
        "spreads": spread_lines(opinion.spreads),
        "reviews": shown,
        "aspects": ASPECTS,
        "older": shown[-1].id if len(shown) == PAGE else None,
        "may_write": bool(person_id and grants_of(code, person_id, on=today()).exists()),
        "is_member": person_id is not None,
    }
    return render(request, "facility/reviews.jinja", context)


@page(who=MEMBER, methods=_BOTH)
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Write the review of a visit; what one wrote before, and why it is hidden where it is."""
    facts = facility(code)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            answer = once(
                request, group=caller(request).account_id,
                act=lambda: _written(request, code, form),
            )  # fmt: skip
            return HttpResponseRedirect(answer.location)
        except Refused as refused:
            form.add_error(None, ValidationError(words(refused)))
            status = status_of(refused)
    person_id = caller(request).person_id or 0
    context = {
        "form": form,
        "facts": facts,
        "visit": grants_of(code, person_id, on=today()).first(),
        "own": [(o, *STATES[o.review.state]) for o in own_reviews(code, person_id)],
        "aspects": ASPECTS,
        "back": list_of(code),
    }
    return render(request, "facility/review_write.jinja", context, status=status)


def _written(request: HttpRequest, code: str, form: ReviewForm) -> Answer:
    stars = {a: int(form.cleaned_data[a.value]) for a in Aspect}
    write_review(
        actor=caller(request), facility_id=code,
        written=Written(stars, form.cleaned_data["text"]), on=today(),
    )  # fmt: skip
    return Answer(302, location=list_of(code))


@page(who=SIGNED_IN, methods=_BOTH)
def report(request: HttpRequest, code: str, review_id: int) -> HttpResponse:
    """Report a review to the branch, with the reason."""
    facts, review = facility(code), review_of(code, review_id)
    if review.state is not State.SHOWN:
        raise NotFound
    form = ReportForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        answer = once(
            request, group=caller(request).account_id,
            act=lambda: _reported(request, code, review_id, form),
        )  # fmt: skip
        return HttpResponseRedirect(answer.location)
    context = {
        "form": form, "facts": facts, "review": review, "aspects": ASPECTS, "back": list_of(code),
    }  # fmt: skip
    return render(request, "facility/review_report.jinja", context, status=status)


def _reported(request: HttpRequest, code: str, review_id: int, form: ReportForm) -> Answer:
    report_review(actor=caller(request), facility_id=code, review_id=review_id, **form.cleaned_data)
    return Answer(302, location=list_of(code))
