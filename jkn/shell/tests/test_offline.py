"""What the phone is told about keeping a page."""

from __future__ import annotations

from django.http import HttpResponse

from jkn.shell import offline
from jkn.shell.tests.factories import SITI, WATI, a_request


def test_a_private_page_is_kept_by_the_vault_and_by_nothing_else():
    response = offline.keep(HttpResponse("kartu"), days=30)
    assert response.headers["X-Offline"] == "2592000"
    assert response.headers["Cache-Control"] == "no-store"


def test_a_public_page_may_be_kept_by_all():
    response = offline.keep_public(a_request(), HttpResponse("hak"), days=7)
    assert response.headers["X-Offline"] == "604800"
    assert response.headers["Cache-Control"].startswith("public, max-age=300")
    assert response.headers["Vary"] == "Cookie"


def test_a_public_page_is_not_sent_twice():
    first = offline.keep_public(a_request(), HttpResponse("hak"), days=7)
    again = a_request(headers={"if-none-match": f"W/{first.headers['ETag']}"})
    assert offline.keep_public(again, HttpResponse("hak"), days=7).status_code == 304
    assert offline.keep_public(again, HttpResponse("lain"), days=7).status_code == 200


def test_a_public_page_of_somebody_signed_in_is_theirs():
    response = offline.keep_public(a_request(actor=SITI), HttpResponse("hak"), days=7)
    assert response.headers["Cache-Control"] == "no-store"


def test_an_owner_has_one_mark_and_nobody_else_has_it():
    mark = offline.owner_mark(SITI)
    assert mark == offline.owner_mark(SITI)
    assert mark != offline.owner_mark(WATI)


def test_signing_out_clears_the_browser_but_not_its_cookies():
    response = HttpResponse()
    offline.forget(response)
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_signing_out_leaves_public_lists_where_the_worker_has_wiped():
    response = HttpResponse()
    offline.forget_cache(response)
    assert response.headers["Clear-Site-Data"] == '"cache"'


def test_every_signed_in_answer_can_say_whose_it_is():
    response = HttpResponse()
    offline.mark_owner(response, SITI)
    assert response.headers["X-Owner"] == offline.owner_mark(SITI)
