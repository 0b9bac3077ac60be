"""Reviews of a facility for programs. Public: no token is needed, no name is told."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest

from jkn.core.clock import today
from jkn.core.errors import Refused
from jkn.core.ids import id_in
from jkn.core.words import N_
from jkn.facility.queries import facility
from jkn.facility.reviews.queries import PAGE, opinion_of, reviews_of
from jkn.gate.doors import api
from jkn.gate.policy import ANYONE


class AspectSpread(msgspec.Struct):
    """Stars for one aspect: the average in tenths (43 is 4.3); `stars` counts 1 star first."""

    aspect: str
    average_tenths: int
    stars: list[int]


class ReviewItem(msgspec.Struct):
    """One review: the month of the visit, stars by aspect, text, and the facility's answer."""

    id: str
    visited: str
    stars: dict[str, int]
    text: str
    answer: str | None


class ReviewList(msgspec.Struct):
    """Reviews of a facility, the newest first. `spread` is empty from fewer than `at_least`.

    `next` is given as `?before=` for the next page; null on the last.
    """

    facility: str
    total: int
    at_least: int
    spread: list[AspectSpread]
    reviews: list[ReviewItem]
    next: str | None


@api(who=ANYONE, answer=ReviewList, query={"before": "`next` of the page before"})
def reviews(request: HttpRequest, code: str) -> ReviewList:
    """What members say of a facility after a visit."""
    facts = facility(code)
    opinion = opinion_of(facts.code, on=today())
    shown = reviews_of(facts.code, before=_before(request))
    return ReviewList(
        facility=facts.code,
        total=opinion.persons,
        at_least=opinion.at_least,
        spread=[AspectSpread(s.aspect, s.tenths, list(s.counts)) for s in opinion.spreads],
        reviews=[
            ReviewItem(
                r.public_id, str(r.visited), {a.value: n for a, n in r.stars.items()}, r.text,
                r.answer or None,
            )
            for r in shown
        ],
        next=shown[-1].public_id if len(shown) == PAGE else None,
    )  # fmt: skip


def _before(request: HttpRequest) -> int | None:
    """Return the id in `?before=FACILITY-ID`; refuses any other text."""
    asked = request.GET.get("before", "")
    if not asked:
        return None
    found = id_in(asked.rpartition("-")[2])
    if found is None:
        raise Refused("page.unknown", N_("Halaman ini tidak ada. Mulai dari halaman pertama."))
    return found
