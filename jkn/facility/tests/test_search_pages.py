"""`/faskes/` without sign-in and without JavaScript: found, near, open, and never a 500."""

from __future__ import annotations

import re
from datetime import date, datetime, time

import pytest
from django.test import Client

from jkn.core.actor import SYSTEM
from jkn.facility.actions import Slot, set_leave, set_sessions
from jkn.facility.tests.factories import a_facility, some_facilities

pytestmark = pytest.mark.django_db


def get(**given):
    return Client().get("/faskes/", given)


def listed(answer):
    return re.findall(r'<a class="row" href="/faskes/(\w+)/">', answer.content.decode())


def text(answer):
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


@pytest.fixture
def _noon(monkeypatch, on_day):
    """A Monday, and the directory's clock at noon."""
    on_day("2026-11-23")
    for place in ("forms", "presenters"):
        monkeypatch.setattr(
            f"jkn.facility.{place}.local_now", lambda: datetime.fromisoformat("2026-11-23 12:00")
        )


def test_puskesmas_terdekat_in_two_taps_from_the_front_page():
    browser = Client()
    front = browser.get("/").content.decode()
    first = "/faskes/dekat/?kind=puskesmas"
    assert f'href="{first}"' in front
    second = re.search(
        r'href="(/faskes/\?village=32\.75\.08\.1003[^"]*)"', browser.get(first).content.decode()
    )
    answer = browser.get(second[1].replace("&amp;", "&"))
    assert listed(answer)[0] == "3275P002"
    assert "Jarak dihitung dari sekitar Jatimakmur" in text(answer)


def test_a_hospital_with_an_internist_on_thursday():
    set_sessions(
        actor=SYSTEM, facility_id="3275R002", number=1, name="dr. Contoh Sekar, Sp.PD",
        clinic="INT", slots=[Slot(4, time(8), time(12), 30)], since=date(2026, 1, 1), on=date(2026, 1, 1),
    )  # fmt: skip
    assert listed(get(kind="hospital", clinic="INT", day="4")) == ["3275R002"]
    assert listed(get(kind="hospital", clinic="INT", day="5")) == []
    assert listed(get(q="internis"))[0] == "3275R002"


def test_filters_stand_in_the_address_and_in_the_form():
    answer = get(q="contoh", kind="clinic", service="pharmacy", open="1", village="32.75.08.1003")
    page = answer.content.decode()
    assert 'value="contoh"' in page
    assert '<option value="clinic" selected>' in page
    assert '<option value="pharmacy" selected>' in page
    assert 'name="open" value="1" checked' in page
    assert '<input type="hidden" name="village" value="32.75.08.1003">' in page


@pytest.mark.usefixtures("_noon")
def test_open_now_and_when_again():
    assert "Buka 24 jam" in text(get(q="RS Contoh Bunda"))
    assert "Buka sampai 20.00" in text(get(q="Klinik Contoh Melati"))
    assert "Tutup, buka hari ini 20.00" in text(get(q="Klinik Contoh Flamboyan"))
    found = listed(get(kind="clinic", open="1"))
    assert "3275K001" in found
    assert "3275K008" not in found


def test_pages_go_on_and_back():
    some_facilities(200)
    first, second = get(q="klinik", kind="clinic"), get(q="klinik", kind="clinic", page="2")
    assert "/faskes/?q=klinik&amp;kind=clinic&amp;page=2" in first.content.decode()
    whole = listed(first) + listed(second)
    assert len(set(whole)) == len(whole) > 20
    assert "Halaman sebelumnya" in text(second)


