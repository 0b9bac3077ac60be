"""A facility changes what members read of it: at once, with a reason, its own alone."""

from __future__ import annotations

import pytest

from jkn.audit.models import Entry
from jkn.facility.actions import next_version
from jkn.facility.models import Facility
from jkn.facility.own.queries import profile_of
from jkn.facility.own.rules import day_texts
from jkn.facility.tests.payloads import payloads
from jkn.facility.tests.people import a_clerk, a_person, andi_of_the_branch, signed_in
from jkn.facility.tests.test_review_scripts import CHOSEN, FOREIGN, PARTS, seen, squeezed

pytestmark = pytest.mark.django_db
CLINIC, OTHER = "3275P002", "3275P003"
START, PROFILE = "/petugas/faskes/", "/petugas/faskes/profil/"


@pytest.fixture(autouse=True)
def _november(on_day):
    on_day("2026-11-22")


@pytest.fixture
def rinas():
    return signed_in(a_clerk(CLINIC))


def form(code=CLINIC, **over):
    held, version = profile_of(code)
    days = {f"day_{i}": text for i, text in enumerate(day_texts(held.hours), start=1)}
    latitude, longitude = held.point or ("", "")
    return {
        "phone": held.phone, "address": held.address, "services": list(held.services),
        "latitude": str(latitude), "longitude": str(longitude), "reason": "Pindah loket",
        "seen": version, "_key": "k1", **days, **over,
    }  # fmt: skip


def shown(response):
    return response.content.decode()


def test_a_member_sees_the_change_at_once_in_page_search_and_pack(rinas, client):
    shown(client.get(f"/faskes/{CLINIC}/"))  # pages and search know it as it was
    before = client.get("/api/v1/packs/3275").json()["version"]
    point = profile_of(CLINIC)[0].point
    weekdays = {f"day_{i}": "07.00-12.00, 20.00-02.00" for i in range(1, 6)}
    answer = rinas.post(
        PROFILE,
        form(
            phone="(021) 555-0199", address="Jalan  Baru\nNo. 9", services=["ambulance", "icu"],
            latitude=str(point[0] + 0.001), day_6="24 jam", **weekdays,
        ),
    )  # fmt: skip
    assert answer.headers["Location"] == START
    for page in (shown(client.get(f"/faskes/{CLINIC}/")), shown(rinas.get(START))):
        assert "0215550199" in page
        assert "Jalan Baru No. 9" in page
        assert "Ambulans" in page
    row = Facility.objects.get(code=CLINIC)
    assert row.hours == "Mo-Fr 07:00-12:00,20:00-02:00; Sa 00:00-24:00"
    assert row.latitude == pytest.approx(point[0] + 0.001)
    assert row.is_approximate
    assert CLINIC in str(client.get("/api/v1/facilities?q=Jalan Baru No. 9&limit=3").json())
    pack = client.get(f"/api/v1/packs/3275?since={before}").json()
    assert CLINIC in str(pack)
    (entry,) = Entry.objects.filter(verb="facility.profile")
    assert entry.details["reason"] == "Pindah loket"
    assert entry.details["fields"] == "phone,address,hours,services,point"
    assert "0215550199" not in str(entry.details)


def test_twice_is_once_and_no_change_writes_nothing(rinas):
    assert rinas.post(PROFILE, form()).status_code == 302
    assert not Entry.objects.filter(verb="facility.profile").exists()
    typed = form(phone="0215550100", _key="k2")
    assert [rinas.post(PROFILE, typed).status_code for _ in range(2)] == [302, 302]
    assert Entry.objects.filter(verb="facility.profile").count() == 1


def test_of_two_who_change_at_once_the_second_is_told_and_keeps_what_was_typed(rinas):
    typed = form(phone="0215550100")
    Facility.objects.filter(code=CLINIC).update(version=next_version(), address="Jalan Lain 1")
    answer = rinas.post(PROFILE, typed)
    assert answer.status_code == 409
    assert "0215550100" in shown(answer)
    assert Facility.objects.get(code=CLINIC).address == "Jalan Lain 1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_1": "25.00-26.00"},
        {"day_1": "08.00-25:00"},
        {"day_2": "pagi"},
        {"day_2": "08.00-09.00; Tu 10.00-11.00"},
        {"day_3": "08.60-09.00"},
        {"phone": "telepon saja"},
        {"phone": "1" * 31},
        {"address": "x" * 201},
        {"reason": ""},
        {"reason": "x" * 301},
        {"services": ["hotel"]},
        {"latitude": "NaN"},
        {"latitude": ""},
        {"latitude": "48.2", "longitude": "16.3"},
        {"latitude": "106.9", "longitude": "-6.2"},
        {"latitude": "-6.9", "longitude": "107.6"},  # in Indonesia, and far away
        {"seen": "x"},
        {f"day_{i}": "01.01-02.02, 03.03-04.04, 05.05-06.06" for i in range(1, 8)}
        | {"day_2": "01.01-02.03, 03.03-04.04", "day_4": "01.01-02.05, 03.03-04.04"}
        | {"day_6": "01.01-02.03, 03.03-04.04, 05.05-06.06, 07.07-08.08, 09.09-10.10"},
    ],
)
def test_bad_input_is_refused_changes_nothing_and_stays_in_the_form(rinas, wrong):
    before = Facility.objects.filter(code=CLINIC).values().get()
    answer = rinas.post(PROFILE, form(**{"phone": "0215550111", **wrong}))
    assert answer.status_code == 422
    page = shown(answer)
    for field, text in wrong.items():
        if field not in ("services",):
            assert text in page
    assert Facility.objects.filter(code=CLINIC).values().get() == before
    assert not Entry.objects.filter(verb="facility.profile").exists()


