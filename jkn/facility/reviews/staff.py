"""Reviews for staff: a facility answers its own, the branch moderates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jkn.core.actor import Role
from jkn.facility.queries import facility_name
from jkn.facility.reviews.actions import answer_review, decide_review
from jkn.facility.reviews.forms import AnswerForm, DecisionForm
from jkn.facility.reviews.queries import (
    decisions_on,
    reported,
    reports_on,
    review_of,
    unanswered_of,
)
from jkn.facility.reviews.rules import NEXT, Verdict
from jkn.facility.reviews.values import ASPECTS, KINDS, STATES, VERDICTS
from jkn.gate.callers import caller
from jkn.gate.doors import page
from jkn.gate.idempotency import Answer
from jkn.gate.policy import BRANCH, FACILITY, STAFF
from jkn.gate.submitting import submitted
from jkn.shell.pages import render

_BOTH = ("GET", "HEAD", "POST")
LIST = "/petugas/ulasan/"


@page(who=STAFF)
def reviews(request: HttpRequest) -> HttpResponse:
    """The facility's own reviews, unanswered ones first; for the branch those reported."""
    actor = caller(request)
    if actor.role is Role.BRANCH:
        rows = [(r, facility_name(r.facility_id)) for r in reported()]
        return render(request, "facility/reviews_reported.jinja", {"rows": rows})
    own = actor.facility_id or ""
    context = {"reviews": unanswered_of(own), "aspects": ASPECTS, "reviewed": facility_name(own)}
    return render(request, "facility/reviews_own.jinja", context)


@page(who=FACILITY, methods=_BOTH)
def answer(request: HttpRequest, review_id: int) -> HttpResponse:
    """Answer a review of the own facility, or change the answer."""
    review = review_of(caller(request).facility_id or "", review_id)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial={"text": review.answer}
    )

    def act() -> Answer:
        answer_review(actor=caller(request), review_id=review_id, text=form.cleaned_data["text"])
        return Answer(302, location=LIST)

    context = {"form": form, "review": review, "aspects": ASPECTS}
    return submitted(request, form, act, "facility/review_answer.jinja", context)


@page(who=BRANCH, methods=_BOTH)
def decide(request: HttpRequest, code: str, review_id: int) -> HttpResponse:
    """One review at the branch: what was reported, what was decided, the decision."""
    review = review_of(code, review_id)
    verdicts = [v for state, v in NEXT if state is review.state]
    form = DecisionForm(request.POST if request.method == "POST" else None, verdicts=verdicts)

    def act() -> Answer:
        decide_review(
            actor=caller(request), facility_id=code, review_id=review_id,
            verdict=Verdict(form.cleaned_data["verdict"]), reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return Answer(302, location=LIST)

    context = {
        "form": form,
        "review": review,
        "reviewed": facility_name(code),
        "aspects": ASPECTS,
        "state": STATES[review.state],
        "reports": [(r, KINDS[r.kind]) for r in reports_on(code, review_id)],
        "decisions": [(d, VERDICTS[Verdict(d.verdict)]) for d in decisions_on(code, review_id)],
    }
    return submitted(request, form, act, "facility/review_decide.jinja", context)
