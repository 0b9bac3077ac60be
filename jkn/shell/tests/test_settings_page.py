"""/pengaturan/: how pages look on this phone, with and without an account."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from jkn.shell.preferences import Preferences, preferences_from
from jkn.shell.tests.factories import SITI, a_request
from jkn.shell.web import settings_response

CHOICES = {"view": "simple", "size": "big", "theme": "dark", "usage": "saver", "lang": "en"}


def post(data):
    request = RequestFactory().post("/pengaturan/", data)
    return settings_response(request)


def test_choices_are_kept_for_a_year_without_an_account():
    response = post(CHOICES)
    assert response.status_code == 302
    assert response.url == "/pengaturan/?tersimpan"
    assert response.cookies["tampilan"].value == "dark.big.simple.saver"
    assert response.cookies["tampilan"]["max-age"] == 365 * 24 * 3600
    assert response.cookies["lang"].value == "en"


def test_the_page_says_that_it_is_saved():
    saved = settings_response(a_request("/pengaturan/?tersimpan")).content.decode()
    assert '<div class="note ok" role="status">' in saved
    assert "note ok" not in settings_response(a_request("/pengaturan/")).content.decode()


@pytest.mark.parametrize("wrong", [{}, {**CHOICES, "theme": "pink"}, {**CHOICES, "lang": "xx"}])
def test_what_cannot_be_chosen_changes_nothing(wrong):
    response = post(wrong)
    assert response.status_code == 422
    assert not response.cookies
    assert "Salah" in response.content.decode()


def test_the_present_choice_is_marked():
    request = a_request("/pengaturan/")
    request.COOKIES["tampilan"] = "dark"
    page = settings_response(request).content.decode()
    assert 'value="dark" id="id_theme_2" checked' in page


def test_modules_above_add_their_rows():
    links = [("/perangkat/", "dev", "Perangkat yang masuk", "2 perangkat")]
    page = settings_response(a_request(actor=SITI), links, sign_out="/keluar/").content.decode()
    assert 'href="/perangkat/"' in page
    assert 'action="/keluar/" data-signout' in page
    assert "data-signout" not in settings_response(a_request()).content.decode()


def test_a_spoiled_cookie_counts_as_no_choice():
    assert preferences_from({"tampilan": "pink.<b>.simple"}) == Preferences(view="simple")
    assert preferences_from({}) == Preferences()


@pytest.mark.parametrize("words", ["", "light", "dark.big", "simple.saver", "big.saver"])
def test_the_cookie_says_what_was_chosen(words):
    assert preferences_from({"tampilan": words}).words() == words
