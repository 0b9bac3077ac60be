"""/faskes/peta/: the map beside its list, under a policy of its own."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jkn.facility import maps
from jkn.facility.tests.factories import a_facility
from jkn.shell.security import CSP, map_csp
from jkn.shell.tests.factories import SITI, a_request

pytestmark = pytest.mark.django_db
NEAR_HOME = "/faskes/peta/?kind=puskesmas&village=32.75.08.1003"


def text_of(response):
    return response.content.decode()


def test_list_and_map_say_the_same():
    text = text_of(Client().get(NEAR_HOME))
    first = re.search(r'<li data-at="([^"]+)" data-number="1">.*?<span>([^<]+)<', text, re.DOTALL)
    assert first is not None
    assert first[2] == "Puskesmas Jati Makmur"
    assert first[1] == "-6.27500,106.92500"
    assert "Jatimakmur" in text  # a name on the plain ground
    assert 'data-here="-6.27' in text


def test_a_facility_without_a_position_is_in_the_list_alone():
    a_facility(code="3275R990", name="RS Contoh Tanpa Titik", district_id="32.75.08")
    text = text_of(Client().get("/faskes/peta/?q=tanpa titik"))
    row = re.search(r"<li([^>]*)><a[^>]*3275R990.*?</li>", text, re.DOTALL)
    assert row is not None
    assert row[1] == ""
    assert "posisi belum diketahui" in row[0]


def test_its_policy_is_the_usual_one_and_one_name_more():
    policy = Client().get(NEAR_HOME)["Content-Security-Policy"]
    assert policy == CSP.replace("trusted-types jkn", "trusted-types jkn default")
    assert Client().get("/faskes/")["Content-Security-Policy"] == CSP


def test_tiles_add_their_host_and_nothing_else(settings):
    settings.TILES_URL = "https://tiles.example:8443/a/{z}/{x}/{y}.png"
    settings.TILES_CREDIT = "© Contoh"
    response = Client().get(NEAR_HOME)
    usual, given = map_csp("").split("; "), response["Content-Security-Policy"].split("; ")
    assert [part for part in given if part not in usual] == [
        "img-src 'self' data: https://tiles.example:8443"
    ]
    assert "© Contoh" in text_of(response)
    assert map_csp("/ubin/{z}/{x}/{y}.png") == map_csp("")


def test_it_is_nobodys_page_and_nothing_keeps_it():
    mine = maps.show(a_request(NEAR_HOME, actor=SITI))
    theirs = maps.show(a_request(NEAR_HOME))
    assert mine["Cache-Control"] == theirs["Cache-Control"] == "private, no-store"
    assert not mine.has_header("X-Offline")
    without_manifest = text_of(mine).replace(
        '<link rel="manifest" href="/manifest.webmanifest">\n', ""
    )
    assert _plain(without_manifest) == _plain(text_of(theirs))


@pytest.mark.parametrize(
    ("query", "status"),
    [("?lat=106.99&lon=-6.2", 422), ("?lat=nan&lon=1", 422), ("?lat=51&lon=0", 422),
     ("?q=" + "a" * 10_000, 422), ("?kind=<script>", 422), ("?village=99", 422), ("?q=🏥", 200),
     ("?lat=-6.24&lon=106.99", 200), ("", 200), ("?limit=9999&page=7", 200)],
)  # fmt: skip
def test_bad_input_is_said_beside_an_empty_map(query, status):
    response = Client().get(f"/faskes/peta/{query}")
    assert response.status_code == status
    assert "<script>" not in text_of(response).replace("<script type", "")
    assert ('class="note warn"' in text_of(response)) is (status == 422)


def _plain(text):
    return re.sub(r"<!--[^>]*-->", "", text)
