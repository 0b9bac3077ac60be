"""Visits of demo people that may be reviewed, and some reviews: one answered, one reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from jkn.core.actor import Actor, Level, Role
from jkn.facility.actions import allow_review
from jkn.facility.models import Review
from jkn.facility.reviews.actions import Written, answer_review, report_review, write_review
from jkn.facility.reviews.rules import Aspect
from jkn.nonprod.seeding.accounts import STAFF_FACILITY, Chosen

_FEW = "3275K001"  # a facility with too few reviews for an average
# Stars for waiting, staff, clarity and cleanliness; what people made up here say.
_SAID = (
    ((2, 5, 4, 4), "Menunggu lama di loket, tetapi dokternya sabar menjelaskan."),
    ((4, 5, 5, 4), "Petugas ramah. Obat langsung tersedia."),
    ((1, 3, 3, 4), "Antre dari pagi, baru dipanggil siang. Tolong tambah loket."),
    ((3, 4, 4, 5), "Ruang tunggu bersih, anak-anak nyaman."),
    ((4, 4, 3, 3), ""),
    ((5, 5, 5, 5), "Cepat sekali hari ini."),
    ((2, 2, 3, 3), "Petugas loket kurang jelas, dioper ke sana kemari."),
)
_ANSWER = "Terima kasih. Loket kedua kami buka mulai pukul 07.00."


def write_reviews(chosen: Sequence[Chosen], *, today: date) -> None:
    """Let the first two people review a visit of last week, and let the next ones have done so."""
    people = [_actor(member.member_id, member.family_id) for _, member in chosen]
    for person in people[:2]:
        _visit(person, STAFF_FACILITY, today - timedelta(days=6))
    writers = people[2 : 2 + len(_SAID)]
    for number, (person, (stars, text)) in enumerate(zip(writers, _SAID, strict=False)):
        written = Written(dict(zip(Aspect, stars, strict=True)), text)
        for place in (STAFF_FACILITY, _FEW) if number < 2 else (STAFF_FACILITY,):
            _visit(person, place, today - timedelta(days=20 + 9 * number))
            write_review(actor=person, facility_id=place, written=written, on=today)
    _answer_and_report(people)


def _actor(person_id: int, family_id: int) -> Actor:
    return Actor(0, Role.MEMBER, "Demo", Level.REGISTER_MATCHED, person_id, family_id)


def _visit(person: Actor, place: str, day: date) -> None:
    allow_review(
        facility_id=place, person_id=person.person_id or 0, visited_on=day, source="demo",
        reference=f"{person.person_id}",
    )  # fmt: skip


def _answer_and_report(people: Sequence[Actor]) -> None:
    reviews = Review.objects.filter(facility_id=STAFF_FACILITY)
    complaint, unclear = (reviews.filter(text=_SAID[n][1]).last() for n in (2, 6))
    clerk = Actor(0, Role.FACILITY, "Rina Marlina", facility_id=STAFF_FACILITY)
    if complaint:
        answer_review(actor=clerk, review_id=complaint.id, text=_ANSWER)
    if unclear:
        report_review(
            actor=people[0], facility_id=STAFF_FACILITY, review_id=unclear.id, kind="false",
            reason="Waktu itu saya juga di sana, petugasnya menjelaskan.",
        )  # fmt: skip
