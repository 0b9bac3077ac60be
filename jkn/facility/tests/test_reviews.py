"""Reviews: only after a visit, answered, reported, moderated; no names, an average from enough."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from jkn.audit.models import Entry
from jkn.core.ids import new_id
from jkn.facility.actions import allow_review
from jkn.facility.jobs import (
    tell_review_answered,
    tell_review_decided,
    tell_review_possible,
)
from jkn.facility.models import Review, ReviewDecision, ReviewGrant, ReviewReport
from jkn.facility.reviews.actions import Written, write_review
from jkn.facility.reviews.rules import Aspect
from jkn.facility.tests.people import a_clerk, a_person, andi_of_the_branch, signed_in
from jkn.notice.models import Notice

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
CLINIC, OTHER = "3275K001", "3275P002"
LIST, WRITE = f"/faskes/{CLINIC}/ulasan/", f"/faskes/{CLINIC}/ulasan/tulis/"
STARS = {"waiting": 2, "staff": 5, "clarity": 4, "cleanliness": 4}


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def siti():
    return a_person()


@pytest.fixture
def rina():
    return a_clerk(CLINIC)


@pytest.fixture
def andi():
    return andi_of_the_branch()


def visited(account, *, on=date(2026, 11, 17), reference="v1", code=CLINIC):
    allow_review(
        facility_id=code, person_id=account.person_id, visited_on=on, source="visit",
        reference=reference,
    )  # fmt: skip


def a_review(account, *, text="Menunggu lama, dokternya ramah.", reference="v1", stars=STARS):
    visited(account, reference=reference)
    written = Written({Aspect(a): n for a, n in stars.items()}, text)
    write_review(actor=account.as_actor(), facility_id=CLINIC, written=written, on=TODAY)
    return Review.objects.order_by("-id")[0]


def form(**over):
    return {**STARS, "text": "Menunggu lama, dokternya ramah.", "_key": "k1", **over}


def shown(response):
    return response.content.decode()


def test_without_a_visit_it_is_refused_and_nothing_typed_is_lost(siti):
    browser = signed_in(siti)
    assert "setelah kunjungan" in shown(browser.get(WRITE))
    answer = browser.post(WRITE, form())
    assert answer.status_code == 403
    assert "Menunggu lama, dokternya ramah." in shown(answer)
    assert not Review.objects.exists()


def test_after_a_visit_it_appears_is_answered_reported_hidden_and_shown_again(
    client, siti, rina, andi
):
    visited(siti)
    browser = signed_in(siti)
    assert "Tulis ulasan" in shown(browser.get(LIST))
    assert browser.post(WRITE, form()).headers["Location"] == LIST
    page = shown(client.get(LIST))  # without sign-in
    assert "Menunggu lama" in page
    assert "November 2026" in page
    assert "Siti" not in page
    assert "17 November" not in page

    review = Review.objects.get()
    clerk = signed_in(rina)
    assert "Menunggu lama" in shown(clerk.get("/petugas/ulasan/"))
    path = f"/petugas/ulasan/{review.id}/"
    assert (
        clerk.post(path, {"text": "Terima kasih, loket kami tambah.", "_key": "a"}).status_code
        == 302
    )
    assert "loket kami tambah" in shown(client.get(LIST))
    assert clerk.post(path, {"text": "Loket sudah ditambah.", "_key": "b"}).status_code == 302
    assert "loket kami tambah" not in shown(client.get(LIST))

    wati = signed_in(a_person("Wati Lestari"))
    report = f"{LIST}{review.id}/lapor/"
    assert wati.post(report, {"kind": "false", "reason": "Tidak benar."}).status_code == 302
    assert wati.post(report, {"kind": "other", "reason": "Lagi."}).status_code == 302
    assert ReviewReport.objects.count() == 1

    branch = signed_in(andi)
    assert "1 laporan" in shown(branch.get("/petugas/ulasan/"))
    decide = f"/petugas/ulasan/{CLINIC}/{review.id}/"
    assert "Tidak benar." in shown(branch.get(decide))
    verdict = {"verdict": "hide", "reason": "Menyebut orang lain.", "_key": "c"}
    assert branch.post(decide, verdict).status_code == 302
    assert "Menunggu lama" not in shown(client.get(LIST))
    assert "Menyebut orang lain." in shown(browser.get(WRITE))  # the writer reads why
    assert "Tidak ada laporan" in shown(branch.get("/petugas/ulasan/"))
    assert client.get(report).status_code == 302  # to the sign-in
    assert wati.get(report).status_code == 404
    assert clerk.post(path, {"text": "x"}).status_code == 409

    verdict = {"verdict": "restore", "reason": "Sudah diperiksa.", "_key": "d"}
    assert branch.post(decide, verdict).status_code == 302
    assert "Menunggu lama" in shown(client.get(LIST))
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {
        "facility.reviewed", "facility.review_answered", "facility.review_reported",
        "facility.review_decided",
    } <= verbs  # fmt: skip


def test_one_review_for_one_visit(siti):
    visited(siti)
    visited(siti)  # the same visit, told again
    browser = signed_in(siti)
    for _ in range(2):
        assert browser.post(WRITE, form()).status_code == 302
    assert browser.post(WRITE, form(_key="k2")).status_code == 403
    assert Review.objects.count() == 1
    visited(siti, reference="v2", on=date(2026, 11, 20))
    assert browser.post(WRITE, form(_key="k3")).status_code == 302
    assert Review.objects.count() == 2


def test_a_visit_of_long_ago_another_facility_and_another_person_do_not_count(siti):
    visited(siti, on=TODAY - timedelta(days=91))
    visited(siti, code=OTHER)
    visited(a_person("Wati Lestari"), reference="w")
    assert signed_in(siti).post(WRITE, form()).status_code == 403
    visited(siti, on=TODAY - timedelta(days=90), reference="v3")
    assert signed_in(siti).post(WRITE, form(_key="k2")).status_code == 302


@pytest.mark.parametrize(
    "bad",
    [
        {"waiting": ""}, {"waiting": "0"}, {"staff": "6"}, {"clarity": "lima"},
        {"cleanliness": "5.0"}, {"text": "x" * 1001}, {"text": "Telepon 081234567890"},
        {"text": "Dokternya g0bl0k"},
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_what_is_wrong_and_the_visit_stays(siti, bad):
    visited(siti)
    answer = signed_in(siti).post(WRITE, form(**bad))
    assert answer.status_code == 422
    page = shown(answer)
    assert bad.get("text", "dokternya ramah")[:50] in page
    assert "Periksa lagi" in page
    assert not Review.objects.exists()
    assert ReviewGrant.objects.get().used_at is None


def test_what_is_to_be_taken_out_is_named(siti):
    visited(siti)
    answer = signed_in(siti).post(WRITE, form(text="Cari saya di 0812 3456 7890 ya"))
    assert "0812 3456 7890." in shown(answer)


def test_the_average_only_from_enough_and_with_its_spread(client, siti):
    for n in range(4):
        a_review(siti, reference=f"v{n}")
    assert "Baru 4 ulasan" in shown(client.get(LIST))
    told = client.get(f"/api/v1/facilities/{CLINIC}/reviews").json()
    assert (told["total"], told["at_least"], told["spread"]) == (4, 5, [])
    a_review(siti, reference="v4", stars={**STARS, "waiting": 1})
    page = shown(client.get(LIST))
    assert "Rata-rata dari 5 ulasan" in page
    told = client.get(f"/api/v1/facilities/{CLINIC}/reviews").json()
    assert told["spread"][0] == {
        "aspect": "waiting",
        "average_tenths": 18,
        "stars": [1, 4, 0, 0, 0],
    }
    Review.objects.filter(waiting=1).update(state="hidden")
    assert client.get(f"/api/v1/facilities/{CLINIC}/reviews").json()["total"] == 4


def test_the_api_tells_pages_without_names(client, siti):
    for n in range(23):
        a_review(siti, reference=f"v{n}", text=f"Kunjungan ke-{n}.")
    first = client.get(f"/api/v1/facilities/{CLINIC}/reviews").json()
    assert first["reviews"][0]["text"] == "Kunjungan ke-22."
    assert first["reviews"][0]["visited"] == "2026-11"
    assert first["next"].startswith(f"{CLINIC}-")
    more = client.get(f"/api/v1/facilities/{CLINIC}/reviews", {"before": first["next"]}).json()
    assert ([r["text"] for r in more["reviews"]], more["next"]) == (
        ["Kunjungan ke-2.", "Kunjungan ke-1.", "Kunjungan ke-0."], None,
    )  # fmt: skip
    assert str(siti.person_id) not in str(first)
    page = shown(client.get(LIST, {"sebelum": first["next"].split("-")[1]}))
    assert "Kunjungan ke-2." in page
    assert "Kunjungan ke-3." not in page


@pytest.mark.parametrize("before", ["x", "-1", "3275K001-", "9" * 30, "'; --", "🙂"])
def test_a_page_that_is_none(client, before):
    url = f"/api/v1/facilities/{CLINIC}/reviews"
    assert client.get(url, {"before": before}).status_code in (200, 422)
    assert client.get(LIST, {"sebelum": before}).status_code == 200


def test_a_facility_that_is_none(client, siti):
    assert client.get("/faskes/0000X000/ulasan/").status_code == 404
    assert client.get("/api/v1/facilities/0000X000/reviews").status_code == 404
    assert signed_in(siti).get("/faskes/0000X000/ulasan/tulis/").status_code == 404


def test_rina_answers_her_own_facility_alone_and_decides_nothing(siti, andi):
    review = a_review(siti)
    stranger = signed_in(a_clerk(OTHER))
    assert "Menunggu lama" not in shown(stranger.get("/petugas/ulasan/"))
    path = f"/petugas/ulasan/{review.id}/"
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"text": "x"}).status_code == 404
    assert stranger.get(f"/petugas/ulasan/{CLINIC}/{review.id}/").status_code == 403
    assert signed_in(andi).post(path, {"text": "x"}).status_code == 403
    assert signed_in(siti).get("/petugas/ulasan/").status_code == 403
    review.refresh_from_db()
    assert review.answer == ""


def test_an_answer_is_judged_as_a_review_is(siti, rina):
    review = a_review(siti)
    for text in ("", "Telepon kami 021 88881234", "Pasien tolol", "x" * 1001):
        answer = signed_in(rina).post(f"/petugas/ulasan/{review.id}/", {"text": text})
        assert answer.status_code == 422
    assert Review.objects.get().answered_at is None


def test_a_decision_needs_a_reason_and_one_that_changes_something(siti, andi):
    review = a_review(siti)
    branch, url = signed_in(andi), f"/petugas/ulasan/{CLINIC}/{review.id}/"
    for bad in ({"verdict": "hide"}, {"reason": "x"}, {"verdict": "restore", "reason": "x"}):
        assert branch.post(url, bad).status_code == 422
    assert (
        branch.post(url, {"verdict": "keep", "reason": "Tidak ada yang salah."}).status_code == 302
    )
    assert Review.objects.get().state == "shown"
    decision = ReviewDecision.objects.get()
    assert (decision.verdict, decision.by_name) == ("keep", "Andi")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ReviewDecision.objects.update(reason="x")


def test_the_writer_is_asked_told_of_the_answer_and_of_the_decision_once(siti, rina, andi):
    visited(siti)
    grant = ReviewGrant.objects.get()
    for _ in range(2):
        tell_review_possible(CLINIC, grant.id)
    review = a_review(siti)
    tell_review_possible(CLINIC, grant.id)  # written already
    for _ in range(2):
        tell_review_answered(CLINIC, review.id)
    url = f"/petugas/ulasan/{CLINIC}/{review.id}/"
    signed_in(andi).post(url, {"verdict": "hide", "reason": "Menyebut orang."})
    for _ in range(2):
        tell_review_decided(CLINIC, ReviewDecision.objects.get().id)
    told = Notice.objects.filter(account_id=siti.id).order_by("id")
    assert [n.kind for n in told] == [
        "facility.review", "facility.review_answered", "facility.review_decided",
    ]  # fmt: skip
    assert told[2].values["reason"] == "Menyebut orang."


def test_orphans_and_stars_that_are_none_are_refused(siti):
    review = a_review(siti)
    row = Review.objects.filter(id=review.id).values().get()
    with pytest.raises(IntegrityError, match="review_stars"), transaction.atomic():
        Review.objects.filter(id=review.id).update(staff=6)
    with pytest.raises(IntegrityError, match="review_of_grant"), transaction.atomic():
        Review.objects.create(**{**row, "id": new_id(), "facility_id": OTHER})
    with pytest.raises(IntegrityError, match="report_of_review"), transaction.atomic():
        ReviewReport.objects.create(
            facility_id=OTHER, review_id=review.id, account_id=1, kind="other", reason="x"
        )


def test_few_statements(client, siti, django_assert_max_num_queries):
    for n in range(25):
        a_review(siti, reference=f"v{n}")
    client.get(LIST)
    with django_assert_max_num_queries(4):
        client.get(LIST)
