"""A hospital's staff tell its beds by hand; the page shows how old each figure is."""

from __future__ import annotations

import pytest

from jkn.audit.models import Entry
from jkn.core.clock import now
from jkn.facility.models import Bed
from jkn.facility.tests.payloads import payloads
from jkn.facility.tests.people import a_clerk, andi_of_the_branch, signed_in
from jkn.facility.tests.test_review_scripts import FOREIGN, seen, squeezed

pytestmark = pytest.mark.django_db
HOSPITAL, PUSKESMAS, OTHER = "3275R001", "3275P002", "3275R002"
ROOMS, ADD = "/petugas/faskes/tempat-tidur/", "/petugas/faskes/tempat-tidur/tambah/"
NEW = {
    "room_class": "KL1", "code": "MELATI", "name": "Melati", "capacity": "20", "free": "5",
    "free_men": "2", "free_women": "", "free_both": "3", "_key": "k1",
}  # fmt: skip
TOLD = {"capacity": "20", "free": "4", "_key": "k2"}


@pytest.fixture
def rinas():
    return signed_in(a_clerk(HOSPITAL))


def shown(response):
    return response.content.decode()


def bed_of(code):
    return Bed.objects.create(
        facility_id=code, room_class_id="KL1", room="A", name="Anggrek", capacity=9, free=1,
        free_men=0, free_women=0, free_both=1, updated_at=now(),
    )  # fmt: skip


def test_a_room_is_added_told_anew_and_taken_away_and_members_see_it(rinas, client):
    assert [rinas.post(ADD, NEW).status_code for _ in range(2)] == [302, 302]
    bed = Bed.objects.get(facility_id=HOSPITAL)
    assert (bed.capacity, bed.free, bed.free_men, bed.free_women) == (20, 5, 2, 0)
    assert "5 kosong dari 20" in shown(client.get(f"/faskes/{HOSPITAL}/"))
    Bed.objects.update(updated_at="2026-01-01T00:00:00Z")
    assert "terlalu lama, tidak tampil" in shown(rinas.get(ROOMS))
    assert rinas.post(f"{ROOMS}{bed.id}/", TOLD).headers["Location"] == ROOMS
    page = shown(client.get(f"/faskes/{HOSPITAL}/"))
    assert "4 kosong dari 20" in page
    assert "Diperbarui 0 menit lalu" in page
    gone = [rinas.post(f"{ROOMS}{bed.id}/hapus/", {"_key": "k3"}).status_code for _ in range(2)]
    assert gone == [302, 302]
    assert not Bed.objects.filter(facility_id=HOSPITAL).exists()
    verbs = Entry.objects.filter(verb__startswith="facility.").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        "facility.room_added", "facility.beds", "facility.room_ended",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"free": "-1"}, {"free": "21"}, {"capacity": "x"}, {"capacity": "10000"},
        {"free_men": "21"}, {"free_women": "-2"}, {"free": ""}, {"room_class": "ZZZ"},
        {"code": "x" * 21}, {"name": "x" * 81}, {"name": ""},
    ],
)  # fmt: skip
def test_bad_figures_are_refused_write_nothing_and_stay(rinas, wrong):
    answer = rinas.post(ADD, {**NEW, **wrong})
    assert answer.status_code == 422
    assert all(text in shown(answer) for name, text in wrong.items() if name != "room_class")
    assert not Bed.objects.exists()


def test_a_room_that_is_there_is_not_added_again(rinas):
    rinas.post(ADD, NEW)
    answer = rinas.post(ADD, {**NEW, "free": "1", "_key": "k9"})
    assert answer.status_code == 409
    assert Bed.objects.get().free == 5


def test_another_hospitals_rooms_are_not_there_and_the_branch_only_looks(rinas):
    theirs = bed_of(OTHER)
    for url in (f"{ROOMS}{theirs.id}/", f"{ROOMS}{theirs.id}/hapus/"):
        assert rinas.get(url).status_code == 404
        assert rinas.post(url, TOLD).status_code == 404
    andis = signed_in(andi_of_the_branch())
    assert "Anggrek" in shown(andis.get(f"/petugas/faskes/{OTHER}/"))
    assert andis.post(f"{ROOMS}{theirs.id}/", TOLD).status_code == 403
    assert Bed.objects.get().free == 1


def test_only_hospitals_have_beds():
    puskesmas = signed_in(a_clerk(PUSKESMAS))
    assert "tempat-tidur" not in shown(puskesmas.get("/petugas/faskes/"))
    assert puskesmas.get(ROOMS).status_code == 404
    assert puskesmas.post(ADD, NEW).status_code == 404
    assert not Bed.objects.exists()


def test_script_shows_as_text(rinas, client):
    for index, payload in enumerate(list(payloads())[::6]):
        typed = {**NEW, "name": payload, "code": payload[:18], "_key": f"k{index}"}
        assert rinas.post(ADD, typed).status_code == 302
        bed = Bed.objects.get()
        urls = (rinas, ROOMS), (rinas, f"{ROOMS}{bed.id}/"), (client, f"/faskes/{HOSPITAL}/")
        for browser, url in urls:
            page = seen(browser.get(url))
            assert squeezed(payload) in squeezed(page.text)
            assert not {e[0] for e in page.elements} & FOREIGN
            assert not any(n.startswith("on") for e in page.elements for n in e[1:])
        Bed.objects.all().delete()