def test_near_a_place_that_everybody_knows():
    answer = get(near="3275R101", kind="hospital")
    assert listed(answer)[0] == "3275R101"
    assert "RSUD dr. Chasbullah Abdulmadjid" in text(answer)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"q": "x" * 10_000}, "Persingkat"),
        ({"lat": "nan", "lon": "nan"}, "Posisi bukan angka"),
        ({"lat": "-6.2"}, "Posisi bukan angka"),
        ({"lat": "48.8", "lon": "2.3"}, "di luar Indonesia"),
        ({"kind": "castle"}, "tidak dikenal"),
        ({"clinic": "'; DROP TABLE"}, "tidak dikenal"),
        ({"day": "8"}, "tidak dikenal"),
        ({"service": "x"}, "tidak dikenal"),
        ({"open": "perhaps"}, "tidak dikenal"),
        ({"village": "32.75.99.9999"}, "tidak dikenal"),
        ({"near": "3275P004"}, "belum diketahui"),
        ({"near": "nowhere"}, "belum diketahui"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_plain_words(given, says):
    answer = get(**given)
    assert answer.status_code == 422
    assert says in text(answer)
    assert listed(answer) == []
    program = Client().get("/api/v1/facilities", given)
    assert program.status_code == 422
    assert program["Content-Type"] == "application/problem+json"


def test_swapped_positions_offer_the_swap():
    answer = get(lat="106.9756", lon="-6.2383", kind="puskesmas")
    assert answer.status_code == 422
    link = re.search(r'href="(/faskes/\?[^"]+)">Tukar', answer.content.decode())[1]
    again = Client().get(link.replace("&amp;", "&"))
    assert again.status_code == 200
    assert len(listed(again)) == 20
    assert "Jarak dihitung dari posisi Anda" in text(again)


@pytest.mark.parametrize(
    "query",
    ["🏥🏥", "%_%", "'; SELECT 1 --", '"><script>alert(1)</script>', "\\", "  ", "١٢٣",
     "a" * 100, "()*?[]", "puskesmas' OR '1'='1", "\u202e", "null", "../../etc/passwd"],
)  # fmt: skip
def test_no_search_is_an_error_of_ours(query):
    answer = get(q=query)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()
    assert Client().get("/api/v1/facilities", {"q": query}).status_code == 200


def test_letters_that_nobody_types_are_refused():
    assert get(q="\x00").status_code == 400
    assert Client().get("/api/v1/facilities", {"q": "\x00"}).status_code == 400


def test_an_empty_list_says_what_to_do():
    assert "Periksa ejaan" in text(get(q="qqqq wwww zzzz"))


def test_where_somebody_is_is_kept_by_nobody_and_the_rest_by_everybody():
    assert get(lat="-6.2", lon="107.0")["Cache-Control"] == "private, no-store"
    public = get(kind="puskesmas")
    assert public["Cache-Control"].startswith("public, max-age=300")
    again = Client(headers={"if-none-match": public["ETag"]}).get("/faskes/?kind=puskesmas")
    assert again.status_code == 304


def test_a_list_costs_few_statements(django_assert_max_num_queries):
    get(kind="hospital")
    with django_assert_max_num_queries(2):
        assert len(listed(get(kind="hospital", q="hermina"))) >= 2


def test_one_facility_shows_what_it_offers(on_day):
    on_day("2026-11-23")
    sessions = [Slot(1, time(8), time(12), 30), Slot(8, time(22), time(2), 5)]
    for number, name in ((1, "dr. Contoh Sekar, Sp.PD"), (2, "dr. Contoh Yoga, Sp.PD")):
        set_sessions(
            actor=SYSTEM, facility_id="3275R002", number=number, name=name, clinic="INT",
            slots=sessions, since=date(2026, 1, 1), on=date(2026, 1, 1),
        )  # fmt: skip
    set_leave(
        actor=SYSTEM, facility_id="3275R002", number=2, first_on=date(2026, 11, 20),
        last_on=date(2026, 11, 29), reason="Cuti",
    )  # fmt: skip
    answer = Client().get("/faskes/3275R002/")
    page = answer.content.decode()
    for word in ("Rumah sakit kelas B", "rekaan untuk contoh", "Buka 24 jam", "dr. Contoh Sekar",
                 "08.00", "Cuti sampai 29 November 2026", "Libur nasional", "22.00", "Penyakit Dalam",
                 "Gawat darurat", "Akses kursi roda", "Kode 3275R002"):  # fmt: skip
        assert word in page, word
    assert 'href="tel:0210000002"' in page
    assert 'href="geo:-6.263,106.98?q=-6.263,106.98(RS%20Contoh%20Bunda%20Harapan)"' in page
    assert "openstreetmap.org" in page


def test_what_is_unknown_is_said_to_be():
    page = text(Client().get("/faskes/3275P004/"))
    assert "Jam buka belum kami ketahui" in page
    assert "Posisi faskes ini belum kami ketahui" in page
    assert "Jadwal dokter belum kami ketahui" in page
    assert Client().get("/faskes/0000X000/").status_code == 404


def test_a_contract_that_has_ended_is_said(on_day):
    on_day("2026-11-23")
    a_facility(contract_to=date(2026, 11, 1))
    assert "berakhir 1 November 2026" in text(Client().get("/faskes/9999R001/"))


def test_a_hostile_name_is_text():
    hostile = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    a_facility(name=hostile, address=hostile, doctors=hostile)
    for path in ("/faskes/9999R001/", "/faskes/?q=img+src"):
        page = Client().get(path).content.decode()
        assert "<img" not in page
        assert "{{7*7}}" in page
