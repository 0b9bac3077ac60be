"""Writes of reviews: written after a visit, answered by the facility, reported, moderated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from jkn.audit.actions import record
from jkn.core.actor import Actor
from jkn.core.errors import Conflict, Forbidden, NotFound
from jkn.core.month import Month
from jkn.core.words import N_
from jkn.facility.models import Review, ReviewDecision, ReviewGrant, ReviewReport
from jkn.facility.reviews.queries import grants_of, insults
from jkn.facility.reviews.rules import Aspect, State, Verdict, check_text, next_state
from jkn.gate.jobs import defer

_NOBODYS = 0  # the audit's group of what belongs to a facility and no family


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody writes of a visit."""

    stars: Mapping[Aspect, int]
    text: str


@transaction.atomic
def write_review(*, actor: Actor, facility_id: str, written: Written, on: date) -> str:
    """Write the review of the newest visit that has none; return its public id.

    Refuses `review.no_visit` (Forbidden) without such a visit, `review.contact` and
    `review.insult` for what the text holds. Then nothing is written.
    """
    check_text(written.text, insults=insults())
    grant = grants_of(facility_id, actor.person_id or 0, on=on).first()
    if grant is None:
        raise Forbidden(
            "review.no_visit", N_("Ulasan ditulis setelah kunjungan ke faskes ini, satu kali.")
        )
    free = ReviewGrant.objects.filter(facility_id=facility_id, id=grant.id, used_at__isnull=True)
    if not free.update(used_at=Now()):
        raise Conflict("review.written", N_("Ulasan kunjungan ini sudah ditulis."))
    review = Review.objects.create(
        facility_id=facility_id, grant_id=grant.id, visited=Month.of(grant.visited_on).index,
        text=written.text, state=State.SHOWN.value,
        **{a.value: written.stars[a] for a in Aspect},
    )  # fmt: skip
    record(
        actor=actor, verb="facility.reviewed", group=actor.family_id or actor.account_id,
        facility=facility_id,
    )  # fmt: skip
    return review.public_id


@transaction.atomic
def answer_review(*, actor: Actor, review_id: int, text: str) -> None:
    """Answer a review of the actor's own facility, or change the answer.

    Raises `NotFound` for a review of another facility; refuses as the review's own text does,
    and `review.hidden` while it is hidden.
    """
    check_text(text, insults=insults())
    row = _locked(actor.facility_id or "", review_id)
    if row.state != State.SHOWN:
        raise Conflict("review.hidden", N_("Ulasan ini disembunyikan. Jawaban tidak perlu."))
    is_first = row.answered_at is None
    Review.objects.filter(facility_id=row.facility_id, id=row.id).update(
        answer=text, answered_at=Now(), answered_by=actor.account_id
    )
    record(
        actor=actor, verb="facility.review_answered", group=_NOBODYS, subject=row.id,
        facility=row.facility_id,
    )  # fmt: skip
    if is_first:
        defer("facility.tell_review_answered", facility_id=row.facility_id, review_id=row.id)


def _locked(facility_id: str, review_id: int) -> Review:
    rows = Review.objects.select_for_update().filter(facility_id=facility_id, id=review_id)
    row = rows.first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def report_review(
    *, actor: Actor, facility_id: str, review_id: int, kind: str, reason: str
) -> None:
    """Tell the branch that a review should not be there; a second time changes nothing.

    Raises `NotFound` for a review that is not shown.
    """
    row = _locked(facility_id, review_id)
    if row.state != State.SHOWN:
        raise NotFound
    _, is_new = ReviewReport.objects.get_or_create(
        facility_id=facility_id, review_id=review_id, account_id=actor.account_id,
        defaults={"kind": kind, "reason": reason},
    )  # fmt: skip
    if is_new:
        record(
            actor=actor, verb="facility.review_reported",
            group=actor.family_id or actor.account_id, facility=facility_id,
        )  # fmt: skip


@transaction.atomic
def decide_review(
    *, actor: Actor, facility_id: str, review_id: int, verdict: Verdict, reason: str
) -> None:
    """Hide a review, show it again, or leave it: with a reason, which its writer is told.

    Closes the reports on it. Refuses `review.decided` what is so already.
    """
    row = _locked(facility_id, review_id)
    state = next_state(State(row.state), verdict)
    Review.objects.filter(facility_id=facility_id, id=review_id).update(state=state.value)
    ReviewReport.objects.filter(facility_id=facility_id, review_id=review_id).update(is_open=False)
    decision = ReviewDecision.objects.create(
        facility_id=facility_id, review_id=review_id, verdict=verdict.value, reason=reason,
        by_account=actor.account_id, by_name=actor.name,
    )  # fmt: skip
    record(
        actor=actor, verb="facility.review_decided", group=_NOBODYS, subject=review_id,
        facility=facility_id, verdict=verdict.value,
    )  # fmt: skip
    if verdict is not Verdict.KEEP:
        defer("facility.tell_review_decided", facility_id=facility_id, decision_id=decision.id)
