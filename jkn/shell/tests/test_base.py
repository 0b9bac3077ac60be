"""The frame of every page: who is shown what, and in which look."""

from __future__ import annotations

import pytest
from django.utils import translation
from jinja2 import UndefinedError

from jkn.shell.pages import render
from jkn.shell.tests.factories import RINA, SITI, a_page, a_request


def test_a_stranger_sees_no_bar_and_the_way_in():
    page = a_page(a_request(), "<h1>Hak peserta</h1>")
    assert '<body class="depan">' in page
    assert 'class="bar"' not in page
    assert 'href="/masuk/"' in page
    assert 'href="tel:165"' in page
    assert "Data per" not in page


def test_a_member_sees_the_bar_with_the_place_marked():
    page = a_page(a_request("/kartu/", actor=SITI), "")
    assert '<a href="/kartu/" aria-current="page">' in page
    assert "Data per" in page
    assert 'data-warm="/kartu/ /"' in page
    assert "antrean" not in page.lower()


def test_staff_get_the_wide_frame_and_no_worker_orders():
    page = a_page(a_request("/petugas/", actor=RINA), "", nav=[("/petugas/", "Pekerjaan")])
    assert '<body class="staff">' in page
    assert "data-warm" not in page
    assert "staff" in page.split("</head>")[0]
    assert '<a href="/petugas/" aria-current="page">Pekerjaan</a>' in page


def test_the_look_is_attributes_of_html_never_style():
    request = a_request(actor=SITI)
    request.COOKIES["tampilan"] = "dark.big.simple.saver"
    page = a_page(request, "")
    first = page.split("<head>")[0]
    assert ' data-theme="dark" data-big data-simple data-saver' in first
    assert "style=" not in page
    assert page.count("<script") == 1


def test_the_inbox_count_comes_from_the_page():
    assert "3 baru" in a_page(a_request(actor=SITI), "", unread=3)
    assert "2 baru" in a_page(a_request(actor=SITI), "", unread=lambda: 2)
    assert "baru" not in a_page(a_request(actor=SITI), "")


def test_a_refusal_asks_the_database_nothing():
    def fail():
        raise AssertionError

    request = a_request(actor=SITI)
    request.unread = fail
    assert render(request, "shell/refused.jinja", {"refusal": "x", "status": 503}).content


def test_english_readers_get_an_english_frame():
    with translation.override("en"):
        assert '<html lang="en"' in a_page(a_request(), "")


def test_what_nobody_gave_is_an_error_not_an_empty_place():
    with pytest.raises(UndefinedError):
        a_page(a_request(), "{{ amount }}")


def test_names_are_escaped():
    page = a_page(a_request(actor=SITI), "<p>{{ name }}</p>", name="<script>alert(1)</script>")
    assert "<script>alert" not in page


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422, 429, 500, 503, 507])
def test_a_refusal_says_what_is_and_what_to_do(status):
    context = {"refusal": "Nomor kartu berisi 13 angka.", "status": status}
    response = render(a_request(), "shell/refused.jinja", context, status=status)
    text = response.content.decode()
    assert response.status_code == status
    assert "Nomor kartu berisi 13 angka." in text
    assert ("165</a>.</p>" in text) == (status >= 500)


def test_a_refusal_may_have_its_own_words():
    context = {
        "refusal": "Tiga kali salah.",
        "status": 429,
        "title": "Kode tidak berlaku",
        "advice": "Minta kode baru.",
        "back": ("/masuk/", "Masuk"),
    }
    text = render(a_request(), "shell/refused.jinja", context).content.decode()
    assert "<h1>Kode tidak berlaku</h1>" in text
    assert "Minta kode baru." in text
    assert 'class="back" href="/masuk/"' in text
