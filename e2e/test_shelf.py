"""The list of facilities on the phone: taken on a tap, searched without internet, thrown away."""

from __future__ import annotations

import json
import re

import pytest

from e2e.phone import expect
from e2e.test_offline import cut, kept, left_of, mend
from e2e.times import busy

PAGE = "/faskes/luring/"
MOST_SEARCH_SECONDS = 0.1
_TIMED = """async ({pack, words}) => {
  const {ready, find} = await import("/static/facility/find.js");
  const list = ready(pack);
  const times = words.map(text => {
    const began = performance.now();
    find(list, {text, today: "2026-11-22"});
    return performance.now() - began;
  });
  return Math.max(...times) / 1000;
}"""


@pytest.fixture
def taken(phone, line):
    """A phone of nobody in particular, on a line of its own, with the list on it."""
    laid = line()
    person = phone(laid.base)
    person.open(PAGE)
    person.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    person.press(re.compile("Unduh daftar faskes Kota Bekasi, [0-9]+ KB"))
    person.sees("Tersimpan di ponsel ini.")
    return person, laid


def test_nothing_is_fetched_before_the_tap_and_the_size_is_true(phone, line, visitor):
    laid = line()
    person = phone(laid.base)
    asked = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open(PAGE)
    person.sees("Unduh daftar faskes")
    assert [url for url in asked if "/packs/" in url] == []
    told = person.page.get_by_role("button", name="Unduh daftar").inner_text()
    size = visitor().bytes_of("/api/v1/packs/3275")
    assert f"{-(-size // 1000)} KB" in told
    person.check("shelf-empty")
    person.press(told.strip())
    person.sees("Tersimpan di ponsel ini.")
    assert len([url for url in asked if "/packs/" in url]) == 1


def test_without_script_it_says_what_to_do(phone):
    person = phone(java_script_enabled=False)
    person.open(PAGE)
    person.sees("Penyimpanan perlu JavaScript.")


def test_both_questions_are_answered_with_the_network_cut(taken):
    person, laid = taken
    cut(person, laid)
    person.open(PAGE)
    person.sees("Tanpa internet. Ini simpanan di ponsel Anda.")
    person.page.get_by_label("Jenis").select_option("Puskesmas")
    person.page.get_by_label("Terdekat dari kelurahan").select_option("Jatimakmur")
    person.sees("Puskesmas Jati Makmur")
    first = person.page.locator("[data-part=found] b").first
    expect(first).to_have_text("Puskesmas Jati Makmur")
    person.sees(re.compile(r"Data per \d+ \w+ 2026, \d\d\.\d\d WIB"))
    person.check("shelf-offline")
    mend(person, laid)


def test_the_page_of_what_works_without_internet_names_it(taken):
    person, laid = taken
    cut(person, laid)
    person.open("/daftar/")
    person.sees("Halaman ini perlu internet")
    person.press("Cari faskes tanpa internet")
    person.is_at(PAGE)
    mend(person, laid)


def test_the_phone_finds_what_the_server_finds(taken, visitor):
    person, _ = taken
    program = visitor()
    for asked in (
        "q=puskemas jatiasih", "q=rs hermina", "q=jati asih", "kind=hospital", "q=ra",
        "kind=puskesmas&village=32.75.08.1003", "kind=hospital&village=32.75.01.1001",
        "q=internis&kind=hospital", "q=klinik&village=32.75.04.1002", "q=zzzz", "day=4",
        "clinic=INT&day=4",
    ):  # fmt: skip
        answer = program.get(f"/api/v1/facilities?{asked}&limit=20").json()
        person.open(f"{PAGE}?{asked}")
        expect(person.page.locator("[data-part=count]")).not_to_be_empty()
        shown = person.page.locator("[data-part=found] b").all_inner_texts()
        assert shown == [item["name"] for item in answer["items"]], asked


