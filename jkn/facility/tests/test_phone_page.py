"""/faskes/luring/: the page that the phone keeps, the same for everyone."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from jkn.facility import phone
from jkn.facility.packs import pack
from jkn.shell.tests.factories import SITI, a_request

pytestmark = pytest.mark.django_db
PAGE = "/faskes/luring/"


def text_of(response):
    return re.sub(r'<!--[^>]*-->|data-now="[^"]*"', "", response.content.decode())


def test_the_button_says_what_the_list_weighs():
    weight = -(-len(pack("3275").whole.compressed) // 1000)
    text = text_of(Client().get(PAGE))
    assert f"Unduh daftar faskes Kota Bekasi, {weight} KB" in text
    assert f'data-version="{pack("3275").version}"' in text


def test_it_is_the_same_whoever_is_signed_in_and_no_vault_keeps_it():
    mine, nobodys = phone.search(a_request(PAGE, actor=SITI)), phone.search(a_request(PAGE))
    assert "Siti" not in text_of(mine)
    assert text_of(nobodys) == text_of(mine).replace(
        '<link rel="manifest" href="/manifest.webmanifest">\n', ""
    )
    assert not mine.has_header("X-Offline")


@pytest.mark.parametrize("area", ["9999", "x" * 10_000, "🏥", "3275/", "' OR 1=1"])
def test_an_unknown_area_is_not_found(area):
    assert Client().get(PAGE, {"area": area}).status_code == 404
