"""Reads of reviews: what all may see, what one wrote, what waits for staff. Never who wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.db.models import Count, QuerySet

from jkn.core.db import execute
from jkn.core.errors import NotFound
from jkn.core.month import Month
from jkn.facility.figures import figure
from jkn.facility.models import Review, ReviewDecision, ReviewGrant, ReviewReport
from jkn.facility.reviews.rules import Aspect, Spread, State, spreads

PAGE = 20
_INSULTS = Path(__file__).parent / "insults.txt"
_COUNTED = """
SELECT a.aspect, a.stars, count(*) FROM facility_review r
CROSS JOIN LATERAL (VALUES ('waiting', r.waiting), ('staff', r.staff), ('clarity', r.clarity),
  ('cleanliness', r.cleanliness)) AS a (aspect, stars)
WHERE r.facility_id = %s AND r.state = 'shown' GROUP BY a.aspect, a.stars
"""


@lru_cache(maxsize=1)
def insults() -> tuple[str, ...]:
    """Return the words that a text must not hold."""
    lines = _INSULTS.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review as others read it: no name, no day, the month of the visit alone."""

    id: int
    facility_id: str
    public_id: str
    visited: Month
    stars: dict[Aspect, int]
    text: str
    state: State
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is known of a facility by its reviews; no spreads where there are too few."""

    persons: int
    at_least: int
    spreads: tuple[Spread, ...]


def opinion_of(facility_id: str, *, on: date) -> Opinion:
    """Return how many reviews are shown, and the spread of their stars from enough of them."""
    counted = [(a, s, n) for a, s, n in execute(_COUNTED, [facility_id])]
    persons = sum(n for a, _, n in counted if a == Aspect.WAITING)
    at_least = figure("review_average_from", on=on).value
    return Opinion(persons, at_least, spreads(counted, at_least=at_least))


def reviews_of(facility_id: str, *, before: int | None = None) -> list[ReviewView]:
    """Return a page of the reviews of a facility that are shown, the newest first.

    `before` is the id after which the page before ended.
    """
    rows = Review.objects.filter(facility_id=facility_id, state=State.SHOWN.value)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [view(r) for r in rows.order_by("-id")[:PAGE]]


def review_of(facility_id: str, review_id: int) -> ReviewView:
    """Return one review of a facility, shown or hidden; raises `NotFound`."""
    row = Review.objects.filter(facility_id=facility_id, id=review_id).first()
    if row is None:
        raise NotFound
    return view(row)


def view(row: Review) -> ReviewView:
    """Return a row as others read it."""
    return ReviewView(
        row.id, row.facility_id, row.public_id, Month.at(row.visited),
        {a: getattr(row, a.value) for a in Aspect}, row.text, State(row.state), row.answer,
        row.answered_at,
    )  # fmt: skip


def grants_of(facility_id: str, person_id: int, *, on: date) -> QuerySet[ReviewGrant]:
    """Return the visits of a person to a facility of which a review can be written, newest first."""
    rows = ReviewGrant.objects.filter(
        facility_id=facility_id, person_id=person_id, used_at__isnull=True, until__gte=on
    )
    return rows.order_by("-visited_on", "-id")


def grant_of(facility_id: str, grant_id: int) -> ReviewGrant:
    """Return one grant; raises `NotFound`."""
    row = ReviewGrant.objects.filter(facility_id=facility_id, id=grant_id).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class OwnReview:
    """What one wrote, and why it is hidden where it is."""

    review: ReviewView
    reason: str


def own_reviews(facility_id: str, person_id: int) -> list[OwnReview]:
    """Return what a person wrote of a facility, newest first, with the reason of its hiding."""
    rows = Review.objects.filter(facility_id=facility_id, grant__person_id=person_id)
    reasons = decisions_of(facility_id, [r.id for r in rows])
    return [
        OwnReview(view(r), reasons[r.id].reason if r.id in reasons else "")
        for r in rows.order_by("-id")[:PAGE]
    ]


def decisions_of(facility_id: str, review_ids: list[int]) -> dict[int, ReviewDecision]:
    """Return the newest decision on each of these reviews that has one."""
    rows = ReviewDecision.objects.filter(facility_id=facility_id, review_id__in=review_ids)
    return {d.review_id: d for d in rows.order_by("id")}


def writer_of(facility_id: str, review_id: int) -> int:
    """Return the person who wrote a review, for telling them; raises `NotFound`."""
    rows = Review.objects.filter(facility_id=facility_id, id=review_id)
    person_id = rows.values_list("grant__person_id", flat=True).first()
    if person_id is None:
        raise NotFound
    return person_id


def unanswered_of(facility_id: str) -> list[ReviewView]:
    """Return the reviews of a facility for its staff: those without an answer first."""
    rows = Review.objects.filter(facility_id=facility_id, state=State.SHOWN.value)
    newest = list(rows.filter(answered_at__isnull=True).order_by("-id")[:PAGE])
    newest += rows.filter(answered_at__isnull=False).order_by("-id")[:PAGE]
    return [view(r) for r in newest]


@dataclass(frozen=True, slots=True)
class Reported:
    """A review that waits for the branch, and how often it was reported."""

    facility_id: str
    review_id: int
    reports: int

    @property
    def public_id(self) -> str:
        """The id in addresses."""
        return f"{self.facility_id}-{self.review_id}"


def reported() -> list[Reported]:
    """Return the reviews of all facilities that wait for the branch, the most reported first.

    A queue of staff, served by a partial index over the reports that are open.
    """
    rows = (
        ReviewReport.objects.filter(is_open=True)
        .values("facility_id", "review_id")
        .annotate(reports=Count("id"))
        .order_by("-reports", "review_id")
    )
    return [Reported(r["facility_id"], r["review_id"], r["reports"]) for r in rows[:50]]


def reports_on(facility_id: str, review_id: int) -> list[ReviewReport]:
    """Return the reports on a review, the newest first; who reported is not told."""
    rows = ReviewReport.objects.filter(facility_id=facility_id, review_id=review_id)
    return list(rows.order_by("-id")[:50])


def decisions_on(facility_id: str, review_id: int) -> list[ReviewDecision]:
    """Return what the branch decided on a review, the newest first."""
    rows = ReviewDecision.objects.filter(facility_id=facility_id, review_id=review_id)
    return list(rows.order_by("-id")[:50])


def decision_of(facility_id: str, decision_id: int) -> ReviewDecision:
    """Return one decision of the branch; raises `NotFound`."""
    row = ReviewDecision.objects.filter(facility_id=facility_id, id=decision_id).first()
    if row is None:
        raise NotFound
    return row