def test_name_and_kind_are_the_registers(rinas):
    before = Facility.objects.get(code=CLINIC)
    typed = form(phone="0215550100", name="RS Palsu", kind="hospital")
    rinas.post(PROFILE, {**typed, "code": OTHER})
    after = Facility.objects.get(code=CLINIC)
    assert (after.name, after.kind, after.is_primary) == (before.name, before.kind, True)
    assert Facility.objects.filter(phone="0215550100").count() == 1


def test_hours_and_position_that_nobody_touched_stay_as_they_are(rinas):
    held = "Mo-Fr 8.00-16.00; PH off"
    Facility.objects.filter(code=CLINIC).update(hours=held, latitude=-6.28731234)
    assert rinas.post(PROFILE, form(phone="0215550100")).status_code == 302
    row = Facility.objects.get(code=CLINIC)
    assert (row.hours, row.latitude) == (held, -6.28731234)


def test_without_a_position_it_must_lie_near_others_of_its_kecamatan(rinas):
    Facility.objects.filter(code=CLINIC).update(latitude=None, longitude=None)
    far = rinas.post(PROFILE, form(latitude="-6.9", longitude="107.6"))
    assert far.status_code == 422
    near = rinas.post(PROFILE, form(latitude="-6,3", longitude="106.95", _key="k2"))
    assert near.status_code == 302
    assert Facility.objects.get(code=CLINIC).latitude == -6.3


def test_the_branch_looks_and_changes_nothing_and_others_learn_nothing(rinas, client):
    andis, members = signed_in(andi_of_the_branch()), signed_in(a_person())
    assert andis.get(f"{START}?kode=3275p002").headers["Location"] == f"{START}{CLINIC}/"
    page = shown(andis.get(f"{START}{CLINIC}/"))
    assert "/petugas/faskes/profil/" not in page
    assert "Hanya petugas faskes ini" in page
    unknown = andis.get(f"{START}?kode=%3Cscript%3E")
    assert unknown.status_code == 422
    assert "<script>" not in shown(unknown)
    assert andis.get(f"{START}9999X999/").status_code == 404
    assert andis.post(PROFILE, form(phone="0215550100")).status_code == 403
    assert members.get(START).status_code == 403
    assert members.post(PROFILE, form(phone="0215550100")).status_code == 403
    assert client.get(START).status_code == 302
    others = signed_in(a_clerk(OTHER))
    assert others.get(f"{START}{CLINIC}/").status_code == 403
    assert Facility.objects.get(code=OTHER).name in shown(others.get(START))
    assert Facility.objects.get(code=CLINIC).phone != "0215550100"


def test_a_clerk_of_no_facility_finds_nothing():
    nobodys = signed_in(a_clerk("9999X999"))
    assert nobodys.get(START).status_code == 404
    assert nobodys.get(PROFILE).status_code == 404


@pytest.mark.parametrize("part", CHOSEN)
def test_script_shows_as_text_on_every_page(rinas, client, part):
    andis = signed_in(andi_of_the_branch())
    for index, payload in enumerate(list(payloads())[part::PARTS]):
        typed = form(address=payload, reason=payload, _key=f"k{part}-{index}")
        assert rinas.post(PROFILE, typed).status_code == 302
        refused = rinas.post(PROFILE, form(phone=payload[:30], day_1=payload[:60], _key="x"))
        assert refused.status_code == 422
        browsers = (client, f"/faskes/{CLINIC}/"), (rinas, START), (andis, f"{START}{CLINIC}/")
        pages = [seen(browser.get(url)) for browser, url in browsers]
        for page in (*pages, seen(refused)):
            assert not {e[0] for e in page.elements} & FOREIGN
            assert not any(name.startswith("on") for e in page.elements for name in e[1:])
        assert all(squeezed(payload) in squeezed(page.text) for page in pages)