def test_a_search_takes_no_time(taken, visitor):
    person, _ = taken
    pack = visitor().get("/api/v1/packs/3275").json()
    few = person.page.evaluate(
        "async c => (await import('/static/facility/pack.js')).rows(c)", pack["columns"]
    )
    pack["rows"] = [[f"{row[0]}{n}", *row[1:]] for n in range(1 + 3000 // len(few)) for row in few]
    words = ["rs", "puskesmas jatiasih", "rumah sakit penyakit dalam bekasi " * 3]
    seconds = person.page.evaluate(_TIMED, {"pack": pack, "words": words})
    print(f"search of {len(pack['rows'])} on the phone: {1000 * seconds:.0f} ms at most")
    if not busy():
        assert seconds <= MOST_SEARCH_SECONDS


def test_a_change_comes_as_a_change(taken, stack):
    person, laid = taken
    stack.manage("shell", "-c", _CHANGE)
    before = laid.down
    person.open(PAGE)
    person.page.get_by_label("Nama, layanan, atau kelurahan").fill("Jati Makmur")
    person.sees("Jalan Baru Uji 7")
    held = person.page.evaluate(
        "async () => (await (await caches.match('/api/v1/packs/3275')).json()).version"
    )
    assert held == json.loads(stack.manage("shell", "-c", _VERSION).splitlines()[-1])
    assert laid.down - before < 20_000


def test_a_list_that_does_not_add_up_is_taken_whole(taken):
    """As after a backup: the number is known to the server, what the phone holds is not."""
    person, _ = taken
    person.page.evaluate(_SPOIL)
    asked = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open(f"{PAGE}?q=hermina")
    person.sees("RS Hermina Bekasi")
    person.press("Perbarui daftar")
    person.sees("Daftar sudah yang terbaru.")
    assert "Salah" not in person.page.locator("[data-part=found]").inner_text()
    packs = [url.split("?")[1] for url in asked if "/packs/" in url]
    assert [query.startswith("since=") for query in packs[:2]] == [True, False]


def held_back(person):
    """Opens the page with an old list, whose renewal is asked for and not answered yet."""
    asked = []

    def hold(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    person.page.evaluate(_SPOIL)
    person.page.route("**/packs/**", hold)
    with person.page.expect_request("**/packs/**"):
        person.open(f"{PAGE}?q=hermina")
    person.sees("RS Hermina Bekasi")
    return asked


def test_a_tap_while_it_renews_by_itself_asks_no_second_time(taken):
    person, _ = taken
    asked = held_back(person)
    person.press("Perbarui daftar")
    person.sees("Sedang mengunduh. Mohon tunggu.")
    assert len(asked) == 1
    asked[0].continue_()
    person.sees("Daftar sudah yang terbaru.")


def test_what_was_on_its_way_does_not_bring_back_a_list_thrown_away(taken):
    person, _ = taken
    asked = held_back(person)
    person.press("Hapus daftar")
    person.sees("Daftar sudah dihapus dari ponsel ini.")
    with person.page.expect_response(lambda answer: "packs" in answer.url and answer.ok):
        asked[0].continue_()
    person.page.wait_for_timeout(1000)
    assert person.page.evaluate("caches.keys()") == ["static"]
    person.sees(re.compile("Unduh daftar faskes Kota Bekasi"))


def test_it_leads_and_calls_from_where_the_phone_is(phone, line):
    laid = line()
    person = phone(
        laid.base, permissions=["geolocation"],
        geolocation={"latitude": -6.248, "longitude": 107.032},
    )  # fmt: skip
    person.open(PAGE)
    person.press(re.compile("Unduh daftar"))
    person.sees("Tersimpan di ponsel ini.")
    person.page.get_by_label("Jenis").select_option("Rumah sakit")
    person.press("Pakai posisi saya")
    person.sees("Jarak dihitung dari posisi Anda.")
    first = person.page.locator("[data-part=found] li").first
    expect(first.locator("b")).to_have_text("RS Contoh Sehat Sentosa")
    expect(first).to_contain_text("50 m")
    links = [link.get_attribute("href") for link in first.locator("a").all()]
    assert links[0] == "tel:0210000001"
    assert links[1].startswith("geo:-6.248,107.032?q=-6.248,107.032(RS%20Contoh")


# Rows that the server never sent, under an older number.
_SPOIL = """async () => {
  const shelf = await caches.open("faskes");
  const pack = await (await shelf.match("/api/v1/packs/3275")).json();
  pack.rows.forEach(row => { row[4] = "Salah"; });
  pack.version = "1-0123456789abcdef";
  await shelf.put("/api/v1/packs/3275", new Response(JSON.stringify(pack)));
}"""
_CHANGE = """
from jkn.facility.actions import next_version
from jkn.facility.models import Facility
from django.db import transaction
with transaction.atomic():
    Facility.objects.filter(code="3275P002").update(address="Jalan Baru Uji 7", version=next_version())
"""
_VERSION = """
import json
from jkn.facility.packs import pack
print(json.dumps(pack("3275").version))
"""


def test_with_saver_a_change_waits_for_a_tap(taken, stack):
    person, laid = taken
    person.page.context.add_cookies([{"name": "tampilan", "value": "saver", "url": laid.base}])
    stack.manage("shell", "-c", _CHANGE)
    person.open(PAGE)
    person.sees("Ada daftar yang lebih baru.")
    person.press("Perbarui daftar")
    person.sees("Daftar sudah yang terbaru.")


def test_it_survives_signing_out_and_another_person(taken, stack):
    person, laid = taken
    wati = stack.account("Wati Kusuma")
    person.sign_in(wati)
    kept(person, "/kartu/")
    person.open("/pengaturan/")
    person.press("Keluar")
    person.page.wait_for_url("**/masuk/")
    pages, facts = left_of(person, wati)
    assert (pages, facts) == (0, [])
    cut(person, laid)
    person.open(f"{PAGE}?q=hermina")
    person.sees("RS Hermina Bekasi")
    assert "Wati" not in person.page.content()
    mend(person, laid)


def test_one_tap_throws_it_away(taken):
    person, laid = taken
    person.press("Hapus daftar")
    person.sees("Daftar sudah dihapus dari ponsel ini.")
    assert person.page.evaluate("caches.keys()") == ["static"]
    cut(person, laid)
    person.open(PAGE)
    person.sees("Halaman ini perlu internet")
    mend(person, laid)
