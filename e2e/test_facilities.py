"""Somebody without an account looks for a place: on a slow line, without JavaScript, in English."""

from __future__ import annotations

SLOW = {"bits_per_second": 400_000, "round_trip": 0.4}


def test_the_nearest_puskesmas_in_two_taps_on_a_slow_line(phone, line):
    person = phone(line(**SLOW).base)
    person.open("/")
    person.press("Puskesmas terdekat")
    person.press("Jatimakmur")
    first = person.page.locator("main .rows a").first
    assert "Puskesmas Jati Makmur" in first.inner_text()
    person.check("facilities-near")
    first.click()
    person.sees("Petunjuk arah")
    person.page.go_back()
    person.sees("Jarak dihitung dari sekitar Jatimakmur")


def test_an_internist_on_thursday_without_javascript(phone):
    person = phone(java_script_enabled=False)
    person.open("/faskes/")
    person.page.locator("summary").click()
    person.page.select_option("#kind", "hospital")
    person.page.select_option("#clinic", "INT")
    person.page.select_option("#day", "4")
    person.press("Terapkan")
    person.sees("RS Contoh Sehat Sentosa")
    assert "kind=hospital&clinic=INT&day=4" in person.page.url
    person.page.locator("a.row", has_text="RS Contoh Sehat Sentosa").click()
    person.sees("dr. Contoh Sekar Ayuningtyas, Sp.PD")


def test_ones_own_position_is_asked_only_on_a_press(phone):
    person = phone(
        geolocation={"latitude": -6.2475123, "longitude": 106.9690456},
        permissions=["geolocation"],
    )
    person.open("/faskes/dekat/?kind=hospital")
    person.press("Pakai posisi saya")
    person.sees("Jarak dihitung dari posisi Anda")
    assert "lat=-6.248&lon=106.969" in person.page.url
    assert "RS Contoh Patriot Husada" in person.page.locator("main .rows a").first.inner_text()


def test_in_english(phone, stack):
    person = phone()
    person.page.context.add_cookies([{"name": "lang", "value": "en", "url": stack.base}])
    person.open("/faskes/?q=apotek contoh&open=1")
    person.sees("facilities found")
    person.open("/faskes/3275R002/")
    person.sees("Directions")
    person.sees("This facility is made up as an example.")
