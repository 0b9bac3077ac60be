"""Finding a facility: nobody signs in, the screen is small, the line slow, then cut."""

from __future__ import annotations

import re

import pytest

from e2e.phone import expect
from e2e.test_offline import cut, mend
from jkn.config import environment
from jkn.shell.security import map_csp

STATIC = environment.ROOT / "jkn" / "shell" / "static" / "shell"

_TILE = (STATIC / "icon-192.png").read_bytes()
SLOW = {"bits_per_second": 400_000, "round_trip": 0.4}
WORDS = {
    "id": {
        "nearest": "Puskesmas terdekat", "filter": "Saring: jenis, poli, hari, layanan",
        "kind": "Jenis", "hospital": "Rumah sakit", "clinic": "Poli",
        "day": "Dokter ada pada hari", "thursday": "Kamis", "apply": "Terapkan",
        "map": "Lihat di peta", "in": "Perbesar", "take": "Unduh daftar faskes Kota Bekasi",
        "kept": "Tersimpan di ponsel ini.", "cut": "Tanpa internet.",
        "from": "Terdekat dari kelurahan", "few": "Saring: poli dan hari",
    },
    "en": {
        "nearest": "Nearest puskesmas", "filter": "Filter: kind, clinic, day, service",
        "kind": "Kind", "hospital": "Hospital", "clinic": "Clinics (poli)",
        "day": "A doctor is there on", "thursday": "Thursday", "apply": "Apply",
        "map": "See on a map", "in": "Closer", "take": "Download the facilities of Kota Bekasi",
        "kept": "Kept on this phone.", "cut": "No internet.",
        "from": "Nearest to a kelurahan", "few": "Filter: clinic and day",
    },
}  # fmt: skip


@pytest.fixture(params=["id", "en"])
def language(request):
    return request.param


@pytest.fixture
def someone(phone, line, language):
    """A phone that nobody has signed in on, at the end of a slow line."""
    laid = line(**SLOW)
    person = phone(laid.base)
    person.page.context.add_cookies([{"name": "lang", "value": language, "url": laid.base}])
    return person, laid, WORDS[language]


def test_the_nearest_puskesmas_of_a_kelurahan_is_two_taps_away(someone, language):
    person, _, words = someone
    person.open("/faskes/")
    person.press(re.compile(words["nearest"]))
    person.press("Jatimakmur")
    first = person.page.locator("main .rows .row").first
    expect(first).to_contain_text("Puskesmas Jati Makmur")
    assert person.seconds == 2, "two taps"
    person.check(f"finding-nearest-{language}")


def test_a_hospital_with_an_internist_on_thursday(someone, language):
    person, _, words = someone
    person.open("/faskes/")
    person.page.get_by_text(words["filter"]).click()
    person.page.get_by_label(words["kind"], exact=True).select_option("hospital")
    person.page.get_by_label(words["clinic"], exact=True).select_option("INT")
    person.page.get_by_label(words["day"], exact=True).select_option(label=words["thursday"])
    person.press(words["apply"])
    person.sees("RS Contoh Sehat Sentosa")
    person.check(f"finding-thursday-{language}")


def test_a_map_is_there_when_it_is_asked_for(someone, language):
    person, laid, words = someone
    asked = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open("/faskes/?kind=puskesmas&village=32.75.08.1003")
    assert [url for url in asked if "leaflet" in url] == [], "nothing of a map before the tap"
    person.press(words["map"])
    pins = person.page.locator(".map .pin")
    expect(pins.first).to_be_visible()
    rows = person.page.locator("[data-at]").count()
    assert 0 < rows == pins.count()
    expect(person.page.locator(".map .name").first).to_be_attached()
    person.press(words["in"])
    expect(pins.first).to_be_attached()
    assert all(url.startswith((laid.base, "data:")) for url in asked), "no tiles unless set"
    person.page.evaluate("document.querySelector('.map .pin').click()")
    expect(person.page.locator("[data-at] a:focus")).to_have_count(1)
    person.check(f"finding-map-{language}")


def test_without_script_the_map_s_page_is_its_list(phone):
    person = phone(java_script_enabled=False)
    person.open("/faskes/peta/?kind=puskesmas&village=32.75.08.1003")
    person.sees("Peta perlu JavaScript.")
    person.sees("Puskesmas Jati Makmur")


def test_the_maps_policy_lets_no_other_text_become_html(phone):
    person = phone()
    person.open("/faskes/peta/?kind=puskesmas&village=32.75.08.1003")
    expect(person.page.locator(".map .pin").first).to_be_visible()
    for text in ("<b>x</b>", "<svg/> ", "<img src=x onerror=alert(1)>"):
        refused = person.page.evaluate(
            "text => { try { document.createElement('p').innerHTML = text } catch { return true } }",
            text,
        )
        assert refused is True, text
    person.problems = [p for p in person.problems if "TrustedHTML" not in p]


def test_tiles_are_drawn_where_the_policy_names_their_host(phone):
    person = phone(service_workers="block")  # else the worker asks, unseen by the routes below
    tiles, asked = "https://tiles.example/{z}/{x}/{y}.png", []

    def with_tiles(route):
        answer = route.fetch()
        page = answer.text().replace('data-tiles=""', f'data-tiles="{tiles}"')
        headers = {**answer.headers, "content-security-policy": map_csp(tiles)}
        route.fulfill(response=answer, headers=headers, body=page)

    def tile(route):
        asked.append(route.request.headers.get("referer", ""))
        route.fulfill(body=_TILE, content_type="image/png")

    person.page.route("**/faskes/peta/*", with_tiles)
    person.page.route("https://tiles.example/**", tile)
    person.open("/faskes/peta/?kind=puskesmas&village=32.75.08.1003")
    expect(person.page.locator(".leaflet-tile-loaded").first).to_be_attached()
    assert set(asked) <= {f"{person.base}/", ""}, "they learn who asks, not what for"


def test_with_the_network_cut_the_list_on_the_phone_answers_both(someone, language):
    person, laid, words = someone
    person.open("/faskes/luring/")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    person.press(re.compile(words["take"]))
    person.sees(words["kept"])
    cut(person, laid)
    person.open("/faskes/luring/")
    person.sees(words["cut"])
    person.page.get_by_label(words["kind"], exact=True).select_option("puskesmas")
    person.page.get_by_label(words["from"]).select_option("Jatimakmur")
    first = person.page.locator("[data-part=found] b").first
    expect(first).to_have_text("Puskesmas Jati Makmur")
    person.page.get_by_label(words["kind"], exact=True).select_option("hospital")
    person.page.get_by_text(words["few"]).click()
    person.page.get_by_label(words["clinic"], exact=True).select_option("INT")
    person.page.get_by_label(words["day"]).select_option(label=words["thursday"])
    expect(first).to_have_text("RS Contoh Bunda Harapan")
    person.check(f"finding-cut-{language}")
    mend(person, laid)
